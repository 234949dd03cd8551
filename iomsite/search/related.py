"""Which pages belong together: found when one of them changes, and only read when one is asked for.

Pages are related by what they share, the rarer the more, and by closeness in time. A page that
comes also takes its place at those that it is nearest to.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value

from .models import RELATING, Kind, Related, Tag

KINDS = (
    *(Kind.RELEASE, Kind.CAMPAIGN, Kind.PUBLICATION),
    *(Kind.PROGRAMME, Kind.ENGAGEMENT, Kind.OUTCOME),
)
SHOWN = 4
# Of a page that changed, so many of the nearest are asked again who is nearest to them.
NEIGHBOURS = 20
MOST_NEIGHBOURS = 200
# Of one tag, so many pages about the date of a page are weighed, and of all its tags, rarest first,
# so many are read.
NEAREST = 100
MOST_READ = 5000
# What a shared date weighs, and how many days later it weighs a third of that.
CLOSENESS, DAYS = 0.2, 365

Shared = tuple[str, str]
Row = tuple[str, int]


class Place(NamedTuple):
    """An entry among those of a tag, in the order of dates; without a date it is the oldest."""

    day: int
    entry: int


class Ties:
    """What entries share: the tags of each, how many have a tag, and who, in the order of dates."""

    def __init__(self, tags: QuerySet[Tag]) -> None:
        self.tags: dict[int, list[Shared]] = defaultdict(list)
        self.days: dict[int, int] = {}
        self.places: dict[Shared, list[Place]] = defaultdict(list)
        self.number: Counter[Shared] = Counter()
        # Model and key of the rows whose ties were asked for.
        self.rows: dict[int, Row] = {}
        self.add(tags)

    def add(self, tags: QuerySet[Tag]) -> None:
        """One statement."""
        for entry, facet, value, date in tags.values_list("entry", "facet", "value", "entry__date"):
            day = self.days[entry] = date.toordinal() if date else 0
            if (facet, value) not in self.tags[entry]:
                self.tags[entry].append((facet, value))
                self.places[facet, value].append(Place(day, entry))
        for found in self.places.values():
            found.sort()
        self.number = Counter({shared: len(found) for shared, found in self.places.items()})

    def weight(self, shared: Shared) -> float:
        return 1 / math.log2(1 + self.number[shared])

    def nearest(self, entry: int) -> list[int]:
        """Who shares most with the entry and is closest in time, the nearest first."""
        if entry not in self.tags:
            return []
        scores: dict[int, float] = defaultdict(float)
        for shared in self.tags[entry]:
            for place in self._about(shared, self.days[entry]):
                scores[place.entry] += self.weight(shared)
        scores.pop(entry, None)
        for other in scores:
            scores[other] += self._closeness(entry, other)
        return sorted(scores, key=lambda other: (-scores[other], -other))[:NEIGHBOURS]

    def _about(self, shared: Shared, day: int) -> list[Place]:
        found = self.places[shared]
        middle = bisect_left(found, Place(day, 0))
        start = max(0, min(middle - NEAREST // 2, len(found) - NEAREST))
        return found[start : start + NEAREST]

    def _closeness(self, entry: int, other: int) -> float:
        days = self.days[entry], self.days[other]
        return CLOSENESS * math.exp(-abs(days[0] - days[1]) / DAYS) if all(days) else 0.0


def relating() -> QuerySet[Tag]:
    return Tag.objects.filter(facet__in=RELATING, entry__kind__in=KINDS)


def relate_all() -> None:
    """Two statements, whatever there is, and those that write."""
    ties = Ties(relating())
    Related.objects.all().delete()
    _write(ties, [*ties.tags])


def relate(
    changed: Collection[int], bereft: Collection[int]
) -> tuple[Collection[int], dict[int, Row]]:
    """Find the nearest of what changed, and anew those of its nearest and of who lost one.

    Keys of entries; returns those found anew, and those that lost one beyond what is found at
    once; and the rows of those that have anything to share. Six statements.
    """
    lost, bereft = bereft, [*bereft][:MOST_NEIGHBOURS]
    if not changed and not bereft:
        return (), {}
    first = _ties_of(changed)
    near = [other for entry in changed for other in first.nearest(entry)]
    again = dict.fromkeys([*changed, *bereft, *near][: len(changed) + MOST_NEIGHBOURS])
    Related.objects.filter(entry__in=again).delete()
    ties = _ties_of(again)
    _write(ties, again)
    return {*again, *lost}, ties.rows


def _ties_of(entries: Iterable[int]) -> Ties:
    """The ties of these entries by their rarest tags. Two statements."""
    own: dict[int, list[Shared]] = defaultdict(list)
    number: Counter[Shared] = Counter()
    rows: dict[int, Row] = {}
    for facet, value, times, entry, model, key in _tags_of(entries):
        if times:
            number[facet, value] = times
        else:
            rows[entry] = model, key
            own[entry].append((facet, value))
    rarest = {shared for some in own.values() for shared in _affordable(some, number)}
    last = Tag.objects.filter(pk__in=relating().filter(_any(rarest)).order_by("-pk")[: _most(own)])
    ties = Ties(last)
    ties.number, ties.rows = number, rows
    return ties


def _tags_of(entries: Iterable[int]) -> QuerySet[Tag, Any]:
    """The tags of each of these entries; and of each tag once, how many have it. One statement."""
    tags = relating().filter(entry__in=[*entries]).order_by()
    # Grouped first, and then counted: else it would be once for each entry that has it.
    counted = (
        tags.values("facet", "value").annotate(own=Count("pk")).annotate(times=Subquery(_number()))
    )
    none = Value(0), Value(""), Value(0)
    own = tags.values_list("facet", "value", Value(0), "entry", "entry__model", "entry__row_id")
    return own.union(counted.values_list("facet", "value", "times", *none), all=True)


def _most(own: dict[int, list[Shared]]) -> int:
    return MOST_READ * max(1, min(len(own), 10))


def _number() -> QuerySet[Tag, Any]:
    """How many have the tag that is looked at."""
    same = relating().filter(facet=OuterRef("facet"), value=OuterRef("value")).order_by()
    return same.values("facet").annotate(times=Count("pk")).values("times")


def _affordable(some: Iterable[Shared], number: Counter[Shared]) -> list[Shared]:
    """The rarest, as many as may be read; one at least."""
    found: list[Shared] = []
    for shared in sorted(some, key=number.__getitem__):
        if found and sum(number[one] for one in found) + number[shared] > MOST_READ:
            break
        found.append(shared)
    return found


def _any(shared: Iterable[Shared]) -> Q:
    values: dict[str, list[str]] = defaultdict(list)
    for facet, value in shared:
        values[facet].append(value)
    found = Q(pk__in=())
    for facet, some in values.items():
        found |= Q(facet=facet, value__in=some)
    return found


def _write(ties: Ties, entries: Iterable[int]) -> None:
    Related.objects.bulk_create(
        (
            Related(entry_id=entry, other_id=other, order=order)
            for entry in entries
            for order, other in enumerate(ties.nearest(entry)[: SHOWN * 2])
        ),
        batch_size=1000,
    )
