"""What the organisation says: news releases, campaigns and publications."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iomsite.images.models import PhotoUse
from iomsite.organisation.models import Figure
from iomsite.partialdate import PartialDateField
from iomsite.publishing.models import APPROVED, Part, Publishable, complete, of_what_waits
from iomsite.richtext.fields import HELP, RichTextField
from programmes.models import PARAGRAPHS, Country, Goal, Partner, Topic


def mentioning() -> models.Index:
    """Public texts that mention something, of which `richtext.pointing` finds those that lead
    nowhere. In a table that does not grow long, all texts are read as fast.
    """
    return models.Index(
        # Both are asked for: else SQLite takes an index of all that is public.
        fields=["edition_of", "published_at"],
        condition=APPROVED & Q(body__mentions=True),
        name="%(class)s_mentioning",
    )


class Campaign(Publishable):
    """An observance such as World Malaria Day 2016, or a campaign."""

    class Kind(models.TextChoices):
        OBSERVANCE = "observance", _("Observance")
        CAMPAIGN = "campaign", _("Campaign")

    title = models.CharField(
        _("title"), max_length=200, help_text=_("Example: World Malaria Day 2016.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    date = PartialDateField(_("date"), help_text=_("Example: 25 April 2016."))
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)
    body = RichTextField(_("text"), blank=True, default="", help_text=HELP)
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="campaigns"
    )
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries"), blank=True, related_name="campaigns"
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), blank=True, related_name="campaigns"
    )
    url = models.URLField(_("website"), blank=True, default="")

    class Meta(Publishable.Meta):
        verbose_name = _("campaign")
        ordering = [F("date").desc(nulls_last=True), "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("news:campaign-detail", kwargs={"slug": self.slug})


class Publication(Publishable):
    """A report, factsheet, guidance or book."""

    class Kind(models.TextChoices):
        FLAGSHIP_REPORT = "flagship-report", _("Flagship report")
        FACTSHEET = "factsheet", _("Factsheet")
        GUIDANCE = "guidance", _("Guidance")
        BOOK = "book", _("Book")
        ARTICLES = "articles", _("Collection of articles")
        STUDY = "study", _("Study")
        FRAMEWORK = "framework", _("Framework")

    title = models.CharField(
        _("title"), max_length=250, help_text=_("Example: World Migration Report 2022.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    series = models.CharField(
        _("series"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Example: World Migration Report."),
    )
    ordinal = models.CharField(
        _("which one"), max_length=40, blank=True, default="", help_text=_("Example: eleventh.")
    )
    date = PartialDateField(_("published"), help_text=_("As precise as known. Example: 2022."))
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)
    body = RichTextField(_("text"), blank=True, default="", help_text=HELP)
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="publications"
    )
    goals = models.ManyToManyField(
        Goal, verbose_name=_("goals"), blank=True, related_name="publications"
    )
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries"), blank=True, related_name="publications"
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), blank=True, related_name="publications"
    )
    figures = models.ManyToManyField(
        Figure, verbose_name=_("figures"), blank=True, related_name="publications"
    )
    url = models.URLField(_("address"), blank=True, default="")

    class Meta(Publishable.Meta):
        verbose_name = _("publication")
        ordering = [F("date").desc(nulls_last=True), "title"]
        indexes = [*Publishable.Meta.indexes, *of_what_waits(), mentioning()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("news:publication-detail", kwargs={"slug": self.slug})


class NewsRelease(Publishable):
    """An announcement. It prints `released_on`; the site shows it from `published_at` on."""

    class Kind(models.TextChoices):
        NEWS_RELEASE = "news-release", _("News release")
        STATEMENT = "statement", _("Statement")
        MESSAGE = "message", _("Message")

    title = models.CharField(
        _("headline"),
        max_length=250,
        help_text=_("Example: IOM, Partners Unite to ‘End Malaria For Good’."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NEWS_RELEASE)
    released_on = models.DateField(
        _("date of release"),
        null=True,
        validators=[
            MinValueValidator(
                datetime.date(1951, 1, 1),
                _("The organisation was founded in 1951. Write the year with four digits."),
            ),
            MaxValueValidator(
                datetime.date(2100, 12, 31), _("Write a year of four digits up to 2100.")
            ),
        ],
        help_text=_("As in the dateline. It is part of the address."),
    )
    dateline = models.CharField(
        _("place of the dateline"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Example: Maputo. Empty where there is none."),
    )
    lead = models.TextField(_("lead"), help_text=_("The first paragraph, without place and date."))
    body = RichTextField(_("text"), blank=True, default="", help_text=HELP)
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
    )
    publication = models.ForeignKey(
        Publication,
        verbose_name=_("publication"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
        help_text=_("The publication that it announces."),
    )
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="releases"
    )
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries"), blank=True, related_name="releases"
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), blank=True, related_name="releases"
    )

    class Meta(Publishable.Meta):
        verbose_name = _("news release")
        constraints = [*Publishable.Meta.constraints, complete("released_on")]
        ordering = ["-released_on", "slug"]
        indexes = [
            *Publishable.Meta.indexes,
            *of_what_waits(),
            mentioning(),
            # The list in its order: a part of it is read, and nothing is sorted. With all that says
            # what is public, and what its filters ask of a page: a listing reads no pages.
            models.Index(
                F("released_on").desc(),
                F("slug"),
                *map(F, ("state", "edition_of", "published_at", "expires_at", "publishing_set")),
                *map(F, ("kind", "campaign", "id")),
                condition=APPROVED,
                name="%(class)s_in_order",
            ),
            # The same for staff, drafts among them; counted without a look at the pages.
            models.Index(
                F("released_on").desc(),
                F("slug"),
                F("id").desc(),
                F("state"),
                F("kind"),
                F("edition_of"),
                condition=Q(edition_of=None),
                name="%(class)s_desk",
            ),
            # By headline, as staff may order that list.
            models.Index(
                F("title"),
                F("id").desc(),
                F("state"),
                F("edition_of"),
                condition=Q(edition_of=None),
                name="%(class)s_titled",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        year = self.released_on.year if self.released_on else self.created_at.year
        return reverse("news:release-detail", kwargs={"year": year, "slug": self.slug})

    def stands_before(self) -> Q:
        """What it stands before in the list. The day is said twice, so that the index of the list
        begins at the right place.
        """
        behind = Q(released_on__lt=self.released_on) | Q(slug__gt=self.slug)
        return Q(released_on__lte=self.released_on) & behind


class ReleasePhoto(PhotoUse):
    """A photograph of a release; the first one opens the page."""

    owner_field = "release"

    release = models.ForeignKey(NewsRelease, on_delete=models.CASCADE, related_name="photos")

    class Meta(PhotoUse.Meta):
        verbose_name = _("photograph")
        constraints = [
            *PhotoUse.Meta.constraints,
            models.UniqueConstraint(
                fields=["release", "photo"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This photograph is in the release already."),
            ),
        ]


class ReleaseContact(Part):
    """Whom a journalist may ask about a release."""

    owner_field = "release"
    natural_key_fields = ("order",)

    release = models.ForeignKey(NewsRelease, on_delete=models.CASCADE, related_name="contacts")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    name = models.CharField(_("name"), max_length=120)
    post = models.CharField(
        _("post"), max_length=120, blank=True, default="", help_text=_("Example: Press officer.")
    )
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("press contact")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "order"],
                name="%(app_label)s_%(class)s_one_place",
                violation_error_message=_(
                    "Two contacts have the same place. Number them 1, 2, 3 …"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
