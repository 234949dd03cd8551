"""`{% linked_data %}`: the page in the words of schema.org; its address, and how to cite it."""

import json
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from iomsite.formats.absolute import Absolute
from iomsite.sharing.linked_data import Graph, address_of
from iomsite.templatetags.partialdate import as_time
from news.models import Campaign, NewsRelease, Publication
from programmes.models import OutcomeDocument, Programme, RegionalEngagement

register = template.Library()
CITED = {NewsRelease, Campaign, Publication, Programme, RegionalEngagement, OutcomeDocument}
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# What could end the element or begin another; JSON knows them by their numbers.
ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def _is_page(context: Any) -> bool:
    """Whether search engines are to find it."""
    if context.get("request") is None or context.get("forms") is None:
        return False
    if not getattr(context.get("view"), "is_indexed", True):
        return False
    return not (context.get("is_preview") or getattr(context.get("object"), "withdrawal", ""))


@register.simple_tag(takes_context=True)
def linked_data(context: Any) -> SafeString | str:
    """Nothing of previews, of what has been withdrawn, and of what is no page of the site."""
    if not _is_page(context):
        return ""
    said = Graph(Absolute(context["request"])).of(context.get("object"), context)
    words = ENCODER.encode(said).translate(ESCAPED)
    # The words are JSON, and none of them can leave the element.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(words))


@register.simple_tag(takes_context=True)
def canonical(context: Any) -> SafeString | str:
    """The address of the page; of a list, with the filters that hold and the part, and no more."""
    if not _is_page(context):
        return ""
    part = context.get("page_obj")
    is_later = part is not None and part.number > 1
    address = address_of(context, **({"page": part.number} if is_later else {}))
    words = '<link rel="canonical" href="{0}"><meta property="og:url" content="{0}">'
    return format_html(words, address)


@register.simple_tag(takes_context=True)
def citation(context: Any) -> str:
    """Of pages that somebody would quote, in one line that can be copied; no statement.

    A preview has it as the page will.
    """
    page = context.get("object")
    if type(page) not in CITED or page.withdrawal or context.get("forms") is None:
        return ""
    date = getattr(page, "released_on", None) or getattr(page, "date", None)
    return get_template("sharing/citation.html").render(
        {
            "title": str(page),
            "date": strip_tags(as_time(date)),
            "address": Absolute(context["request"])(page.get_absolute_url()),
        }
    )
