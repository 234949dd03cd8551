"""The kinds of facets: filters with one value out of those that the results really have.

Sets of them are in `iomsite.faceted`. Relations to publishable rows name their own public rows in
`among`.
"""

import copy
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

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
from django.utils.translation import gettext

from iomsite.partialdate import PartialDate, Point, overlaps

TEXT: "CharField[str, str]" = CharField()


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
