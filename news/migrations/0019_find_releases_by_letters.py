from django.db import migrations

from iomsite.publishing.substrings import Substrings

LETTERS = Substrings("news_newsrelease", ("title", "slug", "lead", "dateline"))


def create(apps, schema_editor):
    LETTERS.create(schema_editor)


def drop(apps, schema_editor):
    LETTERS.drop(schema_editor)


class Migration(migrations.Migration):
    """The search of staff in their list; `search` has brought `pg_trgm`."""

    atomic = False

    dependencies = [
        ("news", "0018_order_releases_by_title"),
        ("search", "0001_entries_and_words"),
    ]

    operations = [migrations.RunPython(create, drop)]
