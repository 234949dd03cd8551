from django.db import migrations

from iomsite.indexes import by_the_dozen, one_by_one

INDEX = "search_entry_newest"


class Migration(migrations.Migration):
    """On PostgreSQL. An empty database has its index like that from the beginning."""

    atomic = False

    dependencies = [("search", "0014_tags_in_order")]

    operations = [
        migrations.RunPython(by_the_dozen(INDEX), one_by_one(INDEX), elidable=True),
    ]
