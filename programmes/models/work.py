"""What is done: programmes, engagements across a region, and what those adopted."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iomsite.images.models import PhotoUse
from iomsite.organisation.models import Figure
from iomsite.partialdate import PartialDateField
from iomsite.publishing.models import Part, Publishable, complete
from iomsite.publishing.states import UNFINISHED
from iomsite.richtext.fields import HELP, RichTextField
from iomsite.richtext.words import as_text
from programmes.querysets import EngagementQuerySet, ProgrammeQuerySet

from .geography import PARAGRAPHS, Country, Region, RegionalOffice
from .reference import Goal, Partner, Topic


def public_name(country: Country | None) -> str:
    """Of a country that visitors may know of; else nothing."""
    return country.name if country and country.is_public() else ""


class Programme(Publishable):
    """Work towards an objective: a country programme has a country, a global initiative none."""

    class Kind(models.TextChoices):
        COUNTRY_PROGRAMME = "country-programme", _("Country programme")
        PROGRAMME = "programme", _("Programme")
        PROJECT = "project", _("Project")
        PLATFORM = "platform", _("Platform")
        PARTNERSHIP = "partnership", _("Partnership")
        NETWORK = "network", _("Network")
        FUND = "fund", _("Fund")
        DIALOGUE = "dialogue", _("Dialogue")
        TOOL = "tool", _("Tool")
        SERVICE = "service", _("Service")

    # Who says that a programme is of a country is responsible for the country.
    own_relations = ("country",)

    title = models.CharField(
        _("title"), max_length=200, help_text=_("Example: Health of migrants in Iran.")
    )
    acronym = models.CharField(
        _("acronym"), max_length=20, blank=True, default="", help_text=_("Example: DTM.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="country_programmes",
        help_text=_("The country of a country programme; empty for a global initiative."),
    )
    countries = models.ManyToManyField(
        Country,
        verbose_name=_("other countries"),
        blank=True,
        related_name="initiatives",
        help_text=_("Countries that a wider initiative works in."),
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    period = PartialDateField(_("period"), help_text=_("Example: 2014/.. for “since 2014”."))
    lead = models.TextField(
        _("lead"), blank=True, default="", help_text=_("One or two sentences for lists.")
    )
    body = RichTextField(_("context"), blank=True, default="", help_text=HELP)
    all_goals = models.BooleanField(
        _("contributes to all SDGs"),
        default=False,
        help_text=_("Where the source says “all goals” instead of naming some."),
    )
    goals = models.ManyToManyField(
        Goal, verbose_name=_("goals"), blank=True, related_name="programmes"
    )
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="programmes"
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), through="ProgrammePartner", related_name="programmes"
    )
    figures = models.ManyToManyField(
        Figure, verbose_name=_("figures"), blank=True, related_name="programmes"
    )
    url = models.URLField(_("website"), blank=True, default="")

    objects = ProgrammeQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("programme")
        ordering = ["title"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED)
                | Q(kind="country-programme", country__isnull=False)
                | (~Q(kind="country-programme") & Q(country=None)),
                name="%(app_label)s_%(class)s_country_of_country_programme",
                violation_error_message=_(
                    "A country programme has a country, and only a country programme has one. "
                    "For an initiative, use “other countries”."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.acronym})" if self.acronym else self.title

    def get_absolute_url(self) -> str:
        return reverse("programmes:programme-detail", kwargs={"slug": self.slug})

    @property
    def kicker(self) -> str:
        """What lists print beside the title. Reads `country`: select it in lists."""
        return self.kicker_in(public_name(self.country))

    def kicker_in(self, country: str) -> str:
        return ", ".join(filter(None, [self.get_kind_display(), country]))


class ProgrammePartner(Part):
    """A partner in a programme, and what it does there."""

    class Role(models.TextChoices):
        PARTNER = "partner", _("Partner")
        FUNDER = "funder", _("Funder")
        CO_LAUNCHER = "co-launcher", _("Launched together")
        SUPPORTED = "supported", _("Supported by the organisation")

    owner_field = "programme"
    natural_key_fields = ("partner__slug",)

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partner_roles")
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="programme_roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.PARTNER)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("partner in the programme")
        verbose_name_plural = _("partners in the programme")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This partner is listed already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_role_display()}"


class ProgrammePart(Part):
    """An ordered part of a programme's page."""

    owner_field = "programme"
    natural_key_fields = ("order",)

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="%(class)s_set")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    text = RichTextField(_("text"), help_text=HELP)

    class Meta:
        abstract = True
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "order"],
                name="%(app_label)s_%(class)s_one_place",
                violation_error_message=_("Two entries have the same place. Number them 1, 2, 3 …"),
            ),
        ]

    def __str__(self) -> str:
        return Truncator(as_text(self.text)).words(12)


