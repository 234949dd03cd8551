"""The rows of a very long list, as a listing of them reads them: all at once, or some again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BigAutoField, DateTimeField, Model, QuerySet
from django.utils import timezone

from iomsite.faceted import FacetedFilterSet
from iomsite.facets import Facet
from iomsite.prepared import Given, Prepared, filled, several
from iomsite.publishing.changes import seen_where_named
from iomsite.remembered import lasting, remembered

# Name of a facet, and what a listing holds of a value: the key of a row, or the value itself.
Tie = tuple[str, str]

AT_ONCE = 1_000
# So many changed rows are read one by one. With more it is as quick to read all of them.
MOST_FOLLOWED = 100
MOMENT = Given("at", DateTimeField())
_KEYS = several("keys", BigAutoField(), MOST_FOLLOWED)


class Row(NamedTuple):
    key: int
    order: tuple[Any, ...]
    ties: set[Tie]


class Listed:
    """The public rows of a list in their order, and what they are tied to by the facets of it.

    `public` returns those of a moment, of now where none is given. The model says in
    `stands_before` what its order means. A facet has one path: a column, or a relation to many.
    """

    def __init__(
        self, filters: type[FacetedFilterSet], public: Callable[..., QuerySet[Any]]
    ) -> None:
        self.facets: dict[str, Facet] = filters.base_filters
        self.public = public

    @cached_property
    def unread(self) -> QuerySet[Any]:
        """The rows of a moment that is still to be given: nobody can read them by accident."""
        return self.public(MOMENT)

    @cached_property
    def model(self) -> Any:
        return self.unread.model

    def all_rows(self) -> Iterator[tuple[Any, ...]]:
        """The key of each, and its `columns`."""
        return self.public().values_list("pk", *self.columns).iterator(AT_ONCE)

    def all_related(self, name: str) -> Iterator[tuple[int, Any]]:
        """Of the rows and of others: the key of one, and that of what it is tied to."""
        table, ends = self.related[name]
        return table.values_list(*ends).iterator(AT_ONCE)

    @cached_property
    def columns(self) -> list[str]:
        paths = (facet.paths[0] for name, facet in self.facets.items() if name not in self.related)
        return list(dict.fromkeys(paths))

    def held(self, column: str, value: Any) -> Iterator[Tie]:
        """What a value of a column ties a row to."""
        for name, facet in self.facets.items():
            if facet.paths[0] == column and (held := facet.held(value)) is not None:
                yield name, held

    @cached_property
    def related(self) -> dict[str, tuple[Any, tuple[str, str]]]:
        """The facets of relations to many, each with what ties rows to values: the table, and its
        columns of both.
        """
        fields = {
            name: self.model._meta.get_field(facet.paths[0]) for name, facet in self.facets.items()
        }
        return {
            name: (
                field.remote_field.through._default_manager,
                (field.m2m_field_name(), field.m2m_reverse_field_name()),
            )
            for name, field in fields.items()
            if field.many_to_many
        }

    def some(self, keys: Collection[int]) -> list[Row]:
        """Those of these keys that are public, in order. One statement, and one a relation."""
        given = filled(keys, MOST_FOLLOWED)
        ties: dict[int, set[Tie]] = defaultdict(set)
        for name, ask in self._some_related.items():
            for key, value in ask(keys=given):
                ties[key].add((name, str(value)))
        rows = self._some(at=timezone.now(), keys=given)
        length = len(self._order) + 1
        for row in rows:
            for column, value in zip(self.columns, row[length:], strict=True):
                ties[row[0]].update(self.held(column, value))
        return [Row(row[0], row[1:length], ties[row[0]]) for row in rows]

    def behind(self, row: Row) -> int | None:
        """The key of what follows it. One statement."""
        found = self._behind(at=timezone.now(), **dict(zip(self._order, row.order, strict=True)))
        return found[0][0] if found else None

    def names(self, name: str) -> list[tuple[Any, str, str]]:
        """The key, the value in the address, and the label of what may be shown. One statement
        where they may be others than the last time; none for a facet whose values say all of that.
        """
        if name not in self._names:
            return []
        named, ask = self._names[name]
        recall = remembered if named in seen_where_named else lasting
        return recall(("names", self.model, name), lambda: ask(at=timezone.now()))

    @cached_property
    def _order(self) -> list[str]:
        return [name.removeprefix("-") for name in self.model._meta.ordering]

    @cached_property
    def _some(self) -> Prepared:
        columns = ("pk", *self._order, *self.columns)
        return Prepared(lambda: self.unread.filter(pk__in=_KEYS).values_list(*columns))

    @cached_property
    def _some_related(self) -> dict[str, Prepared]:
        def asked(table: Any, ends: tuple[str, str]) -> Prepared:
            return Prepared(
                lambda: table.filter(**{f"{ends[0]}__pk__in": _KEYS}).values_list(*ends)
            )

        return {name: asked(*tied) for name, tied in self.related.items()}

    @cached_property
    def _behind(self) -> Prepared:
        given = {name: Given(name, self.model._meta.get_field(name)) for name in self._order}
        before = self.model(**given).stands_before()
        return Prepared(lambda: self.unread.filter(before).values_list("pk")[:1])

    @cached_property
    def _names(self) -> dict[str, tuple[type[Model], Prepared]]:
        def asked(facet: Facet) -> Prepared:
            return Prepared(lambda: facet.offered(self.model, MOMENT))

        return {
            name: (offered.model, asked(facet))
            for name, facet in self.facets.items()
            if (offered := facet.offered(self.model)) is not None
        }
