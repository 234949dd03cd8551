"""The pages of the menu, the history and the frameworks."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.views.generic import ListView, TemplateView

from iomsite.publishing.views import GoneMixin, PublishedDetailView, published_or_gone

from .models import Figure, Framework, HistoryEvent, Page
from .navigation import ABOUT, menu_of

# Pages with a view of their own, by slug: the view of all other pages leaves them alone.
SECTIONS: set[str] = set()
EVENTS_ON_ABOUT_PAGE = 4


class SectionMixin(GoneMixin):
    """A list or overview that stands at a page of the menu and opens with that page's words.

    Adds `page` and `trail` to the context; the address is gone when the page is withdrawn.
    """

    page_slug = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.page_slug:
            SECTIONS.add(cls.page_slug)

    @cached_property
    def page(self) -> Page:
        return published_or_gone(Page.objects.select_related("parent"), slug=self.page_slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = menu_of(self.request).trail(self.page_slug)[:-1]  # type: ignore[attr-defined]
        return super().get_context_data(page=self.page, trail=trail, **kwargs)  # type: ignore[misc]


@dataclass
class Measure:
    """One question about the organisation: the value that the site gives, and what else is said."""

    figure: Figure
    others: list[Figure] = field(default_factory=list)


def measures(figures: list[Figure]) -> list[Measure]:
    """Group values by what they measure; the default one speaks, else the first."""
    groups: dict[str, Measure] = {}
    for figure in sorted(figures, key=lambda figure: not figure.is_default):
        if figure.measure in groups:
            groups[figure.measure].others.append(figure)
        else:
            groups[figure.measure] = Measure(figure)
    return sorted(groups.values(), key=lambda measure: measure.figure.order)


class WhoWeAreView(SectionMixin, TemplateView):
    page_slug = ABOUT
    template_name = "organisation/who_we_are.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        public = Figure.objects.published()
        figures = public.answering_like(public.filter(pages=self.page)).prefetch_related("sources")
        return super().get_context_data(
            measures=measures(list(figures)),
            events=HistoryEvent.objects.published()[:EVENTS_ON_ABOUT_PAGE],
            frameworks=Framework.objects.published(),
            **kwargs,
        )


class HistoryView(ListView):
    """All events, earliest first. One page: a timeline is read as a whole."""

    template_name = "organisation/history.html"
    context_object_name = "events"

    def get_queryset(self) -> Any:
        return HistoryEvent.objects.published().prefetch_related("sources")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(trail=menu_of(self.request).trail(ABOUT), **kwargs)


class FrameworkView(PublishedDetailView):
    template_name = "organisation/framework_detail.html"
    context_object_name = "framework"

    def get_queryset(self) -> Any:
        public = Framework.objects.published()
        return Framework.objects.prefetch_related(
            "sources",
            Prefetch("figures", Figure.objects.published().prefetch_related("sources")),
            Prefetch("builds_on", public),
            Prefetch("built_on_by", public),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(trail=menu_of(self.request).trail(ABOUT), **kwargs)


class PageView(PublishedDetailView):
    """A page of the menu that is nothing but its own words and what lies below it."""

    template_name = "organisation/page_detail.html"
    context_object_name = "page"

    def get_queryset(self) -> Any:
        public = Page.objects.published()
        pages = Page.objects.select_related("parent")
        if "/" in self.kwargs["path"]:
            pages = pages.filter(parent__in=public)
        return pages.prefetch_related(
            "sources",
            Prefetch("figures", Figure.objects.published().prefetch_related("sources")),
            Prefetch("children", public.select_related("parent")),
        )

    def lookup(self) -> dict[str, Any]:
        above, _slash, slug = self.kwargs["path"].rpartition("/")
        if slug in SECTIONS:
            raise Http404
        return {"slug": slug, "parent__slug": above} if above else {"slug": slug, "parent": None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = menu_of(self.request).trail(self.object.slug)[:-1]
        return super().get_context_data(trail=trail, **kwargs)
