from django.db import migrations

from iomsite.indexes import one_working_copy_again


class Migration(migrations.Migration):
    """What `0015_index_editions_alone` took away on PostgreSQL besides its index."""

    atomic = False

    dependencies = [("news", "0020_find_pages_by_letters")]

    operations = [
        migrations.RunPython(
            one_working_copy_again("news", "Campaign", "NewsRelease", "Publication"),
            migrations.RunPython.noop,
            elidable=True,
        )
    ]
