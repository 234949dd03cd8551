from django.db import migrations

from iomsite.indexes import one_working_copy_again


class Migration(migrations.Migration):
    """What `0014_index_editions_alone` took away on PostgreSQL besides its index."""

    atomic = False

    dependencies = [("organisation", "0014_index_editions_alone")]

    operations = [
        migrations.RunPython(
            one_working_copy_again("organisation", "Figure", "Framework", "HistoryEvent", "Page"),
            migrations.RunPython.noop,
            elidable=True,
        )
    ]
