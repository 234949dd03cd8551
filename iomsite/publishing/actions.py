"""The verbs of publishing. The admin, the commands and the tests call the same ones.

Each takes the ledger, so it is one transaction in which nobody else changes the state of a page,
reads the edition anew, checks that the verb is due, and leaves an entry in the audit trail. A
refusal is a `Refused` whose words an editor can act on. Whether somebody *may* is asked before:
by permission, in the admin.
"""

import datetime
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iomsite.accounts.models import Office

from . import audit, changes, editions, redirects, timetable
from .compare import changes_between, describe
from .ledger import locked_ledger, was_read_now
from .models import AuditEntry, Publishable
from .states import UNFINISHED, State, Withdrawal
from .targets import is_target
from .uses import said_of, users_of
from .veil import StaffOf, named_for

Action = AuditEntry.Action
# What other apps do with an edition once it is approved and that is written down for good.
after_publication: list[Callable[[Publishable], None]] = []
P = TypeVar("P", bound=Publishable)


class Refused(Exception):
    """A verb that is not due now; the message says what to do instead.

    `errors` names fields and what each of them needs.
    """

    def __init__(self, message: str, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}


def verb(action: Callable[..., Any]) -> Callable[..., Any]:
    """Run an action under the ledger, on the row as it is now.

    `seen` is the version that the person has read; another one is refused.
    """

    @wraps(action)
    def run(edition: Publishable, *, seen: int | None = None, **how: Any) -> Any:
        with locked_ledger():
            now = edition if was_read_now(edition) else _read(edition)
            if now is None:
                raise Refused(_("This edition is no longer there. Open the page again."))
            if seen is not None and seen != now.version:
                raise Refused(_("This has changed since you opened it. Read it again."))
            return action(now, **how)

    return run


def _read(edition: Publishable) -> Publishable | None:
    rows = type(edition).objects.select_related("edition_of")
    found: Publishable | None = rows.filter(pk=edition.pk).first()
    return found


@verb
def edit(page: P, *, by: Any) -> P:
    """Return the working copy of a page, made now if there is none; a draft is its own."""
    if page.state in UNFINISHED or page.edition_of_id:
        return page
    if page.publishing_set:
        raise Refused(
            _("This waits in the set “%s”. Take it off the schedule to change it.")
            % named_for(page.publishing_set, by)
        )
    existing = editions.working_copy(page)
    if existing is None:
        existing = editions.copy(page, updated_by=by)
        audit.record(existing, Action.CREATED, by=by)
    return existing


@verb
def submit(edition: Publishable, *, by: Any) -> None:
    """Hand an edition to a reviewer. Everything that publishing needs is asked for here."""
    _expect(edition, State.DRAFT, _("Only a draft can be submitted for review."))
    _complete(edition)
    _move(edition, State.IN_REVIEW, by, remark="")
    audit.record(edition, Action.SUBMITTED, by=by)


@verb
def send_back(edition: Publishable, *, by: Any, remark: str) -> None:
    """Return an edition to its writers, with what is to be changed."""
    _expect(edition, State.IN_REVIEW, _("Only what is in review can be sent back."))
    if not remark.strip():
        raise Refused(
            _("Say what is to be changed."), {"remark": [_("Say what is to be changed.")]}
        )
    _move(edition, State.DRAFT, by, remark=remark)
    audit.record(edition, Action.SENT_BACK, by=by, reason=remark)


@verb
def publish(
    edition: Publishable,
    *,
    by: Any,
    at: datetime.datetime | None = None,
    change_note: str = "",
    emergency_reason: str = "",
) -> Publishable:
    """Approve an edition: it is public now, or from `at` on. Returns the page.

    Who wrote it needs somebody else for this, or an emergency with a reason; that stays flagged
    until somebody else approves.
    """
    if edition.publishing_set:
        raise Refused(
            _("This belongs to the set “%s”. Publish the set, or take this out of it first.")
            % named_for(edition.publishing_set, by)
        )
    page = put_out(
        edition,
        by=by,
        at=at,
        now=timezone.now(),
        change_note=change_note,
        emergency_reason=emergency_reason,
    )
    changes.settle([] if at else [page])
    return page


