"""Every public address of the site, read from its URL patterns and from what is in the database.

A new public pattern is swept without a line here, or the sweep says that it cannot reach it.
"""

from urllib.parse import urlencode

from django.apps import apps
from django.urls import URLPattern, get_resolver, resolve, reverse

from iomsite.facets import RelationFacet
from iomsite.formats.addresses import parted, with_ending
from iomsite.publishing.editions import publishable_models
from iomsite.sharing.sitemaps import sitemaps
from news.models import NewsRelease

# Of each filter, as many choices as show whether it leaks.
CHOICES = 1
# Of all words in a world, how many are searched for.
SEARCHES = 12
# Of what shows only in previews: its address is nothing to the public, whatever its state.
PREVIEWS = 2
# Lists that are a part of another, with its filters.
PARTS_OF_LISTS = {"news/<yyyy:year>/"}
# What shows on other pages: only its editions have an address, for those who may preview them.
PREVIEW_ONLY = {
    "previews/figures/<slug:slug>/",
    "previews/photographs/<slug:slug>/",
    "who-we-are/history/<slug:slug>/",
}
# What these show was asked of pages when the index was written.
FROM_THE_INDEX = {"search/", "search/suggest", "oembed", "alerts/new/"}
# Asks of pages what texts ask, whose places are tried together.
ASKS_AS_TEXTS = {"sitemap.xml"}
# Not of the public site.
OUTSIDE = (
    *("admin/", "account/", "policy-violations/", "media/", "^media/", "static/"),
    "^cards/",  # pictures, named by their content
    # Tell of no row.
    *("openapi.json", "robots.txt", "llms.txt", ".well-known/", "alerts/sent/"),
    # Of one mailbox; what mail tells is tried by the tests of alerts.
    *("alerts/confirm/", "alerts/manage/", "alerts/stop"),
)


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


def surfaces():
    """The routes of all public patterns."""
    return {route for route, _name, _converters in patterns()}


def surface_of(address):
    return resolve(page_of(address)).route


def page_of(address):
    """The address of the page, whatever form is asked for and however it is filtered."""
    return parted(address.partition("?")[0])[0]


def in_form(address, turn=0):
    """The address in one of its other forms, which take turns: JSON, which tells most, begins."""
    view = getattr(resolve(page_of(address)).func, "view_class", None)
    endings = sorted(getattr(view, "forms", ()), key="json".__ne__)
    return [with_ending(address, endings[turn % len(endings)])] if endings else []


def addresses():
    """Every address that the site has, or would have if all were public, without fragments."""
    found = {
        reverse(name)
        for route, name, converters in patterns()
        if not converters and "?P<" not in route and not name.endswith("None")
    }
    for model in apps.get_models():
        rows = model.objects.pages() if hasattr(model.objects, "pages") else model.objects.all()
        if hasattr(model, "get_absolute_url"):
            found |= {row.get_absolute_url().partition("#")[0] for row in rows}
        if hasattr(model, "get_preview_url"):
            found |= {row.get_preview_url() for row in rows.published()[:PREVIEWS]}
    found |= set(_asked_previews())
    found.add(reverse("news:release-year", args=[2016]))
    found |= {reverse("sharing:sitemap", args=[part]) for part in sitemaps()}
    found |= {"/nothing-here/", "/our-work/nothing-here/", "/news/2016/nothing-here/"}
    missed = surfaces() - {surface_of(address) for address in found}
    assert not missed, f"The sweep does not reach {missed}."
    return sorted(found)


def searches(world):
    """What search is asked for: words of hidden and of public things, and how words begin."""
    words = [*world.markers][:: max(1, len(world.markers) // SEARCHES)]
    yield from (f"/search/?q={word}" for word in words)
    yield from (f"/search/?q={word[:-1]}q" for word in words[:2])  # misspelt
    pages = sorted(
        {row.get_absolute_url() for row in world.states if hasattr(row, "get_absolute_url")}
    )[::5]
    yield from (f"/oembed?url=http://testserver{address}" for address in pages)
    yield from (f"/search/suggest?q={word[:place]}" for word in words for place in (2, 6))
    asked = [f"/search/?q={word}" for word in words]
    for name, path in (("country", "countries"), ("topic", "topics")):
        facet = RelationFacet(path, label=name)
        asked += [f"/news/?{name}={slug}" for slug in _hidden_slugs(NewsRelease, facet)[:4]]
    yield from (f"/alerts/new/?{urlencode({'of': address})}" for address in asked)


def _asked_previews():
    """What a stranger asks for who has seen the address of a preview, once for each kind."""
    for model in publishable_models():
        copy = model.objects.working_copies().order_by("pk").first()
        if copy:
            page = copy.page
            address = getattr(page, "get_preview_url", None) or page.get_absolute_url
            yield f"{address()}?edition={copy.pk}"


def answer(response):
    """Status, words and headers."""
    words = response.getvalue().decode()
    return response.status_code, words + str(sorted(response.headers.items()))


def body(client, address):
    return answer(client.get(address))


def demanded(answer):
    """What of an answer must not change: of a page that is not there, only that it is not."""
    status, text = answer
    assert status in (200, 400, 404, 410), status
    return status, text if status == 200 else ""


def questions(address, response):
    """What the filters of a list offer, and what each of them is asked for that is hidden."""
    filter_ = (response.context or {}).get("filter")
    if filter_ is None or surface_of(address) in PARTS_OF_LISTS:
        return []
    more = "&" if "?" in address else "?"
    offered = [
        f"{address}{more}{facet.name}={option.value}"
        for facet in filter_.facets
        for option in facet.options[:CHOICES]
    ]
    asked = [
        f"{address}{more}{name}={slug}"
        for name, facet in filter_.filters.items()
        if isinstance(facet, RelationFacet)
        for slug in _hidden_slugs(filter_.queryset.model, facet)[:1]
    ]
    return [*offered, *asked]


def _hidden_slugs(model, facet):
    for step in facet.paths[0].split("__"):
        model = model._meta.get_field(step).related_model
    rows = model.objects
    for public in ("published", "in_use"):
        if hasattr(rows, public):
            shown = getattr(rows, public)().values("slug")
            return rows.exclude(slug__in=shown).order_by("pk").values_list("slug", flat=True)
    return []  # offices are named wherever something is that they do
