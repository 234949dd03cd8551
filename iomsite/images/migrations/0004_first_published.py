from django.db import migrations
from django.db.models import F

MODELS = ("photo",)


def fill(apps, schema_editor):
    """What is public was first published when it was published; what is withdrawn is gone."""
    for name in MODELS:
        rows = apps.get_model("images", name).objects
        seen = rows.filter(state__in=["published", "withdrawn"])
        seen.update(first_published_at=F("published_at"))
        rows.filter(state="withdrawn").update(withdrawal="gone")


class Migration(migrations.Migration):
    dependencies = [("images", "0003_editions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
