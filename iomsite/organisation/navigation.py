"""The menu: the published pages, as the tree that the header and the footer draw."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from iomsite.remembered import lasting

from .models import Page

# The page whose first words say who speaks, wherever the site has to say so.
ABOUT = "who-we-are"


@dataclass(frozen=True)
class MenuEntry:
    """A page as the menu shows it; the names are those that templates use for a page."""

    title: str
    slug: str
    get_absolute_url: str
    children: tuple[Self, ...] = ()


class Menu:
    """The published pages of one moment. One query, when the first of its properties is read."""

    @cached_property
    def pages(self) -> list[Page]:
        fields = ("title", "slug", "lead", "in_menu", "parent__slug")
        return list(Page.objects.published().select_related("parent").only(*fields))

    @cached_property
    def entries(self) -> tuple[MenuEntry, ...]:
        """The pages of the first level in their order, with those below them."""
        below = defaultdict(list)
        for page in self.pages:
            if page.in_menu:
                below[page.parent_id].append(page)

        def entries(parent: int | None) -> tuple[MenuEntry, ...]:
            return tuple(
                MenuEntry(page.title, page.slug, page.get_absolute_url(), entries(page.pk))
                for page in below[parent]
            )

        return entries(None)

    @cached_property
    def addresses(self) -> frozenset[str]:
        return frozenset(["/", *(page.get_absolute_url() for page in self.pages)])

    @property
    def statement(self) -> str:
        """Who we are, in the words of the page that says so; empty where there is none."""
        about = self.page(ABOUT)
        return about.lead if about else ""

    def page(self, slug: str) -> Page | None:
        return next((page for page in self.pages if page.slug == slug), None)

    def trail(self, slug: str) -> list[tuple[str, str]]:
        """Title and address of the page and of the one above it, from the top.

        Empty unless both are public: a title may tell of what is not.
        """
        page = self.page(slug)
        way = [self.page(page.parent.slug), page] if page and page.parent else [page]
        return [(step.title, step.get_absolute_url()) for step in way if step] if all(way) else []

    def below(self, slug: str) -> list[Page]:
        """The pages under one of the first level, those outside the menu too."""
        return [page for page in self.pages if page.parent and page.parent.slug == slug]


def menu_of(request: HttpRequest) -> Menu:
    """The one menu of a request, whoever asks for it first, and of all until the menu changes."""
    if not hasattr(request, "menu"):
        request.menu = lasting("menu", Menu)
    return request.menu


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing is read until a template asks for it."""
    menu = menu_of(request)
    path = request.path
    section = path.strip("/").partition("/")[0]
    return {
        "navigation": SimpleLazyObject(lambda: menu.entries),
        # Empty where the menu does not lead: what is drawn of it is the same on many pages.
        "section": SimpleLazyObject(lambda: section if f"/{section}/" in menu.addresses else ""),
        "menu_path": SimpleLazyObject(lambda: path if path in menu.addresses else ""),
        "site_statement": SimpleLazyObject(lambda: menu.statement),
        # What the mirror says of the copy that it makes. To look in META for what is seldom there
        # takes a template longer than most of its pieces.
        "mirror_copy": request.META.get("COPY"),
    }
