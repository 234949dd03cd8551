"""`{% pagination page_obj request.GET %}`: the way to the pages of a list before and behind one.

Filters stay in the address. Nothing where there is one page.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.loader import get_template
from django.utils.http import urlencode
from django.utils.translation import get_language

# So many are drawn once, and none with more of an address than filters need.
MOST, LONGEST = 200, 200

register = template.Library()


@register.simple_tag
def pagination(page: "Page[Any]", query: QueryDict) -> str:
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