def put_out(
    edition: Publishable,
    *,
    by: Any,
    at: datetime.datetime | None,
    now: datetime.datetime,
    change_note: str = "",
    emergency_reason: str = "",
    together: Collection[Publishable] = (),
) -> Publishable:
    """Approve an edition, alone or in a set. The caller holds the ledger and settles what changed.

    `together` are the editions that go public with it.
    """
    _may_be_published(edition, by, emergency_reason)
    _complete(edition, together)
    _expect_order(edition, at, now)
    edition.published_at = at or now
    if not at:
        edition.publishing_set = None
    if edition.edition_of_id is None and edition.first_published_at is None:
        edition.first_published_at = edition.published_at
    goes_at_once = not at and edition.edition_of_id is not None
    _move(
        edition,
        State.PUBLISHED,
        by,
        # Else its row would be written only to be deleted: the page takes over what it says.
        is_saved=not goes_at_once,
        remark="",
        change_note=change_note,
        emergency_reason=emergency_reason,
    )
    action = Action.SCHEDULED if at else Action.PUBLISHED
    audit.record(
        edition,
        Action.EMERGENCY if emergency_reason else action,
        by=by,
        reason=emergency_reason or change_note,
    )
    _act_afterwards(edition)
    if not at and edition.edition_of_id is None:
        redirects.free_of(edition)
    return timetable.take_place(edition) if goes_at_once else edition.page


def _act_afterwards(edition: Publishable) -> None:
    """What goes wrong there is logged, and takes nothing back."""

    def act_all() -> None:
        for act in after_publication:
            act(edition)

    transaction.on_commit(act_all, robust=True)


def _expect_order(
    edition: Publishable, at: datetime.datetime | None, now: datetime.datetime
) -> None:
    """Refuse moments that contradict each other."""
    if at and at <= now:
        raise Refused(
            _("That moment has passed. Choose one in the future, or publish now."),
            {"published_at": [_("This moment has passed.")]},
        )
    if edition.expires_at and edition.expires_at <= (at or now):
        raise Refused(
            _("The page would expire before it is published."),
            {"expires_at": [_("Choose a moment after the publication, or none.")]},
        )


@verb
def unschedule(edition: Publishable, *, by: Any) -> None:
    """Take what waits for its moment back to draft; what was to go public with it, to review."""
    if not edition.is_scheduled():
        raise Refused(_("This is not scheduled."))
    if edition.edition_of_id is None and editions.working_copy(edition):
        raise Refused(_("There is a working copy. Publish or discard it first."))
    timetable.take_off(edition, State.DRAFT, Action.UNSCHEDULED, by=by)
    _ask_again(edition, by)
    changes.settle([])


@verb
def approve(page: Publishable, *, by: Any) -> None:
    """Take the flag from an emergency publication: a second person has read it."""
    if not page.emergency_reason:
        raise Refused(_("There is nothing to approve."))
    if page.updated_by_id == by.pk or by.pk in audit.writers(page):
        raise Refused(_("Somebody who neither wrote nor published this has to approve it."))
    type(page).objects.filter(pk=page.pk).update(emergency_reason="")
    audit.record(page, Action.APPROVED, by=by)


@verb
def discard(edition: Publishable, *, by: Any) -> None:
    """Delete a working copy; the page stays as it is."""
    if edition.edition_of_id is None or edition.state == State.SUPERSEDED:
        raise Refused(_("Only a working copy can be discarded."))
    audit.record(edition, Action.DISCARDED, by=by)
    edition.delete()
    if edition.state == State.PUBLISHED:
        _ask_again(edition, by)
        changes.settle([])


@verb
def withdraw(
    page: Publishable, *, by: Any, kind: Withdrawal, note: str = "", moved_to: str = ""
) -> None:
    """Take a public page off the site. A replacement that was waiting becomes a draft again."""
    if page.edition_of_id or page.state != State.PUBLISHED or page.is_scheduled():
        raise Refused(_("Only a page that is public can be withdrawn."))
    errors = _withdrawal_errors(page, kind, note, moved_to)
    if errors:
        raise Refused(_("Say more about the withdrawal."), errors)
    waiting = editions.working_copy(page)
    if waiting and waiting.state == State.PUBLISHED:
        unschedule(waiting, by=by)
    page.withdrawal, page.withdrawal_note, page.moved_to = kind, note, moved_to
    until = None if kind == Withdrawal.NOTICE else editions.public_until(page, timezone.now())
    _move(page, State.WITHDRAWN, by, superseded_at=until)
    if kind == Withdrawal.MOVED:
        redirects.add(page.get_absolute_url(), moved_to)
    elif hasattr(page, "get_absolute_url"):
        redirects.free(page.get_absolute_url())
    audit.record(page, Action.WITHDRAWN, by=by, reason=note or moved_to)
    changes.settle([page])


def _withdrawal_errors(
    page: Publishable, kind: Withdrawal, note: str, moved_to: str
) -> dict[str, list[str]]:
    if kind not in Withdrawal.values:
        return {"withdrawal": [_("Choose what visitors are to find.")]}
    if kind != Withdrawal.MOVED:
        missing = [] if note.strip() else [_("Visitors read this: say why.")]
        return {"withdrawal_note": missing} if missing else {}
    if not hasattr(page, "get_absolute_url"):
        return {"withdrawal": [_("This has no address of its own, so it cannot move.")]}
    is_known = moved_to.startswith(("/", "https://")) and not moved_to.startswith(("//", "/\\"))
    if not (is_known and is_target(moved_to)):
        return {"moved_to": [_("Write an address of this site from the slash on, or https://…")]}
    if redirects.end_of(moved_to.partition("?")[0]) == page.get_absolute_url():
        return {"moved_to": [_("That address leads to this page itself.")]}
    return {}


