"""The library of photographs."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iomsite.partialdate import PartialDateField
from iomsite.publishing.models import Part, Publishable
from iomsite.publishing.states import UNFINISHED
from iomsite.publishing.veil import StaffOf, named

from .fields import StoredOnceField
from .renditions import Picture, widths_in

FRACTION = (MinValueValidator(0), MaxValueValidator(1))


def with_file(name: str, condition: Q, message: str) -> models.CheckConstraint:
    """What is asked of a photograph that pages can show; a draft may lack it."""
    return models.CheckConstraint(
        condition=Q(state__in=UNFINISHED) | Q(file="") | condition,
        name=f"%(app_label)s_%(class)s_{name}",
        violation_error_message=message,
    )


class Photo(Publishable):
    """A photograph with its caption and credit. The file may be missing: pages draw a pattern.

    The file, its sizes and the focal point belong to an edition, as words do.
    """

    class Licence(models.TextChoices):
        OWN = "own", _("Our own: the organisation holds the rights")
        PERMISSION = "permission", _("Used with the permission of who holds the rights")
        CC_BY = "cc-by", _("Creative Commons: named author (CC BY 4.0)")
        CC_BY_SA = "cc-by-sa", _("Creative Commons: named author, same licence (CC BY-SA 4.0)")
        PUBLIC_DOMAIN = "public-domain", _("Public domain")

    class Consent(models.TextChoices):
        NOT_NEEDED = "not-needed", _("Not needed: nobody can be recognised")
        GIVEN = "given", _("Given, without an end")
        UNTIL = "until", _("Given until a date")

    # What others may print too; a permission was given to this site alone.
    OFFERED_LICENCES = (Licence.OWN, Licence.CC_BY, Licence.CC_BY_SA, Licence.PUBLIC_DOMAIN)
    # Licences that ask to be named beside the author.
    NAMED_LICENCES = {Licence.CC_BY: "CC BY 4.0", Licence.CC_BY_SA: "CC BY-SA 4.0"}
    # Where a licence that everybody may rely on is written down.
    LICENCE_ADDRESSES = {
        Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
        Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
        Licence.PUBLIC_DOMAIN: "https://creativecommons.org/publicdomain/mark/1.0/",
    }

    title = models.CharField(
        _("title"), max_length=200, help_text=_("For staff. Example: “New Jungle”, Calais, 2015.")
    )
    file = StoredOnceField(
        _("file"),
        upload_to="photos/",
        blank=True,
        default="",
        help_text=_("JPEG, PNG, WebP or AVIF. It is stored without its metadata."),
    )
    width = models.PositiveIntegerField(_("width"), null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True, editable=False)
    widths = models.CharField(
        _("sizes made"), max_length=60, blank=True, default="", editable=False
    )
    focus_x = models.FloatField(
        _("focal point from the left"),
        default=0.5,
        validators=FRACTION,
        help_text=_("0 is the left edge, 1 the right one."),
    )
    focus_y = models.FloatField(
        _("focal point from the top"),
        default=0.5,
        validators=FRACTION,
        help_text=_("0 is the upper edge, 1 the lower one."),
    )
    caption = models.TextField(
        _("caption"), help_text=_("What the photograph shows, in one or two sentences.")
    )
    description = models.CharField(
        _("description"),
        max_length=250,
        blank=True,
        default="",
        help_text=_(
            "What can be seen, for people who do not see it. Pages say it in their own words."
        ),
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
    licence = models.CharField(_("licence"), max_length=20, choices=Licence, blank=True, default="")
    consent = models.CharField(
        _("consent of the people shown"), max_length=20, choices=Consent, blank=True, default=""
    )
    consent_until = models.DateTimeField(
        _("consent until"),
        null=True,
        blank=True,
        help_text=_("The last day. After it the photograph is on no page any more."),
    )

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
            with_file(
                "licensed",
                ~Q(licence=""),
                _("Choose the licence: without one nobody may show the photograph."),
            ),
            with_file(
                "consented",
                ~Q(consent=""),
                _("Say whether the people shown have agreed to be shown."),
            ),
            with_file(
                "described",
                ~Q(description=""),
                _("Describe what can be seen, for people who do not see it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED)
                | Q(consent="until", consent_until__isnull=False)
                | (~Q(consent="until") & Q(consent_until=None)),
                name="%(app_label)s_%(class)s_consent_dated",
                violation_error_message=_("Give the last day of the consent."),
            ),
            models.CheckConstraint(
                condition=Q(consent_until=None)
                | Q(expires_at__isnull=False, expires_at__lte=F("consent_until")),
                name="%(app_label)s_%(class)s_expires_with_consent",
                violation_error_message=_(
                    "The consent ends before this moment. Choose an earlier one, or leave it "
                    "empty: the photograph then expires with the consent."
                ),
            ),
            models.CheckConstraint(
                condition=Q(focus_x__range=(0, 1), focus_y__range=(0, 1)),
                name="%(app_label)s_%(class)s_focus_inside",
                violation_error_message=_("The focal point lies inside the photograph: 0 to 1."),
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

    @property
    def licence_name(self) -> str:
        """Of a licence that asks to be named."""
        return self.NAMED_LICENCES.get(self.licence, "")

    @property
    def licence_address(self) -> str:
        """Empty where nobody may rely on one: our own, and what we were permitted."""
        return self.LICENCE_ADDRESSES.get(self.licence, "")

    @property
    def picture(self) -> Picture | None:
        """The file in its sizes; None where there is none, so that a pattern is drawn."""
        if not self.file or not widths_in(self.widths):
            return None
        focus = (self.focus_x, self.focus_y)
        return Picture(self.file.name, self.width, self.height, widths_in(self.widths), focus)

    def picture_in_text(self, alt: str) -> str:
        """The figure in a text gives it caption; the credit stands with the picture itself."""
        picture = {"photo": self, "picture": self.picture, "alt": alt}
        return render_to_string("includes/photo_in_text.html", picture)

    def text_choice(self) -> dict[str, str]:
        return {
            "picture": self.picture.smallest if self.picture else "",
            "about": self.credit_line,
            "caption": self.caption,
            "alt": self.description,
        }

    def lacks(self) -> dict[str, list[str]]:
        if not self.file or not self.file._committed:
            return {}
        if not self.file.storage.exists(self.file.name):
            return {"file": [str(_("The file is gone from the store. Choose it once more."))]}
        return {}


class PhotoUse(Part):
    """A photograph on one page, in its order there. Each use says what it shows there."""

    natural_key_fields = ("photo__slug",)

    photo = models.ForeignKey(
        Photo, verbose_name=_("photograph"), on_delete=models.PROTECT, related_name="+"
    )
    alt_text = models.CharField(
        _("alternative text here"),
        max_length=250,
        blank=True,
        default="",
        help_text=_("What it shows on this page, for people who do not see it."),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It adds nothing to what the page says in words."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        abstract = True
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=False) | Q(alt_text=""),
                name="%(app_label)s_%(class)s_decorative_or_told",
                violation_error_message=_(
                    "A decorative photograph has no alternative text: clear one of both."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.photo)

    @property
    def alt(self) -> str:
        return "" if self.is_decorative else self.alt_text or self.photo.description

    def lacks(self) -> dict[str, list[str]]:
        if self.alt_text or self.is_decorative or not self.photo.file:
            return {}
        sentence = _("Say what “%(photo)s” shows here, or mark it as decorative.")
        page = getattr(self, self.owner_field).page
        return {"alt_text": [sentence % {"photo": named(self.photo, StaffOf(page))}]}
