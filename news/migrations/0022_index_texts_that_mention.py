from django.db import migrations, models

from iomsite.indexes import AddIndexBesides


class Migration(migrations.Migration):
    """The public texts that mention something: few rows are read to find those that lead nowhere."""

    atomic = False

    dependencies = [("news", "0021_one_working_copy_again")]

    operations = [
        AddIndexBesides(
            model_name=name,
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("state", "published"), ("body__mentions", True)
                ),
                fields=["edition_of", "published_at"],
                name=f"{name}_mentioning",
            ),
        )
        for name in ("newsrelease", "publication")
    ]
