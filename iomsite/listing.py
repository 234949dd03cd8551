"""Which rows of a very long list have which value of its facets, kept in the memory of a process.

The rows stand in the order of the list, and each value has the set of their places. So choices are
counted and pages found by sets alone: at the end of 200,000 rows as quickly as at the beginning.
After a publication only the rows that it changed are read again (see `publishing.records.Stamp`).

What is kept says where to look and never what to show: a page is read by its keys, among the rows
that are public at that moment.
"""

import logging
import threading
import time
from array import array
from collections import defaultdict, namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, reduce
from operator import and_
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, connections
from django.db.models import BigAutoField, BigIntegerField, CharField
from django.utils import timezone
from pyroaring import BitMap

from iomsite import remembered
from iomsite.listed import MOST_FOLLOWED, Listed, Row, Tie
from iomsite.places import Keys, finder
from iomsite.prepared import Given, Prepared, filled, several
from iomsite.publishing.records import Stamp
from iomsite.publishing.timetable import look

Read = Callable[[list[int]], Mapping[int, Any]]

# Seconds after which a ledger that is further back was put back, and not read a moment ago.
LATE = 60.0
# So many keys a statement may name.
MOST_NAMED = 2_000
# So many values of columns.
MOST_AT_HAND = 500
_END = 2**32 - 1
_STAMPS = Prepared(
    lambda: Stamp.objects.filter(
        generation__gt=Given("since", BigIntegerField()),
        model__in=[Given("label", CharField()), Stamp.ANY_ROW[0]],
    ).values_list("model", "row_id")
)

logger = logging.getLogger(__name__)
_kept: dict[Listed, "Listing"] = {}
_lock = threading.Lock()


class OutdatedError(Exception):
    """From what is kept nothing leads on to the present."""


class Choice(NamedTuple):
    value: str
    label: str
    places: BitMap


@dataclass(frozen=True)
class Listing:
    """`keys` are those of the rows, in order; places are numbers among them. Never changed."""

    generation: int
    keys: Keys
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


@cache
def reader(listed: Listed, columns: tuple[str, ...], most: int) -> Read:
    """What reads these columns of rows by their keys, `most` at once, if they are public then."""
    keys, names = several("keys", BigAutoField(), most), ("pk", *columns)
    ask = Prepared(lambda: listed.unread.order_by().filter(pk__in=keys).values_list(*names))
    row = namedtuple("row", names)

    def read(keys: list[int]) -> dict[int, Any]:
        found = ask(at=timezone.now(), keys=filled(keys, most)) if keys else []
        return {values[0]: row._make(values) for values in found}

    return read


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


def kept(listed: Listed) -> Listing | None:
    """The listing of the public rows as of the generation that the request at hand reads.

    None where nobody knows that generation: then the database has to be asked. One statement for
    each relation after a publication, and some for each changed row; a second or two the first
    time in a process.
    """
    generation = remembered.generation()
    if generation is None:
        return None
    with _lock:
        known = _kept.get(listed)
        if known and known.generation > generation and time.monotonic() - known.made_at > LATE:
            known = None
        if known is None or known.generation < generation:
            known = _kept[listed] = _of_generation(generation, known, listed)
    return known if known.generation == generation else None


def read_ahead(listed: Listed) -> None:
    """In a process that is about to serve, so that nobody who comes for the list waits for it.

    Without a database that answers it is left to the first who comes.
    """
    try:
        token = remembered.current.set(look(timezone.now()).shown)
        try:
            kept(listed)
        finally:
            remembered.current.reset(token)
    except DatabaseError as error:
        logger.warning("The list of %s was not read ahead: %s", listed.model._meta.label, error)
    finally:
        connections.close_all()


def _of_generation(generation: int, known: Listing | None, listed: Listed) -> Listing:
    try:
        if known:
            return _followed(known, generation, listed)
    except OutdatedError:
        pass
    return _read(generation, listed)


def _read(generation: int, listed: Listed) -> Listing:
    """All of it: one statement for the rows, and one for each relation to many."""
    keys, ties = _rows(listed)
    place_of = finder(keys)
    for name in listed.related:
        places = _places()
        for key, value in listed.all_related(name):
            if (row := place_of(key)) is not None:  # what has come meanwhile is read later
                places[value].append(row)
        ties |= {(name, str(value)): BitMap(some) for value, some in places.items()}
    return Listing(generation, Keys(keys), ties, _choices(ties, listed))


