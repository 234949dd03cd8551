"""What visitors choose by in the lists of news, campaigns and publications."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iomsite.faceted import FacetedFilterSet
from iomsite.facets import (
    ChoiceFacet,
    MonthFacet,
    PartialYearFacet,
    RelationFacet,
    TextFacet,
    YearFacet,
)
from iomsite.listed import Listed
from programmes.models import Country

from .models import Campaign, NewsRelease, Publication


class ReleaseFilter(FacetedFilterSet):
    year = YearFacet("released_on", label=_("Year"))
    month = MonthFacet("released_on", label=_("Month"))
    topic = RelationFacet("topics", label=_("Topic"))
    country = RelationFacet(
        "countries", label=_("Country"), among=lambda at=None: Country.objects.published(at)
    )
    campaign = RelationFacet(
        "campaign",
        label=_("Campaign"),
        name_field="title",
        among=lambda at=None: Campaign.objects.published(at),
    )
    type = ChoiceFacet("kind", label=_("Type"), choices=NewsRelease.Kind)


def public_releases(at: Any = None) -> QuerySet[NewsRelease]:
    return NewsRelease.objects.published(at)


RELEASES = Listed(ReleaseFilter, public_releases)


class ReleaseOfYearFilter(ReleaseFilter):
    """For the list of one year, whose address says which."""

    year = None


class CampaignFilter(FacetedFilterSet):
    year = PartialYearFacet("date", label=_("Year"))
    kind = ChoiceFacet("kind", label=_("Kind"), choices=Campaign.Kind)
    topic = RelationFacet("topics", label=_("Topic"))


class PublicationFilter(FacetedFilterSet):
    year = PartialYearFacet("date", label=_("Year"))
    series = TextFacet("series", label=_("Series"))
    kind = ChoiceFacet("kind", label=_("Kind"), choices=Publication.Kind)
    topic = RelationFacet("topics", label=_("Topic"))
