"""What results are narrowed by: the facets of entries, whatever kind of page they are of."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from iomsite.faceted import FacetedFilterSet
from iomsite.facets import ChoiceFacet, Facet

from .engines import engine
from .models import NARROWING, Entry, Kind, Tag, Together


class TagFacet(Facet):
    """The tags of one kind. A row has each of them once."""

    def __init__(self, name: str, *, label: Any) -> None:
        super().__init__("tags", label=label)
        self.tag = name

    def matches(self, model: type[Model], value: str) -> Q:
        return Q(pk__in=Tag.objects.filter(facet=self.tag, value=value).values("entry"))


class YearOfEntryFacet(Facet):
    """The year in which it begins, newest first; what has no date has none."""

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return -int(option[0])


def _narrowing(entries: Any) -> Any:
    """The tags of these that results are narrowed by. Found by their entries, which are few: an
    index of what all tags are about must not look nearer, as it does to SQLite.
    """
    about = Coalesce("facet", Value(""))
    return Tag.objects.alias(about=about).filter(entry__in=entries, about__in=NARROWING)


class Tally:
    """Which of some results have which value: so few are counted faster here than by a database.

    Two statements.
    """

    def __init__(self, keys: Collection[int]) -> None:
        among = engine().among(keys)
        entries = Entry.objects.current().filter(pk__in=among).values_list("kind", "year")
        tags = _narrowing(among).values_list("facet", "value", "label")
        self.labels: dict[tuple[str, str], str] = {}
        self.having: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.current: set[int] = set()
        for kind, year, own in entries.annotate(own=Together("pk")):
            self.current.update(own)
            self.having["kind"][kind].update(own)
            if year:
                self.having["year"][year].update(own)
        for facet, value, label, own in tags.annotate(own=Together("entry")):
            if current := self.current.intersection(own):
                self.having[facet][value] |= current
                self.labels[facet, value] = label

    def options(self, name: str, applied: dict[str, str]) -> list[tuple[str, str, int]]:
        found = self._found({one: value for one, value in applied.items() if one != name})
        facet = EntryFilter.base_filters[name]
        return facet.options(
            (value, self.labels.get((name, value), value), len(keys & found))
            for value, keys in self.having[name].items()
        )

    def label(self, name: str, value: str) -> str | None:
        return next((label for one, label, _count in self.options(name, {}) if one == value), None)

    def few(self, asked: dict[str, str]) -> list[int]:
        return [*self._found(asked)]

    def _found(self, asked: dict[str, str]) -> set[int]:
        having = (self.having[name].get(value, set()) for name, value in asked.items())
        return self.current.intersection(*having)


class EntryFilter(FacetedFilterSet):
    """Its results are counted by a `Tally` of theirs."""

    is_remembered = False

    kind = ChoiceFacet("kind", label=_("Kind"), choices=Kind)
    country = TagFacet("country", label=_("Country"))
    region = TagFacet("region", label=_("Region"))
    topic = TagFacet("topic", label=_("Topic"))
    year = YearOfEntryFacet("year", label=_("Year"))

    class Meta:
        model = Entry
        fields: list[str] = []

    def narrowed(self) -> Any:
        """What the address asks for, whether or not it is among the choices."""
        return self.queryset.filter(self._condition(self.asked))

    @property
    def clear_url(self) -> str:
        return self._with_query({})

    def _address_without(self, name: str) -> str:
        return self._with_query({key: one for key, one in self.accepted.items() if key != name})

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What stays in the address, however the results are narrowed."""
        return [(name, self.data[name]) for name in ("q", "exact") if self.data.get(name)]

    def _with_query(self, rest: dict[str, str]) -> str:
        return f"?{urlencode([*self.kept, *rest.items()])}"
