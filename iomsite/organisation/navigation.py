"""The menu: the published pages, as the tree that the header and the footer draw."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Self

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Page


@dataclass(frozen=True)
class MenuEntry:
    """A page as the menu shows it; the names are those that templates use for a page."""

    title: str
    slug: str
    get_absolute_url: str
    children: list[Self] = field(default_factory=list)


def menu() -> list[MenuEntry]:
    """The pages of the first level in their order, with those below them. One query."""
    below = defaultdict(list)
    for page in Page.objects.published().filter(in_menu=True).select_related("parent"):
        below[page.parent_id].append(page)

    def entries(parent: int | None) -> list[MenuEntry]:
        return [
            MenuEntry(page.title, page.slug, page.get_absolute_url(), entries(page.pk))
            for page in below[parent]
        ]

    return entries(None)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing is read until a template asks for it."""
    return {
        "navigation": SimpleLazyObject(menu),
        "section": request.path.strip("/").partition("/")[0],
    }
