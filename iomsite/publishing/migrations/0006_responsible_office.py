import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("publishing", "0005_name_sets_in_the_trail"),
    ]

    operations = [
        migrations.AddField(
            model_name="publishingset",
            name="responsible_office",
            field=models.ForeignKey(
                blank=True,
                help_text="Its staff, and those of the offices above, work on this. Empty: headquarters.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.office",
                verbose_name="responsible office",
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("created", "created"),
                    ("edited", "edited"),
                    ("submitted", "submitted for review"),
                    ("sent-back", "sent back"),
                    ("published", "published"),
                    ("scheduled", "scheduled"),
                    ("unscheduled", "taken off the schedule"),
                    ("emergency", "published in an emergency"),
                    ("approved", "approved afterwards"),
                    ("discarded", "discarded"),
                    ("withdrawn", "withdrawn"),
                    ("restored", "restored"),
                    ("binned", "moved to the bin"),
                    ("unbinned", "taken out of the bin"),
                    ("deleted", "deleted"),
                    ("grouped", "moved to another set"),
                    ("handed-over", "given to another office"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
    ]
