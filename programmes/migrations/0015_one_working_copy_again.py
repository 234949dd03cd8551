from django.db import migrations

from iomsite.indexes import one_working_copy_again


class Migration(migrations.Migration):
    """What `0014_index_editions_alone` took away on PostgreSQL besides its index."""

    atomic = False

    dependencies = [("programmes", "0014_index_editions_alone")]

    operations = [
        migrations.RunPython(
            one_working_copy_again(
                "programmes",
                "Country",
                "OutcomeDocument",
                "Programme",
                "Region",
                "RegionalEngagement",
            ),
            migrations.RunPython.noop,
            elidable=True,
        )
    ]
