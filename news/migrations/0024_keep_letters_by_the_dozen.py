from django.db import migrations

from iomsite.indexes import BY_THE_DOZEN, ONE_BY_ONE, kept_up

INDEX = "news_newsrelease_letters"


class Migration(migrations.Migration):
    """On PostgreSQL. An empty database has its index like that from the beginning."""

    dependencies = [("news", "0023_index_what_waits")]

    operations = [
        migrations.RunPython(
            kept_up(INDEX, BY_THE_DOZEN), kept_up(INDEX, ONE_BY_ONE), elidable=True
        )
    ]
