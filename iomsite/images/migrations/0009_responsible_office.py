import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("images", "0008_rights_sizes_and_focus"),
        ("publishing", "0002_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="photo",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["title"],
                "verbose_name": "photograph",
            },
        ),
        migrations.AddField(
            model_name="photo",
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
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="images_photo_office_of_page",
            ),
        ),
    ]
