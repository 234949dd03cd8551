"""The newsroom, and the pages that show what it holds."""

from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django_filters.views import FilterView

from iomsite.formats.views import NewestMixin, RecordListMixin, RecordMixin, SectionRecordMixin
from iomsite.images.models import Photo
from iomsite.listing import Narrowing
from iomsite.organisation.models import Figure
from iomsite.organisation.navigation import menu_of
from iomsite.organisation.views import SectionMixin
from iomsite.publishing.views import PublishedDetailView
from programmes.map import locator
from programmes.models import Country, Programme

from . import press
from .filters import (
    RELEASES,
    CampaignFilter,
    PublicationFilter,
    ReleaseFilter,
    ReleaseOfYearFilter,
    public_releases,
)
from .models import Campaign, NewsRelease, Publication, ReleasePhoto
from .templatetags.releases import PRINTED

LIST_LENGTH = 20
RELATED_WORK = 3
NEWEST_RELEASES = 5
NEWEST_OF_OTHERS = 4

Trail = list[tuple[str, str]]


def news_trail() -> Trail:
    return [(_("News"), reverse("news:release-list"))]


class ReleaseListView(RecordListMixin, FilterView):
    """All releases, newest first."""

    forms_title: Any = gettext_lazy("News")
    filterset_class = ReleaseFilter
    listed = RELEASES
    list_columns = PRINTED
    paginate_by = LIST_LENGTH
    template_name = "news/release_list.html"
    context_object_name = "releases"

    def get_queryset(self) -> QuerySet[NewsRelease]:
        return public_releases()


class ReleaseYearView(ReleaseListView):
    """The releases of one year; a year without any has no page."""

    filterset_class = ReleaseOfYearFilter

    def get_queryset(self) -> QuerySet[NewsRelease]:
        releases = super().get_queryset().filter(released_on__year=self.kwargs["year"])
        if not releases.exists():
            raise Http404
        return releases

    @cached_property
    def narrowing(self) -> Narrowing | None:
        known = super().narrowing
        if known and not known.found({}):
            raise Http404
        return known

    def list_is_within(self) -> dict[str, str]:
        return {"year": str(self.kwargs["year"])}

    @property
    def forms_title(self) -> str:
        return _("News of %(year)s") % {"year": self.kwargs["year"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(year=self.kwargs["year"], trail=news_trail(), **kwargs)


class ReleaseView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "news/release_detail.html"
    context_object_name = "release"

    def get_queryset(self) -> QuerySet[NewsRelease]:
        photos = ReleasePhoto.objects.filter(photo__in=Photo.objects.published())
        return NewsRelease.objects.select_related("campaign", "publication").prefetch_related(
            Prefetch("photos", photos.select_related("photo")),
            "contacts",
            "topics",
            Prefetch("countries", Country.objects.published()),
            "partners",
            "sources",
        )

    def lookup(self) -> dict[str, Any]:
        """The year is part of the address; a draft may not have its date yet."""
        year = {} if self.is_preview else {"released_on__year": self.kwargs["year"]}
        return {**super().lookup(), **year}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = str((self.object.released_on or self.object.created_at).year)
        topics = self.object.topics.all()
        work = Programme.objects.published().filter(topics__in=topics)
        return super().get_context_data(
            trail=[*news_trail(), (year, reverse("news:release-year", args=[year]))],
            programmes=(
                work.select_related("country")
                .annotate(shared=Count("topics"))
                .order_by("-shared", "title")[:RELATED_WORK]
            ),
            locator=locator([country.m49 for country in self.object.countries.all()]),
            **kwargs,
        )


class CampaignListView(RecordListMixin, FilterView):
    """Observances and campaigns, newest first."""

    filterset_class = CampaignFilter
    paginate_by = LIST_LENGTH
    template_name = "news/campaign_list.html"

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.published()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(trail=news_trail(), **kwargs)


class CampaignView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "news/campaign_detail.html"
    context_object_name = "campaign"

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.prefetch_related(
            "topics",
            Prefetch("countries", Country.objects.published()),
            "partners",
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = (_("Campaigns"), reverse("news:campaign-list"))
        return super().get_context_data(
            trail=[*news_trail(), above],
            releases=NewsRelease.objects.published().filter(campaign=self.object.page)[
                :LIST_LENGTH
            ],
            **kwargs,
        )


class PublicationListView(RecordListMixin, FilterView):
    """Reports, factsheets, guidance and books, newest first."""

    filterset_class = PublicationFilter
    paginate_by = LIST_LENGTH
    template_name = "news/publication_list.html"

    def get_queryset(self) -> QuerySet[Publication]:
        return Publication.objects.published()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = menu_of(self.request).trail(DataAndResearchView.page_slug)
        return super().get_context_data(trail=trail, **kwargs)


class PublicationView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "news/publication_detail.html"
    context_object_name = "publication"

    def get_queryset(self) -> QuerySet[Publication]:
        return Publication.objects.prefetch_related(
            "topics",
            "goals",
            Prefetch("countries", Country.objects.published()),
            "partners",
            Prefetch("figures", Figure.objects.published().prefetch_related("sources")),
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = (_("Publications"), reverse("news:publication-list"))
        trail = menu_of(self.request).trail(DataAndResearchView.page_slug)
        return super().get_context_data(
            trail=[*trail, above],
            releases=NewsRelease.objects.published().filter(publication=self.object.page)[
                :LIST_LENGTH
            ],
            **kwargs,
        )


class DataAndResearchView(SectionRecordMixin, SectionMixin, TemplateView):
    """Publications, and the figures that this page quotes."""

    page_slug = "data-and-research"
    template_name = "news/data_and_research.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = Figure.objects.published().filter(pages=self.page)
        return super().get_context_data(
            figures=figures.prefetch_related("sources"),
            publications=Publication.objects.published()[:LIST_LENGTH],
            **kwargs,
        )


class PressView(NewestMixin, TemplateView):
    """For journalists."""

    forms_title = gettext_lazy("For journalists")
    template_name = "news/press.html"

    def newest(self) -> list[QuerySet[Any]]:
        return newest_news()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            trail=news_trail(),
            contacts=press.contacts(),
            photographs=press.photographs(),
            releases=NewsRelease.objects.published()[:NEWEST_RELEASES],
            **kwargs,
        )


def newest_news() -> list[QuerySet[Any]]:
    """Everything the newsroom has, for forms that tell of all kinds together."""
    return [
        NewsRelease.objects.published(),
        Campaign.objects.published(),
        Publication.objects.published(),
    ]


class HighlightsView(NewestMixin, SectionMixin, TemplateView):
    """The newest of everything the newsroom has."""

    page_slug = "highlights"
    template_name = "news/highlights.html"

    def newest(self) -> list[QuerySet[Any]]:
        return newest_news()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            releases=NewsRelease.objects.published()[:NEWEST_RELEASES],
            campaigns=Campaign.objects.published()[:NEWEST_OF_OTHERS],
            publications=Publication.objects.published()[:NEWEST_OF_OTHERS],
            **kwargs,
        )
