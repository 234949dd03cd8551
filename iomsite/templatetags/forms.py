"""The other forms of a page, where programs look for them and where people do.

Both tags take pairs of a form and its address, maybe none, and are drawn in Python: they stand on
every page, and a template takes four times as long for them.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from iomsite.formats.addresses import Form

register = template.Library()
Pairs = Iterable[tuple[Form, str]]


@register.simple_tag
def form_links(forms: Pairs | None) -> SafeString:
    """For the head of the page."""
    return _each('<link rel="alternate" type="{0.media}" title="{0.name}" href="{1}">\n', forms)


@register.simple_tag
def form_items(forms: Pairs | None) -> SafeString:
    """For a list that people read."""
    link = '<a class="forms__link" rel="alternate" type="{0.media}" href="{1}">{0.name}</a>'
    return _each(f"<li>{link}</li>\n", forms)


def _each(line: str, forms: Pairs | None) -> SafeString:
    drawn = (line.format(form, escape(address)) for form, address in forms or ())
    return mark_safe("".join(drawn))  # the forms are our own words, and the rest is escaped
