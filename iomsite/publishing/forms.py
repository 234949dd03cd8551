"""What the forms of staff refuse, beside the field and with the remedy.

Constraints that a form can break are checked by Django. Here is what it cannot know: what
publishing requires, and beside which field a message belongs.
"""

import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import autosave
from .conflict import SEEN_VERSION, DrawnForm
from .editions import as_read, publication_errors, read_links
from .moments import MomentInput, name_of

SUBMIT = "_submit"
# Nobody can know of a later one, and in some zones the last day of all is none any more.
LAST_YEAR = 2999
# Without these nobody could find the draft again.
ALWAYS_NEEDED = {"slug", "title", "name", "label", "measure", "responsible_office"}


def with_plain_line_ends(cleaned: dict[str, Any]) -> None:
    """A browser ends lines with two characters: texts would differ from what was there before."""
    for name, value in cleaned.items():
        if isinstance(value, str):
            cleaned[name] = value.replace("\r\n", "\n")


class BesideFieldForm(forms.ModelForm):
    """Shows the message of a constraint beside the field where it is mended.

    `beside` names that field by the end of the constraint's name; a value that must be unique is
    its own field. Other messages stand above the form.
    """

    beside: ClassVar[dict[str, str]] = {}

    def full_clean(self) -> None:
        super().full_clean()
        whole = self.errors.get(NON_FIELD_ERRORS)
        for error in list(whole.as_data()) if whole else []:
            if field := self._field_of(error.message):
                self._take_from_whole(error)
                self.add_error(field, error)

    def _field_of(self, message: Any) -> str | None:
        for constraint in self._meta.model._meta.constraints:
            if constraint.get_violation_error_message() == message:
                return self._field_beside(constraint)
        return None

    def _field_beside(self, constraint: Any) -> str | None:
        fields = [field for end, field in self.beside.items() if constraint.name.endswith(end)]
        if not fields and len(getattr(constraint, "fields", ())) == 1:
            fields = list(constraint.fields)
        return next((name for name in fields if name in self.fields), None)

    def _take_from_whole(self, error: ValidationError) -> None:
        rest = [other for other in self.errors[NON_FIELD_ERRORS].as_data() if other is not error]
        del self.errors[NON_FIELD_ERRORS]
        if rest:
            self.add_error(None, rest)


class ParentForm(forms.ModelForm):
    """For what may be part of another of its kind: never of itself, over however many steps."""

    def clean_parent(self) -> Any:
        parent = self.cleaned_data["parent"]
        # A working copy takes the place of its page, and links point to the page.
        own = getattr(self.instance, "edition_of_id", None) or self.instance.pk
        above = parent
        while above is not None and own:
            if above.pk == own:
                raise ValidationError(
                    _("This would be part of itself. Choose another one."), code="circle"
                )
            above = above.parent
        return parent


class PublishableForm(DrawnForm, BesideFieldForm):
    """The form of an edition; its buttons are `_save` and `SUBMIT`.

    A draft may lack anything but its slug and its name. What publishing requires is asked for when
    the edition is submitted, all at once.
    """

    # No column: which version of the row the form was drawn from.
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    beside: ClassVar[dict[str, str]] = {"_expires_after_publication": "expires_at"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if edition := kwargs.get("instance"):
            read_links(edition)
        self.as_read = as_read(edition) if edition else None
        super().__init__(*args, **kwargs)
        self.fields[SEEN_VERSION].initial = self.instance.version
        if SUBMIT not in self.data:
            for name, field in self.fields.items():
                field.required = field.required and not self._may_wait(name)
        for name, field in self.fields.items():
            if isinstance(field.widget, MomentInput):
                field.widget.name(field.label)
            elif type(field) is forms.DateField and name in self.instance.__dict__:
                # Before the row has it: a day may be in its address, which the page repeats.
                column = self._meta.model._meta.get_field(name)
                field.validators = [*field.validators, *column.validators]
        if "expires_at" in self.fields:
            self.fields["expires_at"].help_text = _(
                "From this moment the page is gone. Empty: it stays. Time zone: %(zone)s."
            ) % {"zone": timezone.get_current_timezone_name()}

    def _get_validation_exclusions(self) -> set[str]:
        """Let constraints be checked that speak of these columns, which are on no form."""
        left_out: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return left_out - {"edition_of", "state", "published_at", "withdrawal"}

    def _save_m2m(self) -> None:
        """Links that nobody has touched are there already. One statement for each other field."""
        links = {field.name for field in self.instance._meta.many_to_many}
        kept = self.cleaned_data
        left = links - set(self.changed_data) if self.as_read else set()
        self.cleaned_data = {name: value for name, value in kept.items() if name not in left}
        super()._save_m2m()  # type: ignore[misc]
        self.cleaned_data = kept

    def _may_wait(self, name: str) -> bool:
        """Whether a draft may be without this: it has a column that can be empty."""
        if name in ALWAYS_NEEDED or name not in self._columns():
            return False
        column = self._meta.model._meta.get_field(name)
        return column.many_to_many or column.null or column.empty_strings_allowed

    def _columns(self) -> set[str]:
        return {field.name for field in self._meta.model._meta.get_fields()}

    @property
    def is_outdated(self) -> bool:
        """Whether somebody else has saved since this form was drawn; False until it is checked."""
        return any(
            error.code == "changed_meanwhile"
            for error in self.errors.get(NON_FIELD_ERRORS, forms.utils.ErrorList()).as_data()
        )

    def _refuse_what_is_outdated(self) -> None:
        """Nobody writes over what somebody else has saved meanwhile: both stay to be read."""
        seen: int | None = self.cleaned_data.get(SEEN_VERSION)
        if self.instance.pk and seen != self.instance.version:
            error = ValidationError(
                _(
                    "%(who)s saved this page after you opened it. Both versions are shown here: "
                    "take over what is to stay, then save again."
                ),
                code="changed_meanwhile",
                params={"who": name_of(self.instance.updated_by) or _("Somebody")},
            )
            self.add_error(None, error)

    def clean_expires_at(self) -> datetime.datetime | None:
        moment: datetime.datetime | None = self.cleaned_data["expires_at"]
        if moment and moment.year > LAST_YEAR:
            raise ValidationError(_("For a page that stays, leave this empty."), code="too_late")
        if moment and "expires_at" in self.changed_data and moment <= timezone.now():
            raise ValidationError(
                _("This moment has passed. Choose a later one, or leave it empty."),
                code="moment_passed",
            )
        return moment

    def clean(self) -> dict[str, Any] | None:
        with_plain_line_ends(self.cleaned_data)
        self._refuse_what_is_outdated()
        if autosave.ASKED in self.data:
            raise ValidationError(
                _("This is what you typed last, saved automatically. Press “Save” to keep it."),
                code="autosaved",
            )
        return super().clean()

    def _post_clean(self) -> None:
        # All else is as it was read, so that what is unique of it has not to be asked for.
        self.instance.typed = set(self.changed_data)
        super()._post_clean()  # type: ignore[misc]
        if SUBMIT not in self.data:
            return
        for column, reasons in self._publication_errors().items():
            if column not in self.errors:
                self.add_error(column if column in self.fields else None, reasons)

    def _publication_errors(self) -> dict[str, list[str]]:
        return publication_errors(self.instance, parts=False, typed=self.changed_data)
