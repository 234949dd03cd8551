"""Filters whose choices say how many results each would leave.

A facet is a filter with one value out of those that its results really have. All facets of a
list are counted by one statement. A value that nobody offers is left out with a notice, so a
mistyped or stale address still shows the rest of what it asks for.

    class ReleaseFilter(FacetedFilterSet):
        topic = RelationFacet("topics", label=_("Topic"))
        year = YearFacet("released_on", label=_("Year"))

The queryset that the view hands in says what is public; relations to publishable rows name their
own public rows in `among`.
"""

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from operator import and_, or_
from typing import Any, Protocol, Self
from urllib.parse import urlencode

import django_filters
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, ExtractMonth, ExtractYear
from django.utils.dates import MONTHS
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from iomsite.partialdate import PartialDate, Point, overlaps
from iomsite.remembered import remembered

TEXT: "CharField[str, str]" = CharField()


@dataclass(slots=True)
class Option:
    """A choice; `count` is the number of results that choosing it would leave."""

    value: str
    label: str
    count: int
    selected: bool = False


@lru_cache(4_000)
def _opened(value: str) -> str:
    return f'<option value="{escape(value)}"'


@lru_cache(4_000)
def _escaped(label: str) -> str:
    return escape(label)


@dataclass(frozen=True)
class BoundFacet:
    """A facet as the form draws it."""

    name: str
    label: str
    options: list[Option]

    @property
    def drawn(self) -> SafeString:
        """The choices as HTML. A list may have hundreds, and a template takes its time for each."""
        drawn = (
            f"{_opened(option.value)}{' selected' if option.selected else ''}>"
            f"{_escaped(option.label)} ({option.count})</option>"
            for option in self.options
        )
        return mark_safe("".join(drawn))  # escaped part by part


@dataclass(frozen=True)
class Selected:
    """An applied choice and the address that takes it away."""

    facet_label: str
    label: str
    remove_url: str


