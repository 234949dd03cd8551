import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import iomsite.partialdate


class Migration(migrations.Migration):
    replaces = [
        ("organisation", "0001_initial"),
        ("organisation", "0002_publish_permission"),
        ("organisation", "0003_editions"),
        ("organisation", "0004_first_published"),
        ("organisation", "0005_edition_rules"),
        ("organisation", "0006_past_moments"),
        ("organisation", "0007_moments_and_sets"),
        ("organisation", "0008_responsible_office"),
        ("organisation", "0010_name_pages_for_good"),
        ("organisation", "0011_make_texts_rich"),
        ("organisation", "0012_index_expiry"),
        ("organisation", "0013_order_newest_first"),
        ("organisation", "0014_index_editions_alone"),
        ("organisation", "0015_one_working_copy_again"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("publishing", "0008_stamp_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_text",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Word for word, errors included. Staff only.",
                        verbose_name="passage in the source",
                    ),
                ),
                (
                    "correction_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What was corrected in the wording of the source; visitors read it. Example: “heath session” was corrected to “health session”.",
                        verbose_name="editing note",
                    ),
                ),
                (
                    "editor_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Doubts and decisions. Staff only.",
                        verbose_name="note for editors",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address: small letters, digits and hyphens. Example: end-malaria-for-good.",
                        max_length=120,
                        verbose_name="slug",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, verbose_name="lasting number"
                    ),
                ),
                (
                    "edition",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="edition"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in-review", "In review"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                            ("binned", "In the bin"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Public from this moment. In the future: the page is scheduled.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="From this moment the page is gone. Empty: it stays.",
                        null=True,
                        verbose_name="expires at",
                    ),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="first published at"
                    ),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="public until"
                    ),
                ),
                (
                    "change_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="What changed, for visitors. Empty for a minor change.",
                        verbose_name="change note",
                    ),
                ),
                (
                    "review_by",
                    models.DateField(
                        blank=True,
                        help_text="When somebody should check that this still holds.",
                        null=True,
                        verbose_name="review by",
                    ),
                ),
                (
                    "remark",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="remark of the reviewer",
                    ),
                ),
                (
                    "emergency_reason",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the emergency",
                    ),
                ),
                (
                    "withdrawal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("notice", "Stays readable under a notice"),
                            ("gone", "Gone: the page says so, with the reason"),
                            ("moved", "Moved: visitors are sent to another page"),
                        ],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="withdrawal",
                    ),
                ),
                (
                    "withdrawal_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the withdrawal",
                    ),
                ),
                (
                    "moved_to",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=400,
                        verbose_name="moved to",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="changed at"
                    ),
                ),
                (
                    "measure",
                    models.SlugField(
                        help_text="The same for all values of one question. Example: countries-with-presence.",
                        max_length=80,
                        verbose_name="measure",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="What is counted, as read after the number. Example: member states.",
                        max_length=200,
                        verbose_name="label",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="value"
                    ),
                ),
                (
                    "qualifier",
                    models.CharField(
                        choices=[
                            ("exact", "exactly"),
                            ("over", "over"),
                            ("more than", "more than"),
                            ("around", "around"),
                            ("nearly", "nearly"),
                            ("estimated", "an estimated"),
                        ],
                        default="exact",
                        max_length=20,
                        verbose_name="qualifier",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Printed right after the number. Example: million, %.",
                        max_length=40,
                        verbose_name="unit",
                    ),
                ),
                (
                    "as_of",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="Empty where the source does not say.",
                        null=True,
                        verbose_name="as of",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        help_text="Whose number it is. Example: the organisation, Iran, the world.",
                        max_length=120,
                        verbose_name="scope",
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(
                        default=False,
                        help_text="Of all values of this measure, the one that pages show unless they say which.",
                        verbose_name="the site's default",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "edition_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="organisation.figure",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "publishing_set",
                    models.ForeignKey(
                        blank=True,
                        help_text="Pages that go live together, or not at all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishing.publishingset",
                        verbose_name="set of pages",
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
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Every document that holds one of these facts.",
                        related_name="+",
                        to="publishing.source",
                        verbose_name="sources",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure",
                "ordering": ["order", "slug"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="figure_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="figure_expiry",
                    ),
                    models.Index(
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce(
                                "first_published_at", "published_at"
                            ),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        name="figure_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="organisation_figure_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="organisation_figure_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="organisation_figure_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="organisation_figure_edition_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition_of", None),
                                (
                                    "state__in",
                                    ["draft", "in-review", "published", "withdrawn", "binned"],
                                ),
                            ),
                            models.Q(
                                ("edition_of__isnull", False),
                                ("state__in", ["draft", "in-review", "published", "superseded"]),
                            ),
                            _connector="OR",
                        ),
                        name="organisation_figure_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_figure_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_figure_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_figure_first_published_first",
                        violation_error_message="The first publication cannot be later than the publication. Correct one of the two.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "withdrawn"),
                                ("withdrawal__in", ["notice", "gone", "moved"]),
                            ),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True), ("withdrawal", "")
                            ),
                            _connector="OR",
                        ),
                        name="organisation_figure_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="organisation_figure_office_of_page",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None), ("is_default", True)),
                        fields=("measure",),
                        name="organisation_figure_one_default",
                        violation_error_message="Another value of this measure is the default. Take the mark from it first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("value__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_figure_value_complete",
                        violation_error_message="This is needed before the page can be published.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Framework",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_text",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Word for word, errors included. Staff only.",
                        verbose_name="passage in the source",
                    ),
                ),
                (
                    "correction_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What was corrected in the wording of the source; visitors read it. Example: “heath session” was corrected to “health session”.",
                        verbose_name="editing note",
                    ),
                ),
                (
                    "editor_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Doubts and decisions. Staff only.",
                        verbose_name="note for editors",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address: small letters, digits and hyphens. Example: end-malaria-for-good.",
                        max_length=120,
                        verbose_name="slug",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, verbose_name="lasting number"
                    ),
                ),
                (
                    "edition",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="edition"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in-review", "In review"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                            ("binned", "In the bin"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Public from this moment. In the future: the page is scheduled.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="From this moment the page is gone. Empty: it stays.",
                        null=True,
                        verbose_name="expires at",
                    ),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="first published at"
                    ),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="public until"
                    ),
                ),
                (
                    "change_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="What changed, for visitors. Empty for a minor change.",
                        verbose_name="change note",
                    ),
                ),
                (
                    "review_by",
                    models.DateField(
                        blank=True,
                        help_text="When somebody should check that this still holds.",
                        null=True,
                        verbose_name="review by",
                    ),
                ),
                (
                    "remark",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="remark of the reviewer",
                    ),
                ),
                (
                    "emergency_reason",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the emergency",
                    ),
                ),
                (
                    "withdrawal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("notice", "Stays readable under a notice"),
                            ("gone", "Gone: the page says so, with the reason"),
                            ("moved", "Moved: visitors are sent to another page"),
                        ],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="withdrawal",
                    ),
                ),
                (
                    "withdrawal_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the withdrawal",
                    ),
                ),
                (
                    "moved_to",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=400,
                        verbose_name="moved to",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="changed at"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Example: Migration Governance Framework.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "acronym",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: MiGOF.",
                        max_length=20,
                        verbose_name="acronym",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("strategy", "Strategy"),
                            ("governance", "Governance framework"),
                            ("results", "Results framework"),
                            ("response-plan", "Response plan"),
                            ("global-agreement", "Global agreement"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "adopted",
                    iomsite.partialdate.PartialDateField(
                        blank=True, help_text="Example: 2007.", null=True, verbose_name="adopted"
                    ),
                ),
                (
                    "adopted_by",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: the Council.",
                        max_length=120,
                        verbose_name="adopted by",
                    ),
                ),
                (
                    "period",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="Example: 2019/2023.",
                        null=True,
                        verbose_name="period",
                    ),
                ),
                ("lead", models.TextField(blank=True, default="", verbose_name="lead")),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="text",
                    ),
                ),
                (
                    "builds_on",
                    models.ManyToManyField(
                        blank=True,
                        related_name="built_on_by",
                        to="organisation.framework",
                        verbose_name="builds on",
                    ),
                ),
                (
                    "edition_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="organisation.framework",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "figures",
                    models.ManyToManyField(
                        blank=True,
                        related_name="frameworks",
                        to="organisation.figure",
                        verbose_name="figures",
                    ),
                ),
                (
                    "publishing_set",
                    models.ForeignKey(
                        blank=True,
                        help_text="Pages that go live together, or not at all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishing.publishingset",
                        verbose_name="set of pages",
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
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Every document that holds one of these facts.",
                        related_name="+",
                        to="publishing.source",
                        verbose_name="sources",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "framework",
                "ordering": ["title"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="framework_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="framework_expiry",
                    ),
                    models.Index(
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce(
                                "first_published_at", "published_at"
                            ),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        name="framework_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="organisation_framework_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="organisation_framework_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="organisation_framework_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="organisation_framework_edition_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition_of", None),
                                (
                                    "state__in",
                                    ["draft", "in-review", "published", "withdrawn", "binned"],
                                ),
                            ),
                            models.Q(
                                ("edition_of__isnull", False),
                                ("state__in", ["draft", "in-review", "published", "superseded"]),
                            ),
                            _connector="OR",
                        ),
                        name="organisation_framework_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_framework_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_framework_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_framework_first_published_first",
                        violation_error_message="The first publication cannot be later than the publication. Correct one of the two.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "withdrawn"),
                                ("withdrawal__in", ["notice", "gone", "moved"]),
                            ),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True), ("withdrawal", "")
                            ),
                            _connector="OR",
                        ),
                        name="organisation_framework_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="organisation_framework_office_of_page",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoryEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_text",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Word for word, errors included. Staff only.",
                        verbose_name="passage in the source",
                    ),
                ),
                (
                    "correction_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What was corrected in the wording of the source; visitors read it. Example: “heath session” was corrected to “health session”.",
                        verbose_name="editing note",
                    ),
                ),
                (
                    "editor_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Doubts and decisions. Staff only.",
                        verbose_name="note for editors",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address: small letters, digits and hyphens. Example: end-malaria-for-good.",
                        max_length=120,
                        verbose_name="slug",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, verbose_name="lasting number"
                    ),
                ),
                (
                    "edition",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="edition"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in-review", "In review"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                            ("binned", "In the bin"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Public from this moment. In the future: the page is scheduled.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="From this moment the page is gone. Empty: it stays.",
                        null=True,
                        verbose_name="expires at",
                    ),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="first published at"
                    ),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="public until"
                    ),
                ),
                (
                    "change_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="What changed, for visitors. Empty for a minor change.",
                        verbose_name="change note",
                    ),
                ),
                (
                    "review_by",
                    models.DateField(
                        blank=True,
                        help_text="When somebody should check that this still holds.",
                        null=True,
                        verbose_name="review by",
                    ),
                ),
                (
                    "remark",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="remark of the reviewer",
                    ),
                ),
                (
                    "emergency_reason",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the emergency",
                    ),
                ),
                (
                    "withdrawal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("notice", "Stays readable under a notice"),
                            ("gone", "Gone: the page says so, with the reason"),
                            ("moved", "Moved: visitors are sent to another page"),
                        ],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="withdrawal",
                    ),
                ),
                (
                    "withdrawal_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the withdrawal",
                    ),
                ),
                (
                    "moved_to",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=400,
                        verbose_name="moved to",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="changed at"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Example: The Constitution enters into force.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "date",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="As precise as known. Example: 1954.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="text",
                    ),
                ),
                (
                    "edition_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="organisation.historyevent",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "figures",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="organisation.figure",
                        verbose_name="figures",
                    ),
                ),
                (
                    "publishing_set",
                    models.ForeignKey(
                        blank=True,
                        help_text="Pages that go live together, or not at all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishing.publishingset",
                        verbose_name="set of pages",
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
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Every document that holds one of these facts.",
                        related_name="+",
                        to="publishing.source",
                        verbose_name="sources",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of our history",
                "verbose_name_plural": "history",
                "ordering": ["date__first", "date", "slug"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="historyevent_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="historyevent_expiry",
                    ),
                    models.Index(
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce(
                                "first_published_at", "published_at"
                            ),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        name="historyevent_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="organisation_historyevent_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="organisation_historyevent_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="organisation_historyevent_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="organisation_historyevent_edition_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition_of", None),
                                (
                                    "state__in",
                                    ["draft", "in-review", "published", "withdrawn", "binned"],
                                ),
                            ),
                            models.Q(
                                ("edition_of__isnull", False),
                                ("state__in", ["draft", "in-review", "published", "superseded"]),
                            ),
                            _connector="OR",
                        ),
                        name="organisation_historyevent_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_historyevent_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_historyevent_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_historyevent_first_published_first",
                        violation_error_message="The first publication cannot be later than the publication. Correct one of the two.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "withdrawn"),
                                ("withdrawal__in", ["notice", "gone", "moved"]),
                            ),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True), ("withdrawal", "")
                            ),
                            _connector="OR",
                        ),
                        name="organisation_historyevent_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="organisation_historyevent_office_of_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("date__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_historyevent_date_complete",
                        violation_error_message="This is needed before the page can be published.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_text",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Word for word, errors included. Staff only.",
                        verbose_name="passage in the source",
                    ),
                ),
                (
                    "correction_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What was corrected in the wording of the source; visitors read it. Example: “heath session” was corrected to “health session”.",
                        verbose_name="editing note",
                    ),
                ),
                (
                    "editor_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Doubts and decisions. Staff only.",
                        verbose_name="note for editors",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address: small letters, digits and hyphens. Example: end-malaria-for-good.",
                        max_length=120,
                        verbose_name="slug",
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, verbose_name="lasting number"
                    ),
                ),
                (
                    "edition",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="edition"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in-review", "In review"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                            ("superseded", "Superseded"),
                            ("binned", "In the bin"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Public from this moment. In the future: the page is scheduled.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="From this moment the page is gone. Empty: it stays.",
                        null=True,
                        verbose_name="expires at",
                    ),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="first published at"
                    ),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="public until"
                    ),
                ),
                (
                    "change_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="What changed, for visitors. Empty for a minor change.",
                        verbose_name="change note",
                    ),
                ),
                (
                    "review_by",
                    models.DateField(
                        blank=True,
                        help_text="When somebody should check that this still holds.",
                        null=True,
                        verbose_name="review by",
                    ),
                ),
                (
                    "remark",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="remark of the reviewer",
                    ),
                ),
                (
                    "emergency_reason",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the emergency",
                    ),
                ),
                (
                    "withdrawal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("notice", "Stays readable under a notice"),
                            ("gone", "Gone: the page says so, with the reason"),
                            ("moved", "Moved: visitors are sent to another page"),
                        ],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="withdrawal",
                    ),
                ),
                (
                    "withdrawal_note",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="reason of the withdrawal",
                    ),
                ),
                (
                    "moved_to",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=400,
                        verbose_name="moved to",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="changed at"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="As in the menu. Example: Who we are.",
                        max_length=120,
                        verbose_name="title",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="Place in the menu: 1 stands first.",
                        verbose_name="order",
                    ),
                ),
                ("in_menu", models.BooleanField(default=True, verbose_name="in the menu")),
                (
                    "lead",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="One or two sentences under the title.",
                        verbose_name="lead",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="text",
                    ),
                ),
                (
                    "edition_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="organisation.page",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "figures",
                    models.ManyToManyField(
                        blank=True,
                        related_name="pages",
                        to="organisation.figure",
                        verbose_name="figures",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for a page of the first level. The menu has two levels.",
                        limit_choices_to={"parent": None},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="organisation.page",
                        verbose_name="parent page",
                    ),
                ),
                (
                    "publishing_set",
                    models.ForeignKey(
                        blank=True,
                        help_text="Pages that go live together, or not at all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publishing.publishingset",
                        verbose_name="set of pages",
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
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Every document that holds one of these facts.",
                        related_name="+",
                        to="publishing.source",
                        verbose_name="sources",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "page",
                "ordering": ["order", "title"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="page_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="page_expiry",
                    ),
                    models.Index(
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce(
                                "first_published_at", "published_at"
                            ),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        name="page_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="organisation_page_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="organisation_page_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="organisation_page_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="organisation_page_edition_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition_of", None),
                                (
                                    "state__in",
                                    ["draft", "in-review", "published", "withdrawn", "binned"],
                                ),
                            ),
                            models.Q(
                                ("edition_of__isnull", False),
                                ("state__in", ["draft", "in-review", "published", "superseded"]),
                            ),
                            _connector="OR",
                        ),
                        name="organisation_page_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="organisation_page_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_page_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="organisation_page_first_published_first",
                        violation_error_message="The first publication cannot be later than the publication. Correct one of the two.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "withdrawn"),
                                ("withdrawal__in", ["notice", "gone", "moved"]),
                            ),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True), ("withdrawal", "")
                            ),
                            _connector="OR",
                        ),
                        name="organisation_page_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="organisation_page_office_of_page",
                    ),
                ],
            },
        ),
    ]
