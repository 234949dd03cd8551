"""Which pages belong together: found when one of them changes, and only read when one is asked for.

Pages are related by what they share, the rarer the more, and by closeness in time. That is the same
from both sides. So a page that comes takes its place among the related ones of those that it is
nearest to, by what was found of these before, and nobody else is looked at.
"""

import datetime
import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.lookups import In

from iomsite.prepared import Given, Prepared, filled, several

from .models import RELATING, Entry, Kind, Related, Tag

KINDS = (
    *(Kind.RELEASE, Kind.CAMPAIGN, Kind.PUBLICATION),
    *(Kind.PROGRAMME, Kind.ENGAGEMENT, Kind.OUTCOME),
)
SHOWN = 4
# Some more than are shown are kept, as one may be shown beside them anyway, or go.
KEPT = SHOWN * 2
# To so many of the nearest a page that comes is related, and of those that lost one so many are
# given the next.
NEIGHBOURS = 20
# Of one tag, so many pages about the date of a page are weighed; of a page, so many rarest tags.
NEAREST, MOST_TAGS = 100, 20
# Of all pages, so many are found anew at once.
AT_ONCE = 500
# A tag that more pages have weighs as much as one that so many have.
MOST_COUNTED = 1_000
# Terms of one statement: SQLite takes 500.
MOST_TERMS = 400
# What a shared date weighs, and how many days later it weighs a third of that.
CLOSENESS, DAYS = 0.2, 365
# The date of a page that has none: it is the oldest.
UNDATED = datetime.date.min

Shared = tuple[str, str]
Row = tuple[str, int]
# An entry among those of a tag: its date, by which they stand in order, and its key.
Place = tuple[datetime.date, int]


class Near(NamedTuple):
    """Another entry, and how near it is; without a score it was found by an earlier version."""

    score: float | None
    other: int

    @property
    def order(self) -> tuple[float, int]:
        """As `Related` has it: of as near ones the one that came last."""
        return (math.inf if self.score is None else -self.score), -self.other


