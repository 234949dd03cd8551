"""The addresses of all public pages, by kind, with the moment of their last public change."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from iomsite.organisation.models import HOME, Page
from iomsite.publishing.models import Publishable
from iomsite.richtext.fields import rich_fields
from iomsite.search.documents import SOURCES, public

# At most 50,000 by the protocol; fewer keep an answer under a second.
ADDRESSES = 5000
# Lists that are always there. Those that stand at a page of the menu are among its pages.
LISTS = ("home", "news:release-list", "news:campaign-list", "news:press")


class PageSitemap(Sitemap):
    """One statement for the number of addresses and one for those of a part."""

    limit = ADDRESSES

    def __init__(self, model: type[Any]) -> None:
        self.model = model

    def items(self) -> QuerySet[Any]:
        texts = [field.attname for field in rich_fields(self.model)]
        rows = public(self.model).prefetch_related(None).defer(*texts).order_by("pk")
        return rows.exclude(slug=HOME) if self.model is Page else rows

    def get_latest_lastmod(self) -> Any:
        """One statement, where Django's own reads every page."""
        if not issubclass(self.model, Publishable):
            return None
        return public(self.model).aggregate(last=Max("published_at"))["last"]

    def lastmod(self, page: Any) -> Any:
        """What came with the edition that is public; reference rows have no such moment."""
        return getattr(page, "published_at", None)


class ListSitemap(Sitemap):
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
