"""On PostgreSQL phrases are found by pairs of words, in what is saved from now on.

What has been saved before is looked through, as ever, until it is saved anew: `manage.py reindex`
does that for all. This index knows what it is.
"""

from django.db import migrations

UNPAIRED = "NOT words @@ '''#pairs'''::tsquery"
UNPAIRED_INDEX = f"search_entry_unpaired ON search_entry (id) WHERE {UNPAIRED}"


def add_index(apps, schema_editor):
    """Beside those who write; an empty database has it from the first migration on."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {UNPAIRED_INDEX}")


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS search_entry_unpaired")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0008_follow_the_database")]

    operations = [migrations.RunPython(add_index, remove_index, elidable=True)]
