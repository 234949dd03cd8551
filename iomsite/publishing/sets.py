"""Sets of pages: approved together, public in one instant or not at all."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from . import actions
from .compare import Change, compare, describe
from .editions import members
from .ledger import locked_ledger
from .models import Publishable, PublishingSet
from .states import State


def fingerprint(editions: list[Publishable]) -> str:
    """What a reviewer has seen: it changes when a member changes, comes or goes."""
    return ",".join(f"{row._meta.label_lower}:{row.pk}:{row.version}" for row in editions)


def publish_set(chosen: PublishingSet, *, by: Any, seen: str) -> list[Publishable]:
    """Approve every member at once. `seen` is the fingerprint of what the reviewer read."""
    with locked_ledger():
        editions = members(chosen)
        if not editions:
            raise actions.Refused(_("There is nothing in this set."))
        if fingerprint(editions) != seen:
            raise actions.Refused(
                _("A member of the set has changed since you opened it. Read it again.")
            )
        at = _moment(chosen)
        return [_publish(edition, by, at) for edition in editions]


def _moment(chosen: PublishingSet) -> datetime.datetime | None:
    now = timezone.now()
    return chosen.published_at if chosen.published_at and chosen.published_at > now else None


def _publish(edition: Publishable, by: Any, at: datetime.datetime | None) -> Publishable:
    if edition.state != State.IN_REVIEW:
        raise actions.Refused(_("“%s” is not in review yet.") % edition)
    try:
        return actions.publish(edition, by=by, at=at, change_note=edition.change_note)
    except actions.Refused as refusal:
        refusal.args = (f"“{edition}”: {refusal}",)
        raise


def unschedule_set(chosen: PublishingSet, *, by: Any) -> None:
    """Take every waiting member back to draft: a change to one asks for approval of all."""
    with locked_ledger():
        for edition in members(chosen):
            if edition.state == State.PUBLISHED:
                actions.unschedule(edition, by=by)


def changes(edition: Publishable) -> list[Change]:
    """What a member would change of its page, or all it says where there is no page yet."""
    before = describe(edition.page) if edition.edition_of_id else {}
    return compare(before, describe(edition))
