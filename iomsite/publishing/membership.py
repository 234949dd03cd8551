"""Which editions belong to a set: whoever puts one in or takes one out has not written in it."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from . import audit
from .actions import Refused, verb
from .editions import publishable_models
from .models import AuditEntry, Publishable, PublishingSet
from .states import State
from .timetable import reopen
from .veil import StaffOf, named

OPEN = (State.DRAFT, State.IN_REVIEW)
# Of what could join a set, as much of each kind as somebody will look through.
MOST = 50


def candidates(models: list[type[Publishable]], words: str, user: Any) -> list[Publishable]:
    """Drafts and what is in review, in no set yet, that this person may change.

    One statement a kind of page.
    """
    found: list[Publishable] = []
    for model in publishable_models():
        if model in models:
            rows: Any = model.objects.where_may(user, "change")
            rows = rows.filter(state__in=OPEN, publishing_set=None)
            named = Q(**{f"{model.name_field}__icontains": words}) if words else Q()
            found += rows.filter(named).select_related("edition_of").order_by("-updated_at")[:MOST]
    return found


@verb
def join(edition: Publishable, *, by: Any, chosen: PublishingSet) -> None:
    if edition.state not in OPEN:
        raise Refused(_("Only a draft, or what is in review, can join a set."))
    _move(edition, chosen, by)


@verb
def leave(edition: Publishable, *, by: Any) -> None:
    if edition.state not in OPEN:
        raise Refused(_("Take the set off the schedule first."))
    _move(edition, None, by)


def _move(edition: Publishable, chosen: PublishingSet | None, by: Any) -> None:
    before = edition.publishing_set
    # A form that is open now would put it back: it has to be drawn again.
    type(edition).objects.filter(pk=edition.pk).update(
        publishing_set=chosen, version=F("version") + 1
    )
    edition.publishing_set = chosen
    note(edition, before, by=by)


def note(edition: Publishable, before: PublishingSet | None, *, by: Any) -> None:
    """Leave the entry of an edition that has come from another set, or from none."""
    now = edition.publishing_set
    change = {
        "field": _("Set of pages"),
        "from": _named(before, edition),
        "to": _named(now, edition),
    }
    audit.record(edition, AuditEntry.Action.GROUPED, by=by, changes=[change])
    for one in filter(None, (before, now)):
        reopen(one, by=by, changed=edition)


def _named(chosen: PublishingSet | None, edition: Publishable) -> str:
    return named(chosen, StaffOf(edition.page)) if chosen else ""
