"""The pages of the menu."""

from functools import cached_property
from typing import Any

from iomsite.publishing.views import GoneMixin, published_or_gone

from .models import Page


class SectionMixin(GoneMixin):
    """A list or overview that stands at a page of the menu and opens with that page's words.

    Adds `page` to the context; the address is gone when the page is withdrawn.
    """

    page_slug = ""

    @cached_property
    def page(self) -> Page:
        return published_or_gone(Page.objects.select_related("parent"), slug=self.page_slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page, **kwargs)  # type: ignore[misc]