def _rows(listed: Listed) -> "tuple[array[int], dict[Tie, BitMap]]":
    """The keys of all rows, and what their own columns tie them to."""
    keys, places = array("Q"), _places()

    # Rows of a day follow each other, so that few of the days need be at hand.
    @lru_cache(MOST_AT_HAND)
    def of(column: str, value: Any) -> "list[array[int]]":
        return [places[tie] for tie in listed.held(column, value)]

    for place, (key, *values) in enumerate(listed.all_rows()):
        keys.append(key)
        for column, value in zip(listed.columns, values, strict=True):
            for some in of(column, value):
                some.append(place)
    return keys, {tie: BitMap(some) for tie, some in places.items()}


def _places() -> "dict[Any, array[int]]":
    return defaultdict(lambda: array("I"))


def _choices(ties: Mapping[Tie, BitMap], listed: Listed) -> dict[str, list[Choice]]:
    """What may be shown of that, in the order of the form. One statement for each relation."""
    held: dict[str, set[str]] = defaultdict(set)
    for name, value in ties:
        held[name].add(value)
    return {
        name: [
            Choice(value, label, ties[name, key])
            for key, value, label in facet.named(held[name], listed.names(name))
        ]
        for name, facet in listed.facets.items()
    }


def _followed(known: Listing, generation: int, listed: Listed) -> Listing:
    """With what has changed since."""
    label = listed.model._meta.label_lower
    stamps = set(_STAMPS(since=known.generation, label=label))
    if Stamp.ANY_ROW in stamps or len(stamps) > MOST_FOLLOWED:
        raise OutdatedError
    changing = _Changing(known, listed)
    if stamps:
        changing.change({key for _model, key in stamps})
    # What its last row has lost is no choice any more.
    ties = {tie: places for tie, places in changing.ties.items() if places}
    return Listing(generation, changing.keys, ties, _choices(ties, listed))


class _Changing:
    """Copies of what a listing holds, so that whoever reads it reads on."""

    def __init__(self, known: Listing, listed: Listed) -> None:
        self.listed = listed
        self.keys = known.keys.copy()
        self.ties = dict(known.ties)

    def change(self, changed: set[int]) -> None:
        """Take out what is not public now, and put the rest where it stands: the last ones first,
        as each is put before what follows it.
        """
        beside = self._beside(changed)
        rows = self.listed.some(changed | beside)
        has_moved = not beside or self._differs(rows, beside - changed)
        public = [row for row in rows if row.key in changed]
        for key in changed - {row.key for row in public}:
            self._take_out(key)
        for row in reversed(public):
            place = None if has_moved else self.keys.place(row.key)
            self._tie(self._placed(row) if place is None else place, row.ties)

    def _beside(self, changed: set[int]) -> set[int]:
        """The rows before and behind these, which say whether they stand where they stood; none
        where that would be too many to ask for.
        """
        places = [place for key in changed if (place := self.keys.place(key)) is not None]
        around = {near for place in places for near in (place - 1, place + 1)}
        beside = {self.keys[place] for place in around if 0 <= place < len(self.keys)}
        return beside if len(beside | changed) <= MOST_FOLLOWED else set()

    def _differs(self, rows: list[Row], beside: set[int]) -> bool:
        """Whether any of the rows stands elsewhere now, or one of those beside them is gone."""
        places = [place for row in rows if (place := self.keys.place(row.key)) is not None]
        return places != sorted(places) or not beside <= {row.key for row in rows}

    def _placed(self, row: Row) -> int:
        """The place to which it was brought, if it was not there."""
        place, before = self._followed_at(row), self.keys.place(row.key)
        if before is not None:
            if before == place - 1:
                return before
            self._take_out(row.key)
            place -= before < place
        self._put(row.key, place)
        return place

    def _followed_at(self, row: Row) -> int:
        """The place of what stands behind it. One statement."""
        following = self.listed.behind(row)
        place = len(self.keys) if following is None else self.keys.place(following)
        if place is None:
            raise OutdatedError  # it has come meanwhile
        return place

    def _take_out(self, key: int) -> None:
        place = self.keys.place(key)
        if place is None:
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
