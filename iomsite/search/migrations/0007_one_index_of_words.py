"""The version before 0005 read the other index, and no version after it."""

from django.db import migrations

INDEX = "search_entry_words ON search_entry USING gin (words) WITH (fastupdate = off)"


def remove_index(apps, schema_editor):
    """Beside those who write; an empty database never had it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS search_entry_words")


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0006_tag_what_is_gathered")]

    operations = [migrations.RunPython(remove_index, add_index, elidable=True)]
