"""Sets of filters whose choices say how many results each would leave.

All facets of a list are counted by one statement. A value that nobody offers is left out with a
notice, so a mistyped or stale address still shows the rest of what it asks for.

    class ReleaseFilter(FacetedFilterSet):
        topic = RelationFacet("topics", label=_("Topic"))
        year = YearFacet("released_on", label=_("Year"))

The queryset that the view hands in says what is public.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from operator import and_
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import django_filters
from django.db.models import Q, QuerySet
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from iomsite.remembered import remembered


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


class Selected(NamedTuple):
    """An applied choice and the address that takes it away."""

    facet_label: str
    label: str
    remove_url: str


def narrowed_title(title: str, choices: str) -> str:
    """What a list is called under filters, such as “News: Malaria, 2016”."""
    return f"{title}: {choices}" if choices else title


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
        return [
            gettext("%(facet)s “%(value)s” is not among the choices.")
            % {"facet": self.filters[name].label, "value": Truncator(value).chars(60)}
            for name, (value, label) in self._given.items()
            if label is None
        ]

    @cached_property
    def _given(self) -> dict[str, tuple[str, str | None]]:
        """By facet: what the address says, letter by letter, and what that is called."""
        given = {name: value for name in self.filters if (value := self.data.get(name, ""))}
        choices = self._count({}, given) if given else {}
        labels = {
            name: {value: label for value, label, _count in options}
            for name, options in choices.items()
        }
        return {name: (value, labels[name].get(value)) for name, value in given.items()}

    @property
    def given_in_words(self) -> str:
        """The choices of what is not refused, read with `refused`."""
        return ", ".join(label for _value, label in self._given.values() if label is not None)

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

    @cached_property
    def selected(self) -> tuple[Selected, ...]:
        labels = ((name, self._label(name, self.accepted[name])) for name in self.accepted)
        return tuple(
            Selected(str(self.filters[name].label), label, self._address_without(name))
            for name, label in labels
            if label is not None
        )

    @cached_property
    def in_words(self) -> str:
        """The applied choices, for the title of the list."""
        return ", ".join(one.label for one in self.selected)

    def _address_without(self, name: str) -> str:
        rest = {key: value for key, value in self.accepted.items() if key != name}
        return f"?{urlencode(rest)}" if rest else self.clear_url

    @property
    def clear_url(self) -> str:
        """The list without any filter."""
        return self.request.path if self.request else "?"

    @cached_property
    def notices(self) -> tuple[str, ...]:
        return tuple(
            gettext("%(facet)s “%(value)s” is not among the choices and was left out.")
            % {"facet": self.filters[name].label, "value": Truncator(value).chars(60)}
            for name, value in self.asked.items()
            if name not in self.accepted
        )
