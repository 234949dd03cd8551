"""On PostgreSQL three words side by side are found as numbers, in what is saved from now on.

What has been saved before is looked through until it is saved anew: `manage.py reindex` does that
for all. The version before reads `search_entry_unpaired`; the next may drop it.
"""

from django.db import migrations

from iomsite.search.engines.postgresql import LOOSE_INDEX


def add_index(apps, schema_editor):
    """Beside those who write; an empty database has it from the first migration on."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {LOOSE_INDEX}")


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS search_entry_loose")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0011_runs_of_words")]

    operations = [migrations.RunPython(add_index, remove_index, elidable=True)]
