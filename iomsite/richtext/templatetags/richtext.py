"""How templates print rich text."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from iomsite.richtext.render import Targets, as_html, as_words, texts_in

register = template.Library()


@register.simple_tag(takes_context=True)
def richtext(context: Any, text: str) -> SafeString:
    """The text with its references: `{% richtext page.body %}`."""
    return as_html(text, _targets(context, text))


@register.simple_tag(takes_context=True)
def words(context: Any, text: str, most: int = 0) -> str:
    """The words alone, as many as asked: `{% words programme.body 40 as summary %}`."""
    found = as_words(text, _targets(context, text))
    return Truncator(found).words(most) if most else found


def _targets(context: Any, text: str) -> Targets:
    """Those of the answer, read for all rows that the template has at hand."""
    request = getattr(context, "request", None) or context.get("request")
    targets = getattr(request, "text_targets", None)
    if targets is None:
        targets = Targets(request)
        if request is not None:
            request.text_targets = targets
    targets.read([text, *texts_in(context.flatten().values())])
    return targets
