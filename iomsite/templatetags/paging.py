"""Around the entries of a list: what it shows of all, and the way to what stands before and behind.

What few words say is drawn once, but nothing that somebody has typed.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.loader import get_template
from django.utils.http import urlencode
from django.utils.translation import get_language

from iomsite.faceted import FacetedFilterSet

# So many are drawn once, and none with more of an address than filters need.
MOST, LONGEST = 200, 200

register = template.Library()


@register.simple_tag
def filter_summary(
    filterset: FacetedFilterSet, total: int, noun_one: str = "", noun_many: str = ""
) -> str:
    """How many there are, which filters hold, and what was left out of them."""
    is_short = not filterset.notices and len(filterset.clear_url) <= LONGEST
    draw = _summary if is_short else _summary.__wrapped__
    return draw(
        language=get_language(),
        total=total,
        noun_one=noun_one,
        noun_many=noun_many,
        notices=filterset.notices,
        selected=filterset.selected,
        clear_url=filterset.clear_url,
    )


@lru_cache(MOST)
def _summary(**said: Any) -> str:
    return get_template("includes/filter_summary.html").render(said)


@register.simple_tag
def pagination(page: "Page[Any]", query: QueryDict) -> str:
    """Filters stay in the address. Nothing where there is one page."""
    number, total = page.number, page.paginator.num_pages
    if total < 2:
        return ""
    before = _address(query, number - 1) if number > 1 else ""
    after = _address(query, number + 1) if number < total else ""
    is_short = len(before) + len(after) <= 2 * LONGEST
    draw = _drawn if is_short else _drawn.__wrapped__
    return draw(get_language(), number, total, before, after)


@lru_cache(MOST)
def _drawn(language: str, number: int, total: int, before: str, after: str) -> str:
    place = {"number": number, "total": total, "before": before, "after": after}
    return get_template("includes/pagination.html").render(place)


def _address(query: QueryDict, number: int) -> str:
    kept = {name: values for name, values in query.lists() if name != "page"}
    return f"?{urlencode({**kept, 'page': number}, doseq=True)}"
