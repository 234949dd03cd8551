"""What staff can do with an edition besides writing it: each verb with its form and its words.

The admin draws a page for each from this table; what a verb does stands in `actions`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import actions
from .models import Publishable
from .states import UNFINISHED, State, Withdrawal


class MomentInput(forms.SplitDateTimeWidget):
    """A day and a time to the second, in the browser's own fields."""

    def __init__(self) -> None:
        day: Any = _("Day")
        time: Any = _("Time")
        super().__init__(
            date_attrs={"type": "date", "aria-label": day},
            time_attrs={"type": "time", "step": "1", "aria-label": time},
            date_format="%Y-%m-%d",
            time_format="%H:%M:%S",
        )


class VerbForm(forms.Form):
    """Nothing to fill in. `edition` is what the verb is about, `user` who says it."""

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


class PublishForm(ReadForm):
    at = forms.SplitDateTimeField(label=_("Publish at"), required=False, widget=MomentInput)
    importance = forms.ChoiceField(
        label=_("The change is"),
        choices=[
            ("minor", _("minor: nobody needs to be told")),
            ("major", _("major: the page says what changed")),
        ],
        widget=forms.RadioSelect,
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
    emergency_reason = forms.CharField(
        label=_("Reason of an emergency"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Only if nobody else can read this in time. It stays flagged until a second person "
            "approves it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = _(
            "Empty: now. Otherwise a moment in the future, in the time zone %(zone)s."
        ) % {"zone": zone}
        self.fields["at"].initial = self.edition.published_at
        if self.edition.edition_of_id is None:
            del self.fields["importance"], self.fields["change_note"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("importance") == "major" and not cleaned.get("change_note", "").strip():
            self.add_error("change_note", _("A major change needs a note for visitors."))
        if cleaned.pop("importance", "") == "minor":
            cleaned["change_note"] = ""
        return cleaned


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
    """One thing to do with an edition. `right` is the permission that it needs."""

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


def _is_public_page(edition: Publishable) -> bool:
    return edition.edition_of_id is None and (
        edition.state == State.PUBLISHED and not _is_scheduled(edition)
    )


def _is_scheduled(edition: Publishable) -> bool:
    moment = edition.published_at
    return edition.state == State.PUBLISHED and moment is not None and moment > timezone.now()


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
            "publish",
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
            lambda one: one.state in (State.IN_REVIEW, State.DRAFT),
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
            _is_scheduled,
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
        ),
        Verb(
            "withdraw",
            _("Withdraw"),
            _("Takes the page off the site. Nothing is lost: it can be published again."),
            "publish",
            _is_public_page,
            actions.withdraw,
            _("Withdrawn."),
            WithdrawForm,
            is_drastic=True,
            renamed=(("withdrawal", "kind"), ("withdrawal_note", "note")),
        ),
        Verb(
            "restore",
            _("Make this the working copy"),
            _("What the page said then becomes its working copy. The public page stays as it is."),
            "change",
            lambda one: one.state == State.SUPERSEDED,
            actions.restore,
            _("This is the working copy, with the words of the edition you chose."),
            shows_changes=True,
        ),
        Verb(
            "discard",
            _("Discard the working copy"),
            _("What was written in it is gone. The public page stays as it is."),
            "change",
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
    )
}


def verbs_for(edition: Publishable, *, may: Callable[[str], bool]) -> list[Verb]:
    """The verbs that are due now and that somebody with these rights may say."""
    return [verb for verb in VERBS.values() if verb.applies(edition) and may(verb.right)]


def editable(edition: Publishable) -> bool:
    """Words change in working copies and in pages that were never public."""
    return edition.state in UNFINISHED and edition.state != State.BINNED