class Facet(django_filters.CharFilter):
    """One value out of the column or relation at `paths`; several paths count as one."""

    def __init__(self, *paths: str, label: Any) -> None:
        super().__init__(field_name=paths[0], label=label)
        self.paths = paths

    def __deepcopy__(self, memo: Any) -> Self:
        """Each set of filters has its own, told whose they are; what they hold never changes."""
        return copy.copy(self)

    def value_of(self, path: str) -> Any:
        """The expression of the value that the address holds."""
        return F(path)

    def label_of(self, path: str) -> Any:
        """The expression of what people read, where the database knows it."""
        return self.value_of(path)

    def counted(self, name: str, results: QuerySet[Any], others: Q) -> list[QuerySet[Any]]:
        """Rows of (facet, value, label, count): all values of `results`, counted under `others`.

        What reaches a value by several paths is counted by the first of them.
        """
        return [
            self._reached_first(results, place)
            .annotate(facet=Value(name, TEXT), facet_label=Cast(self.label_of(path), TEXT))
            .values("facet", "facet_value", "facet_label")
            .annotate(facet_count=Count("pk", filter=others or None, distinct=True))
            .values_list("facet", "facet_value", "facet_label", "facet_count")
            for place, path in enumerate(self.paths)
        ]

    def _reached_first(self, results: QuerySet[Any], place: int) -> QuerySet[Any]:
        """Rows with each value that they have by this path and by none before it."""
        found = self._valued(results, self.paths[place])
        for path in self.paths[:place]:
            earlier = self._valued(results.model._default_manager.all(), path)
            same = earlier.filter(pk=OuterRef("pk"), facet_value=OuterRef("facet_value"))
            found = found.exclude(Exists(same))
        return found

    def _valued(self, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
        shown = rows.order_by().filter(self.restriction(path))
        return shown.annotate(facet_value=Cast(self.value_of(path), TEXT))

    def restriction(self, path: str) -> Q:
        """Rows that have a value at all, and one that may be shown."""
        return Q(**{f"{path}__isnull": False})

    def held(self, value: Any) -> str | None:
        """What a listing holds of a value of the column; None of what is no choice."""
        return None if value is None else str(value)

    def offered(self, model: type[Model], *at: Any) -> QuerySet[Any] | None:
        """For a listing: the key, the value in the address, and the label of what may be shown;
        None where what is held says all of that.
        """
        return None

    def named(
        self, held: Collection[str], names: Iterable[tuple[Any, str, str]]
    ) -> list[tuple[str, str, str]]:
        """Of what is held: the value in the address and the label, in order."""
        return [
            (value, value, label)
            for value, label, _count in self.options((one, one, 0) for one in held)
        ]

    def options(self, rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
        """Merge what several paths found and put it in the order of the form."""
        counts: Counter[str] = Counter()
        labels = {}
        for value, label, count in rows:
            labels[value] = label
            counts[value] += count
        found = [(value, self.words(labels[value]), counts[value]) for value in labels]
        return sorted(found, key=self.sort_key)

    def words(self, label: str) -> str:
        return label

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return option[1].casefold()

    def matches(self, model: type[Model], value: str) -> Q:
        """The condition of one value; ValueError where it cannot be one."""
        return reduce(or_, (Q(**{path: value}) for path in self.paths))

    def matches_row(self, model: type[Model], value: str) -> Q:
        """The same, asked of one row after the other: quick where many have the value."""
        return self.matches(model, value)


class RelationFacet(Facet):
    """Related rows by slug. `among` returns those that may be shown, all of them by default; for
    a listing, those of the moment that it is given.
    """

    def __init__(
        self,
        *paths: str,
        label: Any,
        name_field: str = "name",
        among: Callable[..., QuerySet[Any]] | None = None,
    ) -> None:
        super().__init__(*paths, label=label)
        self.name_field = name_field
        self.among = among

    def value_of(self, path: str) -> Any:
        return F(f"{path}__slug")

    def label_of(self, path: str) -> Any:
        return F(f"{path}__{self.name_field}")

    def restriction(self, path: str) -> Q:
        has_one = super().restriction(path)
        return has_one & Q(**{f"{path}__in": self.among()}) if self.among else has_one

    def offered(self, model: type[Model], *at: Any) -> QuerySet[Any]:
        """Which related rows may be shown changes without those that are listed."""
        related: Any = model._meta.get_field(self.paths[0]).related_model
        rows = self.among(*at) if self.among else related._default_manager.all()
        return rows.order_by().values_list("pk", "slug", self.name_field)

    def named(
        self, held: Collection[str], names: Iterable[tuple[Any, str, str]]
    ) -> list[tuple[str, str, str]]:
        keys = {slug: str(key) for key, slug, _label in names}
        found = self.options((slug, label, 0) for key, slug, label in names if str(key) in held)
        return [(keys[value], value, label) for value, label, _count in found]

    def matches_row(self, model: type[Model], value: str) -> Q:
        found = reduce(or_, (Q(**{f"{path}__slug": value}) for path in self.paths))
        return Q(Exists(model._default_manager.filter(found, pk=OuterRef("pk"))))

    def matches(self, model: type[Model], value: str) -> Q:
        # A subquery: a join would multiply the rows that other facets count.
        found = reduce(or_, (Q(**{f"{path}__slug": value}) for path in self.paths))
        return Q(pk__in=model._default_manager.filter(found).values("pk"))


class ChoiceFacet(Facet):
    """A column with `choices`, or the one of a related row (`roles__role`)."""

    def __init__(self, *paths: str, label: Any, choices: Any) -> None:
        super().__init__(*paths, label=label)
        self.names = dict(choices.choices)

    def words(self, label: str) -> str:
        return str(self.names.get(label, label))

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return [*self.names, option[0]].index(option[0])

    def matches(self, model: type[Model], value: str) -> Q:
        if "__" not in self.paths[0]:
            return super().matches(model, value)
        found = model._default_manager.filter(**{self.paths[0]: value})
        return Q(pk__in=found.values("pk"))


class TextFacet(Facet):
    """A text column whose values are the choices, such as the series of a publication."""

    def restriction(self, path: str) -> Q:
        return ~Q(**{path: ""})

    def held(self, value: Any) -> str | None:
        return value or None


class YearFacet(Facet):
    """The year of a date column, newest first."""

    def value_of(self, path: str) -> Any:
        return ExtractYear(path)

    def held(self, value: Any) -> str | None:
        return value and str(value.year)

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return -int(option[0])

    def matches(self, model: type[Model], value: str) -> Q:
        return Q(**{f"{self.paths[0]}__year": Point.parse(value).year})


class MonthFacet(Facet):
    """The month of a date column, whatever the year."""

    def value_of(self, path: str) -> Any:
        return ExtractMonth(path)

    def held(self, value: Any) -> str | None:
        return value and str(value.month)

    def words(self, label: str) -> str:
        return str(MONTHS[int(label)])

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return int(option[0])

    def matches(self, model: type[Model], value: str) -> Q:
        if value not in map(str, range(1, 13)):
            raise ValueError(value)
        return Q(**{f"{self.paths[0]}__month": int(value)})


class PartialYearFacet(YearFacet):
    """The years that a partial date may fall in, newest first.

    A period counts in each of its years. What is open on one side counts in all years that
    others offer there, and offers only the year that is known.
    """

    def value_of(self, path: str) -> Any:
        return F(path)

    def options(self, rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
        dates = [(PartialDate.parse(text), count) for text, _label, count in rows]
        years = {
            year
            for date, _count in dates
            for end in [date.end or date.start]
            if end
            for year in range(date.year, end.year + 1)
        }
        return [
            (str(year), str(year), sum(n for d, n in dates if d.first.year <= year <= d.last.year))
            for year in sorted(years, reverse=True)
        ]

    def matches(self, model: type[Model], value: str) -> Q:
        year = Point.parse(value).year
        return overlaps(self.paths[0], PartialDate(Point(year), Point(year)))


class PresenceFacet(Facet):
    """Whether there is a related row at all: one choice, “yes”. `among` as for relations."""

    def __init__(self, path: str, *, label: Any, among: Callable[[], QuerySet[Any]]) -> None:
        super().__init__(path, label=label)
        self.among = among

    def value_of(self, path: str) -> Any:
        return Value("yes")

    def restriction(self, path: str) -> Q:
        return Q(**{f"{path}__in": self.among()})

    def words(self, label: str) -> str:
        return gettext("Yes")

    def matches(self, model: type[Model], value: str) -> Q:
        found = model._default_manager.filter(self.restriction(self.paths[0]))
        return Q(pk__in=found.values("pk"))


class Counting(Protocol):
    """What knows a list by heart (see `iomsite.listing`), so that the database is not asked."""

    def options(self, name: str, applied: dict[str, str]) -> list[tuple[str, str, int]]:
        """Value, label and count of the choices of one facet, in order."""
        ...

    def label(self, name: str, value: str) -> str | None:
        """None where nobody offers the value."""
        ...

    def few(self, asked: dict[str, str]) -> list[int] | None:
        """The keys of what has these values; None where there are many."""
        ...


class FacetedFilterSet(django_filters.FilterSet):
    """A filter set of facets. Reading `qs`, `facets`, `selected` or `notices` counts them once.

    Where a listing counts, `facets` alone does, and `qs` is made when somebody reads it.
    """

    # Whether there is an end of what the results can be; a search has none.
    is_remembered = True

    def __init__(self, *args: Any, counting: Counting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counting = counting

    @cached_property
    def asked(self) -> dict[str, str]:
        """What the address asks for, by facet, whether or not it is offered."""
        asked = {name: self.data.get(name, "").strip() for name in self.filters}
        return {name: value for name, value in asked.items() if value}

    def is_valid(self) -> bool:
        """Without a form, which any text would pass."""
        return True

    @cached_property
    def qs(self) -> Any:
        return SimpleLazyObject(self._narrowed) if self.counting else self._narrowed()

    def _narrowed(self) -> QuerySet[Any]:
        return self.queryset.filter(self._condition(self.accepted))

    @cached_property
    def _offered(self) -> dict[str, list[tuple[str, str, int]]]:
        """One statement; `facets` needs another where the address asks for what nobody offers."""
        return self._count(self.asked)

    @cached_property
    def accepted(self) -> dict[str, str]:
        """The part of `asked` that is among the choices."""
        labels = {name: self._label(name, value) for name, value in self.asked.items()}
        return {name: self.asked[name] for name, label in labels.items() if label is not None}

    def _label(self, name: str, value: str) -> str | None:
        if self.counting:
            return self.counting.label(name, value)
        return next((label for one, label, _count in self._offered[name] if one == value), None)

    @cached_property
    def query(self) -> str:
        """The part of an address that asks for what is accepted; it may be empty."""
        return urlencode(self.accepted)

    def _count(
        self, applied: dict[str, str], names: Iterable[str] | None = None
    ) -> dict[str, list[tuple[str, str, int]]]:
        """One statement, once a generation; none where a listing counts."""
        names = tuple(names or self.filters)
        if self.counting:
            return {name: self.counting.options(name, applied) for name in names}
        possible = {
            name: value for name, value in applied.items() if self._is_possible(name, value)
        }
        if not (self.is_remembered and self.request):
            return self._asked_of_database(possible, names)
        key = (type(self), self.request.path, names, *sorted(possible.items()))
        return remembered(key, lambda: self._asked_of_database(possible, names))

    def _asked_of_database(
        self, applied: dict[str, str], names: Iterable[str]
    ) -> dict[str, list[tuple[str, str, int]]]:
        counted = {name: self.filters[name] for name in names}
        parts = [
            part
            for name, facet in counted.items()
            for part in facet.counted(name, self.queryset, self._condition(applied, but=name))
        ]
        rows = defaultdict(list)
        for name, *row in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
            rows[name].append(tuple(row))
        return {name: facet.options(rows[name]) for name, facet in counted.items()}

    def refused(self) -> list[str]:
        """What is asked for and not offered, for programs, which are told instead of helped.

        One statement for the facets that are asked; none where nothing is.
        """
        given = {name: value for name in self.filters if (value := self.data.get(name, ""))}
        choices = self._count({}, given) if given else {}
        offered = {name: {option[0] for option in options} for name, options in choices.items()}
        return [
            gettext("%(facet)s “%(value)s” is not among the choices.")
            % {"facet": self.filters[name].label, "value": Truncator(value).chars(60)}
            for name, value in given.items()
            if value not in offered[name]
        ]

    def narrowed(self) -> QuerySet[Any]:
        """The rows that all of what is asked for leaves; nothing is counted.

        Where a listing knows how many those are, few are named by their keys, and many are found
        on the way along whatever order they are read in.
        """
        if self.counting is None or not self.asked:
            return self.queryset.filter(self._condition(self.asked))
        keys = self.counting.few(self.asked)
        if keys is not None:
            return self.queryset.filter(pk__in=keys)
        conditions = (
            self.filters[name].matches_row(self.queryset.model, value)
            for name, value in self.asked.items()
        )
        return self.queryset.filter(reduce(and_, conditions))

    def _condition(self, applied: dict[str, str], but: str = "") -> Q:
        model = self.queryset.model
        conditions = [
            self.filters[name].matches(model, value)
            for name, value in applied.items()
            if name != but and self._is_possible(name, value)
        ]
        return reduce(and_, conditions, Q())

    def _is_possible(self, name: str, value: str) -> bool:
        """Keep rubbish such as `year=abc` away from the database; it is never offered anyway."""
        try:
            self.filters[name].matches(self.queryset.model, value)
        except ValueError:
            return False
        return len(value) <= 200

    @cached_property
    def facets(self) -> list[BoundFacet]:
        """The facets that have a choice to offer; a choice without results shows if it is set."""
        is_other = self.counting or self.accepted != self.asked
        counted = self._count(self.accepted) if is_other else self._offered
        bound = []
        for name, options in counted.items():
            value = self.accepted.get(name)
            shown = [
                Option(*option, selected=option[0] == value)
                for option in options
                if option[2] or option[0] == value
            ]
            if shown:
                bound.append(BoundFacet(name, str(self.filters[name].label), shown))
        return bound

    @property
    def selected(self) -> list[Selected]:
        labels = ((name, self._label(name, self.accepted[name])) for name in self.accepted)
        return [
            Selected(str(self.filters[name].label), label, self._address_without(name))
            for name, label in labels
            if label is not None
        ]

    def _address_without(self, name: str) -> str:
        rest = {key: value for key, value in self.accepted.items() if key != name}
        return f"?{urlencode(rest)}" if rest else self.clear_url

    @property
    def clear_url(self) -> str:
        """The list without any filter."""
        return self.request.path if self.request else "?"

    @property
    def notices(self) -> list[str]:
        return [
            gettext("%(facet)s “%(value)s” is not among the choices and was left out.")
            % {"facet": self.filters[name].label, "value": Truncator(value).chars(60)}
            for name, value in self.asked.items()
            if name not in self.accepted
        ]
