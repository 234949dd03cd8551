from django.db import migrations

from iomsite.indexes import by_the_dozen, one_by_one

INDEX = "news_newsrelease_letters"


class Migration(migrations.Migration):
    """On PostgreSQL. An empty database has its index like that from the beginning."""

    atomic = False

    dependencies = [("news", "0023_index_what_waits")]

    operations = [
        migrations.RunPython(by_the_dozen(INDEX), one_by_one(INDEX), elidable=True),
    ]
