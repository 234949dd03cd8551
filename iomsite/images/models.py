"""The library of photographs."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iomsite.partialdate import PartialDateField
from iomsite.publishing.models import Part, Publishable
from iomsite.publishing.states import UNFINISHED


class Photo(Publishable):
    """A photograph with its caption and credit. The file may be missing: pages draw a pattern."""

    title = models.CharField(
        _("title"), max_length=200, help_text=_("For staff. Example: “New Jungle”, Calais, 2015.")
    )
    file = models.ImageField(
        _("file"),
        upload_to="photos/",
        blank=True,
        default="",
        width_field="width",
        height_field="height",
        help_text=_("JPEG, PNG or WebP. It is stored without its metadata."),
    )
    width = models.PositiveIntegerField(_("width"), null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True, editable=False)
    caption = models.TextField(
        _("caption"), help_text=_("What the photograph shows, in one or two sentences.")
    )
    alt_text = models.CharField(
        _("alternative text"),
        max_length=250,
        blank=True,
        default="",
        help_text=_("For people who do not see it. Empty where the caption says it all."),
    )
    place = models.CharField(
        _("place"), max_length=120, blank=True, default="", help_text=_("Example: Calais, France.")
    )
    taken = PartialDateField(_("taken"), help_text=_("As precise as known. Example: August 2015."))
    credit_person = models.CharField(
        _("photographer"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Example: Amanda Nero."),
    )
    credit_organisation = models.CharField(
        _("organisation"), max_length=120, blank=True, default="", help_text=_("Example: IOM.")
    )
    credit_year = models.PositiveSmallIntegerField(_("year of the credit"), null=True, blank=True)

    class Meta(Publishable.Meta):
        verbose_name = _("photograph")
        ordering = ["title"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED) | ~Q(credit_person="", credit_organisation=""),
                name="%(app_label)s_%(class)s_credited",
                violation_error_message=_("Name the photographer or the organisation to credit."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_preview_url(self) -> str:
        """For editions, as a photograph has no page of its own."""
        return reverse("photo-preview", kwargs={"slug": self.slug})

    @property
    def credit_line(self) -> str:
        """As the documents print it: `© IOM/Amanda Nero 2015`."""
        names = "/".join(filter(None, [self.credit_organisation, self.credit_person]))
        return " ".join(filter(None, ["©", names, str(self.credit_year or "")]))


class PhotoUse(Part):
    """A photograph on one page, in its order there. Each use may describe it anew."""

    natural_key_fields = ("photo__slug",)

    photo = models.ForeignKey(
        Photo, verbose_name=_("photograph"), on_delete=models.PROTECT, related_name="+"
    )
    alt_text = models.CharField(
        _("alternative text here"),
        max_length=250,
        blank=True,
        default="",
        help_text=_("Empty: the photograph's own alternative text."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        abstract = True
        ordering = ["order"]

    def __str__(self) -> str:
        return str(self.photo)

    @property
    def alt(self) -> str:
        return self.alt_text or self.photo.alt_text
