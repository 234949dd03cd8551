import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import iomsite.partialdate


class Migration(migrations.Migration):
    replaces = [
        ("programmes", "0001_initial"),
        ("programmes", "0002_publish_permission"),
        ("programmes", "0003_editions"),
        ("programmes", "0004_first_published"),
        ("programmes", "0005_edition_rules"),
        ("programmes", "0006_past_moments"),
        ("programmes", "0007_moments_and_sets"),
        ("programmes", "0008_decorative_photographs"),
        ("programmes", "0009_responsible_office"),
        ("programmes", "0010_name_pages_for_good"),
        ("programmes", "0011_make_texts_rich"),
        ("programmes", "0012_index_expiry"),
        ("programmes", "0013_order_newest_first"),
        ("programmes", "0014_index_editions_alone"),
        ("programmes", "0015_one_working_copy_again"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("images", "0001_initial"),
        ("organisation", "0014_index_editions_alone"),
        ("publishing", "0008_stamp_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Country",
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
                    "name",
                    models.CharField(
                        help_text="As the site writes it. Example: Mozambique.",
                        max_length=120,
                        verbose_name="name",
                    ),
                ),
                (
                    "aliases",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="One a line; search finds them. Example: KSA.",
                        verbose_name="other names",
                    ),
                ),
                (
                    "iso2",
                    models.CharField(
                        help_text="Example: MZ.",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Z]{2}\\Z", "Two capital letters. Example: MZ."
                            )
                        ],
                        verbose_name="ISO code, 2 letters",
                    ),
                ),
                (
                    "iso3",
                    models.CharField(
                        help_text="Example: MOZ.",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Z]{3}\\Z", "Three capital letters. Example: MOZ."
                            )
                        ],
                        verbose_name="ISO code, 3 letters",
                    ),
                ),
                (
                    "m49",
                    models.CharField(
                        help_text="Three digits; the map knows the country by it. Example: 508.",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[0-9]{3}\\Z", "Three digits. Example: 508."
                            )
                        ],
                        verbose_name="UN M49 code",
                    ),
                ),
                (
                    "presence_since",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="A year. Example: 1994.",
                        null=True,
                        verbose_name="presence since",
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
                    "edition_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="programmes.country",
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
                "verbose_name": "country",
                "verbose_name_plural": "countries",
                "ordering": ["name"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="country_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="country_expiry",
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
                        name="country_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="programmes_country_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="programmes_country_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="programmes_country_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="programmes_country_edition_numbers",
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
                        name="programmes_country_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="programmes_country_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_country_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_country_first_published_first",
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
                        name="programmes_country_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="programmes_country_office_of_page",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("name",),
                        name="programmes_country_one_name",
                        violation_error_code="name",
                        violation_error_message="Another page has this value already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("iso2",),
                        name="programmes_country_one_iso2",
                        violation_error_code="iso2",
                        violation_error_message="Another page has this value already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("iso3",),
                        name="programmes_country_one_iso3",
                        violation_error_code="iso3",
                        violation_error_message="Another page has this value already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("m49",),
                        name="programmes_country_one_m49",
                        violation_error_code="m49",
                        violation_error_message="Another page has this value already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("presence_since", None),
                            ("presence_since__range", (1951, 2100)),
                            _connector="OR",
                        ),
                        name="programmes_country_presence_since_1951",
                        violation_error_message="The organisation was founded in 1951: write a year from 1951 on.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
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
                        help_text="Example: sdg-3, sdg-indicator-10-7-2.",
                        max_length=40,
                        unique=True,
                        verbose_name="slug",
                    ),
                ),
                (
                    "framework",
                    models.CharField(
                        choices=[
                            ("sdg", "Sustainable Development Goal"),
                            ("sdg-target", "SDG target"),
                            ("sdg-indicator", "SDG indicator"),
                            ("gcm", "Objective of the Global Compact for Migration"),
                        ],
                        max_length=20,
                        verbose_name="framework",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="Example: 3, 17.18, 10.7.2.", max_length=12, verbose_name="code"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The official name.",
                        max_length=400,
                        verbose_name="name",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="The goal of a target or indicator.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="programmes.goal",
                        verbose_name="belongs to",
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
            ],
            options={
                "verbose_name": "goal",
                "ordering": ["framework", "order", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("framework", "code"),
                        name="programmes_goal_one_code",
                        violation_error_message="This framework has an entry with this code already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
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
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="slug")),
                (
                    "name",
                    models.CharField(
                        help_text="Example: World Health Organization.",
                        max_length=200,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "acronym",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: WHO.",
                        max_length=20,
                        verbose_name="acronym",
                    ),
                ),
                (
                    "aliases",
                    models.TextField(
                        blank=True, default="", help_text="One a line.", verbose_name="other names"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("un", "United Nations"),
                            ("government", "Government"),
                            ("regional-body", "Regional body"),
                            ("initiative", "Initiative or coalition"),
                            ("civil-society", "Civil society"),
                            ("academic", "Academia and media"),
                            ("diaspora", "Diaspora network"),
                            ("cities", "Network of cities"),
                        ],
                        max_length=20,
                        verbose_name="kind",
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
                ("url", models.URLField(blank=True, default="", verbose_name="website")),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        help_text="For governments and national bodies.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="programmes.country",
                        verbose_name="country",
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
            ],
            options={
                "verbose_name": "partner",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="EngagementPartner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("organiser", "Organiser"),
                            ("co-organiser", "Co-organiser"),
                            ("co-presenter", "Presented together"),
                            ("convener", "Convener"),
                            ("member", "Member"),
                            ("counterpart", "Counterpart"),
                            ("coalition", "Coalition in which we acted"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagement_roles",
                        to="programmes.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner in the engagement",
                "verbose_name_plural": "partners in the engagement",
                "ordering": ["order"],
            },
        ),
        migrations.CreateModel(
            name="Programme",
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
                        help_text="Example: Health of migrants in Iran.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "acronym",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: DTM.",
                        max_length=20,
                        verbose_name="acronym",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("country-programme", "Country programme"),
                            ("programme", "Programme"),
                            ("project", "Project"),
                            ("platform", "Platform"),
                            ("partnership", "Partnership"),
                            ("network", "Network"),
                            ("fund", "Fund"),
                            ("dialogue", "Dialogue"),
                            ("tool", "Tool"),
                            ("service", "Service"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "period",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="Example: 2014/.. for “since 2014”.",
                        null=True,
                        verbose_name="period",
                    ),
                ),
                (
                    "lead",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="One or two sentences for lists.",
                        verbose_name="lead",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="context",
                    ),
                ),
                (
                    "all_goals",
                    models.BooleanField(
                        default=False,
                        help_text="Where the source says “all goals” instead of naming some.",
                        verbose_name="contributes to all SDGs",
                    ),
                ),
                ("url", models.URLField(blank=True, default="", verbose_name="website")),
                (
                    "countries",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Countries that a wider initiative works in.",
                        related_name="initiatives",
                        to="programmes.country",
                        verbose_name="other countries",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        help_text="The country of a country programme; empty for a global initiative.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="country_programmes",
                        to="programmes.country",
                        verbose_name="country",
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
                        to="programmes.programme",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "figures",
                    models.ManyToManyField(
                        blank=True,
                        related_name="programmes",
                        to="organisation.figure",
                        verbose_name="figures",
                    ),
                ),
                (
                    "goals",
                    models.ManyToManyField(
                        blank=True,
                        related_name="programmes",
                        to="programmes.goal",
                        verbose_name="goals",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="programmes.programme",
                        verbose_name="part of",
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
                "verbose_name": "programme",
                "ordering": ["title"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="programme_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="programme_expiry",
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
                        name="programme_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="programmes_programme_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="programmes_programme_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="programmes_programme_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="programmes_programme_edition_numbers",
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
                        name="programmes_programme_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="programmes_programme_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_programme_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_programme_first_published_first",
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
                        name="programmes_programme_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="programmes_programme_office_of_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            models.Q(("country__isnull", False), ("kind", "country-programme")),
                            models.Q(
                                models.Q(("kind", "country-programme"), _negated=True),
                                ("country", None),
                            ),
                            _connector="OR",
                        ),
                        name="programmes_programme_country_of_country_programme",
                        violation_error_message="A country programme has a country, and only a country programme has one. For an initiative, use “other countries”.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objective",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "text",
                    models.TextField(
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="text",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "objective",
                "ordering": ["order"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "order"),
                        name="programmes_objective_one_place",
                        violation_error_message="Two entries have the same place. Number them 1, 2, 3 …",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "text",
                    models.TextField(
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="text",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "key result",
                "ordering": ["order"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "order"),
                        name="programmes_keyresult_one_place",
                        violation_error_message="Two entries have the same place. Number them 1, 2, 3 …",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AreaOfIntervention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "text",
                    models.TextField(
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="text",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Example: Provision of health equipment.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "date",
                    iomsite.partialdate.PartialDateField(
                        blank=True, help_text="Example: May 2023.", null=True, verbose_name="date"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "area of intervention",
                "verbose_name_plural": "areas of intervention",
                "ordering": ["order"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "order"),
                        name="programmes_areaofintervention_one_place",
                        violation_error_message="Two entries have the same place. Number them 1, 2, 3 …",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammePartner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("partner", "Partner"),
                            ("funder", "Funder"),
                            ("co-launcher", "Launched together"),
                            ("supported", "Supported by the organisation"),
                        ],
                        default="partner",
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programme_roles",
                        to="programmes.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partner_roles",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner in the programme",
                "verbose_name_plural": "partners in the programme",
                "ordering": ["order"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "partner"),
                        name="programmes_programmepartner_once",
                        violation_error_message="This partner is listed already.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="programme",
            name="partners",
            field=models.ManyToManyField(
                related_name="programmes",
                through="programmes.ProgrammePartner",
                to="programmes.partner",
                verbose_name="partners",
            ),
        ),
        migrations.CreateModel(
            name="Region",
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
                    "name",
                    models.CharField(
                        help_text="Example: Southern Africa.", max_length=120, verbose_name="name"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="order")),
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
                    "edition_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="programmes.region",
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
                "verbose_name": "region",
                "ordering": ["order", "name"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="region_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="region_expiry",
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
                        name="region_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="programmes_region_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="programmes_region_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="programmes_region_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="programmes_region_edition_numbers",
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
                        name="programmes_region_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="programmes_region_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_region_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_region_first_published_first",
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
                        name="programmes_region_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="programmes_region_office_of_page",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("name",),
                        name="programmes_region_one_name",
                        violation_error_code="name",
                        violation_error_message="Another page has this value already.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="country",
            name="region",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty where no source states it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="countries",
                to="programmes.region",
                verbose_name="region",
            ),
        ),
        migrations.CreateModel(
            name="RegionalEngagement",
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
                        help_text="Example: Global Conference on Primary Health Care.",
                        max_length=250,
                        verbose_name="title",
                    ),
                ),
                (
                    "acronym",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="acronym"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("technical-meeting", "Technical meeting"),
                            ("global-conference", "Global conference"),
                            ("side-event", "Side event"),
                            ("joint-paper", "Joint paper"),
                            ("workshop", "Workshop"),
                            ("policy-dialogue", "Policy dialogue"),
                            ("session", "Session"),
                            ("membership", "Membership of an initiative"),
                            ("ministerial-meeting", "Ministerial meeting"),
                            ("annual-meeting", "Annual meeting"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                (
                    "date",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="As precise as known. Example: October 2018.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "recurrence",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: annual.",
                        max_length=40,
                        verbose_name="recurrence",
                    ),
                ),
                (
                    "ordinal",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: 10th.",
                        max_length=40,
                        verbose_name="which one",
                    ),
                ),
                (
                    "city",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="city"),
                ),
                (
                    "host_event",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The larger event. Example: UN General Assembly.",
                        max_length=200,
                        verbose_name="held at",
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
                    "contribution",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="our contribution",
                    ),
                ),
                (
                    "outcome",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="outcome",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="Among engagements of the same date: 1 stands first.",
                        verbose_name="order",
                    ),
                ),
                (
                    "countries",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Besides the host, where the source names them.",
                        related_name="engagements",
                        to="programmes.country",
                        verbose_name="countries taking part",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted_engagements",
                        to="programmes.country",
                        verbose_name="host country",
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
                        to="programmes.regionalengagement",
                        verbose_name="edition of",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="programmes.regionalengagement",
                        verbose_name="part of",
                    ),
                ),
                (
                    "partners",
                    models.ManyToManyField(
                        related_name="engagements",
                        through="programmes.EngagementPartner",
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
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="programmes.region",
                        verbose_name="region",
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
                "verbose_name": "regional engagement",
                "ordering": [
                    models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                    "order",
                    "slug",
                ],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="regionalengagement_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="regionalengagement_expiry",
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
                        name="regionalengagement_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="programmes_regionalengagement_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="programmes_regionalengagement_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="programmes_regionalengagement_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="programmes_regionalengagement_edition_numbers",
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
                        name="programmes_regionalengagement_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="programmes_regionalengagement_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_regionalengagement_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_regionalengagement_first_published_first",
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
                        name="programmes_regionalengagement_kind_of_withdrawal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutcomeDocument",
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
                        help_text="Example: Declaration of Astana.",
                        max_length=250,
                        verbose_name="title",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("declaration", "Declaration"),
                            ("recommendations", "Recommendations"),
                            ("common-position", "Common position"),
                            ("paper", "Paper"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "date",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="Example: October 2018.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "is_official_title",
                    models.BooleanField(
                        default=True,
                        help_text="Take the mark away where the source describes the document without naming it.",
                        verbose_name="the title is official",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                        verbose_name="description",
                    ),
                ),
                (
                    "url",
                    models.URLField(blank=True, default="", verbose_name="address of the text"),
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
                        to="programmes.outcomedocument",
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
                (
                    "engagement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome_documents",
                        to="programmes.regionalengagement",
                        verbose_name="adopted at",
                    ),
                ),
            ],
            options={
                "verbose_name": "outcome document",
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
                        name="outcomedocument_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="outcomedocument_expiry",
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
                        name="outcomedocument_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="programmes_outcomedocument_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="programmes_outcomedocument_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="programmes_outcomedocument_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="programmes_outcomedocument_edition_numbers",
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
                        name="programmes_outcomedocument_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="programmes_outcomedocument_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_outcomedocument_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="programmes_outcomedocument_first_published_first",
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
                        name="programmes_outcomedocument_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="programmes_outcomedocument_office_of_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("engagement__isnull", False),
                            _connector="OR",
                        ),
                        name="programmes_outcomedocument_engagement_complete",
                        violation_error_message="This is needed before the page can be published.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EngagementRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("participated", "Participated"),
                            ("contributed", "Contributed"),
                            ("presented", "Presented"),
                            ("organised", "Organised"),
                            ("co-organised", "Organised together with others"),
                            ("shared-experience", "Shared experience"),
                            ("developed", "Helped to develop"),
                            ("member", "Member"),
                            ("engages", "Engages regularly"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="programmes.regionalengagement",
                    ),
                ),
            ],
            options={
                "verbose_name": "role of the organisation",
                "verbose_name_plural": "roles of the organisation",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("engagement", "role"),
                        name="programmes_engagementrole_once",
                        violation_error_message="This role is listed already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EngagementPhoto",
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
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="programmes.regionalengagement",
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
                        name="programmes_engagementphoto_decorative_or_told",
                        violation_error_message="A decorative photograph has no alternative text: clear one of both.",
                    ),
                    models.UniqueConstraint(
                        fields=("engagement", "photo"),
                        name="programmes_engagementphoto_once",
                        violation_error_message="This photograph is on the page already.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="engagementpartner",
            name="engagement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="partner_roles",
                to="programmes.regionalengagement",
            ),
        ),
        migrations.CreateModel(
            name="RegionalOffice",
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
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                (
                    "city",
                    models.CharField(
                        help_text="Example: Pretoria.", max_length=80, verbose_name="city"
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty where no source states it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="programmes.country",
                        verbose_name="country",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="programmes.region",
                        verbose_name="region",
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
            ],
            options={
                "verbose_name": "regional office",
                "ordering": ["city"],
            },
        ),
        migrations.AddField(
            model_name="regionalengagement",
            name="office",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty where the source names the organisation only.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="engagements",
                to="programmes.regionaloffice",
                verbose_name="regional office",
            ),
        ),
        migrations.CreateModel(
            name="Topic",
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
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "name",
                    models.CharField(
                        help_text="Example: Universal health coverage.",
                        max_length=120,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("theme", "Theme"),
                            ("disease", "Disease"),
                            ("population", "Population group"),
                        ],
                        default="theme",
                        max_length=20,
                        verbose_name="kind",
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
                    "sources",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Every document that holds one of these facts.",
                        related_name="+",
                        to="publishing.source",
                        verbose_name="sources",
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="regionalengagement",
            name="topics",
            field=models.ManyToManyField(
                blank=True, related_name="engagements", to="programmes.topic", verbose_name="topics"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="topics",
            field=models.ManyToManyField(
                blank=True, related_name="programmes", to="programmes.topic", verbose_name="topics"
            ),
        ),
        migrations.AddConstraint(
            model_name="engagementpartner",
            constraint=models.UniqueConstraint(
                fields=("engagement", "partner"),
                name="programmes_engagementpartner_once",
                violation_error_message="This partner is listed already.",
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