class Objective(ProgrammePart):
    """What a programme is for."""

    class Meta(ProgrammePart.Meta):
        verbose_name = _("objective")


class KeyResult(ProgrammePart):
    """What is to be different when a programme has worked."""

    class Meta(ProgrammePart.Meta):
        verbose_name = _("key result")


class AreaOfIntervention(ProgrammePart):
    """A field in which a programme acts, in its own words."""

    title = models.CharField(
        _("title"), max_length=200, help_text=_("Example: Provision of health equipment.")
    )
    date = PartialDateField(_("date"), help_text=_("Example: May 2023."))

    class Meta(ProgrammePart.Meta):
        verbose_name = _("area of intervention")
        verbose_name_plural = _("areas of intervention")

    def __str__(self) -> str:
        return self.title


class RegionalEngagement(Publishable):
    """Work or partnership across a region: a meeting, a workshop, a dialogue, a joint paper."""

    class Kind(models.TextChoices):
        TECHNICAL_MEETING = "technical-meeting", _("Technical meeting")
        GLOBAL_CONFERENCE = "global-conference", _("Global conference")
        SIDE_EVENT = "side-event", _("Side event")
        JOINT_PAPER = "joint-paper", _("Joint paper")
        WORKSHOP = "workshop", _("Workshop")
        POLICY_DIALOGUE = "policy-dialogue", _("Policy dialogue")
        SESSION = "session", _("Session")
        MEMBERSHIP = "membership", _("Membership of an initiative")
        MINISTERIAL_MEETING = "ministerial-meeting", _("Ministerial meeting")
        ANNUAL_MEETING = "annual-meeting", _("Annual meeting")

    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_("Example: Global Conference on Primary Health Care."),
    )
    acronym = models.CharField(_("acronym"), max_length=20, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="engagements",
    )
    office = models.ForeignKey(
        RegionalOffice,
        verbose_name=_("regional office"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="engagements",
        help_text=_("Empty where the source names the organisation only."),
    )
    date = PartialDateField(_("date"), help_text=_("As precise as known. Example: October 2018."))
    recurrence = models.CharField(
        _("recurrence"), max_length=40, blank=True, default="", help_text=_("Example: annual.")
    )
    ordinal = models.CharField(
        _("which one"), max_length=40, blank=True, default="", help_text=_("Example: 10th.")
    )
    city = models.CharField(_("city"), max_length=80, blank=True, default="")
    country = models.ForeignKey(
        Country,
        verbose_name=_("host country"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_engagements",
    )
    countries = models.ManyToManyField(
        Country,
        verbose_name=_("countries taking part"),
        blank=True,
        related_name="engagements",
        help_text=_("Besides the host, where the source names them."),
    )
    host_event = models.CharField(
        _("held at"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("The larger event. Example: UN General Assembly."),
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)
    contribution = RichTextField(_("our contribution"), blank=True, default="", help_text=HELP)
    outcome = RichTextField(_("outcome"), blank=True, default="", help_text=HELP)
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="engagements"
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), through="EngagementPartner", related_name="engagements"
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("Among engagements of the same date: 1 stands first.")
    )

    objects = EngagementQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("regional engagement")
        # Newest first; what has no date comes last.
        ordering = [F("date").desc(nulls_last=True), "order", "slug"]

    def __str__(self) -> str:
        return f"{self.title} ({self.acronym})" if self.acronym else self.title

    def get_absolute_url(self) -> str:
        return reverse("programmes:engagement-detail", kwargs={"slug": self.slug})

    @cached_property
    def place(self) -> str:
        """City and country as far as known and public. Reads `country`: select it in lists."""
        return self.place_in(public_name(self.country))

    def place_in(self, country: str) -> str:
        return ", ".join(filter(None, [self.city, country]))

    @property
    def kicker(self) -> str:
        """What lists print beside the title; it says why a date is missing. Reads `country`."""
        return self._kicker_at(self.place)

    def kicker_in(self, country: str) -> str:
        return self._kicker_at(self.place_in(country))

    def _kicker_at(self, place: str) -> str:
        undated = "" if self.date else self.recurrence or gettext("date not stated")
        return ", ".join(filter(None, [self.get_kind_display(), place, undated]))


class EngagementRole(Part):
    """What the organisation did in an engagement; it may have done several things."""

    class Role(models.TextChoices):
        PARTICIPATED = "participated", _("Participated")
        CONTRIBUTED = "contributed", _("Contributed")
        PRESENTED = "presented", _("Presented")
        ORGANISED = "organised", _("Organised")
        CO_ORGANISED = "co-organised", _("Organised together with others")
        SHARED_EXPERIENCE = "shared-experience", _("Shared experience")
        DEVELOPED = "developed", _("Helped to develop")
        MEMBER = "member", _("Member")
        ENGAGES = "engages", _("Engages regularly")

    owner_field = "engagement"
    natural_key_fields = ("role",)

    engagement = models.ForeignKey(
        RegionalEngagement, on_delete=models.CASCADE, related_name="roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("role of the organisation")
        verbose_name_plural = _("roles of the organisation")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "role"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This role is listed already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class EngagementPartner(Part):
    """A partner in an engagement, and what it did there."""

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("Organiser")
        CO_ORGANISER = "co-organiser", _("Co-organiser")
        CO_PRESENTER = "co-presenter", _("Presented together")
        CONVENER = "convener", _("Convener")
        MEMBER = "member", _("Member")
        COUNTERPART = "counterpart", _("Counterpart")
        COALITION = "coalition", _("Coalition in which we acted")

    owner_field = "engagement"
    natural_key_fields = ("partner__slug",)

    engagement = models.ForeignKey(
        RegionalEngagement, on_delete=models.CASCADE, related_name="partner_roles"
    )
    partner = models.ForeignKey(
        Partner,
        verbose_name=_("partner"),
        on_delete=models.PROTECT,
        related_name="engagement_roles",
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("partner in the engagement")
        verbose_name_plural = _("partners in the engagement")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "partner"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This partner is listed already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_role_display()}"


class EngagementPhoto(PhotoUse):
    """A photograph on the page of an engagement."""

    owner_field = "engagement"

    engagement = models.ForeignKey(
        RegionalEngagement, on_delete=models.CASCADE, related_name="photos"
    )

    class Meta(PhotoUse.Meta):
        verbose_name = _("photograph")
        constraints = [
            *PhotoUse.Meta.constraints,
            models.UniqueConstraint(
                fields=["engagement", "photo"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This photograph is on the page already."),
            ),
        ]


class OutcomeDocument(Publishable):
    """What a meeting adopted: a declaration, recommendations, a common position."""

    class Kind(models.TextChoices):
        DECLARATION = "declaration", _("Declaration")
        RECOMMENDATIONS = "recommendations", _("Recommendations")
        COMMON_POSITION = "common-position", _("Common position")
        PAPER = "paper", _("Paper")

    title = models.CharField(
        _("title"), max_length=250, help_text=_("Example: Declaration of Astana.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    engagement = models.ForeignKey(
        RegionalEngagement,
        verbose_name=_("adopted at"),
        on_delete=models.PROTECT,
        null=True,
        related_name="outcome_documents",
    )
    date = PartialDateField(_("date"), help_text=_("Example: October 2018."))
    is_official_title = models.BooleanField(
        _("the title is official"),
        default=True,
        help_text=_(
            "Take the mark away where the source describes the document without naming it."
        ),
    )
    body = RichTextField(_("description"), blank=True, default="", help_text=HELP)
    url = models.URLField(_("address of the text"), blank=True, default="")

    class Meta(Publishable.Meta):
        verbose_name = _("outcome document")
        constraints = [*Publishable.Meta.constraints, complete("engagement")]
        ordering = [F("date").desc(nulls_last=True), "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("programmes:outcome-detail", kwargs={"slug": self.slug})
