"""The pages of the menu, the history and the frameworks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.views.generic import ListView, TemplateView

from iomsite.formats.views import RecordListMixin, RecordMixin, SectionRecordMixin
from iomsite.publishing.views import (
    EditionMixin,
    PreviewOnlyView,
    PublishedDetailView,
    published_or_gone,
)

from .models import SECTIONS, Figure, Framework, HistoryEvent, Page
from .navigation import ABOUT, menu_of
from .querysets import FigureQuerySet

EVENTS_ON_ABOUT_PAGE = 4


class SectionMixin(EditionMixin):
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
        return self.find(section_pages(), slug=self.page_slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = menu_of(self.request).trail(self.page_slug)[:-1]
        return super().get_context_data(page=self.page, object=self.page, trail=trail, **kwargs)


def section_pages() -> QuerySet[Page]:
    return Page.objects.select_related("parent").prefetch_related("sources")


@dataclass
class Measure:
    """One question about the organisation: the value that the site gives, and what else is said."""

    figure: Figure
    others: list[Figure] = field(default_factory=list)

    @property
    def values(self) -> list[Figure]:
        return [self.figure, *self.others]


def figures_about_us(about: Page | None) -> FigureQuerySet:
    """The figures of the page that says who we are, and what else is said on the same questions."""
    public = Figure.objects.published()
    return public.answering_like(public.filter(pages=about)) if about else public.none()


def measures(figures: Iterable[Figure]) -> list[Measure]:
    """Group values by what they measure; the default one speaks, else the first."""
    groups: dict[str, Measure] = {}
    for figure in sorted(figures, key=lambda figure: not figure.is_default):
        if figure.measure in groups:
            groups[figure.measure].others.append(figure)
        else:
            groups[figure.measure] = Measure(figure)
    return sorted(groups.values(), key=lambda measure: measure.figure.order)


class WhoWeAreView(SectionRecordMixin, SectionMixin, TemplateView):
    page_slug = ABOUT
    template_name = "organisation/who_we_are.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        menu = menu_of(self.request)
        return super().get_context_data(
            history=menu.page(HistoryView.page_slug),
            strategies=menu.page(FrameworkListView.page_slug),
            children=[page for page in menu.below(ABOUT) if page.slug not in SECTIONS],
            measures=measures(figures_about_us(self.page).prefetch_related("sources")),
            events=events()[:EVENTS_ON_ABOUT_PAGE],
            frameworks=Framework.objects.published(),
            **kwargs,
        )


def events() -> QuerySet[HistoryEvent]:
    return HistoryEvent.objects.published()


class HistoryView(RecordListMixin, SectionMixin, ListView):
    """All events, earliest first. One page: a timeline is read as a whole."""

    page_slug = "history"
    template_name = "organisation/history.html"
    context_object_name = "events"

    def get_queryset(self) -> QuerySet[HistoryEvent]:
        return events()


class EventPreview(PreviewOnlyView):
    """An edition of one event, in its place among the others."""

    model = HistoryEvent
    context_object_name = "event"
    template_name = "organisation/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        others = events().exclude(pk=self.object.page.pk)
        slug = HistoryView.page_slug
        return super().get_context_data(
            page=published_or_gone(section_pages(), slug=slug),
            trail=menu_of(self.request).trail(slug)[:-1],
            events=sorted([*others, self.object], key=_place_in_history),
            **kwargs,
        )


def _place_in_history(event: HistoryEvent) -> tuple[str, str, str]:
    """As `HistoryEvent` sorts; a draft may lack its date yet, and comes last."""
    date = event.date
    return date.first.isoformat() if date else "9999", date.machine if date else "", event.slug


class FigurePreview(PreviewOnlyView):
    """An edition of a figure, drawn as on the pages that quote it."""

    model = Figure
    context_object_name = "figure"
    template_name = "organisation/figure_preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(figures=[self.object], **kwargs)


class FrameworkListView(RecordListMixin, SectionMixin, ListView):
    """All of them: there are few, and none is newer in the way that news is."""

    page_slug = "frameworks"
    template_name = "organisation/framework_list.html"
    context_object_name = "frameworks"

    def get_queryset(self) -> QuerySet[Framework]:
        return Framework.objects.published()


class FrameworkView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "organisation/framework_detail.html"
    context_object_name = "framework"

    def get_queryset(self) -> QuerySet[Framework]:
        public = Framework.objects.published()
        return Framework.objects.prefetch_related(
            "sources",
            Prefetch("figures", Figure.objects.published().prefetch_related("sources")),
            Prefetch("builds_on", public),
            Prefetch("built_on_by", public),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = menu_of(self.request).trail(FrameworkListView.page_slug)
        return super().get_context_data(trail=trail, **kwargs)


class PageView(RecordMixin, PublishedDetailView):
    """A page of the menu that is nothing but its own words and what lies below it."""

    has_own_stamp = True
    template_name = "organisation/page_detail.html"
    context_object_name = "page"

    def get_queryset(self) -> QuerySet[Page]:
        public = Page.objects.published()
        pages = Page.objects.select_related("parent")
        if "/" in self.kwargs["path"] and not self.is_preview:
            pages = pages.filter(parent__in=public)
        return pages.prefetch_related(
            "sources",
            Prefetch("figures", Figure.objects.published().prefetch_related("sources")),
            Prefetch("children", public.select_related("parent")),
        )

    def lookup(self) -> dict[str, Any]:
        above, _slash, slug = self.kwargs["path"].rpartition("/")
        if slug in SECTIONS:  # they have views of their own
            raise Http404
        return {"slug": slug, "parent__slug": above} if above else {"slug": slug, "parent": None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = menu_of(self.request).trail(self.object.page.slug)[:-1]
        return super().get_context_data(trail=trail, **kwargs)
