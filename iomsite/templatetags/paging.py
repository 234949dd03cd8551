"""`{% pagination page_obj request.GET %}`: the way to the pages of a list before and behind one.

Filters stay in the address. Nothing where there is one page.
"""

from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.utils.http import urlencode

from iomsite.templatetags.remembered import draw

register = template.Library()


@register.simple_tag
def pagination(page: "Page[Any]", query: QueryDict) -> str:
    number, total = page.number, page.paginator.num_pages
    if total < 2:
        return ""
    return draw(
        "includes/pagination.html",
        number=number,
        total=total,
        before=_address(query, number - 1) if number > 1 else "",
        after=_address(query, number + 1) if number < total else "",
    )


def _address(query: QueryDict, number: int) -> str:
    kept = {name: values for name, values in query.lists() if name != "page"}
    return f"?{urlencode({**kept, 'page': number}, doseq=True)}"
