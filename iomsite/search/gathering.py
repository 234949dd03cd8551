"""Which pages gather news, and look different when some of it comes, goes or changes.

They are told of by what the news is tied to, and was tied to before: the index knows both.
"""

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from django.db.models import CharField, Value

from iomsite.prepared import Prepared, filled, several
from iomsite.publishing.changes import Row
from news.models import Campaign, Publication
from programmes.models import Country, Goal, Partner, Programme, Region, Topic

from .models import CAMPAIGN, PUBLICATION

# Facet and value of a tag.
Tie = tuple[str, str]
# The pages of each kind that a tie of this facet leads to. A country names its partners, which have
# a page while news names them.
WAYS: tuple[tuple[type[Any], str, str], ...] = (
    (Country, "country", "slug"),
    (Country, "partner", "partners__slug"),
    (Region, "region", "slug"),
    (Topic, "topic", "slug"),
    (Programme, "topic", "topics__slug"),
    (Partner, "partner", "slug"),
    (Goal, "goal", "slug"),
    (Campaign, CAMPAIGN, "pk"),
    (Publication, PUBLICATION, "pk"),
)


def gatherers(ties: Collection[Tie]) -> set[Row]:
    """One statement, or none."""
    values: dict[str, list[str]] = defaultdict(list)
    for facet, value in ties:
        values[facet].append(value)
    known = sorted(values.keys() & {facet for _model, facet, _path in WAYS})
    if not known:
        return set()
    room = 1 << (max(len(values[facet]) for facet in known) - 1).bit_length()
    ways, ask = _asking(tuple(known), room)
    found = ask(**{facet: filled(values[facet], room) for facet in known})
    return {(ways[number][0], key) for number, key in found}


@cache
def _asking(facets: tuple[str, ...], room: int) -> tuple[list[Any], Prepared]:
    """For so many values of each, or fewer: one for each power of two, since each is kept."""
    ways = [way for way in WAYS if way[1] in facets]

    def rows() -> Any:
        first, *others = (
            model.objects.filter((f"{path}__in", several(facet, CharField(), room)))
            .order_by()
            .values_list(Value(number), "pk")
            for number, (model, facet, path) in enumerate(ways)
        )
        return first.union(*others)

    return ways, Prepared(rows)
