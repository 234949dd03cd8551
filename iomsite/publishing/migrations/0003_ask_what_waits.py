from django.db import migrations
from django.utils import timezone


def ask(apps, schema_editor):
    """Pages that have no public edition yet wait in a set as replacements do: look anew."""
    apps.get_model("publishing", "Ledger").objects.update(next_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_editions")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