class Ties:
    """What some entries share with others: their tags, how many have a tag, and who, in the order
    of dates.
    """

    def __init__(self, number: Counter[Shared]) -> None:
        self.tags: dict[int, list[Shared]] = {}
        self.dates: dict[int, datetime.date] = {}
        self.places: dict[Shared, list[Place]] = defaultdict(list)
        self.number = number
        # Model and key of the rows whose ties were asked for.
        self.rows: dict[int, Row] = {}

    def add(self, tags: Iterable[tuple[int, str, str, datetime.date]]) -> None:
        """Who has a tag, and their dates; each once."""
        for entry, facet, value, date in tags:
            self.dates[entry] = date
            self.places[facet, value].append((date, entry))
        for found in self.places.values():
            found.sort()

    def weight(self, shared: Shared) -> float:
        """Twice as many pages with a tag make a step: what was found before stays comparable."""
        return 1 / min(self.number[shared], MOST_COUNTED).bit_length()

    def nearest(self, entry: int) -> list[Near]:
        """Who shares most with the entry and is closest in time, the nearest first."""
        scores: dict[int, float] = defaultdict(float)
        for shared in self.tags.get(entry, ()):
            weight = self.weight(shared)
            for _date, other in self._about(shared, self.dates[entry]):
                scores[other] += weight
        scores.pop(entry, None)
        # Of hundreds, few are made more than numbers of.
        orders = (
            (-score - self._closeness(entry, other), -other) for other, score in scores.items()
        )
        return [Near(-order, -other) for order, other in nsmallest(NEIGHBOURS, orders)]

    def _about(self, shared: Shared, date: datetime.date) -> list[Place]:
        found = self.places[shared]
        middle = bisect_left(found, (date, 0))
        start = max(0, min(middle - NEAREST // 2, len(found) - NEAREST))
        return found[start : start + NEAREST]

    def _closeness(self, entry: int, other: int) -> float:
        one, two = self.dates[entry], self.dates[other]
        if UNDATED in (one, two):
            return 0.0
        return CLOSENESS * math.exp(-abs((one - two).days) / DAYS)


def relating() -> QuerySet[Tag]:
    """The tags by which pages are related."""
    return Tag.objects.filter(date__isnull=False).order_by()


def date_of(facet: str, entry: Entry) -> datetime.date | None:
    """What a tag says of its entry, by which others find it; None where it relates it to nobody."""
    if facet not in RELATING or entry.kind not in KINDS:
        return None
    return entry.date or UNDATED


def relate_all() -> None:
    """In the order of dates, so that few others lie between those of a batch. Three statements for
    each.
    """
    Related.objects.all().delete()
    in_order = (F("date").asc(nulls_first=True), "pk")
    found = Entry.objects.filter(kind__in=KINDS).order_by(*in_order)
    entries = list(found.values_list("pk", flat=True))
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        ties = _ties_of(some, are_neighbours=True)
        _write({entry: ties.nearest(entry)[:KEPT] for entry in some})


def relate(
    changed: Collection[int], bereft: Collection[int]
) -> tuple[Collection[int], dict[int, Row]]:
    """Find the nearest of what changed, and let it take its place with those; some of who lost one
    are given the next.

    Keys of entries; returns those whose related ones are others now, and the rows of those that
    have anything to share. Five statements.
    """
    again = [*changed, *[*bereft][:NEIGHBOURS]]
    if not again:
        return (), {}
    ties = _ties_of(again)
    nearest = {entry: ties.nearest(entry) for entry in again}
    coming: dict[int, list[Near]] = defaultdict(list)
    for entry in changed:
        for score, other in nearest[entry]:
            if other not in nearest:
                coming[other].append(Near(score, entry))
    rows, placed, displaced = _places_for(coming)
    Related.objects.filter(Q(entry__in=again) | Q(pk__in=displaced)).delete()
    _write({entry: found[:KEPT] for entry, found in nearest.items()} | placed)
    return {*again, *bereft, *placed}, ties.rows | rows


def _places_for(
    coming: dict[int, list[Near]],
) -> tuple[dict[int, Row], dict[int, list[Near]], list[int]]:
    """The rows of these entries, which of those that come are near enough to take a place with
    each, and what has to go for it. One statement, or none.
    """
    rows: dict[int, Row] = {}
    known: dict[int, dict[int, Near]] = defaultdict(dict)
    for entry, model, key, related, score, other in _related_ones_of([*coming]):
        rows[entry] = model, key
        if related:
            known[entry][related] = Near(score, other)
    placed: dict[int, list[Near]] = {}
    displaced: list[int] = []
    for entry in rows:
        own = known[entry]
        best = sorted([*own.values(), *coming[entry]], key=lambda near: near.order)[:KEPT]
        if taken := [near for near in coming[entry] if near in best]:
            placed[entry] = taken
            displaced += [key for key, near in own.items() if near not in best]
    return rows, placed, displaced


def _related_ones_of(entries: list[int]) -> Iterable[Any]:
    """Their rows, each with all that it leads on to."""
    if 0 < len(entries) <= NEIGHBOURS:
        return _OF_FEW(keys=filled(entries, NEIGHBOURS))
    return _with_related(entries) if entries else ()


def _with_related(entries: Sequence[Any]) -> QuerySet[Entry, Any]:
    columns = ("pk", "model", "row_id", "related", "related__score", "related__other")
    return Entry.objects.filter(pk__in=entries).values_list(*columns)


_OF_FEW = Prepared(lambda: _with_related(several("keys", BigIntegerField(), NEIGHBOURS)))


def _ties_of(entries: Collection[int], *, are_neighbours: bool = False) -> Ties:
    """The ties of these entries by their rarest tags. Two statements, and more for very many.

    Between the dates of neighbours there is nobody else.
    """
    own: dict[int, list[Shared]] = defaultdict(list)
    ties = Ties(Counter())
    dates: dict[Shared, set[datetime.date]] = defaultdict(set)
    for facet, value, times, entry, model, key, date in _tags_of(entries):
        if times:
            ties.number[facet, value] = times
        else:
            ties.rows[entry], ties.dates[entry] = (model, key), date
            own[entry].append((facet, value))
    for entry, shared in own.items():
        own[entry] = sorted(shared, key=lambda tag: (ties.number[tag], tag))[:MOST_TAGS]
        for one in own[entry]:
            dates[one].add(ties.dates[entry])
    spans = [
        (one, span)
        for one, some in dates.items()
        for span in ([(min(some), max(some))] if are_neighbours else zip(some, some, strict=True))
    ]
    ties.add({*_about(spans)})
    ties.tags = own  # of more on one day with one tag, it may not be among the first
    return ties


def _tags_of(entries: Collection[int]) -> Iterable[Any]:
    """The tags of each of these entries; and of each tag once, how many have it. One statement."""
    match [*entries]:
        case [one]:
            return _OF_ONE(key=one)
        case several_of_them:
            return _with_times(several_of_them)


def _with_times(entries: Sequence[Any]) -> QuerySet[Tag, Any]:
    tags = relating().filter(In(F("entry_id"), entries))
    # Grouped first, and then counted: else it would be once for each entry that has it.
    times = tags.values("facet", "value").annotate(own=Count("pk")).annotate(times=_number())
    none = Value(0), Value(""), Value(0), Value(UNDATED)
    columns = ("entry", "entry__model", "entry__row_id", "date")
    own = tags.values_list("facet", "value", Value(0), *columns)
    return own.union(times.values_list("facet", "value", "times", *none), all=True)


_OF_ONE = Prepared(lambda: _with_times([Given("key", BigIntegerField())]))


class _CountOf(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _number() -> _CountOf:
    """How many have the tag that is looked at; no more are counted than matter."""
    same = relating().filter(facet=OuterRef("facet"), value=OuterRef("value"))
    return _CountOf(same.values("pk")[:MOST_COUNTED])


Span = tuple[datetime.date, datetime.date]
BEFORE = """
SELECT * FROM (SELECT entry_id, facet, value, date FROM search_tag
WHERE facet = %s AND value = %s AND date < %s
ORDER BY date DESC, entry_id DESC LIMIT %s) AS earlier"""
FROM_THEN_ON = """
SELECT * FROM (SELECT entry_id, facet, value, date FROM search_tag
WHERE facet = %s AND value = %s AND date >= %s
ORDER BY date, entry_id LIMIT %s) AS later"""


def _about(
    spans: Iterable[tuple[Shared, Span]],
) -> Iterator[tuple[int, str, str, datetime.date]]:
    """Who has these tags: those between the dates, and the nearest of before and after.

    As the ORM cannot say it on SQLite. One statement, and one more for each 200 spans.
    """
    terms: list[tuple[str, list[Any]]] = []
    for (facet, value), (first, last) in spans:
        behind = NEAREST if first == last else NEAREST + AT_ONCE
        terms.append((BEFORE, [facet, value, first, NEAREST]))
        terms.append((FROM_THEN_ON, [facet, value, first, behind]))
    for start in range(0, len(terms), MOST_TERMS):
        some = terms[start : start + MOST_TERMS]
        with connection.cursor() as cursor:
            cursor.execute(
                "\nUNION ALL".join(sql for sql, _values in some),
                [value for _sql, values in some for value in values],
            )
            for entry, facet, value, date in cursor.fetchall():
                yield entry, facet, value, _date(date)


def _date(value: Any) -> datetime.date:
    """SQLite has words for it."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _write(found: dict[int, list[Near]]) -> None:
    Related.objects.bulk_create(
        (
            Related(entry_id=entry, other_id=near.other, score=near.score)
            for entry, some in found.items()
            for near in some
        ),
        batch_size=1000,
    )
