"""On SQLite titles and names have an index of their own, for phrases.

What the version before saves while it still serves stands in the other index alone, and is found
there; it comes first by its title once it is saved anew.
"""

from django.db import migrations

TITLES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_titles USING fts5(title, names, marks,"
    " tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE TRIGGER IF NOT EXISTS search_title_forgotten AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_titles WHERE rowid = old.id; END",
    "CREATE VIEW IF NOT EXISTS search_saved AS"
    " SELECT 0 AS id, '' AS title, '' AS names, '' AS lead, '' AS text, '' AS marks",
    "CREATE TRIGGER IF NOT EXISTS search_saved_came INSTEAD OF INSERT ON search_saved BEGIN"
    " INSERT OR REPLACE INTO search_index(rowid, title, names, lead, text, marks)"
    " VALUES (new.id, new.title, new.names, new.lead, new.text, new.marks);"
    " INSERT OR REPLACE INTO search_titles(rowid, title, names, marks)"
    " VALUES (new.id, new.title, new.names, new.marks); END",
)
WITHOUT_TITLES = (
    "DROP VIEW IF EXISTS search_saved",
    "DROP TRIGGER IF EXISTS search_title_forgotten",
    "DROP TABLE IF EXISTS search_titles",
)


def add(apps, schema_editor):
    """An empty database has it from the first migration on."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in TITLES:
            schema_editor.execute(statement)
        schema_editor.execute(
            "INSERT OR REPLACE INTO search_titles(rowid, title, names, marks)"
            " SELECT rowid, title, names, marks FROM search_index"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in WITHOUT_TITLES:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0009_pair_words")]

    operations = [migrations.RunPython(add, remove, elidable=True)]
