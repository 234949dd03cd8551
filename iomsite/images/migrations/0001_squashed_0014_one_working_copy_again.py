import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import iomsite.images.fields
import iomsite.partialdate


class Migration(migrations.Migration):
    replaces = [
        ("images", "0001_initial"),
        ("images", "0002_publish_permission"),
        ("images", "0003_editions"),
        ("images", "0004_first_published"),
        ("images", "0005_edition_rules"),
        ("images", "0006_past_moments"),
        ("images", "0007_moments_and_sets"),
        ("images", "0008_rights_sizes_and_focus"),
        ("images", "0009_responsible_office"),
        ("images", "0010_name_pages_for_good"),
        ("images", "0011_index_expiry"),
        ("images", "0012_order_newest_first"),
        ("images", "0013_index_editions_alone"),
        ("images", "0014_one_working_copy_again"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("publishing", "0008_stamp_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Photo",
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
                        help_text="For staff. Example: “New Jungle”, Calais, 2015.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "file",
                    iomsite.images.fields.StoredOnceField(
                        blank=True,
                        default="",
                        help_text="JPEG, PNG, WebP or AVIF. It is stored without its metadata.",
                        upload_to="photos/",
                        verbose_name="file",
                    ),
                ),
                (
                    "width",
                    models.PositiveIntegerField(
                        blank=True, editable=False, null=True, verbose_name="width"
                    ),
                ),
                (
                    "height",
                    models.PositiveIntegerField(
                        blank=True, editable=False, null=True, verbose_name="height"
                    ),
                ),
                (
                    "widths",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=60,
                        verbose_name="sizes made",
                    ),
                ),
                (
                    "focus_x",
                    models.FloatField(
                        default=0.5,
                        help_text="0 is the left edge, 1 the right one.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="focal point from the left",
                    ),
                ),
                (
                    "focus_y",
                    models.FloatField(
                        default=0.5,
                        help_text="0 is the upper edge, 1 the lower one.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="focal point from the top",
                    ),
                ),
                (
                    "caption",
                    models.TextField(
                        help_text="What the photograph shows, in one or two sentences.",
                        verbose_name="caption",
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What can be seen, for people who do not see it. Pages say it in their own words.",
                        max_length=250,
                        verbose_name="description",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: Calais, France.",
                        max_length=120,
                        verbose_name="place",
                    ),
                ),
                (
                    "taken",
                    iomsite.partialdate.PartialDateField(
                        blank=True,
                        help_text="As precise as known. Example: August 2015.",
                        null=True,
                        verbose_name="taken",
                    ),
                ),
                (
                    "credit_person",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: Amanda Nero.",
                        max_length=120,
                        verbose_name="photographer",
                    ),
                ),
                (
                    "credit_organisation",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Example: IOM.",
                        max_length=120,
                        verbose_name="organisation",
                    ),
                ),
                (
                    "credit_year",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="year of the credit"
                    ),
                ),
                (
                    "licence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "Our own: the organisation holds the rights"),
                            ("permission", "Used with the permission of who holds the rights"),
                            ("cc-by", "Creative Commons: named author (CC BY 4.0)"),
                            (
                                "cc-by-sa",
                                "Creative Commons: named author, same licence (CC BY-SA 4.0)",
                            ),
                            ("public-domain", "Public domain"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="licence",
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not-needed", "Not needed: nobody can be recognised"),
                            ("given", "Given, without an end"),
                            ("until", "Given until a date"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="consent of the people shown",
                    ),
                ),
                (
                    "consent_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="The last day. After it the photograph is on no page any more.",
                        null=True,
                        verbose_name="consent until",
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
                        to="images.photo",
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
                "verbose_name": "photograph",
                "ordering": ["title"],
                "abstract": False,
                "default_permissions": ["add", "change", "delete", "view", "publish", "review"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("edition_of", None), ("state", "published")),
                        fields=["published_at"],
                        name="photo_public",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("edition_of", None),
                            ("expires_at__isnull", False),
                            ("state", "published"),
                        ),
                        fields=["expires_at"],
                        name="photo_expiry",
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
                        name="photo_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("slug",),
                        name="images_photo_one_address",
                        violation_error_message="Another page (perhaps in the bin) has this slug. Choose another.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of", None)),
                        fields=("uid",),
                        name="images_photo_one_uid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "in-review", "published"))),
                        fields=("edition_of",),
                        name="images_photo_one_working_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("edition_of__isnull", False)),
                        fields=("edition_of", "edition"),
                        name="images_photo_edition_numbers",
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
                        name="images_photo_state_of_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="images_photo_public_since",
                        violation_error_message="A published page needs the moment of publication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None),
                            ("expires_at__gt", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="images_photo_expires_after_publication",
                        violation_error_message="The page would expire before it is published. Choose a later “expires at”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_at", None),
                            ("first_published_at__lte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="images_photo_first_published_first",
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
                        name="images_photo_kind_of_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition_of", None), ("responsible_office", None), _connector="OR"
                        ),
                        name="images_photo_office_of_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            models.Q(
                                ("credit_organisation", ""), ("credit_person", ""), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="images_photo_credited",
                        violation_error_message="Name the photographer or the organisation to credit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("file", ""),
                            models.Q(("licence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="images_photo_licensed",
                        violation_error_message="Choose the licence: without one nobody may show the photograph.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("file", ""),
                            models.Q(("consent", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="images_photo_consented",
                        violation_error_message="Say whether the people shown have agreed to be shown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            ("file", ""),
                            models.Q(("description", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="images_photo_described",
                        violation_error_message="Describe what can be seen, for people who do not see it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "in-review", "binned")),
                            models.Q(("consent", "until"), ("consent_until__isnull", False)),
                            models.Q(
                                models.Q(("consent", "until"), _negated=True),
                                ("consent_until", None),
                            ),
                            _connector="OR",
                        ),
                        name="images_photo_consent_dated",
                        violation_error_message="Give the last day of the consent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_until", None),
                            models.Q(
                                ("expires_at__isnull", False),
                                ("expires_at__lte", models.F("consent_until")),
                            ),
                            _connector="OR",
                        ),
                        name="images_photo_expires_with_consent",
                        violation_error_message="The consent ends before this moment. Choose an earlier one, or leave it empty: the photograph then expires with the consent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("focus_x__range", (0, 1)), ("focus_y__range", (0, 1))),
                        name="images_photo_focus_inside",
                        violation_error_message="The focal point lies inside the photograph: 0 to 1.",
                    ),
                ],
            },
        ),
    ]
