"""Where figures come from, said once."""

from django import template

register = template.Library()


@register.filter
def shared_sources(figures):
    """The sources of these figures where all of them, more than one, have the same."""
    lists = [list(figure.sources.all()) for figure in figures]
    return lists[0] if len(lists) > 1 and all(one == lists[0] for one in lists) else []
