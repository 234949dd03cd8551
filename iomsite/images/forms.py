"""The form of a photograph, and of its use on a page."""

import datetime
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.forms import SUBMIT, PublishableForm
from iomsite.publishing.moments import DAY_INPUT
from iomsite.publishing.parts import OrderedForm

from .models import Photo
from .uploads import CleanPhoto, clean_photo, takes_heic

FOCUS = ("focus_x", "focus_y")
CENTRE = 0.5


class PhotoFileField(forms.FileField):
    """Takes an image by its content, whatever its name says, and passes on a clean copy."""

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        if not upload:
            return upload
        checked = getattr(upload, "checked", None) or checked_photo(upload)
        if isinstance(checked, ValidationError):
            raise checked
        return checked

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        accepted = "image/jpeg,image/png,image/webp,image/avif"
        if takes_heic():
            accepted += ",image/heic,image/heif"
        return {**super().widget_attrs(widget), "accept": accepted}


def checked_photo(upload: Any) -> CleanPhoto | ValidationError:
    """The clean photograph, or why there is none."""
    try:
        return clean_photo(upload)
    except ValidationError as refusal:
        return refusal


class LastDayField(forms.DateField):
    """A day, kept as its last second in the time zone of the site."""

    def prepare_value(self, value: Any) -> Any:
        is_moment = isinstance(value, datetime.datetime)
        return timezone.localtime(value).date() if is_moment else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            return value
        day = super().to_python(value)
        if day is None:
            return None
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


class PhotoForm(PublishableForm):
    beside: ClassVar = {
        **PublishableForm.beside,
        "_credited": "credit_person",
        "_licensed": "licence",
        "_consented": "consent",
        "_described": "description",
        "_consent_dated": "consent_until",
        "_expires_with_consent": "expires_at",
        "_focus_inside": "focus_x",
    }
    # The photographs that this person may see; the admin sets it.
    library: ClassVar[Callable[[], QuerySet[Photo]]] = staticmethod(Photo.objects.none)

    class Meta:
        model = Photo
        exclude = ()  # the fieldsets of the admin choose
        field_classes: ClassVar = {"file": PhotoFileField, "consent_until": LastDayField}
        widgets: ClassVar = {
            "consent_until": DAY_INPUT,
            **{name: forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.01}) for name in FOCUS},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(FOCUS) & set(self.fields):
            self.fields[name].required = False

    @property
    def new_file(self) -> CleanPhoto | None:
        upload = self.cleaned_data.get("file")
        return upload if isinstance(upload, CleanPhoto) else None

    def clean_consent_until(self) -> datetime.datetime | None:
        until: datetime.datetime | None = self.cleaned_data["consent_until"]
        if until and "consent_until" in self.changed_data and until <= timezone.now():
            raise ValidationError(_("This day has passed."), code="moment_passed")
        return until

    def clean_focus_x(self) -> float:
        return _in_hundredths(self.cleaned_data["focus_x"])

    def clean_focus_y(self) -> float:
        return _in_hundredths(self.cleaned_data["focus_y"])

    def clean_file(self) -> Any:
        if self.new_file and (double := self._double(self.new_file)):
            address = reverse("admin:images_photo_change", args=[double.page.pk])
            words = _("This photograph is in the library already: {link}.")
            link = format_html('<a href="{}">{}</a>', address, double)
            raise ValidationError(format_html(str(words), link=link), code="double")
        return self.cleaned_data["file"]

    def _double(self, upload: CleanPhoto) -> Photo | None:
        """Another photograph with the same content, of those that this person may see."""
        return self._others(self.library(), upload).select_related("edition_of").first()

    def _others(self, photos: QuerySet[Photo], upload: CleanPhoto) -> QuerySet[Photo]:
        own = self.instance.edition_of_id or self.instance.pk
        name = Photo._meta.get_field("file").generate_filename(self.instance, upload.name)
        others = photos.filter(file=name)
        return others.exclude(Q(pk=own) | Q(edition_of=own)) if own else others

    @property
    def is_double_elsewhere(self) -> bool:
        """Whether somebody keeps the same photograph where this person may not see it."""
        return bool(self.new_file) and self._others(Photo.objects.all(), self.new_file).exists()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._expire_with_consent(cleaned)
        if "file" in self.changed_data and not set(FOCUS) & set(self.changed_data):
            cleaned |= dict.fromkeys(set(FOCUS) & set(cleaned), CENTRE)
        return cleaned

    def _expire_with_consent(self, cleaned: dict[str, Any]) -> None:
        """The page expires with the consent, unless an earlier moment was chosen."""
        if not {"consent", "consent_until", "expires_at"} <= set(cleaned):
            return
        if cleaned["consent"] != Photo.Consent.UNTIL:
            cleaned["consent_until"] = None
        before, until = self.initial.get("consent_until"), cleaned["consent_until"]
        if (until or before) and cleaned["expires_at"] in (None, before):
            cleaned["expires_at"] = until

    def _post_clean(self) -> None:
        if "file" in self.changed_data and "file" in self.cleaned_data:
            upload = self.new_file
            self.instance.width = upload.width if upload else None
            self.instance.height = upload.height if upload else None
            self.instance.widths = ""  # to be made
        super()._post_clean()

    @property
    def needs_sizes(self) -> bool:
        """Whether the form brings a picture or a focal point that has no renditions yet."""
        return bool(self.instance.file) and bool({"file", *FOCUS} & set(self.changed_data))


def _in_hundredths(value: float | None) -> float:
    """Empty means the middle."""
    return CENTRE if value is None else round(value, 2)


class PhotoUseForm(OrderedForm):
    """A use may lack its words until the page is submitted."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if SUBMIT not in self.data or not hasattr(self.instance, "photo"):
            return
        for name, reasons in self.instance.lacks().items():
            if name not in self.errors:
                self.add_error(name, reasons)
