"""Places and offices: three tables, as an office is not a place and a cluster is not a country."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.models import NaturalKeyModel, Publishable, Sourced, one_page_per

PARAGRAPHS = _("An empty line begins a new paragraph.")


class Region(Publishable):
    """An operational region of the organisation."""

    name_field = "name"

    name = models.CharField(_("name"), max_length=120, help_text=_("Example: Southern Africa."))
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)

    class Meta(Publishable.Meta):
        verbose_name = _("region")
        ordering = ["order", "name"]
        constraints = [*Publishable.Meta.constraints, one_page_per("name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programmes:region-detail", kwargs={"slug": self.slug})


class Country(Publishable):
    """An ISO 3166 country, and the page that gathers what the organisation does there."""

    name_field = "name"

    name = models.CharField(
        _("name"),
        max_length=120,
        help_text=_("As the site writes it. Example: Mozambique."),
    )
    aliases = models.TextField(
        _("other names"),
        blank=True,
        default="",
        help_text=_("One a line; search finds them. Example: KSA."),
    )
    iso2 = models.CharField(
        _("ISO code, 2 letters"),
        max_length=2,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters. Example: MZ."))],
        help_text=_("Example: MZ."),
    )
    iso3 = models.CharField(
        _("ISO code, 3 letters"),
        max_length=3,
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters. Example: MOZ."))],
        help_text=_("Example: MOZ."),
    )
    m49 = models.CharField(
        _("UN M49 code"),
        max_length=3,
        validators=[RegexValidator(r"\A[0-9]{3}\Z", _("Three digits. Example: 508."))],
        help_text=_("Three digits; the map knows the country by it. Example: 508."),
    )
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="countries",
        help_text=_("Empty where no source states it."),
    )
    presence_since = models.PositiveSmallIntegerField(
        _("presence since"), null=True, blank=True, help_text=_("A year. Example: 1994.")
    )
    lead = models.TextField(_("lead"), blank=True, default="", help_text=PARAGRAPHS)

    class Meta(Publishable.Meta):
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["name"]
        constraints = [
            *Publishable.Meta.constraints,
            *(one_page_per(field) for field in ("name", "iso2", "iso3", "m49")),
            models.CheckConstraint(
                condition=Q(presence_since=None) | Q(presence_since__range=(1951, 2100)),
                name="%(app_label)s_%(class)s_presence_since_1951",
                violation_error_message=_(
                    "The organisation was founded in 1951: write a year from 1951 on."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programmes:country-detail", kwargs={"slug": self.slug})


class RegionalOffice(Sourced, NaturalKeyModel):
    """An office that serves a region; it appears on the region's page."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    city = models.CharField(_("city"), max_length=80, help_text=_("Example: Pretoria."))
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="offices"
    )
    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offices",
        help_text=_("Empty where no source states it."),
    )

    class Meta:
        verbose_name = _("regional office")
        ordering = ["city"]

    def __str__(self) -> str:
        return str(_("Regional Office in %(city)s") % {"city": self.city})
