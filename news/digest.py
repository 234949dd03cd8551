"""The newest news about a country, a topic or a partner, in one statement.

Pages that are about something else show it beside their own content, so it must cost little.
"""

import datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from iomsite import listing
from iomsite.partialdate import PartialDate

from .filters import ReleaseFilter
from .models import Campaign, NewsRelease, Publication

MOST_OF_A_KIND = 5
TEXT = CharField()

# What a page calls each, and the column and the notation of its date.
KINDS = {
    "releases": (NewsRelease, "released_on", datetime.date.fromisoformat),
    "publications": (Publication, "date", PartialDate.parse),
    "campaigns": (Campaign, "date", PartialDate.parse),
}


def digest(asked: dict[str, str] | None = None, **lookup: Any) -> dict[str, list[Any]]:
    """Up to five public releases, publications and campaigns that match, newest first.

    `asked` says the same as choices of the list of releases, whose listing finds them sooner. The
    rows carry what lists print and nothing else: do not save them.
    """
    found: dict[str, list[Any]] = {name: [] for name in KINDS}
    first, *others = (_part(name, lookup) for name in KINDS)
    if asked and (releases := listing.kept(ReleaseFilter, NewsRelease.objects.published)):
        keys = releases.keys_at(releases.found(asked), 0, MOST_OF_A_KIND)
        first = _columns("releases", NewsRelease.objects.published().filter(pk__in=keys))
    rows = sorted(first.union(*others, all=True), key=lambda row: row["title"])
    for row in sorted(rows, key=lambda row: row["date_text"] or "", reverse=True):
        name, date = row.pop("name"), row.pop("date_text")
        model, date_field, read = KINDS[name]
        found[name].append(model(**row, **{date_field: read(date) if date else None}))
    return found


def _part(name: str, lookup: dict[str, Any]) -> QuerySet[Any]:
    model = KINDS[name][0]
    matching = model.objects.filter(**lookup)
    newest = model.objects.published().filter(pk__in=matching.values("pk"))[:MOST_OF_A_KIND]
    return _columns(name, model.objects.filter(pk__in=newest.values("pk")))


def _columns(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    date_field = KINDS[name][1]
    return (
        rows.order_by()
        .annotate(name=Value(name, TEXT), date_text=Cast(date_field, TEXT))
        .values("name", "pk", "slug", "title", "kind", "lead", "date_text")
    )
