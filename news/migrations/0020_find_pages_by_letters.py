from django.db import migrations

from iomsite.publishing.substrings import Substrings

LETTERS = Substrings(
    "news_newsrelease", ("title", "slug", "lead", "dateline"), only="edition_of_id"
)
BEFORE = Substrings("news_newsrelease", LETTERS.columns)


def create(apps, schema_editor):
    LETTERS.create(schema_editor)


def create_as_before(apps, schema_editor):
    BEFORE.create(schema_editor)


class Migration(migrations.Migration):
    """Only pages are looked for in their list: their editions need no index of their letters.

    It is made anew, which takes as long as in 0019. Until then the list reads all rows.
    """

    atomic = False

    dependencies = [("news", "0019_find_releases_by_letters")]

    operations = [migrations.RunPython(create, create_as_before)]
