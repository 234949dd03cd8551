"""Who we are: the pages of the menu, the figures, the history and the frameworks."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iomsite.partialdate import PartialDate, PartialDateField
from iomsite.publishing.models import Publishable, complete
from iomsite.richtext.fields import HELP, RichTextField

from .querysets import FigureQuerySet

# The page whose title is the headline of the home page.
HOME = "home"
# Pages with a view of their own, by slug; each such view adds its page when it is loaded.
SECTIONS: set[str] = {HOME}


class Figure(Publishable):
    """A number that pages quote, as one source gives it.

    Sources contradict each other: each value is a row of its own, `measure` ties the rows that
    answer one question together, and one of them may be what the site says by default.
    """

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("exactly")
        OVER = "over", _("over")
        MORE_THAN = "more than", _("more than")
        AROUND = "around", _("around")
        NEARLY = "nearly", _("nearly")
        ESTIMATED = "estimated", _("an estimated")

    name_field = "label"

    measure = models.SlugField(
        _("measure"),
        max_length=80,
        help_text=_("The same for all values of one question. Example: countries-with-presence."),
    )
    label = models.CharField(
        _("label"),
        max_length=200,
        help_text=_("What is counted, as read after the number. Example: member states."),
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2, null=True)
    qualifier = models.CharField(
        _("qualifier"), max_length=20, choices=Qualifier, default=Qualifier.EXACT
    )
    unit = models.CharField(
        _("unit"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Printed right after the number. Example: million, %."),
    )
    as_of = PartialDateField(_("as of"), help_text=_("Empty where the source does not say."))
    scope = models.CharField(
        _("scope"),
        max_length=120,
        help_text=_("Whose number it is. Example: the organisation, Iran, the world."),
    )
    is_default = models.BooleanField(
        _("the site's default"),
        default=False,
        help_text=_(
            "Of all values of this measure, the one that pages show unless they say which."
        ),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = FigureQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("figure")
        ordering = ["order", "slug"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(is_default=True, edition_of=None),
                name="%(app_label)s_%(class)s_one_default",
                violation_error_message=_(
                    "Another value of this measure is the default. Take the mark from it first."
                ),
            ),
            complete("value"),
        ]

    def __str__(self) -> str:
        return f"{self.display} {self.label}"

    def get_preview_url(self) -> str:
        """For editions, as a figure has no page of its own."""
        return reverse("organisation:figure-preview", kwargs={"slug": self.slug})

    @classmethod
    def text_targets(cls, reader: Any) -> Any:
        return super().text_targets(reader).prefetch_related("sources")

    def value_in_text(self) -> str:
        return self.display

    def text_choice(self) -> dict[str, str]:
        about = ", ".join(str(said) for said in (self.scope, self.as_of) if said)
        return {"value": self.display, "about": about}

    def note_in_text(self) -> str:
        """Below a text that quotes it: source and as-of."""
        return render_to_string("organisation/includes/figure_note.html", {"figure": self})

    @property
    def number(self) -> str:
        """The value without needless decimals, grouped as the language does: `1,200`, `61%`."""
        if self.value is None:
            return ""
        value = self.value.normalize() if self.value % 1 else self.value.quantize(Decimal(1))
        number = number_format(value, use_l10n=True, force_grouping=True)
        return f"{number}{'' if self.unit == '%' else ' '}{self.unit}".strip()

    @property
    def display(self) -> str:
        """As a sentence quotes it: `over 100`, `an estimated 11 million`."""
        if self.qualifier == self.Qualifier.EXACT:
            return self.number
        return f"{self.get_qualifier_display()} {self.number}"


class Page(Publishable):
    """A page of the menu, at the address that its place in the menu gives it."""

    title = models.CharField(
        _("title"), max_length=120, help_text=_("As in the menu. Example: Who we are.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent page"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent": None},
        help_text=_("Empty for a page of the first level. The menu has two levels."),
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("Place in the menu: 1 stands first.")
    )
    in_menu = models.BooleanField(_("in the menu"), default=True)
    lead = models.TextField(
        _("lead"), blank=True, default="", help_text=_("One or two sentences under the title.")
    )
    body = RichTextField(_("text"), blank=True, default="", help_text=HELP)
    figures = models.ManyToManyField(
        Figure, verbose_name=_("figures"), blank=True, related_name="pages"
    )

    class Meta(Publishable.Meta):
        verbose_name = _("page")
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def text_targets(cls, reader: Any) -> Any:
        """A page below one that is hidden is hidden too: its address names that one."""
        found = super().text_targets(reader)
        above = Q(parent=None) | Q(parent__in=found.values("pk"))
        return found.filter(above).select_related("parent")

    def get_absolute_url(self) -> str:
        """Follows `parent`: select it where many are listed."""
        if self.slug == HOME:
            return reverse("home")
        path = f"{self.parent.slug}/{self.slug}" if self.parent else self.slug
        return reverse("organisation:page-detail", kwargs={"path": path})

    def clean(self) -> None:
        """A page that a view stands at keeps its place: the view would not move with it."""
        super().clean()
        page = self.edition_of_id or self.pk
        kept = Page.objects.select_related("parent").filter(pk=page, slug__in=SECTIONS).first()
        if kept is None:
            return
        errors = {}
        if self.slug != kept.slug:
            errors["slug"] = gettext("Leave “%s”.") % kept.slug
        if self.parent_id != kept.parent_id:
            errors["parent"] = (
                gettext("Leave it below “%s”.") % kept.parent
                if kept.parent
                else gettext("Leave it on the first level.")
            )
        why = gettext("A list or an overview stands at this address and would not move along.")
        if errors:
            raise ValidationError({name: f"{why} {what}" for name, what in errors.items()})


class HistoryEvent(Publishable):
    """Something that happened to the organisation, for the timeline."""

    title = models.CharField(
        _("title"), max_length=200, help_text=_("Example: The Constitution enters into force.")
    )
    date = PartialDateField(
        _("date"), blank=False, help_text=_("As precise as known. Example: 1954.")
    )
    body = RichTextField(_("text"), blank=True, default="", help_text=HELP)
    figures = models.ManyToManyField(
        Figure, verbose_name=_("figures"), blank=True, related_name="+"
    )

    class Meta(Publishable.Meta):
        verbose_name = _("event of our history")
        verbose_name_plural = _("history")
        ordering = ["date__first", "date", "slug"]
        constraints = [*Publishable.Meta.constraints, complete("date")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('organisation:history')}#{self.slug}"

    def get_preview_url(self) -> str:
        """For editions: the whole history, with this event as the edition tells it."""
        return reverse("organisation:event-preview", kwargs={"slug": self.slug})


class Framework(Publishable):
    """A strategy or framework that governs the work."""

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("Strategy")
        GOVERNANCE = "governance", _("Governance framework")
        RESULTS = "results", _("Results framework")
        RESPONSE_PLAN = "response-plan", _("Response plan")
        GLOBAL_AGREEMENT = "global-agreement", _("Global agreement")

    title = models.CharField(
        _("title"), max_length=200, help_text=_("Example: Migration Governance Framework.")
    )
    acronym = models.CharField(
        _("acronym"), max_length=20, blank=True, default="", help_text=_("Example: MiGOF.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    adopted = PartialDateField(_("adopted"), help_text=_("Example: 2007."))
    adopted_by = models.CharField(
        _("adopted by"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Example: the Council."),
    )
    period = PartialDateField(_("period"), help_text=_("Example: 2019/2023."))
    lead = models.TextField(_("lead"), blank=True, default="")
    body = RichTextField(_("text"), blank=True, default="", help_text=HELP)
    builds_on = models.ManyToManyField(
        "self",
        verbose_name=_("builds on"),
        symmetrical=False,
        blank=True,
        related_name="built_on_by",
    )
    figures = models.ManyToManyField(
        Figure, verbose_name=_("figures"), blank=True, related_name="frameworks"
    )

    class Meta(Publishable.Meta):
        verbose_name = _("framework")
        ordering = ["title"]

    def __str__(self) -> str:
        return capfirst(self.title)

    def get_absolute_url(self) -> str:
        return reverse("organisation:framework-detail", kwargs={"slug": self.slug})

    @property
    def listed_date(self) -> PartialDate | None:
        """The one date that a list shows: of its adoption, else the period it covers."""
        return self.adopted or self.period
