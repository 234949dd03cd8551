"""Sets of pages: approved together, public in one instant or not at all."""

import datetime
from itertools import chain
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from . import actions
from .changes import settle
from .compare import Change, compare, describe
from .editions import members
from .ledger import locked_ledger
from .models import Publishable, PublishingSet
from .states import State
from .veil import Person


def fingerprint(editions: list[Publishable]) -> str:
    """What a reviewer has seen: it changes when a member changes, comes or goes."""
    return ",".join(f"{row._meta.label_lower}:{row.pk}:{row.version}" for row in editions)


def publish_set(chosen: PublishingSet, *, by: Any, seen: str) -> list[Publishable]:
    """Approve every member at once. `seen` is the fingerprint of what the reviewer read."""
    with locked_ledger():
        chosen = PublishingSet.objects.get(pk=chosen.pk)
        editions = members(chosen)
        if not editions:
            raise actions.Refused(_("There is nothing in this set."))
        if fingerprint(editions) != seen:
            raise actions.Refused(
                _("A member of the set has changed since you opened it. Read it again.")
            )
        now = timezone.now()
        _expect_ahead(chosen, now)
        pages = [
            _put_out(edition, by=by, at=chosen.published_at, now=now, together=editions)
            for edition in editions
        ]
        settle([] if chosen.published_at else pages)
        return pages


def _expect_ahead(chosen: PublishingSet, now: datetime.datetime) -> None:
    if chosen.published_at and chosen.published_at <= now:
        raise actions.Refused(
            _(
                "The moment of the set has passed. Choose a later one in the set, or leave it "
                "empty to publish now."
            ),
            {"published_at": [_("This moment has passed.")]},
        )


def _put_out(edition: Publishable, **how: Any) -> Publishable:
    if edition.state != State.IN_REVIEW:
        raise actions.Refused(_("“%s” is not in review yet.") % edition)
    try:
        return actions.put_out(edition, change_note=edition.change_note, **how)
    except actions.Refused as refusal:
        reasons = " ".join([str(refusal), *chain.from_iterable(refusal.errors.values())])
        raise actions.Refused(f"“{edition}”: {reasons}") from refusal


def changes(edition: Publishable, user: Any) -> list[Change]:
    """What a member would change of its page, or all it says where there is no page yet."""
    reader = Person(user)
    before = describe(edition.page, reader=reader) if edition.edition_of_id else {}
    return compare(before, describe(edition, reader=reader))
