"""The page of results, and what is suggested while somebody types."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest
from django.core.paginator import InvalidPage, Paginator
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from iomsite.formats.absolute import Absolute
from iomsite.formats.addresses import FORMS, Form, with_ending
from iomsite.formats.answer import Answer
from iomsite.formats.paging import PART
from iomsite.formats.records import Record, Records, for_records
from iomsite.formats.views import PAGE, FormsMixin
from iomsite.organisation.navigation import menu_of
from iomsite.partialdate import PartialDate

from .context import Phrases, drawn, excerpt, marked
from .documents import public
from .filters import EntryFilter, Tally
from .finding import LONGEST_CODE, Found, find, suggestions
from .models import Entry, Kind
from .queries import MOST_CHARACTERS

PAGE_SIZE = 20
# Where somebody who found nothing may go on.
WAYS_ON = ("where-we-work", "what-we-do", "get-involved")


class Result:
    """An entry as the list prints it."""

    def __init__(self, entry: Entry, phrases: Phrases) -> None:
        self.address = entry.address
        self.kind = str(Kind(entry.kind).label)
        self.date = PartialDate.parse(entry.date_words) if entry.date_words else None
        self.title = drawn(marked(entry.title, phrases))
        self.words = drawn(excerpt([entry.lead, entry.text, _ties(entry)], phrases))


def _ties(entry: Entry) -> str:
    """What it is tied to, in short; what it is called is its title already.

    Codes such as those of countries are there to be found, not to be read.
    """
    known = {entry.title, *entry.called.splitlines()}
    names = (name for name in entry.names.splitlines() if len(name) > LONGEST_CODE)
    return " · ".join(name for name in names if name not in known)


class SearchView(FormsMixin, TemplateView):
    """What fits a question, best first: the pages, or their records for programs."""

    template_name = "search/search.html"
    filterset_class = EntryFilter
    is_list = True
    is_kept = is_indexed = False  # there is no end of what may be asked

    @classmethod
    def known_names(cls) -> set[str]:
        return {"q", "exact", PAGE, *EntryFilter.base_filters}

    @cached_property
    def typed(self) -> str:
        return " ".join(self.request.GET.get("q", "").replace("\0", " ").split())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        narrowing = EntryFilter(self.request.GET, request=self.request)
        found = find(self.typed, exact="exact" in self.request.GET, narrowing=narrowing)
        context: dict[str, Any] = {"typed": self.typed[:MOST_CHARACTERS], "found": found}
        if found.newest:
            context |= _results(self.request, found, narrowing)
        elif self.typed:
            context |= _ways_on(self.request)
        context["total"] = context["page_obj"].paginator.count if found.newest else 0
        context = super().get_context_data(**context, **kwargs)
        asked = self.typed[:MOST_CHARACTERS].strip()
        query = urlencode({"q": asked, **context["filter"].accepted}) if found.newest else ""
        address = f"{self.request.path}?{query}"
        forms = self.forms if query else ()
        return context | {"forms": tuple((FORMS[one], with_ending(address, one)) for one in forms)}

    def answer(self, form: Form) -> Answer:
        self.refuse_unknown()
        if not self.typed:
            raise BadRequest(gettext("“q” has to hold the words to look for."))
        if len(self.typed) > MOST_CHARACTERS:
            raise BadRequest(gettext("“q” may have %d characters at most.") % MOST_CHARACTERS)
        parts = Paginator(self._keys(), PART)
        number = self.request.GET.get(PAGE) or "1"
        try:
            part = parts.page(number)
        except InvalidPage as error:
            raise BadRequest(gettext("“page” has to be one of the parts, from 1 on.")) from error
        keys: Any = parts.object_list if form.ending == "csv" else part.object_list
        absolute = Absolute(self.request)
        given = self.request.GET.items()
        own = {name: str(value) for name, value in given if value and name != PAGE}
        here = f"{absolute(with_ending(self.request.path, form.ending))}?{urlencode(own)}"
        has_more = part.has_next() and form.ending != "csv"
        return Answer(
            title=gettext("Search for “%s”") % self.typed[:MOST_CHARACTERS],
            address=f"{absolute(self.request.path)}?{urlencode(own)}",
            own_address=f"{here}&{PAGE}={part.number}" if part.number > 1 else here,
            following=f"{here}&{PAGE}={part.next_page_number()}" if has_more else "",
            records=_records(keys, absolute, texts=form.ending != "csv"),
        )

    def _keys(self) -> list[int]:
        narrowing = EntryFilter(self.request.GET, request=self.request)
        exact = "exact" in self.request.GET
        found = find(self.typed, exact=exact, narrowing=narrowing).narrowed(narrowing)
        narrowing.counting = tally = Tally(found.keys)
        if refused := narrowing.refused():
            raise BadRequest(" ".join(refused))
        shown = set(tally.few(narrowing.asked))
        return [key for key in found.keys if key in shown]


def _records(keys: list[int], absolute: Absolute, *, texts: bool) -> Iterator[Record]:
    """In this order; some at a time, so that a long table needs no more memory than a short one.

    What has gone since it was found is left out.
    """
    for start in range(0, len(keys), PART):
        some = keys[start : start + PART]
        entries = Entry.objects.in_bulk(some)
        wanted = [(entries[key].model, entries[key].row_id) for key in some if key in entries]
        rows: dict[tuple[str, int], Any] = {}
        for label in {model for model, _key in wanted}:
            rows_of = public(apps.get_model(label)).filter(
                pk__in=[key for model, key in wanted if model == label]
            )
            rows |= {(label, row.pk): row for row in for_records(rows_of, texts=texts)}
        shown = [rows[name] for name in wanted if name in rows]
        yield from Records(absolute, texts=texts).of(shown)


def _results(request: HttpRequest, found: Found, narrowing: EntryFilter) -> dict[str, Any]:
    """Four statements, or six at most where there are very many results."""
    found = found.narrowed(narrowing)
    narrowing.counting = tally = Tally(found.keys)
    shown = set(tally.few(narrowing.accepted))
    page = Paginator([key for key in found.keys if key in shown], PAGE_SIZE).get_page(
        request.GET.get(PAGE)
    )
    entries = Entry.objects.current().in_bulk(page.object_list)
    phrases = found.query.phrases
    results = [Result(entries[key], phrases) for key in page.object_list if key in entries]
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
