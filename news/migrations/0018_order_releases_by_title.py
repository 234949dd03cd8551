from django.db import migrations, models

from iomsite.indexes import AddIndexBesides


class Migration(migrations.Migration):
    """The list of staff by headline: a part of it is read, and nothing is sorted."""

    atomic = False

    dependencies = [("news", "0017_list_releases_by_index_alone")]

    operations = [
        AddIndexBesides(
            model_name="newsrelease",
            index=models.Index(
                models.F("title"),
                models.OrderBy(models.F("id"), descending=True),
                models.F("state"),
                models.F("edition_of"),
                condition=models.Q(("edition_of", None)),
                name="newsrelease_titled",
            ),
        ),
    ]
