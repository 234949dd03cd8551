"""The home page, and the pages of the work with the news that belongs to them.

The newsroom knows the work, and the work does not know the newsroom: they meet here.
"""

from collections import Counter
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from iomsite import listing
from iomsite.formats.views import NewestMixin
from iomsite.images.models import Photo
from iomsite.organisation.models import HOME, Figure, Page
from iomsite.organisation.navigation import ABOUT, menu_of
from iomsite.organisation.views import figures_about_us, measures, section_pages
from iomsite.publishing.views import EditionMixin, PreviewOnlyView
from iomsite.remembered import lasting
from news.digest import MOST_OF_A_KIND, digest
from news.filters import RELEASES
from news.models import NewsRelease, Publication, ReleasePhoto
from news.views import newest_news
from programmes import views as work
from programmes.map import WorldMap, world_map
from programmes.models import Country, Programme, RegionalEngagement, Topic

NEWEST_RELEASES = 4
SHOWN_OF_A_RELEASE = ("slug", "kind", "released_on", "title", "lead")
SOME_PROGRAMMES = 4
SOME_ENGAGEMENTS = 4
SOME_TOPICS = 16
# Parts of the home page that are titled by, and lead to, a page of the menu.
LEADING_ON = ("who-we-are", "where-we-work", "what-we-do", "partnerships", "our-work")


class HomeView(NewestMixin, EditionMixin, TemplateView):
    """Always there: the page of the menu that gives its headline may be hidden."""

    template_name = "home.html"
    forms_title = _("International Organization for Migration")

    def newest(self) -> list[QuerySet[Any]]:
        return newest_news()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        menu = menu_of(self.request)
        home = self.find(section_pages(), slug=HOME) if self.is_preview else menu.page(HOME)
        return super().get_context_data(
            object=home if self.is_preview else None,
            home=home,
            pages={slug.replace("-", "_"): menu.page(slug) for slug in LEADING_ON},
            # Read where they are drawn, which is once for many visitors.
            figures=SimpleLazyObject(lambda: default_figures(menu.page(ABOUT))),
            releases=SimpleLazyObject(newest_releases),
            map=SimpleLazyObject(map_of_countries),
            programmes=SimpleLazyObject(lambda: work.programmes_by_country()[:SOME_PROGRAMMES]),
            engagements=SimpleLazyObject(lambda: work.engagements()[:SOME_ENGAGEMENTS]),
            topics=SimpleLazyObject(leading_topics),
            **kwargs,
        )


def default_figures(about: Page | None) -> list[Figure]:
    return [measure.figure for measure in measures(figures_about_us(about))]


def map_of_countries() -> WorldMap:
    return world_map(work.place_of(country) for country in work.countries_on_map())


def newest_releases() -> list[NewsRelease]:
    photos = ReleasePhoto.objects.filter(photo__in=Photo.objects.published())
    releases = NewsRelease.objects.published().only(*SHOWN_OF_A_RELEASE)[:NEWEST_RELEASES]
    return list(releases.prefetch_related(Prefetch("photos", photos.select_related("photo"))))


def leading_topics() -> list[Topic]:
    """Those of most public pages: all of them would fill a phone three times over.

    One statement, and two more where the work has changed. Releases are counted by their listing,
    where there is one.
    """
    releases = listing.kept(RELEASES)
    topics, uses = lasting("topics of the work", topics_of_work)
    uses = uses + uses_of_topics(Publication, *([] if releases else [NewsRelease]))
    uses.update(dict(releases.numbers("topic")) if releases else {})
    used = (topic for topic in topics if uses[topic.slug])
    return sorted(used, key=lambda topic: (-uses[topic.slug], topic.name))[:SOME_TOPICS]


def topics_of_work() -> tuple[list[Topic], Counter[str]]:
    """All topics there are, and how many pages of the work have each."""
    return list(Topic.objects.only("slug", "name")), uses_of_topics(Programme, RegionalEngagement)


def uses_of_topics(*models: Any) -> Counter[str]:
    """Of public pages. One statement: each page is counted where its topics are."""
    first, *others = (
        model.topics.through.objects.filter(**{f"{model._meta.model_name}__in": public})
        .values_list("topic__slug")
        .annotate(number=Count("pk"))
        for model in models
        for public in [model.objects.published().order_by()]
    )
    uses: Counter[str] = Counter()
    for topic, number in first.union(*others, all=True) if others else first:
        uses[topic] += number
    return uses


class NewsMixin:
    """Adds the newest news about the object of a page: `releases`, `publications`, `campaigns`.

    `news_url` leads to the list of all such releases, where the list can be filtered so.
    """

    news_facet = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = getattr(self.object, "page", self.object)
        asked = {self.news_facet: about.slug} if self.news_facet else None
        news = digest(asked, **self.news_lookup())
        query = urlencode(asked or {})
        url = f"{reverse('news:release-list')}?{query}" if self.news_facet else ""
        return super().get_context_data(news_url=url, **news, **kwargs)


class CountryView(NewsMixin, work.CountryView):
    news_facet = "country"

    def news_lookup(self) -> dict[str, Any]:
        return {"countries": self.object.page}


class TopicView(NewsMixin, work.TopicView):
    news_facet = "topic"

    def news_lookup(self) -> dict[str, Any]:
        return {"topics": self.object}


class PartnerView(NewsMixin, work.PartnerView):
    def news_lookup(self) -> dict[str, Any]:
        return {"partners": self.object}


class RegionView(NewsMixin, work.RegionView):
    def news_lookup(self) -> dict[str, Any]:
        return {"countries__in": Country.objects.published().filter(region=self.object.page)}


class ProgrammeView(NewsMixin, work.ProgrammeView):
    """News that shares a topic: a release of 2016 on malaria stands beside the work of today."""

    def news_lookup(self) -> dict[str, Any]:
        return {"topics__in": Topic.objects.filter(programmes=self.object)}


class GoalView(work.GoalView):
    """Of the newsroom, only publications name goals."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publications = Publication.objects.published().filter(goals=self.object)
        return super().get_context_data(publications=publications[:MOST_OF_A_KIND], **kwargs)


class AgendaView(work.AgendaView):
    """The same for all goals together."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publications = Publication.objects.published().filter(goals__isnull=False).distinct()
        return super().get_context_data(publications=publications[:MOST_OF_A_KIND], **kwargs)


class PhotoPreview(PreviewOnlyView):
    """An edition of a photograph, drawn as on the pages that show it."""

    model = Photo
    context_object_name = "photo"
    template_name = "photo_preview.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """As for the other errors: with the menu, which Django's own view leaves out."""
    return render(request, "400.html", status=400)
