"""What can be asked for: a list of the site with its filters, or a search.

A question is kept as the address of its list, so that what a mailbox receives is what the screen
shows there.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from iomsite.faceted import narrowed_title
from iomsite.formats.views import RecordListMixin
from iomsite.publishing.models import Publishable
from iomsite.publishing.views import Gone
from iomsite.search.filters import EntryFilter, Tally
from iomsite.search.finding import fitting
from iomsite.search.models import Entry
from iomsite.search.queries import MOST_CHARACTERS

LONGEST = 600
# A page as rows know it: the label of its model, and its key.
Page = tuple[str, int]


@dataclass(frozen=True)
class Question:
    """`address` is in one form: without what does not hold, in the order of the filters."""

    address: str
    title: str
    choices: str = ""
    # What the title repeats of what somebody typed.
    typed: str = ""

    @property
    def words(self) -> str:
        return narrowed_title(self.title, self.choices)

    @property
    def own_words(self) -> str:
        """Without what was typed: nobody is sent a text that a stranger has written."""
        title = _("a search of this site") if self.typed else self.title
        return narrowed_title(title, self.choices)


def read(address: str) -> Question | None:
    """None where the address has no list that could be told of. Three statements."""
    if len(address) > LONGEST or "\0" in unquote(address):
        return None
    asked = _asked(address)
    question = asked.question() if asked else None
    return question if question and len(question.address) <= LONGEST else None


def matching(address: str, pages: set[Page]) -> set[Page]:
    """Those of the pages that the list shows now. One statement for each list."""
    asked = _asked(address)
    return asked.among(pages) if asked and pages else set()


def _asked(address: str) -> Any:
    try:
        parts = urlsplit(address)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return None
    request = HttpRequest()
    request.method, request.path = "GET", parts.path
    request.GET = QueryDict(parts.query)
    if match.view_name == "search:search":
        return _Search(request)
    kind = getattr(match.func, "view_class", None)
    if not (isinstance(kind, type) and issubclass(kind, RecordListMixin) and kind.filterset_class):
        return None
    view: Any = kind()
    view.setup(request, *match.args, **match.kwargs)
    return _List(view)


class _List:
    def __init__(self, view: Any) -> None:
        self.view = view
        self.request = view.request

    def question(self) -> Question | None:
        try:
            rows, title = self.view.get_queryset(), self.view.title_of_forms()
        except (Http404, Gone):
            return None
        if not issubclass(rows.model, Publishable):
            return None
        return _question(self._filterset(rows), str(title), {})

    def _filterset(self, rows: Any) -> Any:
        return self.view.filterset_class(self.request.GET, queryset=rows, request=self.request)

    def among(self, pages: set[Page]) -> set[Page]:
        try:
            rows = self.view.get_queryset()
            self.view.title_of_forms()  # gone with the page that it stands at
        except (Http404, Gone):
            return set()
        label = rows.model._meta.label_lower
        keys = [key for model, key in pages if model == label]
        shown = self._filterset(rows).narrowed().filter(pk__in=keys) if keys else rows.none()
        return {(label, key) for key in shown.values_list("pk", flat=True)}


class _Search:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.typed = " ".join(request.GET.get("q", "").split())[:MOST_CHARACTERS]

    def question(self) -> Question | None:
        if not self.typed:
            return None
        title = _("Search for “%s”") % self.typed
        # What fits nothing yet may be asked for all the same: that is what one waits for.
        tally = Tally(fitting(self.typed))
        filterset = EntryFilter(self.request.GET, request=self.request, counting=tally)
        return _question(filterset, title, {"q": self.typed}, self.typed)

    def among(self, pages: set[Page]) -> set[Page]:
        keys = [key for _model, key in pages]
        entries = Entry.objects.current().filter(row_id__in=keys)
        narrowed = EntryFilter(self.request.GET, entries, request=self.request).narrowed()
        found = Entry.objects.filter(pk__in=fitting(self.typed, narrowed))
        return pages & set(found.values_list("model", "row_id"))


def _question(filterset: Any, title: str, given: dict[str, str], typed: str = "") -> Question:
    path = filterset.request.path
    query = urlencode({**given, **filterset.accepted})
    address = f"{path}?{query}" if query else path
    return Question(address, title, filterset.in_words, typed)


def address_to_subscribe(address: str) -> str:
    return f"{_new()}?{urlencode({'of': address})}"


@cache
def _new() -> str:
    return reverse("alerts:new")
