"""What visitors choose by in the lists of programmes and engagements."""

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iomsite.faceted import FacetedFilterSet
from iomsite.facets import (
    TEXT,
    ChoiceFacet,
    Facet,
    PartialYearFacet,
    PresenceFacet,
    RelationFacet,
)

from .models import Country, EngagementRole, Goal, OutcomeDocument, Programme, Region

NOT_STATED = "not-stated"


class RegionOfCountryFacet(RelationFacet):
    """The region of a related country; a country that is not public does not tell its region."""

    def __init__(self, *countries: str, label: Any) -> None:
        regions = (f"{country}__region" for country in countries)
        super().__init__(*regions, label=label, among=lambda: Region.objects.published())

    def restriction(self, path: str) -> Q:
        country = path.removesuffix("__region")
        return super().restriction(path) & Q(**{f"{country}__in": Country.objects.published()})

    def matches(self, model: type[Model], value: str) -> Q:
        found = (self.restriction(path) & Q(**{f"{path}__slug": value}) for path in self.paths)
        return Q(pk__in=model._default_manager.filter(reduce(or_, found)).values("pk"))


class AllGoalsFacet(Facet):
    """One row: how many programmes are for all goals."""

    value = "*"

    def value_of(self, path: str) -> Any:
        return Value(self.value)

    def restriction(self, path: str) -> Q:
        return Q(**{path: True})


class GoalFacet(RelationFacet):
    """Goals by number. A programme for all goals counts for each of the 17, named or not."""

    def label_of(self, path: str) -> Any:
        prefix = f"{path}__" if path else ""
        names = (f"{prefix}framework", f"{prefix}code", f"{prefix}name")
        return Concat(names[0], Value("|"), names[1], Value("|"), names[2])

    def restriction(self, path: str) -> Q:
        """What the programmes for all goals name of the 17 is counted with them already."""
        others = [framework for framework in Goal.Framework if framework != Goal.Framework.SDG]
        return super().restriction(path) & (
            Q(all_goals=False) | Q(**{f"{path}__framework__in": others})
        )

    def counted(self, name: str, results: QuerySet[Any], others: Q) -> list[QuerySet[Any]]:
        for_all = AllGoalsFacet("all_goals", label=self.label).counted(name, results, others)
        the_17 = Goal.objects.order_by().filter(framework=Goal.Framework.SDG)
        named = the_17.values_list(Value(name, TEXT), "slug", self.label_of(""), Value(0))
        return [*super().counted(name, results, others), *for_all, named]

    def options(self, rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
        counts: Counter[str] = Counter()
        goals = {}
        for value, label, count in rows:
            counts[value] += count
            if value != AllGoalsFacet.value:
                framework, code, name = label.split("|", 2)
                goals[value] = Goal(framework=framework, code=code, name=name)
        for value, goal in goals.items():
            if goal.framework == Goal.Framework.SDG:
                counts[value] += counts[AllGoalsFacet.value]
        in_order = sorted(goals.items(), key=lambda item: item[1].position)
        return [(value, str(goal), counts[value]) for value, goal in in_order]

    def matches(self, model: type[Model], value: str) -> Q:
        is_sdg = Goal.objects.filter(slug=value, framework=Goal.Framework.SDG)
        return super().matches(model, value) | Q(Exists(is_sdg), all_goals=True)


class OfficeFacet(RelationFacet):
    """Offices; where the source names the organisation only, the choice is “not stated”."""

    def value_of(self, path: str) -> Any:
        return Coalesce(super().value_of(path), Value(NOT_STATED))

    def label_of(self, path: str) -> Any:
        return Coalesce(super().label_of(path), Value(""))

    def restriction(self, path: str) -> Q:
        return Q()

    def words(self, label: str) -> str:
        return label or gettext("Not stated")

    def sort_key(self, option: tuple[str, str, int]) -> Any:
        return option[0] == NOT_STATED, super().sort_key(option)

    def matches(self, model: type[Model], value: str) -> Q:
        if value == NOT_STATED:
            return Q(**{f"{self.paths[0]}__isnull": True})
        return super().matches(model, value)


class YearIfKnownFacet(PartialYearFacet):
    """The years of a partial date; the last choice is “not stated”."""

    def value_of(self, path: str) -> Any:
        return Coalesce(Cast(path, TEXT), Value(NOT_STATED))

    def label_of(self, path: str) -> Any:
        # Nobody reads it. Twice the same with a value in it would be two to PostgreSQL, which is
        # given values apart from the statement, and one to Django, which groups by one.
        return F(path)

    def restriction(self, path: str) -> Q:
        return Q()

    def options(self, rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
        rows = list(rows)
        dated = super().options(row for row in rows if row[0] != NOT_STATED)
        undated = [row[2] for row in rows if row[0] == NOT_STATED]
        return dated + [(NOT_STATED, gettext("Not stated"), count) for count in undated]

    def matches(self, model: type[Model], value: str) -> Q:
        if value == NOT_STATED:
            return Q(**{f"{self.paths[0]}__isnull": True})
        return super().matches(model, value)


class ProgrammeFilter(FacetedFilterSet):
    country = RelationFacet(
        "country", "countries", label=_("Country"), among=lambda: Country.objects.published()
    )
    region = RegionOfCountryFacet("country", "countries", label=_("Region"))
    topic = RelationFacet("topics", label=_("Topic"))
    goal = GoalFacet("goals", label=_("Goal"))
    kind = ChoiceFacet("kind", label=_("Kind"), choices=Programme.Kind)


class EngagementFilter(FacetedFilterSet):
    region = RelationFacet("region", label=_("Region"), among=lambda: Region.objects.published())
    office = OfficeFacet("office", label=_("Regional office"), name_field="city")
    year = YearIfKnownFacet("date", label=_("Year"))
    country = RelationFacet(
        "country", label=_("Host country"), among=lambda: Country.objects.published()
    )
    partner = RelationFacet("partners", label=_("Partner"))
    topic = RelationFacet("topics", label=_("Topic"))
    role = ChoiceFacet("roles__role", label=_("Our role"), choices=EngagementRole.Role)
    outcome = PresenceFacet(
        "outcome_documents",
        label=_("Outcome document"),
        among=lambda: OutcomeDocument.objects.published(),
    )
