"""The table behind Django's database cache, whether CACHE_URL names another cache today or not."""

from django.core.management import call_command
from django.db import migrations

TABLE = "iomsite_cache"


def create(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [migrations.RunPython(create, drop)]
