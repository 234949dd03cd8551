"""What results are narrowed by: the facets of entries, whatever kind of page they are of."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Model, Q
from django.utils.translation import gettext_lazy as _

from iomsite.facets import ChoiceFacet, Facet, FacetedFilterSet

from .models import Entry, Kind, Tag


class TagFacet(Facet):
    """The tags of one kind. A row has each of them once."""

    def __init__(self, name: str, *, label: Any) -> None:
        super().__init__("tags", label=label)
        self.tag = name

    def value_of(self, path: str) -> Any:
        return F("tags__value")

    def label_of(self, path: str) -> Any:
        return F("tags__label")

    def restriction(self, path: str) -> Q:
        return Q(tags__facet=self.tag)

    def matches(self, model: type[Model], value: str) -> Q:
        return Q(pk__in=Tag.objects.filter(facet=self.tag, value=value).values("entry"))


class YearOfEntryFacet(Facet):
    """The year in which it begins, newest first; what has no date has none."""

    def restriction(self, path: str) -> Q:
        return ~Q(year="")

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return -int(option[0])


class EntryFilter(FacetedFilterSet):
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
