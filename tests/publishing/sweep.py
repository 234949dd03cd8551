"""Every public address of the site, read from its URL patterns and from what is in the database.

A new public pattern is swept without a line here, or the sweep says that it cannot reach it.
"""

from django.apps import apps
from django.urls import URLPattern, get_resolver, resolve, reverse

from iomsite.facets import RelationFacet

# Of each filter, as many choices as show whether it leaks.
CHOICES = 2
# Not of the public site.
OUTSIDE = ("admin/", "account/", "policy-violations/", "media/", "^media/", "static/")


def patterns(below=None, before="", namespace=""):
    """Route and name of every public pattern."""
    for entry in below if below is not None else get_resolver().url_patterns:
        route = before + str(entry.pattern)
        if route.startswith(OUTSIDE):
            continue
        if isinstance(entry, URLPattern):
            yield route, f"{namespace}{entry.name}", entry.pattern.converters
        else:
            inside = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry.url_patterns, route, inside)


def addresses():
    """Every address that the site has, or would have if all were public, without fragments."""
    found = {
        reverse(name)
        for route, name, converters in patterns()
        if not converters and "?P<" not in route and not name.endswith("None")
    }
    for model in apps.get_models():
        if hasattr(model, "get_absolute_url"):
            pages = model.objects.pages() if hasattr(model.objects, "pages") else model.objects
            found |= {row.get_absolute_url().partition("#")[0] for row in pages.all()}
    found.add(reverse("news:release-year", args=[2016]))
    found |= {"/nothing-here/", "/our-work/nothing-here/", "/news/2016/nothing-here/"}
    reached = {resolve(address).route for address in found}
    missed = {route for route, _name, _converters in patterns()} - reached
    assert not missed, f"The sweep does not reach {missed}."
    return sorted(found)


def body(client, address):
    response = client.get(address)
    words = response.content.decode()
    # The only thing in a page that differs from one answer to the next.
    return response.status_code, words + str(sorted(response.headers.items()))


def choices(client, address):
    """The addresses that the filters of a list offer, and those that ask for hidden rows."""
    response = client.get(address)
    filter_ = (response.context or {}).get("filter")
    if filter_ is None:
        return [], []
    offered = [
        f"{address}?{facet.name}={option.value}"
        for facet in filter_.facets
        for option in facet.options[:CHOICES]
    ]
    return offered, [
        (f"{address}?{name}=", slug)
        for name, facet in filter_.filters.items()
        if isinstance(facet, RelationFacet)
        for slug in _slugs(filter_.queryset.model, facet)
    ]


def _slugs(model, facet):
    for step in facet.paths[0].split("__"):
        model = model._meta.get_field(step).related_model
    return set(model.objects.values_list("slug", flat=True))
