"""What entries can be narrowed by stands in the index itself, so that it is looked for there."""

from django.db import migrations

from iomsite.search.engines.base import mark
from iomsite.search.models import NARROWING

TABLE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(title, names, lead, text, marks,"
    " tokenize = 'unicode61 remove_diacritics 0')"
)
TRIGGER = (
    "CREATE TRIGGER search_entry_forgotten AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_index WHERE rowid = old.id; END"
)
# The words of titles and names once more, with a sign before them: see `engines.postgresql.NAMED`.
NAME = """
UPDATE search_entry AS own SET words = own.words || named.words FROM (
    SELECT entry.id, string_agg(format('%L:%s', '=' || lexeme, (
        SELECT string_agg(place::text || weight, ',')
        FROM unnest(positions, weights) AS one(place, weight)
    )), ' ')::tsvector AS words
    FROM search_entry AS entry, unnest(ts_filter(entry.words, '{a,b}'))
    GROUP BY entry.id
) AS named WHERE named.id = own.id
"""


def mark_entries(apps, schema_editor):
    """An empty database has the column from the first migration on."""
    cursor = schema_editor.connection.cursor()
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    if is_sqlite and _has_marks(cursor):
        return
    marks = _marks(apps)
    (_make_anew if is_sqlite else _add)(cursor, marks)


def _has_marks(cursor):
    cursor.execute("SELECT 1 FROM pragma_table_info('search_index') WHERE name = 'marks'")
    return cursor.fetchone() is not None


def _marks(apps):
    Entry, Tag = (apps.get_model("search", name) for name in ("Entry", "Tag"))
    said = [
        *Entry.objects.values_list("pk", "kind", "year"),
    ]
    marks = {key: [mark("kind", kind), *([mark("year", year)] if year else [])]
             for key, kind, year in said}  # fmt: skip
    tags = Tag.objects.filter(facet__in=NARROWING).values_list("entry", "facet", "value")
    for key, facet, value in tags.iterator():
        marks[key].append(mark(facet, value))
    return [(key, " ".join(words)) for key, words in marks.items()]


def _make_anew(cursor, marks):
    cursor.execute("DROP TRIGGER search_entry_forgotten")
    cursor.execute("ALTER TABLE search_index RENAME TO search_index_before")
    cursor.execute(TABLE)
    cursor.execute("CREATE TEMP TABLE marked (id INTEGER PRIMARY KEY, marks TEXT)")
    cursor.executemany("INSERT INTO marked VALUES (%s, %s)", marks)
    cursor.execute(
        "INSERT INTO search_index(rowid, title, names, lead, text, marks)"
        " SELECT old.rowid, title, names, lead, text, marked.marks"
        " FROM search_index_before AS old JOIN marked ON marked.id = old.rowid"
    )
    cursor.execute("DROP TABLE marked")
    cursor.execute("DROP TABLE search_index_before")
    cursor.execute(TRIGGER)


def _add(cursor, marks):
    cursor.execute(NAME)
    cursor.executemany(
        "UPDATE search_entry SET words = words || %s::tsvector WHERE id = %s",
        [(" ".join(f"'~{word}'" for word in words.split()), key) for key, words in marks],
    )


class Migration(migrations.Migration):
    dependencies = [("search", "0003_find_by_address")]

    operations = [
        # Marks disturb nobody who does not look for them.
        migrations.RunPython(mark_entries, migrations.RunPython.noop, elidable=True),
    ]
