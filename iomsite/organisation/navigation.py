"""The menu: the published pages, as the tree that the header and the footer draw."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Page

# The page whose first words say who speaks, wherever the site has to say so.
ABOUT = "who-we-are"


@dataclass(frozen=True)
class MenuEntry:
    """A page as the menu shows it; the names are those that templates use for a page."""

    title: str
    slug: str
    get_absolute_url: str
    children: list[Self] = field(default_factory=list)


class Menu:
    """The published pages of one moment. One query, when the first of its properties is read."""

    @cached_property
    def pages(self) -> list[Page]:
        fields = ("title", "slug", "lead", "in_menu", "parent__slug")
        return list(Page.objects.published().select_related("parent").only(*fields))

    @cached_property
    def entries(self) -> list[MenuEntry]:
        """The pages of the first level in their order, with those below them."""
        below = defaultdict(list)
        for page in self.pages:
            if page.in_menu:
                below[page.parent_id].append(page)

        def entries(parent: int | None) -> list[MenuEntry]:
            return [
                MenuEntry(page.title, page.slug, page.get_absolute_url(), entries(page.pk))
                for page in below[parent]
            ]

        return entries(None)

    @property
    def statement(self) -> str:
        """Who we are, in the words of the page that says so; empty where there is none."""
        return next((page.lead for page in self.pages if page.slug == ABOUT), "")

    def trail(self, slug: str) -> list[tuple[str, str]]:
        """Title and address of the page and of the one above it, from the top.

        Empty unless both are public: a title may tell of what is not.
        """
        by_slug = {page.slug: page for page in self.pages}
        page = by_slug.get(slug)
        way = [page.parent, page] if page and page.parent else [page]
        if not all(step and step.slug in by_slug for step in way):
            return []
        return [(by_slug[step.slug].title, by_slug[step.slug].get_absolute_url()) for step in way]


def menu_of(request: HttpRequest) -> Menu:
    """The one menu of a request, whoever asks for it first."""
    if not hasattr(request, "menu"):
        request.menu = Menu()
    return request.menu


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing is read until a template asks for it."""
    menu = menu_of(request)
    return {
        "navigation": SimpleLazyObject(lambda: menu.entries),
        "section": request.path.strip("/").partition("/")[0],
        "site_statement": SimpleLazyObject(lambda: menu.statement),
    }
