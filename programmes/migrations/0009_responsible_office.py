import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("organisation", "0008_responsible_office"),
        ("programmes", "0008_decorative_photographs"),
        ("publishing", "0006_responsible_office"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="country",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["name"],
                "verbose_name": "country",
                "verbose_name_plural": "countries",
            },
        ),
        migrations.AlterModelOptions(
            name="outcomedocument",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "title",
                ],
                "verbose_name": "outcome document",
            },
        ),
        migrations.AlterModelOptions(
            name="programme",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["title"],
                "verbose_name": "programme",
            },
        ),
        migrations.AlterModelOptions(
            name="region",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["order", "name"],
                "verbose_name": "region",
            },
        ),
        migrations.AlterModelOptions(
            name="regionalengagement",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "order",
                    "slug",
                ],
                "verbose_name": "regional engagement",
            },
        ),
        migrations.AddField(
            model_name="country",
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
            model_name="outcomedocument",
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
            model_name="programme",
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
            model_name="region",
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
            model_name="regionalengagement",
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
            model_name="country",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="programmes_country_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcomedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="programmes_outcomedocument_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="programmes_programme_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="programmes_region_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="regionalengagement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="programmes_regionalengagement_office_of_page",
            ),
        ),
    ]
