"""On SQLite titles and names have an index of their own, for phrases.

What the version before saves while it still serves stands in the other index alone, and is found
there; it comes first by its title once it is saved anew.
"""

from django.db import migrations

from iomsite.search.engines.sqlite import TITLES, WITHOUT_TITLES


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
