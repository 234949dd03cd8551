"""What staff can do with an edition besides writing it: each verb with its form and its words.

The admin draws a page for each from this table; what a verb does stands in `actions`.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from iomsite.accounts.models import Office

from . import actions, audit
from .models import Publishable
from .moments import MomentInput
from .offered import scope_of
from .states import UNFINISHED, State, Withdrawal
from .status import Status, status_of


class VerbForm(forms.Form):
    """Nothing to fill in. `edition` is what the verb is about, `user` who says it."""

    # What stands in the way of doing this in the ordinary way, and the words of the button then.
    warning: Any = ""
    button: Any = ""

    def __init__(self, *args: Any, edition: Publishable, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        self.user = user


class ReadForm(VerbForm):
    """Refuses when the edition has changed since the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, edition: Publishable, **kwargs: Any) -> None:
        super().__init__(*args, edition=edition, **kwargs)
        self.fields["version"].initial = edition.version

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.pop("version", None) != self.edition.version:
            # The page that is drawn now shows it as it is: pressing the button again means that.
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["version"] = str(self.edition.version)
            self.data = data
            self.add_error(
                None, _("This has changed since you opened it. Read it again below, then decide.")
            )
        # Asked once more under the lock: somebody may save between this line and the verb.
        cleaned["seen"] = self.edition.version
        return cleaned


