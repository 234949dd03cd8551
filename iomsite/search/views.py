"""The page of results, and what is suggested while somebody types."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from iomsite.organisation.navigation import menu_of
from iomsite.partialdate import PartialDate

from .context import excerpt, marked
from .filters import EntryFilter
from .finding import Found, find, suggestions
from .models import Entry, Kind
from .queries import MOST_CHARACTERS

PAGE_SIZE = 20
# Where somebody who found nothing may go on.
WAYS_ON = ("where-we-work", "what-we-do", "get-involved")


class Result:
    """An entry as the list prints it."""

    def __init__(self, entry: Entry, stems: set[str]) -> None:
        self.address = entry.address
        self.kind = entry.get_kind_display()
        self.date = PartialDate.parse(entry.date_words) if entry.date_words else None
        self.title = marked(entry.title, stems)
        self.words = excerpt([entry.lead, entry.text, _ties(entry)], stems)


def _ties(entry: Entry) -> str:
    """What it is tied to, in short; what it is called is its title already."""
    called = {entry.title, *entry.called.splitlines()}
    return " · ".join(name for name in entry.names.splitlines() if name not in called)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    typed = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    found = find(typed, exact="exact" in request.GET)
    context: dict[str, Any] = {"typed": typed[:MOST_CHARACTERS], "found": found}
    if found.keys:
        context |= _results(request, found)
    elif typed:
        context |= _ways_on(request)
    context["total"] = context["page_obj"].paginator.count if found.keys else 0
    return render(request, "search/search.html", context)


def _results(request: HttpRequest, found: Found) -> dict[str, Any]:
    """Five statements, however many results there are."""
    narrowing = EntryFilter(request.GET, found.entries(), request=request)
    if found.is_capped:
        found = found.narrowed(narrowing)
        narrowing = EntryFilter(request.GET, found.entries(), request=request)
    shown = set(narrowing.qs.values_list("pk", flat=True))
    page = Paginator([key for key in found.keys if key in shown], PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    entries = Entry.objects.current().in_bulk(page.object_list)
    stems = found.query.stems
    results = [Result(entries[key], stems) for key in page.object_list if key in entries]
    return {"filter": narrowing, "page_obj": page, "results": results, "found": found}


def _ways_on(request: HttpRequest) -> dict[str, Any]:
    pages = (menu_of(request).page(slug) for slug in WAYS_ON)
    ways = [(page.title, page.get_absolute_url()) for page in pages if page]
    return {"ways": [*ways, (gettext("News"), reverse("news:release-list"))]}


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Public pages and words alone, so that anybody's cache may keep it a minute."""
    typed = request.GET.get("q", "").replace("\0", " ")[:MOST_CHARACTERS]
    words, pages = suggestions(typed)
    asked = reverse("search:search")
    found = [
        {"text": word, "url": f"{asked}?{urlencode({'q': word})}", "kind": ""} for word in words
    ]
    named = [
        {"text": page.title, "url": page.address, "kind": str(Kind(page.kind).label)}
        for page in pages
    ]
    # Words first, as they are what was being typed; both in view at once.
    return JsonResponse({"suggestions": [*found[:4], *named[:5]]})
