"""`{{ date|as_time }}`: a date as its words inside `<time>`, precise as it is known.

The library is a template builtin (settings), so no page needs to load it.
"""

import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from iomsite.partialdate import PartialDate, Point

register = template.Library()


def _time(point, words=None):
    return format_html('<time datetime="{}">{}</time>', point.machine, words or str(point))


@register.filter
def as_time(date):
    """Accept a PartialDate or a date; nothing for None. Each end of a period has its `<time>`."""
    if not date:
        return ""
    if isinstance(date, datetime.datetime):
        return format_html('<time datetime="{}">{}</time>', date.isoformat(), f"{date:%-d %B %Y}")
    if isinstance(date, datetime.date):
        return _time(Point(date.year, date.month, date.day))
    return _partial(date)


def _partial(date: PartialDate):
    if not date.is_interval:
        return _time(date.start)
    if date.end is None:
        return format_html(gettext("since {}"), _time(date.start))
    if date.start is None:
        return format_html(gettext("until {}"), _time(date.end))
    start = _time(date.start, date.start_words)
    return format_html_join(gettext(" to "), "{}", ((start,), (_time(date.end),)))
