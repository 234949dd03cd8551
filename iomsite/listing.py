"""Which rows of a very long list have which value of its facets, kept in the memory of a process.

The rows stand in the order of the list, and each value has the set of their places. So choices are
counted and pages found by sets alone: at the end of 200,000 rows as quickly as at the beginning.
After a publication only the rows that it changed are read again (see `publishing.records.Stamp`).

What is kept says where to look and never what to show: a page is read by its keys, among the rows
that are public at that moment.
"""

import threading
import time
from array import array
from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import and_
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BigAutoField, DateTimeField, QuerySet
from django.utils import timezone
from pyroaring import BitMap

from iomsite import remembered
from iomsite.facets import Facet, FacetedFilterSet
from iomsite.prepared import Given, Prepared
from iomsite.publishing.records import Stamp

# Name of a facet, and what the database holds of a value: the key of a row, or the value itself.
Tie = tuple[str, str]
Filters = type[FacetedFilterSet]
Read = Callable[[list[int]], Mapping[int, Any]]

AT_ONCE = 5_000
# With more changed rows it is as quick to read all of them.
MOST_FOLLOWED = 100
# Seconds after which a ledger that is further back was put back, and not read a moment ago.
LATE = 60.0
# So many keys a statement may name.
MOST_NAMED = 2_000
_END = 2**32 - 1
_MOMENT = Given("at", DateTimeField())

_kept: dict[Filters, "Listing"] = {}
_lock = threading.Lock()


class OutdatedError(Exception):
    """From what is kept nothing leads on to the present."""


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    places: BitMap


@dataclass(frozen=True)
class Listing:
    """`keys` are those of the rows, in order; places are numbers among them. Never changed."""

    facets: Mapping[str, Facet]
    generation: int
    keys: "array[int]"
    ties: Mapping[Tie, BitMap]
    choices: Mapping[str, list[Choice]]
    made_at: float = field(default_factory=time.monotonic)

    @cached_property
    def everything(self) -> BitMap:
        return BitMap(range(len(self.keys)))

    @cached_property
    def by_value(self) -> dict[tuple[str, str], Choice]:
        """By the name of the facet, and the value in the address."""
        return {
            (name, choice.value): choice
            for name, choices in self.choices.items()
            for choice in choices
        }

    def found(self, asked: Mapping[str, str]) -> BitMap:
        """The places of what has all of these values."""
        chosen = [self.by_value.get(tie) for tie in asked.items()]
        sets = [choice.places if choice else BitMap() for choice in chosen]
        return reduce(and_, sets) if sets else self.everything

    def numbers(self, name: str) -> list[tuple[str, int]]:
        """The choices of a facet with the number of rows that have each."""
        return [(choice.value, len(choice.places)) for choice in self.choices[name]]

    def keys_at(self, found: BitMap, start: int, end: int) -> list[int]:
        return [self.keys[place] for place in found[start:end]]


class Narrowing:
    """A listing, and the values that all of what is asked for has: those of the list itself."""

    def __init__(self, listing: Listing, within: Mapping[str, str]) -> None:
        self.listing = listing
        self.within = within
        # Of all there is, None.
        self._all = listing.found(within) if within else None

    def found(self, applied: Mapping[str, str]) -> BitMap:
        return self.listing.found({**applied, **self.within})

    def label(self, name: str, value: str) -> str | None:
        choice = self.listing.by_value.get((name, value))
        if choice is None or not (self._all is None or choice.places.intersect(self._all)):
            return None
        return choice.label

    def few(self, asked: Mapping[str, str]) -> list[int] | None:
        """The keys of what has these values; None where there are more than `MOST_NAMED`."""
        found = self.found(asked)
        return self.listing.keys_at(found, 0, len(found)) if len(found) <= MOST_NAMED else None

    def options(self, name: str, applied: Mapping[str, str]) -> list[tuple[str, str, int]]:
        """Value, label and count of the choices of a facet, under what else is applied."""
        others = {other: value for other, value in applied.items() if other != name}
        choices = self.listing.choices[name]
        ever = _counts(choices, self._all)
        left = _counts(choices, self.found(others)) if others else ever
        return [
            (choice.value, choice.label, count)
            for choice, count, most in zip(choices, left, ever, strict=True)
            if most
        ]


def _counts(choices: list[Choice], found: BitMap | None) -> list[int]:
    if found is None:
        return [len(choice.places) for choice in choices]
    return [choice.places.intersection_cardinality(found) for choice in choices]


class ByKey:
    """Reads some columns of rows by their keys, `most` at once, among what is public then.

    One statement. What `public` returns says what that is, at the moment that it is given.
    """

    def __init__(
        self, public: Callable[[Any], QuerySet[Any]], columns: tuple[str, ...], most: int
    ) -> None:
        keys = [Given("keys", BigAutoField(), place) for place in range(most)]
        names = ("pk", *columns)
        self._ask = Prepared(
            lambda: public(_MOMENT).order_by().filter(pk__in=keys).values_list(*names)
        )
        self._row = namedtuple("Row", names)
        self._most = most

    def __call__(self, keys: list[int]) -> dict[int, Any]:
        if not keys:
            return {}
        rows = self._ask(at=timezone.now(), keys=keys + keys[:1] * (self._most - len(keys)))
        return {row[0]: self._row._make(row) for row in rows}


class ListingPaginator(Paginator):
    """Pages of what is found; `read` gives rows by their keys, wherever they stand."""

    def __init__(
        self, read: Read, length: int, listing: Listing, found: BitMap, **how: Any
    ) -> None:
        super().__init__([], length, **how)
        self.read = read
        self.listing = listing
        self.found = found

    @cached_property
    def count(self) -> int:
        return len(self.found)

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self.listing.keys_at(self.found, start, start + self.per_page)
        rows = self.read(keys)
        return self._get_page([rows[key] for key in keys if key in rows], number, self)