@verb
def restore(edition: P, *, by: Any) -> P:
    """Make what a page said before its working copy, in place of the one there may be.

    Of a withdrawn page, the words it had last.
    """
    page = edition.page
    existing = editions.working_copy(page)
    if existing:
        raise Refused(_("There is a working copy already. Publish or discard it first."))
    restored = editions.copy(edition, updated_by=by)
    audit.record(restored, Action.RESTORED, by=by, reason=_("edition %s") % edition.edition)
    return restored


@verb
def bin_(page: Publishable, *, by: Any) -> None:
    """Put a page that the public never saw into the bin."""
    if page.edition_of_id or page.state not in UNFINISHED or page.first_published_at:
        raise Refused(_("The public has seen this page: withdraw it instead."))
    _needed_by_none(page, by, but=[State.BINNED])
    _move(page, State.BINNED, by, publishing_set=None)
    audit.record(page, Action.BINNED, by=by)


@verb
def unbin(page: Publishable, *, by: Any) -> None:
    _expect(page, State.BINNED, _("This is not in the bin."))
    _move(page, State.DRAFT, by)
    audit.record(page, Action.UNBINNED, by=by)


@verb
def delete(page: Publishable, *, by: Any) -> None:
    """Delete a page in the bin for good, with its parts. Its entries in the audit trail stay."""
    _expect(page, State.BINNED, _("Only what is in the bin can be deleted for good."))
    _needed_by_none(page, by)
    audit.record(page, Action.DELETED, by=by)
    page.delete()


@verb
def hand_over(page: P, *, by: Any, office: Office | None) -> P:
    """Make another office responsible for a page, and with it for all its editions."""
    before = page.responsible_office
    if page.edition_of_id or before == office:
        raise Refused(_("Choose an office that is not responsible for this page already."))
    page.responsible_office, page.version = office, page.version + 1
    page.save(update_fields=["responsible_office", "version"])
    words = [str(one or _("Headquarters")) for one in (before, office)]
    change = {"field": _("Responsible office"), "from": words[0], "to": words[1]}
    audit.record(page, Action.HANDED_OVER, by=by, changes=[change])
    return page


def note_edit(edition: Publishable, *, by: Any, before: Any, after: Any = None) -> None:
    """Leave the entry of a saved form; `before` is what `compare.describe` said of it before, and
    `after` what it says now."""
    if after is None:
        after = describe(edition, reader=StaffOf(edition.page))
    if found := changes_between(before, after):
        audit.record(edition, Action.EDITED, by=by, changes=found)


def note_creation(page: Publishable, *, by: Any) -> None:
    """Leave the entry of a page that a form made."""
    audit.record(page, Action.CREATED, by=by)


def _ask_again(edition: Publishable, by: Any) -> None:
    """What leaves a set that waits asks for the approval of all that stay (see `membership`)."""
    timetable.reopen(edition.publishing_set, by=by, changed=edition)


def _needed_by_none(page: Publishable, by: Any, but: Collection[State] = ()) -> None:
    """Refuse what would leave a hole in other pages, unless these are in one of these states."""
    pairs = [pair for pair in users_of([page]) if getattr(pair[1], "state", "") not in but]
    if pairs:
        raise Refused(" ".join(said_of(pairs, by)))


def _expect(edition: Publishable, state: State, otherwise: str) -> None:
    if edition.state != state:
        raise Refused(otherwise)


def _complete(edition: Publishable, together: Collection[Publishable] = ()) -> None:
    errors = editions.publication_errors(edition, together)
    if errors:
        raise Refused(_("Some things are missing before this can be published."), errors)


def _may_be_published(edition: Publishable, by: Any, emergency_reason: str) -> None:
    if edition.state not in (State.DRAFT, State.IN_REVIEW):
        raise Refused(_("This edition cannot be published as it stands."))
    if emergency_reason.strip():
        return
    if edition.state == State.DRAFT:
        raise Refused(_("Submit this for review first, so that a second person reads it."))
    if by.pk in audit.writers(edition):
        raise Refused(
            _("You wrote this, so somebody else has to publish it. In an emergency, say why.")
        )


def _move(
    edition: Publishable, state: State, by: Any, *, is_saved: bool = True, **fields: Any
) -> None:
    edition.state = state
    if state != State.WITHDRAWN:
        fields |= {"withdrawal": "", "withdrawal_note": "", "moved_to": ""}
    for name, value in fields.items():
        setattr(edition, name, value)
    edition.updated_by, edition.updated_at = by, timezone.now()
    edition.version += 1
    if is_saved:
        edition.save()
