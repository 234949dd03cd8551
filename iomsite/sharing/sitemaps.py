"""The addresses of all public pages, by kind, with the moment of their last public change.

A part holds the pages whose keys lie in one range, so that the last costs what the first does.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import F, IntegerField, Max, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from iomsite.formats.absolute import Absolute
from iomsite.organisation.models import HOME
from iomsite.organisation.models import Page as MenuPage
from iomsite.publishing.models import Publishable
from iomsite.remembered import remembered
from iomsite.richtext.fields import rich_fields
from iomsite.search.documents import SOURCES, public

# At most 50,000 by the protocol; fewer keep an answer under a second.
ADDRESSES = 5000
# Lists that are always there. Those that stand at a page of the menu are among its pages.
LISTS = (
    "home",
    "news:release-list",
    "news:campaign-list",
    "news:press",
    "news:publication-list",
    "programmes:topic-list",
    "programmes:partner-list",
)


class Ranges(Paginator):
    """Parts by range of keys; one that holds nothing is no part."""

    object_list: QuerySet[Any]

    def page(self, number: Any) -> Page:
        part = self.validate_number(number)
        rows = self.object_list.filter(
            pk__gt=(part - 1) * self.per_page, pk__lte=part * self.per_page
        )
        if not rows:  # read once, here
            raise EmptyPage(part)
        return Page(rows, part, self)

    @property
    def num_pages(self) -> int:
        """By the last key of all; one statement that an index answers."""
        last = self.object_list.model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        return max(1, -(-last // self.per_page))


class PageSitemap(Sitemap):
    """One statement for how far the parts go and one for the addresses of a part."""

    limit = ADDRESSES

    def __init__(self, model: type[Any]) -> None:
        self.model = model

    def items(self) -> QuerySet[Any]:
        texts = [field.attname for field in rich_fields(self.model)]
        rows = public(self.model).prefetch_related(None).defer(*texts).order_by("pk")
        return rows.exclude(slug=HOME) if self.model is MenuPage else rows

    @property
    def paginator(self) -> Ranges:
        return Ranges(self.items(), self.limit)

    def parts(self) -> list[tuple[int, datetime.datetime | None]]:
        """The number of each part, and its last change. One statement, once a generation."""
        return remembered(("sitemap", self.model, self.limit), self._parts)

    def _parts(self) -> list[tuple[int, datetime.datetime | None]]:
        has_moment = issubclass(self.model, Publishable)
        last = Max("published_at") if has_moment else Value(None, output_field=IntegerField())
        part = (F("pk") - 1) / self.limit + 1
        rows = self.items().order_by().annotate(part=part).values("part").annotate(last=last)
        return sorted(rows.values_list("part", "last").distinct())

    def lastmod(self, page: Any) -> Any:
        """What came with the edition that is public; reference rows have no such moment."""
        return getattr(page, "published_at", None)


class ListSitemap(Sitemap):
    def parts(self) -> list[tuple[int, None]]:
        return [(1, None)]

    def items(self) -> list[str]:
        return [*LISTS]

    def location(self, name: str) -> str:
        return reverse(name)


def sitemaps() -> dict[str, Any]:
    """By the name of the part. What stands on the page of another has no address of its own."""
    kinds = {model._meta.model_name: model for model in SOURCES}
    del kinds["historyevent"]
    return {"lists": ListSitemap()} | {
        str(name): PageSitemap(model) for name, model in kinds.items()
    }


def index(request: HttpRequest, sitemaps: dict[str, Any]) -> HttpResponse:
    """The parts that hold something, each with its last change."""
    parts = [
        {"location": address, "last_mod": last}
        for name, kind in sitemaps.items()
        for address, last in _addresses(Absolute(request), name, kind)
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml")


def _addresses(absolute: Absolute, name: str, kind: Any) -> Iterator[tuple[str, Any]]:
    first = absolute(reverse("sharing:sitemap", args=[name]))
    for number, last in kind.parts():
        yield (first if number == 1 else f"{first}?p={number}"), last
