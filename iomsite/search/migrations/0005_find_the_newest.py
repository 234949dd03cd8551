"""On PostgreSQL the newest of very many that fit are found without passing over all others.

The index of before stays for the version that reads it: `0007` takes it away.
"""

from django.db import migrations

from iomsite.search.engines.postgresql import INDEX


def add_index(apps, schema_editor):
    """Beside those who write; an empty database has it from the first migration on."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}")


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS search_entry_newest")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0004_mark_entries")]

    operations = [migrations.RunPython(add_index, remove_index, elidable=True)]
