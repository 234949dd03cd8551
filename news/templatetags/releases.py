"""`{% release_entries releases level %}`: releases as lists print them, each drawn once."""

from functools import lru_cache
from operator import attrgetter

from django import template
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from news.models import NewsRelease

# Some 5 kB each.
MOST = 1_500
# What lists print of a release, and what its address is made of.
PRINTED = ("title", "slug", "kind", "released_on", "lead")
_printed = attrgetter(*PRINTED)

register = template.Library()


@register.simple_tag
def release_entries(releases, level=3):
    """Of rows of any kind that have these columns."""
    language = get_language()
    drawn = [_entry(language, level, *_printed(release)) for release in releases]
    return mark_safe("".join(f"\n    {entry}\n  " for entry in drawn))  # drawn by a template


@lru_cache(MOST)
def _entry(language, level, *values):
    release = NewsRelease(**dict(zip(PRINTED, values, strict=True)))
    return get_template("includes/entry.html").render(
        {
            "title": release.title,
            "url": release.get_absolute_url(),
            "kicker": release.get_kind_display(),
            "date": release.released_on,
            "summary": release.lead,
            "level": level,
        }
    )
