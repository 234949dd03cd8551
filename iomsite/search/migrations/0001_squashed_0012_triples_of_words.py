from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

entries_and_words = import_module("iomsite.search.migrations.0001_entries_and_words")


class Migration(migrations.Migration):
    replaces = [
        ("search", "0001_entries_and_words"),
        ("search", "0002_relate_pages"),
        ("search", "0003_find_by_address"),
        ("search", "0004_mark_entries"),
        ("search", "0005_find_the_newest"),
        ("search", "0006_tag_what_is_gathered"),
        ("search", "0007_one_index_of_words"),
        ("search", "0008_follow_the_database"),
        ("search", "0009_pair_words"),
        ("search", "0010_titles_apart"),
        ("search", "0011_runs_of_words"),
        ("search", "0012_triples_of_words"),
    ]

    initial = True

    dependencies = [
        ("news", "0016_list_releases_for_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServerIndex",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("is_whole", models.BooleanField(default=False)),
                ("generation", models.BigIntegerField()),
                ("filled_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Unsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
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
                "indexes": [models.Index(fields=["address"], name="search_entry_address")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "row_id"), name="search_entry_one_a_page"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Related",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related",
                        to="search.entry",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="search.entry",
                    ),
                ),
            ],
            options={
                "ordering": ["order"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "order"), name="search_related_order")
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
        migrations.RunPython(entries_and_words.create, entries_and_words.drop),
    ]
