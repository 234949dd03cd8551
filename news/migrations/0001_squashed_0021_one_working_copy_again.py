import uuid
from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import iomsite.partialdate

find_releases_by_letters = import_module("news.migrations.0019_find_releases_by_letters")
find_pages_by_letters = import_module("news.migrations.0020_find_pages_by_letters")


class Migration(migrations.Migration):
    replaces = [
        ("news", "0001_initial"),
        ("news", "0002_publish_permission"),
        ("news", "0003_editions"),
        ("news", "0004_first_published"),
        ("news", "0005_edition_rules"),
        ("news", "0006_past_moments"),
        ("news", "0007_moments_and_sets"),
        ("news", "0008_decorative_photographs"),
        ("news", "0009_responsible_office"),
        ("news", "0010_name_pages_for_good"),
        ("news", "0011_make_texts_rich"),
        ("news", "0012_index_expiry"),
        ("news", "0013_order_newest_first"),
        ("news", "0014_list_releases_by_index"),
        ("news", "0015_index_editions_alone"),
        ("news", "0016_list_releases_for_staff"),
        ("news", "0017_list_releases_by_index_alone"),
        ("news", "0018_order_releases_by_title"),
        ("news", "0019_find_releases_by_letters"),
        ("news", "0020_find_pages_by_letters"),
        ("news", "0021_one_working_copy_again"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("images", "0001_initial"),
        ("organisation", "0013_order_newest_first"),
        ("programmes", "0014_index_editions_alone"),
        ("publishing", "0008_stamp_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
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
                        help_text="Example: World Malaria Day 2016.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("observance", "Observance"), ("campaign", "Campaign")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "date",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="Example: 25 April 2016.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="An empty line begins a new paragraph.",
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
                ("url", models.URLField(blank=True, default="", verbose_name="website")),
                (
                    "countries",
                    models.ManyToManyField(
                        blank=True,
                        related_name="campaigns",
                        to="programmes.country",
                        verbose_name="countries",
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
                        to="news.campaign",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "partners",
                    models.ManyToManyField(
                        blank=True,
                        related_name="campaigns",
                        to="programmes.partner",
                        verbose_name="partners",
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
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        related_name="campaigns",
                        to="programmes.topic",
                        verbose_name="topics",
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
                "verbose_name": "campaign",
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "title",
                ],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="campaign_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="campaign_expiry",
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
                        name="campaign_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="news_campaign_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="news_campaign_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="news_campaign_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="news_campaign_edition_numbers",
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
                        name="news_campaign_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="news_campaign_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="news_campaign_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="news_campaign_first_published_first",
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
                        name="news_campaign_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="news_campaign_office_of_page",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
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
                        help_text="Example: World Migration Report 2022.",
                        max_length=250,
                        verbose_name="title",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("flagship-report", "Flagship report"),
                            ("factsheet", "Factsheet"),
                            ("guidance", "Guidance"),
                            ("book", "Book"),
                            ("articles", "Collection of articles"),
                            ("study", "Study"),
                            ("framework", "Framework"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "series",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: World Migration Report.",
                        max_length=120,
                        verbose_name="series",
                    ),
                ),
                (
                    "ordinal",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: eleventh.",
                        max_length=40,
                        verbose_name="which one",
                    ),
                ),
                (
                    "date",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="As precise as known. Example: 2022.",
                        null=True,
                        verbose_name="published",
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="An empty line begins a new paragraph.",
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
                ("url", models.URLField(blank=True, default="", verbose_name="address")),
                (
                    "countries",
                    models.ManyToManyField(
                        blank=True,
                        related_name="publications",
                        to="programmes.country",
                        verbose_name="countries",
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
                        to="news.publication",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "figures",
                    models.ManyToManyField(
                        blank=True,
                        related_name="publications",
                        to="organisation.figure",
                        verbose_name="figures",
                    ),
                ),
                (
                    "goals",
                    models.ManyToManyField(
                        blank=True,
                        related_name="publications",
                        to="programmes.goal",
                        verbose_name="goals",
                    ),
                ),
                (
                    "partners",
                    models.ManyToManyField(
                        blank=True,
                        related_name="publications",
                        to="programmes.partner",
                        verbose_name="partners",
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
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        related_name="publications",
                        to="programmes.topic",
                        verbose_name="topics",
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
                "verbose_name": "publication",
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "title",
                ],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="publication_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="publication_expiry",
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
                        name="publication_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="news_publication_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="news_publication_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="news_publication_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="news_publication_edition_numbers",
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
                        name="news_publication_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="news_publication_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="news_publication_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="news_publication_first_published_first",
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
                        name="news_publication_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="news_publication_office_of_page",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsRelease",
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
                        help_text="Example: IOM, Partners Unite to ‘End Malaria For Good’.",
                        max_length=250,
                        verbose_name="headline",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("news-release", "News release"),
                            ("statement", "Statement"),
                            ("message", "Message"),
                        ],
                        default="news-release",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "released_on",
                    models.DateField(
                        help_text="As in the dateline. It is part of the address.",
                        null=True,
                        verbose_name="date of release",
                    ),
                ),
                (
                    "dateline",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: Maputo. Empty where there is none.",
                        max_length=120,
                        verbose_name="place of the dateline",
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        help_text="The first paragraph, without place and date.",
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
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="news.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "countries",
                    models.ManyToManyField(
                        blank=True,
                        related_name="releases",
                        to="programmes.country",
                        verbose_name="countries",
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
                        to="news.newsrelease",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "partners",
                    models.ManyToManyField(
                        blank=True,
                        related_name="releases",
                        to="programmes.partner",
                        verbose_name="partners",
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
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        related_name="releases",
                        to="programmes.topic",
                        verbose_name="topics",
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
                (
                    "publication",
                    models.ForeignKey(
                        blank=True,
                        help_text="The publication that it announces.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="news.publication",
                        verbose_name="publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "news release",
                "ordering": ["-released_on", "slug"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="newsrelease_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="newsrelease_expiry",
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
                        name="newsrelease_newest",
                    ),
                    models.Index(
                        models.OrderBy(models.F("released_on"), descending=True),
                        models.F("slug"),
                        models.F("state"),
                        models.F("edition_of"),
                        models.F("published_at"),
                        models.F("expires_at"),
                        models.F("publishing_set"),
                        models.F("kind"),
                        models.F("campaign"),
                        models.F("id"),
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        name="newsrelease_in_order",
                    ),
                    models.Index(
                        models.OrderBy(models.F("released_on"), descending=True),
                        models.F("slug"),
                        models.OrderBy(models.F("id"), descending=True),
                        models.F("state"),
                        models.F("kind"),
                        models.F("edition_of"),
                        condition=models.Q(("edition_of", None)),
                        name="newsrelease_desk",
                    ),
                    models.Index(
                        models.F("title"),
                        models.OrderBy(models.F("id"), descending=True),
                        models.F("state"),
                        models.F("edition_of"),
                        condition=models.Q(("edition_of", None)),
                        name="newsrelease_titled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="news_newsrelease_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="news_newsrelease_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="news_newsrelease_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="news_newsrelease_edition_numbers",
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
                        name="news_newsrelease_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="news_newsrelease_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="news_newsrelease_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="news_newsrelease_first_published_first",
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
                        name="news_newsrelease_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="news_newsrelease_office_of_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("released_on__isnull", False),
                            _connector="OR",
                        ),
                        name="news_newsrelease_released_on_complete",
                        violation_error_message="This is needed before the page can be published.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "post",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: Press officer.",
                        max_length=120,
                        verbose_name="post",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="e-mail"
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, default="", max_length=40, verbose_name="telephone"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="news.newsrelease",
                    ),
                ),
            ],
            options={
                "verbose_name": "press contact",
                "ordering": ["order"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "order"),
                        name="news_releasecontact_one_place",
                        violation_error_message="Two contacts have the same place. Number them 1, 2, 3 …",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleasePhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alt_text",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What it shows on this page, for people who do not see it.",
                        max_length=250,
                        verbose_name="alternative text here",
                    ),
                ),
                (
                    "is_decorative",
                    models.BooleanField(
                        default=False,
                        help_text="It adds nothing to what the page says in words.",
                        verbose_name="decorative",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="images.photo",
                        verbose_name="photograph",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="news.newsrelease",
                    ),
                ),
            ],
            options={
                "verbose_name": "photograph",
                "ordering": ["order"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_decorative", False), ("alt_text", ""), _connector="OR"
                        ),
                        name="news_releasephoto_decorative_or_told",
                        violation_error_message="A decorative photograph has no alternative text: clear one of both.",
                    ),
                    models.UniqueConstraint(
                        fields=("release", "photo"),
                        name="news_releasephoto_once",
                        violation_error_message="This photograph is in the release already.",
                    ),
                ],
            },
        ),
        migrations.RunPython(find_releases_by_letters.create, find_releases_by_letters.drop),
        migrations.RunPython(find_pages_by_letters.create, find_pages_by_letters.create_as_before),
    ]
