"""The newest news about a country, a topic or a partner, in one statement.

Pages that are about something else show it beside their own content, so it must cost little.
"""

import datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from iomsite import listing
from iomsite.partialdate import PartialDate

from .filters import RELEASES
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
    lookups = dict.fromkeys(KINDS, lookup)
    releases = listing.kept(RELEASES) if asked else None
    if releases and asked:
        keys = releases.keys_at(releases.found(asked), 0, MOST_OF_A_KIND)
        lookups["releases"] = {"pk__in": keys}
    first, *others = (_part(name, lookups[name]) for name in KINDS)
    rows = sorted(first.union(*others, all=True), key=lambda row: row["title"])
    for row in sorted(rows, key=lambda row: row["date_text"] or "", reverse=True):
        name, date = row.pop("name"), row.pop("date_text")
        model, date_field, read = KINDS[name]
        found[name].append(model(**row, **{date_field: read(date) if date else None}))
    return found


def _part(name: str, lookup: dict[str, Any]) -> QuerySet[Any]:
    model, date_field, _read = KINDS[name]
    matching = model.objects.filter(**lookup)
    newest = model.objects.published().filter(pk__in=matching.values("pk"))[:MOST_OF_A_KIND]
    return (
        model.objects.filter(pk__in=newest.values("pk"))
        .order_by()
        .annotate(name=Value(name, TEXT), date_text=Cast(date_field, TEXT))
        .values("name", "pk", "slug", "title", "kind", "lead", "date_text")
    )
