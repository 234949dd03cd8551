import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("organisation", "0007_moments_and_sets"),
        ("publishing", "0006_responsible_office"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="figure",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["order", "slug"],
                "verbose_name": "figure",
            },
        ),
        migrations.AlterModelOptions(
            name="framework",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["title"],
                "verbose_name": "framework",
            },
        ),
        migrations.AlterModelOptions(
            name="historyevent",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["date__first", "date", "slug"],
                "verbose_name": "event of our history",
                "verbose_name_plural": "history",
            },
        ),
        migrations.AlterModelOptions(
            name="page",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["order", "title"],
                "verbose_name": "page",
            },
        ),
        migrations.AddField(
            model_name="figure",
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
        migrations.AddField(
            model_name="framework",
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
        migrations.AddField(
            model_name="historyevent",
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
        migrations.AddField(
            model_name="page",
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
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="organisation_figure_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="framework",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="organisation_framework_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="historyevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="organisation_historyevent_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="organisation_page_office_of_page",
            ),
        ),
    ]
