from django.db import migrations

from iomsite.publishing.substrings import Substrings

LETTERS = Substrings("news_newsrelease", ("title", "slug", "lead", "dateline"))


def create(apps, schema_editor):
    LETTERS.create(schema_editor)


def drop(apps, schema_editor):
    LETTERS.drop(schema_editor)


class Migration(migrations.Migration):
    """The search of staff in their list.

    With 200,000 releases it takes a minute or more: PostgreSQL needs `statement_timeout=0`, as
    docs/migrations.md says, and on SQLite nobody writes meanwhile.
    """

    atomic = False

    dependencies = [("news", "0018_order_releases_by_title")]

    operations = [migrations.RunPython(create, drop)]
