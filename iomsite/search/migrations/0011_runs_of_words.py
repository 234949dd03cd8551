"""On SQLite what is looked for is looked for in an index that has words side by side as one word.

Whoever saves has the triggers keep it, the version before too, which finds things where it did. If
that one reads everything anew (`reindex`) after this, `reindex` once more when it has gone.
"""

from django.db import migrations, transaction

from iomsite.search.engines.sqlite import RUNS, WITHOUT_RUNS

TITLE_FORGOTTEN = (
    "CREATE TRIGGER search_title_forgotten AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_titles WHERE rowid = old.id; END"
)
ENTRY_FORGOTTEN = (
    "CREATE TRIGGER search_entry_forgotten AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_index WHERE rowid = old.id; END"
)
SAVED_CAME = (
    "CREATE TRIGGER search_saved_came INSTEAD OF INSERT ON search_saved BEGIN"
    " INSERT OR REPLACE INTO search_index(rowid, title, names, lead, text, marks)"
    " VALUES (new.id, new.title, new.names, new.lead, new.text, new.marks);"
    " INSERT OR REPLACE INTO search_titles(rowid, title, names, marks)"
    " VALUES (new.id, new.title, new.names, new.marks); END"
)
# Few enough that whoever saves meanwhile hardly waits.
AT_ONCE = 500
SOME = "SELECT id FROM search_entry WHERE id > %s ORDER BY id LIMIT %s"
FILL = (
    "INSERT INTO search_runs(rowid, words) SELECT id, words FROM search_tokens"
    f" WHERE id IN ({SOME}) AND id NOT IN (SELECT id FROM search_runs_docsize)"
)


def add(apps, schema_editor):
    """An empty database has it from the first migration on. If it is broken off, it goes on later."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with transaction.atomic(schema_editor.connection.alias):
        schema_editor.execute("DROP TRIGGER IF EXISTS search_title_forgotten")
        if "search_runs" not in schema_editor.connection.introspection.table_names():
            for statement in (*WITHOUT_RUNS, *RUNS):
                schema_editor.execute(statement, None)
    _fill(schema_editor.connection)


def _fill(connection):
    last = 0
    with connection.cursor() as cursor:
        while last is not None:
            cursor.execute(FILL, [last, AT_ONCE])
            cursor.execute(f"SELECT max(id) FROM ({SOME})", [last, AT_ONCE])
            [last] = cursor.fetchone()


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in (*WITHOUT_RUNS, SAVED_CAME, ENTRY_FORGOTTEN, TITLE_FORGOTTEN):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0010_titles_apart")]

    operations = [migrations.RunPython(add, remove, elidable=True)]
