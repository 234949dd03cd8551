"""The pages that a page leads on to."""

from typing import Any

from django import template
from django.db.models import Q
from django.utils import timezone

from iomsite.partialdate import PartialDate
from iomsite.search.documents import SOURCES
from iomsite.search.models import Related
from iomsite.search.related import KEPT, KINDS, SHOWN

RELATABLE = {model for model, source in SOURCES.items() if source.kind in KINDS}

register = template.Library()


@register.inclusion_tag("search/includes/related.html", takes_context=True)
def related(context: Any, page: Any) -> dict[str, Any]:
    """Of an edition, those of its page. One statement, where a page of this kind has any.

    Without the programmes that the page has shown already.
    """
    of_page = getattr(page, "page", page)
    if type(of_page) not in RELATABLE:
        return {}
    own = {"entry__model": of_page._meta.label_lower, "entry__row_id": of_page.pk}
    is_current = Q(other__public_until=None) | Q(other__public_until__gt=timezone.now())
    found = Related.objects.filter(is_current, **own).select_related("other")
    columns = ("kind", "title", "address", "date_words")
    nearest = found.only("score", *(f"other__{name}" for name in columns))[:KEPT]
    shown = {work.get_absolute_url() for work in context.get("programmes") or ()}
    entries = [one.other for one in nearest if one.other.address not in shown][:SHOWN]
    return {
        "pages": [
            (one, PartialDate.parse(one.date_words) if one.date_words else None) for one in entries
        ]
    }
