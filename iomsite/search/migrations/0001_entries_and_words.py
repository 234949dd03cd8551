import django.db.models.deletion
from django.db import migrations, models

from iomsite.search.engines import engine_of


def create(apps, schema_editor):
    """What no model says: full-text tables, columns and indexes of this database."""
    engine_of(schema_editor.connection.vendor).create(schema_editor.execute)


def drop(apps, schema_editor):
    engine_of(schema_editor.connection.vendor).drop(schema_editor.execute)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=40, unique=True)),
                ("pages", models.PositiveIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("uid", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("news", "News"),
                            ("campaign", "Campaign"),
                            ("publication", "Publication"),
                            ("country", "Country"),
                            ("region", "Region"),
                            ("programme", "Programme"),
                            ("engagement", "Meeting or partnership"),
                            ("outcome", "Outcome document"),
                            ("topic", "Topic"),
                            ("partner", "Partner"),
                            ("goal", "Goal"),
                            ("framework", "Framework"),
                            ("event", "History"),
                            ("page", "About us"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.TextField()),
                ("lead", models.TextField(default="")),
                ("text", models.TextField(default="")),
                ("called", models.TextField(default="")),
                ("names", models.TextField(default="")),
                ("address", models.TextField()),
                ("date", models.DateField(null=True)),
                ("date_words", models.CharField(default="", max_length=80)),
                ("year", models.CharField(default="", max_length=4)),
                ("public_until", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "row_id"), name="search_entry_one_a_page"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facet", models.CharField(max_length=10)),
                ("value", models.CharField(max_length=120)),
                ("label", models.TextField(default="")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="search.entry",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["facet", "value"], name="search_tag_choice")],
            },
        ),
        migrations.RunPython(create, drop),
    ]
