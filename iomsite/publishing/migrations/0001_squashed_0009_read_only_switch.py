from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

audit_is_append_only = import_module("iomsite.publishing.migrations.0004_audit_is_append_only")


class Migration(migrations.Migration):
    replaces = [
        ("publishing", "0001_initial"),
        ("publishing", "0002_editions"),
        ("publishing", "0003_ask_what_waits"),
        ("publishing", "0004_audit_is_append_only"),
        ("publishing", "0005_name_sets_in_the_trail"),
        ("publishing", "0006_responsible_office"),
        ("publishing", "0007_count_changes"),
        ("publishing", "0008_stamp_pages"),
        ("publishing", "0009_read_only_switch"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="Short and lasting. Example: seed-000.",
                        max_length=40,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="As visitors read it under “Sources”. Example: ISO 3166-1 country codes.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("document", "Document"), ("reference", "Reference data")],
                        default="document",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("url", models.URLField(blank=True, default="", verbose_name="address")),
                ("note", models.TextField(blank=True, default="", verbose_name="note for editors")),
            ],
            options={
                "verbose_name": "source",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "action",
                    models.CharField(
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
                ("actor_id", models.BigIntegerField(null=True, verbose_name="account number")),
                ("actor_name", models.CharField(max_length=200, verbose_name="who")),
                ("model", models.CharField(max_length=100, verbose_name="kind of page")),
                ("page_id", models.BigIntegerField(verbose_name="page number")),
                ("edition", models.PositiveIntegerField(verbose_name="edition")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
            ],
            options={
                "verbose_name": "entry of the audit trail",
                "verbose_name_plural": "audit trail",
                "ordering": ["-pk"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["model", "page_id"], name="auditentry_page")],
            },
        ),
        migrations.CreateModel(
            name="Ledger",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("entries", models.PositiveBigIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("told_until", models.DateTimeField(null=True)),
                ("generation", models.PositiveBigIntegerField(default=0)),
                ("read_only_since", models.DateTimeField(blank=True, null=True)),
                (
                    "read_only_reason",
                    models.CharField(blank=True, db_default="", default="", max_length=300),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="publishing_ledger_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishingSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "title",
                    models.CharField(
                        help_text="For staff. Example: World Malaria Day 2027.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: as soon as the set is approved.",
                        null=True,
                        verbose_name="publish at",
                    ),
                ),
                (
                    "responsible_office",
                    models.ForeignKey(
                        blank=True,
                        help_text="Its staff, and those of the offices above, work on this. Empty: headquarters.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                        verbose_name="responsible office",
                    ),
                ),
            ],
            options={
                "verbose_name": "set of pages",
                "verbose_name_plural": "sets of pages",
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Redirect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "old_path",
                    models.CharField(
                        help_text="From the first slash on. Example: /our-work/programmes/health-in-iran/.",
                        max_length=400,
                        unique=True,
                        verbose_name="old address",
                    ),
                ),
                (
                    "new_path",
                    models.CharField(
                        help_text="An address of this site, or a whole one that begins with https://.",
                        max_length=400,
                        verbose_name="new address",
                    ),
                ),
                (
                    "is_automatic",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="made by a changed slug"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
            ],
            options={
                "verbose_name": "redirect",
                "ordering": ["old_path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("old_path__startswith", "/"),
                            models.Q(("old_path", models.F("new_path")), _negated=True),
                        ),
                        name="publishing_redirect_leads_elsewhere",
                        violation_error_message="Begin the old address with a slash, and lead to another one than that.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new_path__startswith", "https://"),
                            models.Q(
                                ("new_path__startswith", "/"),
                                models.Q(("new_path__startswith", "//"), _negated=True),
                                models.Q(("new_path__startswith", "/\\"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="publishing_redirect_known_target",
                        violation_error_message="Begin the new address with one slash, or https://.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=100)),
                ("row_id", models.BigIntegerField()),
                ("generation", models.PositiveBigIntegerField(db_index=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("model", "row_id"), name="publishing_stamp_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Autosave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=100)),
                ("edition_id", models.BigIntegerField()),
                ("typed", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "edition_id", "user"), name="publishing_autosave_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=100)),
                ("page_id", models.BigIntegerField()),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "page_id", "user"), name="publishing_presence_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PreviewLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        max_length=64, unique=True, verbose_name="digest of the secret"
                    ),
                ),
                ("model", models.CharField(max_length=100, verbose_name="kind of page")),
                ("edition_id", models.BigIntegerField(verbose_name="edition")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="created at"
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="revoked at"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "preview link",
                "ordering": ["-created_at"],
                "default_permissions": ("view", "delete"),
                "indexes": [
                    models.Index(fields=["model", "edition_id"], name="previewlink_edition")
                ],
            },
        ),
        migrations.RunPython(audit_is_append_only.keep, audit_is_append_only.let_go),
    ]