def kept(filters: Filters, public: Callable[[], QuerySet[Any]]) -> Listing | None:
    """The listing of the public rows as of the generation that the request at hand reads.

    None where nobody knows that generation: then the database has to be asked. One statement;
    after a publication some for each changed row; some seconds the first time in a process.
    """
    generation = remembered.current.get()
    if generation is None:
        return None
    with _lock:
        known = _kept.get(filters)
        if known and known.generation > generation and time.monotonic() - known.made_at > LATE:
            known = None
        if known is None or known.generation < generation:
            known = _kept[filters] = _of_generation(generation, known, filters, public())
    return known if known.generation == generation else None


def _of_generation(
    generation: int, known: Listing | None, filters: Filters, rows: QuerySet[Any]
) -> Listing:
    try:
        if known:
            return _followed(known, generation, rows)
    except OutdatedError:
        pass
    return _read(filters.base_filters, generation, rows)


def _read(facets: Mapping[str, Any], generation: int, rows: QuerySet[Any]) -> Listing:
    keys = array("q", rows.values_list("pk", flat=True).iterator(AT_ONCE))
    place_of = {key: place for place, key in enumerate(keys)}
    places: dict[Tie, array[int]] = defaultdict(lambda: array("I"))
    for name, key, value in _ties(facets, rows):
        if (place := place_of.get(key)) is not None:  # what has come meanwhile is read later
            places[name, value].append(place)
    ties = {tie: BitMap(some) for tie, some in places.items()}
    return Listing(facets, generation, keys, ties, _choices(facets, ties, rows))


def _ties(facets: Mapping[str, Facet], rows: QuerySet[Any]) -> Iterator[tuple[str, int, str]]:
    """Of each row what it is tied to, whether or not that may be shown."""
    for name, facet in facets.items():
        for tied in facet.tied(rows):
            for key, value in tied.iterator(AT_ONCE):
                yield name, key, value


def _choices(
    facets: Mapping[str, Facet], ties: Mapping[Tie, BitMap], rows: QuerySet[Any]
) -> dict[str, list[Choice]]:
    """What may be shown of that, in the order of the form. One statement for each relation."""
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in ties:
        values[name].append(value)
    return {
        name: [
            Choice(value, label, ties[name, key])
            for key, value, label in facet.named(rows.model, values[name])
        ]
        for name, facet in facets.items()
    }


def _followed(known: Listing, generation: int, rows: QuerySet[Any]) -> Listing:
    """With what has changed since."""
    moved = Stamp.objects.filter(generation__gt=known.generation)
    label = rows.model._meta.label_lower
    stamps = set(moved.filter(model__in=[label, Stamp.ANY_ROW[0]]).values_list("model", "row_id"))
    if Stamp.ANY_ROW in stamps or len(stamps) > MOST_FOLLOWED:
        raise OutdatedError
    changing = _Changing(known)
    if stamps:
        changing.change({key for _model, key in stamps}, rows)
    choices = _choices(known.facets, changing.ties, rows)
    return replace(
        known,
        generation=generation,
        keys=changing.keys,
        ties=changing.ties,
        choices=choices,
        made_at=time.monotonic(),
    )


class _Changing:
    """Copies of what a listing holds, so that whoever reads it reads on."""

    def __init__(self, known: Listing) -> None:
        self.facets = known.facets
        self.keys = array("q", known.keys)
        self.ties = dict(known.ties)

    def change(self, changed: set[int], rows: QuerySet[Any]) -> None:
        """Take out what is not public now, and put the rest where it stands: the last ones first,
        as each is put before what follows it.
        """
        public = list(rows.filter(pk__in=changed))
        for key in changed - {row.pk for row in public}:
            self._take_out(key)
        own: dict[int, set[Tie]] = defaultdict(set)
        for name, key, value in _ties(self.facets, rows.filter(pk__in=changed)):
            own[key].add((name, value))
        for row in reversed(public):
            place = self._followed_at(row, rows)
            if place and self.keys[place - 1] == row.pk:
                self._tie(place - 1, own[row.pk])
            else:
                self._take_out(row.pk)
                self._put(row.pk, self._followed_at(row, rows))
                self._tie(self.keys.index(row.pk), own[row.pk])

    def _followed_at(self, row: Any, rows: QuerySet[Any]) -> int:
        """The place of what stands behind it. One statement."""
        following = rows.filter(row.stands_before()).values_list("pk", flat=True).first()
        try:
            return self.keys.index(following) if following is not None else len(self.keys)
        except ValueError:
            raise OutdatedError from None  # it has come meanwhile

    def _take_out(self, key: int) -> None:
        try:
            place = self.keys.index(key)
        except ValueError:
            return  # it was not public
        self.keys.pop(place)
        self.ties = {
            tie: _moved(places, place + 1, -1, keep=place) for tie, places in self.ties.items()
        }

    def _put(self, key: int, place: int) -> None:
        self.keys.insert(place, key)
        self.ties = {tie: _moved(places, place, 1, keep=place) for tie, places in self.ties.items()}

    def _tie(self, place: int, own: set[Tie]) -> None:
        for tie in self.ties.keys() | own:
            places = self.ties.get(tie, BitMap())
            if (place in places) != (tie in own):
                self.ties[tie] = places ^ BitMap([place])


def _moved(places: BitMap, first: int, by: int, *, keep: int) -> BitMap:
    """Those from `first` on, moved; those below `keep` as they are; what is between is left out."""
    if not places or places.max() < keep:
        return places
    below, behind = places.copy(), places.copy()
    below.remove_range(keep, _END)
    behind.remove_range(0, first)
    return below | behind.shift(by)
