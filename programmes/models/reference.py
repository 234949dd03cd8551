"""What ties the work together: topics, goals and partners, which are no pages of their own."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.models import NaturalKeyModel, Sourced
from programmes.querysets import GoalQuerySet, ReferenceQuerySet

from .geography import PARAGRAPHS, Country


class Topic(Sourced, NaturalKeyModel):
    """What the work is about: it ties programmes, engagements and news together."""

    class Kind(models.TextChoices):
        THEME = "theme", _("Theme")
        DISEASE = "disease", _("Disease")
        POPULATION = "population", _("Population group")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(
        _("name"), max_length=120, unique=True, help_text=_("Example: Universal health coverage.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.THEME)
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programmes:topic-detail", kwargs={"slug": self.slug})


class Goal(Sourced, NaturalKeyModel):
    """A goal, target or indicator of the 2030 Agenda, or an objective of the Global Compact."""

    class Framework(models.TextChoices):
        SDG = "sdg", _("Sustainable Development Goal")
        SDG_TARGET = "sdg-target", _("SDG target")
        SDG_INDICATOR = "sdg-indicator", _("SDG indicator")
        GCM = "gcm", _("Objective of the Global Compact for Migration")

    slug = models.SlugField(
        _("slug"), max_length=40, unique=True, help_text=_("Example: sdg-3, sdg-indicator-10-7-2.")
    )
    framework = models.CharField(_("framework"), max_length=20, choices=Framework)
    code = models.CharField(_("code"), max_length=12, help_text=_("Example: 3, 17.18, 10.7.2."))
    name = models.CharField(
        _("name"), max_length=400, blank=True, default="", help_text=_("The official name.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text=_("The goal of a target or indicator."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        ordering = ["framework", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"],
                name="%(app_label)s_%(class)s_one_code",
                violation_error_message=_("This framework has an entry with this code already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_name}: {self.name}" if self.name else self.short_name

    @property
    def short_name(self) -> str:
        prefix = {
            self.Framework.SDG: "SDG",
            self.Framework.SDG_TARGET: _("Target"),
            self.Framework.SDG_INDICATOR: _("Indicator"),
            self.Framework.GCM: _("GCM objective"),
        }[self.Framework(self.framework)]
        return f"{prefix} {self.code}"

    @property
    def position(self) -> tuple[int, list[tuple[int, str]]]:
        """Sorts goals as people count them: 2 before 10, 10.7 before 10.7.2."""
        steps = [(int(step) if step.isdecimal() else 0, step) for step in self.code.split(".")]
        return list(self.Framework).index(self.Framework(self.framework)), steps

    def get_absolute_url(self) -> str:
        return reverse("programmes:goal-detail", kwargs={"slug": self.slug})


class Partner(Sourced, NaturalKeyModel):
    """An organisation, government or initiative that the work is done with."""

    class Kind(models.TextChoices):
        UN = "un", _("United Nations")
        GOVERNMENT = "government", _("Government")
        REGIONAL_BODY = "regional-body", _("Regional body")
        INITIATIVE = "initiative", _("Initiative or coalition")
        CIVIL_SOCIETY = "civil-society", _("Civil society")
        ACADEMIC = "academic", _("Academia and media")
        DIASPORA = "diaspora", _("Diaspora network")
        CITIES = "cities", _("Network of cities")

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    name = models.CharField(
        _("name"), max_length=200, unique=True, help_text=_("Example: World Health Organization.")
    )
    acronym = models.CharField(
        _("acronym"), max_length=20, blank=True, default="", help_text=_("Example: WHO.")
    )
    aliases = models.TextField(_("other names"), blank=True, default="", help_text=_("One a line."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="partners",
        help_text=_("For governments and national bodies."),
    )
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)
    url = models.URLField(_("website"), blank=True, default="")

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name

    def get_absolute_url(self) -> str:
        return reverse("programmes:partner-detail", kwargs={"slug": self.slug})
