"""What is due: whoever asks first puts it in place, all of it at once.

The first publication and the expiry of a page need nothing of this: they are conditions of
`published()`. A working copy that waits for its moment has to take its page's place, and a set has
to let go of all its pages in one instant.
"""

import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import BigIntegerField, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from iomsite.prepared import Prepared
from iomsite.remembered import Shown

from . import audit, changes, readonly, redirects
from .changes import waiting
from .editions import members, publication_errors, publishable_models, replace
from .ledger import attempt, locked_ledger
from .models import AuditEntry, Ledger, Publishable, PublishingSet
from .readonly import ReadOnly
from .records import Stamp
from .states import State


class Unfit(Exception):
    """What was approved cannot go public any more; `edition` is the one that is in the way."""

    def __init__(self, reason: str, edition: tuple[Any, int | None] | None = None) -> None:
        super().__init__(reason)
        self.edition = edition


class Now(NamedTuple):
    """How far the site has come, and whether something has to be put in place first."""

    shown: Shown | None
    is_due: bool
    read_only: ReadOnly | None = None


def _ledger() -> Any:
    model, key = Stamp.EVERYTHING
    last = Stamp.objects.filter(model=model, row_id=key).values("generation")
    everything = Coalesce(Subquery(last), 0, output_field=BigIntegerField())
    columns = ("generation", everything, "told_until", "next_at", *readonly.columns())
    return Ledger.objects.filter(pk=1).values_list(*columns)


_LEDGER = Prepared(_ledger)


def look(at: datetime.datetime) -> Now:
    """One statement on two rows: cheap enough for every request."""
    rows = _LEDGER()
    if not rows:
        return Now(None, is_due=False, read_only=readonly.state(None, "", "off"))
    generation, everything, told_until, next_at, *held = rows[0]
    is_due = next_at is not None and next_at <= at
    is_behind = told_until is not None and told_until > at
    return Now(Shown(generation, None if is_behind else everything), is_due, readonly.state(*held))


def replace_due(at: datetime.datetime | None = None) -> int:
    """Put everything in place whose moment has come; return how many editions there were.

    First publications and expiries need no one; that they have come about is told here too. While
    nothing may be changed, all of it waits.
    """
    at = at or timezone.now()
    if readonly.asked():
        return 0
    with locked_ledger() as ledger:
        if ledger.next_at is None or ledger.next_at > at or ledger.read_only_since:
            return 0
        due = [
            edition
            for model in publishable_models()
            for edition in waiting(model).filter(published_at__lte=at).order_by("published_at")
        ]
        done = [page for group in _groups(due) for page in _together(group)]
        # Before anything was ever told, as after an upgrade, nobody knows what has passed.
        changes.settle(done if ledger.told_until else None, at=at)
    return len(done)


def _groups(due: list[Publishable]) -> list[list[Publishable]]:
    """The members of a set stand together; everything else stands alone."""
    groups: dict[Any, list[Publishable]] = {}
    for edition in due:
        alone = (edition._meta.label, edition.pk)
        groups.setdefault(edition.publishing_set_id or alone, []).append(edition)
    return list(groups.values())


def _together(group: list[Publishable]) -> list[Publishable]:
    """Put a group in place and return its pages.

    What no longer fits goes back to its writers: it must stop nobody.
    """
    chosen, keys = group[0].publishing_set, [(type(edition), edition.pk) for edition in group]
    try:
        with attempt():
            if chosen:
                _expect_whole(chosen, group)
            return [_put_in_place(edition) for edition in group]
    except Unfit as unfit:
        editions = _members_waiting(chosen) if chosen else [m.objects.get(pk=pk) for m, pk in keys]
        faulty = next((one for one in editions if (type(one), one.pk) == unfit.edition), None)
        for edition in editions:
            # People of other offices read that a page of the set is in the way, not which.
            is_told = faulty is None or is_of_same_office(faulty, edition)
            remark = _("This could not be published at its moment. %s") % (unfit if is_told else "")
            state = State.DRAFT if edition is faulty else State.IN_REVIEW
            take_off(edition, state, AuditEntry.Action.SENT_BACK, by=None, remark=remark.rstrip())
        return []


def _expect_whole(chosen: PublishingSet, group: list[Publishable]) -> None:
    """A set that was changed past the forms, by `loaddata` perhaps, is not what was approved.

    It has no name here: people of other offices read this as well.
    """
    moments = {edition.published_at for edition in group}
    if len(members(chosen)) != len(group) or moments != {chosen.published_at}:
        raise Unfit(_("Its set was changed after it was approved."))


def _put_in_place(edition: Publishable) -> Publishable:
    """Its address may have been taken since it was approved, or the page above have moved."""
    key, name = (type(edition), edition.pk), str(edition)
    if errors := publication_errors(edition):
        raise Unfit(f"“{name}”: {' '.join(chain.from_iterable(errors.values()))}", key)
    try:
        page = take_place(edition)
    except IntegrityError as error:
        raise Unfit(f"“{name}”.", key) from error
    audit.record(page, AuditEntry.Action.PUBLISHED, by=None)
    return page


def take_place(edition: Publishable) -> Publishable:
    """Make an edition public at the moment it says, and lead old addresses to the new one.

    The caller has read it, and its page, since the ledger was taken.
    """
    moment = edition.published_at
    assert moment  # the database sees to that
    if edition.edition_of_id is None:
        if edition.publishing_set_id is not None:
            edition.publishing_set = None
            edition.save(update_fields=["publishing_set"])
        redirects.free_of(edition)
        return edition
    page = edition.page
    before, stays = redirects.addresses(page, moment), page.is_public()
    replace(page, edition, moment)
    redirects.follow(before, page)
    if before and not stays:
        redirects.free(page.get_absolute_url())
    return page


def take_off(
    edition: Publishable, state: State, action: AuditEntry.Action, *, by: Any, remark: str = ""
) -> None:
    """Let an approved edition wait no more. What the public never saw was not published first."""
    edition.published_at = None
    if edition.edition_of_id is None:
        edition.first_published_at = None
    edition.state, edition.remark, edition.emergency_reason = state, remark, ""
    edition.updated_by, edition.updated_at = by or edition.updated_by, timezone.now()
    edition.version += 1
    edition.save()
    audit.record(edition, action, by=by, reason=remark)


def reopen(
    chosen: PublishingSet | None, *, by: Any, remark: str = "", changed: Publishable | None = None
) -> None:
    """Ask for the approval of a whole set again: all its members wait for a reviewer.

    `remark` says why, or that a page has `changed`; people of other offices do not read its name.
    """
    editions = _members_waiting(chosen) if chosen else []
    for edition in editions:
        said = _that_changed(changed, edition) if changed else remark
        take_off(edition, State.IN_REVIEW, AuditEntry.Action.UNSCHEDULED, by=by, remark=said)
    if editions:
        changes.settle([])


def _that_changed(changed: Publishable, edition: Publishable) -> str:
    if is_of_same_office(changed, edition):
        return _("The set has changed (“%s”), so it has to be approved again.") % changed
    return _("The set has changed, so it has to be approved again.")


def is_of_same_office(one: Publishable, other: Publishable) -> bool:
    return one.page.responsible_office_id == other.page.responsible_office_id


def _members_waiting(chosen: PublishingSet) -> list[Publishable]:
    return [edition for edition in members(chosen) if edition.state == State.PUBLISHED]
