"""Which pages gather news, and look different when some of it comes, goes or changes.

They are told of by what the news is tied to, and was tied to before: the index knows both.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Q, Value

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
    asked = [(model, facet, path) for model, facet, path in WAYS if values[facet]]
    found = [
        model.objects.filter(Q((f"{path}__in", values[facet])))
        .order_by()
        .values_list(Value(number), "pk")
        for number, (model, facet, path) in enumerate(asked)
    ]
    if not found:
        return set()
    return {(asked[number][0], key) for number, key in found[0].union(*found[1:])}
