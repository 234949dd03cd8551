"""Pages take their place among the related ones of others by a score, and are found by their dates.

What was related before has no score, and gives way to what comes. `order` is filled by the version
before alone; the next may drop it.
"""

from django.db import migrations, models
from django.db.models import F


def forget_what_has_no_order(apps, schema_editor):
    """The version before asks for one. It finds pages anew when they change."""
    apps.get_model("search", "Related").objects.filter(order=None).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0012_triples_of_words")]

    operations = [
        migrations.AddField("tag", "date", models.DateField(null=True)),
        migrations.AddField("related", "score", models.FloatField(null=True)),
        migrations.AlterField("related", "order", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(migrations.RunPython.noop, forget_what_has_no_order, elidable=True),
        migrations.AlterModelOptions(
            "related",
            {
                "default_permissions": (),
                "ordering": [F("score").desc(nulls_last=True), "order", "-other"],
            },
        ),
    ]
