"""The other forms of a page, where programs look for them and where people do.

Both tags take pairs of a form and its address, maybe none, and are drawn in Python: they stand on
every page, each with its own addresses, and a template takes four times as long for them.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from iomsite.formats.addresses import Form

register = template.Library()
Pairs = Iterable[tuple[Form, str]]
LINK = '<link rel="alternate" type="{0.media}" title="{0.name}" href="{1}">\n'
ITEM = '<li><a class="forms__link" rel="alternate" type="{0.media}" href="{1}">{0.name}</a></li>\n'
ALERT = '<li><a class="forms__link" href="{}" rel="nofollow">{}</a></li>\n'
NAV = """<nav class="forms" aria-label="{}">
<span class="forms__label">{}</span>
<ul class="forms__list">
{}{}</ul>
</nav>"""


@register.simple_tag
def form_links(forms: Pairs | None) -> SafeString:
    """For the head of the page."""
    return _each(LINK, forms)


@register.simple_tag
def forms_nav(forms: Pairs | None, alert: str = "") -> SafeString | str:
    """For people, with where the list can be asked for by e-mail, if it can."""
    if not (forms or alert):
        return ""
    item = format_html(ALERT, alert, gettext("E-mail")) if alert else ""
    name, label = gettext("Other forms of this page"), gettext("Also as")
    return format_html(NAV, name, label, item, _each(ITEM, forms))


def _each(line: str, forms: Pairs | None) -> SafeString:
    drawn = (line.format(form, escape(address)) for form, address in forms or ())
    return mark_safe("".join(drawn))  # the forms are our own words, and the rest is escaped
