from django.db import migrations, models
from django.utils import timezone


def ask(apps, schema_editor):
    """Nobody knows what has come and gone: the next request says that anything may have."""
    apps.get_model("publishing", "Ledger").objects.update(next_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("publishing", "0006_responsible_office")]

    operations = [
        migrations.AddField(
            model_name="ledger",
            name="told_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ledger",
            name="generation",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.RunPython(ask, migrations.RunPython.noop, elidable=True),
    ]
