from django.db import migrations
from django.db.models import F
from django.utils import timezone

MODELS = ("country", "outcomedocument", "programme", "region", "regionalengagement")


def fill(apps, schema_editor):
    """A set holds only what waits, and what was withdrawn was public until then."""
    now = timezone.now()
    for name in MODELS:
        rows = apps.get_model("programmes", name).objects
        live = rows.filter(edition_of=None, state__in=["published", "withdrawn"])
        live.filter(published_at__lte=now).update(publishing_set=None)
        withdrawn = rows.filter(withdrawal__in=["gone", "moved"], superseded_at=None)
        withdrawn.update(superseded_at=F("updated_at"))
        late = rows.filter(first_published_at__gt=F("published_at"))
        late.update(first_published_at=F("published_at"))


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_edition_rules")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
