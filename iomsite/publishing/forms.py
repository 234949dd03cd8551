"""What the forms of staff refuse, beside the field and with the remedy.

Constraints that a form can break are checked by Django. Here is what it cannot know: which button
was pressed, and beside which field a message belongs.
"""

import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .status import Status, moment_of_publication, status_of

PUBLISH = "_publish"
WITHDRAW = "_withdraw"


class BesideFieldForm(forms.ModelForm):
    """Shows the message of a constraint beside the field where it is mended.

    `beside` names that field by the end of the constraint's name; without an entry the message
    stands above the form.
    """

    beside: ClassVar[dict[str, str]] = {}

    def full_clean(self) -> None:
        super().full_clean()
        whole = self.errors.get(NON_FIELD_ERRORS)
        for error in list(whole.as_data()) if whole else []:
            field = self._field_of(error.message)
            if field in self.fields:
                self._take_from_whole(error)
                self.add_error(field, error)

    def _field_of(self, message: Any) -> str:
        for constraint in self._meta.model._meta.constraints:
            if constraint.get_violation_error_message() == message:
                for ending, field in self.beside.items():
                    if constraint.name.endswith(ending):
                        return field
        return ""

    def _take_from_whole(self, error: ValidationError) -> None:
        rest = [other for other in self.errors[NON_FIELD_ERRORS].as_data() if other is not error]
        del self.errors[NON_FIELD_ERRORS]
        if rest:
            self.add_error(None, rest)


class ParentForm(forms.ModelForm):
    """For what may be part of another of its kind: never of itself, over however many steps."""

    def clean_parent(self) -> Any:
        parent = self.cleaned_data["parent"]
        above = parent
        while above is not None and self.instance.pk:
            if above.pk == self.instance.pk:
                raise ValidationError(
                    _("This would be part of itself. Choose another one."), code="circle"
                )
            above = above.parent
        return parent


class PublishableForm(BesideFieldForm):
    """The form of a page; its buttons are named `PUBLISH` and `WITHDRAW`."""

    beside: ClassVar[dict[str, str]] = {"_expires_after_publication": "expires_at"}

    def clean_published_at(self) -> datetime.datetime | None:
        """The database asks for this moment as well, but knows no form to say so beside (H3)."""
        moment: datetime.datetime | None = self.cleaned_data["published_at"]
        now, status = timezone.now(), status_of(self.instance)
        if moment is None and status != Status.DRAFT:
            if PUBLISH in self.data:
                return now
            raise ValidationError(
                _(
                    "A page that has been published keeps the moment of publication. To take it "
                    "off the site, press “Withdraw”."
                ),
                code="moment_missing",
            )
        if moment and "published_at" in self.changed_data:
            self._check_new_moment(moment, now, status)
        return moment

    def _check_new_moment(
        self, moment: datetime.datetime, now: datetime.datetime, status: Status
    ) -> None:
        if status == Status.DRAFT and moment <= now:
            raise ValidationError(
                _("This moment has passed. Leave it empty to publish now, or choose a later one."),
                code="moment_passed",
            )
        if status == Status.WITHDRAWN and PUBLISH not in self.data:
            raise ValidationError(
                _(
                    "This page is withdrawn. To publish it again, now or later, press “Save and "
                    "publish”."
                ),
                code="withdrawn",
            )
        if status == Status.PUBLISHED and moment > now:
            raise ValidationError(
                _(
                    "This page is public. To take it off the site until then, press “Withdraw” "
                    "first and publish it anew."
                ),
                code="public_already",
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        expires_at = cleaned.get("expires_at")
        if PUBLISH in self.data and expires_at:
            moment = moment_of_publication(cleaned.get("published_at"), timezone.now())
            if expires_at <= moment:
                self.add_error(
                    "expires_at",
                    ValidationError(
                        _(
                            "The page would be gone as soon as it is published. Choose a later "
                            "moment, or leave this empty."
                        ),
                        code="expires_too_early",
                    ),
                )
        return cleaned
