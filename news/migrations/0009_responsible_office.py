import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("news", "0008_decorative_photographs"),
        ("organisation", "0008_responsible_office"),
        ("programmes", "0009_responsible_office"),
        ("publishing", "0006_responsible_office"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="campaign",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "title",
                ],
                "verbose_name": "campaign",
            },
        ),
        migrations.AlterModelOptions(
            name="newsrelease",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": ["-released_on", "slug"],
                "verbose_name": "news release",
            },
        ),
        migrations.AlterModelOptions(
            name="publication",
            options={
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "title",
                ],
                "verbose_name": "publication",
            },
        ),
        migrations.AddField(
            model_name="campaign",
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
            model_name="newsrelease",
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
            model_name="publication",
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
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="news_campaign_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="newsrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="news_newsrelease_office_of_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition_of", None), ("responsible_office", None), _connector="OR"
                ),
                name="news_publication_office_of_page",
            ),
        ),
    ]
