"""`{{ page.published_at|moment }}`: what the pages of the desk say about time and people."""

from django import template

from iomsite.publishing import lists, moments

register = template.Library()


@register.filter
def moment(value):
    """To the second and with the zone; nothing for None."""
    return moments.in_words(value) if value else ""


@register.filter
def short_moment(value):
    return moments.in_short(value) if value else ""


@register.filter
def person(user):
    """The name of a member of staff; nothing where nobody is known."""
    return moments.name_of(user)


@register.filter
def kind(row):
    """What a row is called, in one word or two."""
    return row._meta.verbose_name


@register.inclusion_tag("admin/date_hierarchy.html")
def dates_of(changes):
    """The links by which the list of an admin with `date_hierarchy` is narrowed to a day."""
    return lists.date_choices(changes)