class SendBackForm(ReadForm):
    remark = forms.CharField(
        label=_("What is to be changed"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The writers read this. Example: the figure needs its source."),
    )


class ChangeForm(forms.Form):
    """Of a change to a public page: whether visitors are told, and what."""

    importance = forms.ChoiceField(
        label=_("The change is"),
        choices=[
            ("minor", _("minor: nobody needs to be told")),
            ("major", _("major: the page says what changed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the change is minor or major.")},
    )
    change_note = forms.CharField(
        label=_("Change note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "For a major change, in one sentence for visitors. "
            "Example: Added the number of people insured in May 2023."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("importance") == "major" and not cleaned.get("change_note", "").strip():
            self.add_error("change_note", _("A major change needs a note for visitors."))
        if cleaned.pop("importance", "") == "minor":
            cleaned["change_note"] = ""
        return cleaned


class MomentForm(forms.Form):
    """When something goes public."""

    at = forms.SplitDateTimeField(label=_("Publish at"), required=False, widget=MomentInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget: Any = self.fields["at"].widget
        widget.name(self.fields["at"].label)
        self.fields["at"].help_text = _(
            "Empty: now. Otherwise a moment in the future, in the time zone %(zone)s."
        ) % {"zone": timezone.get_current_timezone_name()}

    def clean_at(self) -> datetime.datetime | None:
        moment: datetime.datetime | None = self.cleaned_data["at"]
        if moment and moment <= timezone.now():
            raise forms.ValidationError(
                _("This moment has passed. Choose one in the future, or leave it empty for now."),
                code="moment_passed",
            )
        return moment


class PublishForm(MomentForm, ReadForm, ChangeForm):
    """Asks a reviewer for the moment and the change; a writer, besides, why nobody reads it."""

    field_order = ("at", "importance", "change_note", "emergency_reason")

    emergency_reason = forms.CharField(
        label=_("Why this cannot wait"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Only if nobody else can read this in time. It stays flagged for everybody until a "
            "second person has approved it."
        ),
        error_messages={"required": _("In an emergency, say why this cannot wait.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.edition.edition_of_id is None:
            del self.fields["importance"], self.fields["change_note"]
        self.warning = stands_alone(self.edition, self.user)
        if self.warning:
            self.button = _("Publish in an emergency")
        else:
            del self.fields["emergency_reason"]


def stands_alone(edition: Publishable, user: Any) -> Any:
    """Why this person needs an emergency to publish this; nothing where they do not."""
    if edition.state == State.DRAFT:
        return _("This is a draft. Submit it first, so that a second person reads it.")
    if user.pk in audit.writers(edition):
        return _("You wrote this, so somebody else has to publish it.")
    return ""


class HandOverForm(ReadForm):
    """Offers the offices in which this person may publish as well."""

    office = forms.ModelChoiceField(
        label=_("Office"),
        queryset=Office.objects.none(),
        required=False,
        empty_label=_("Headquarters"),
        help_text=_("From then on its staff work on this page, and on all its editions."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = scope_of(self.user, self.edition, "publish")
        offices = Office.objects.exclude(kind=Office.Kind.HEADQUARTERS)
        field: Any = self.fields["office"]
        field.queryset = offices if where.everywhere else offices.filter(pk__in=where.offices)
        field.required = not where.everywhere
        field.initial = self.edition.responsible_office_id


class WithdrawForm(ReadForm):
    kind = forms.ChoiceField(
        label=_("Visitors find"), choices=Withdrawal.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Visitors read this. Example: The programme ended in July 2021."),
    )
    moved_to = forms.CharField(
        label=_("New address"),
        required=False,
        help_text=_("For a page that moved. Example: /our-work/programmes/health/."),
    )


class ExplainForm(WithdrawForm):
    """Of a page that has expired: it does not come back under a notice unread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in kind.choices if choice[0] != Withdrawal.NOTICE]


class WithdrawManyForm(forms.Form):
    """One reason for all; where each has moved to is asked page by page."""

    kind = forms.ChoiceField(
        label=_("Visitors find"),
        choices=[choice for choice in Withdrawal.choices if choice[0] != Withdrawal.MOVED],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Visitors read this on each of them."),
    )


@dataclass(frozen=True)
class Verb:
    """One thing to do with an edition. `right` is what it needs, as `DeskMixin.may` asks it."""

    name: str
    label: Any
    explanation: Any
    right: str
    applies: Callable[[Publishable], bool]
    run: Callable[..., Any]
    done: Any
    form: type[VerbForm] = VerbForm
    shows_changes: bool = False
    # Where form fields are named otherwise than the columns that a refusal speaks of.
    renamed: tuple[tuple[str, str], ...] = ()
    # The button takes something from the public or from a colleague.
    is_drastic: bool = False


def _has_expired(edition: Publishable) -> bool:
    return edition.edition_of_id is None and status_of(edition) == Status.EXPIRED


WITHDRAWAL = (("withdrawal", "kind"), ("withdrawal_note", "note"))

VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "edit",
            _("Edit"),
            _("Makes a working copy. The public page stays as it is until the copy is published."),
            "change",
            lambda one: (
                one.edition_of_id is None and one.state in (State.PUBLISHED, State.WITHDRAWN)
            ),
            actions.edit,
            _("This is the working copy. The public page stays as it is until you publish this."),
        ),
        Verb(
            "send-back",
            _("Send back"),
            _("Returns this to its writers as a draft, with your remark."),
            "review",
            lambda one: one.state == State.IN_REVIEW,
            actions.send_back,
            _("Sent back to its writers."),
            SendBackForm,
            shows_changes=True,
        ),
        Verb(
            "publish",
            _("Publish"),
            _("Read what changes, then publish it now or at a moment in the future."),
            "publish",
            # What belongs to a set goes public with it.
            lambda one: (
                one.state in (State.IN_REVIEW, State.DRAFT) and one.publishing_set_id is None
            ),
            actions.publish,
            _("Published."),
            PublishForm,
            shows_changes=True,
            renamed=(("published_at", "at"),),
        ),
        Verb(
            "unschedule",
            _("Take off the schedule"),
            _("This becomes a draft again and does not go public at the moment that was set."),
            "publish",
            lambda one: one.is_scheduled(),
            actions.unschedule,
            _("This is a draft again."),
            ReadForm,
        ),
        Verb(
            "approve",
            _("Approve the emergency publication"),
            _("You have read this and stand by it. The flag is taken away."),
            "publish",
            lambda one: bool(one.emergency_reason) and one.edition_of_id is None,
            actions.approve,
            _("Approved."),
            ReadForm,
            shows_changes=True,
        ),
        Verb(
            "withdraw",
            _("Withdraw"),
            _("Takes the page off the site. Nothing is lost: it can be published again."),
            "publish",
            lambda one: one.is_public(),
            actions.withdraw,
            _("Withdrawn."),
            WithdrawForm,
            is_drastic=True,
            renamed=WITHDRAWAL,
        ),
        Verb(
            "explain",
            _("Say why it is gone"),
            _("The page has expired. Visitors find your reason, or are sent to another page."),
            "publish",
            _has_expired,
            actions.withdraw,
            _("Visitors find this now."),
            ExplainForm,
            renamed=WITHDRAWAL,
        ),
        Verb(
            "restore",
            _("Make this the working copy"),
            _("What the page said then becomes its working copy. The public page stays as it is."),
            "review",
            lambda one: one.state == State.SUPERSEDED,
            actions.restore,
            _("This is the working copy, with the words of the edition you chose."),
            shows_changes=True,
        ),
        Verb(
            "discard",
            _("Discard the working copy"),
            _("What was written in it is gone. The public page stays as it is."),
            "discard",
            lambda one: one.edition_of_id is not None and one.state != State.SUPERSEDED,
            actions.discard,
            _("The working copy is discarded."),
            is_drastic=True,
            shows_changes=True,
        ),
        Verb(
            "bin",
            _("Move to the bin"),
            _("Nobody but staff has seen this. It can be taken out of the bin again."),
            "delete",
            lambda one: (
                one.edition_of_id is None
                and one.state in (State.DRAFT, State.IN_REVIEW)
                and one.first_published_at is None
            ),
            actions.bin_,
            _("Moved to the bin."),
            is_drastic=True,
        ),
        Verb(
            "unbin",
            _("Take out of the bin"),
            _("This becomes a draft again."),
            "delete",
            lambda one: one.state == State.BINNED,
            actions.unbin,
            _("This is a draft again."),
        ),
        Verb(
            "hand-over",
            _("Give to another office"),
            _("Makes another office responsible for this page. What visitors read stays as it is."),
            "hand over",
            lambda one: one.edition_of_id is None and one.state != State.BINNED,
            actions.hand_over,
            _("Another office is responsible for this page now."),
            HandOverForm,
        ),
    )
}


def verbs_for(edition: Publishable, *, may: Callable[[str], bool]) -> list[Verb]:
    """The verbs that are due now and that somebody with these rights may say."""
    return [verb for verb in VERBS.values() if verb.applies(edition) and may(verb.right)]


def main_verb(verbs: list[Verb], edition: Publishable, user: Any) -> Verb | None:
    """The one that is most likely meant; none where that is to go on writing."""
    due = {verb.name: verb for verb in verbs}
    if "publish" in due and not stands_alone(edition, user):
        return due["publish"]
    return due.get("edit") or due.get("unbin")


def editable(edition: Publishable) -> bool:
    """Words change in working copies and in pages that were never public."""
    return edition.state in UNFINISHED and edition.state != State.BINNED


def begins_anew(edition: Publishable) -> bool:
    """Whether writing starts from what the public reads, and not in words that somebody writes."""
    return edition.edition_of_id is None and edition.state not in UNFINISHED


def reasons(refusal: actions.Refused, model: Any) -> list[str]:
    """The sentence of a refusal, then what each field needs, by the name that the form gives it."""
    needs = [
        f"{label_of(model, column)}: {reason}"
        for column, said in refusal.errors.items()
        for reason in said
    ]
    return [str(refusal), *needs]


def label_of(model: Any, column: str) -> str:
    """The name of a column; of the whole row where there is none."""
    label = model._meta.get_field(column).verbose_name if column else model._meta.verbose_name
    return str(capfirst(label))
