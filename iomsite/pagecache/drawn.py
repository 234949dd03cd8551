"""Gives out drawn pages: one statement in place of those of the page and its template."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from iomsite import remembered
from iomsite.measured import KEY as MEASURED
from iomsite.publishing.keeping import KeptBy
from iomsite.publishing.records import Stamp

from .asked import is_of_a_stranger, query_of
from .models import DrawnPage
from .release import release

# In the environment of a request: called with the page that is made for it, and nothing is given
# out. No header of a visitor's gets a name without HTTP_ before it.
DRAW = "iomsite.draw"
MOST_PATHS = 1_000
# Both stamps by their index. As the ORM would say it, but not put together for each request: that
# takes longer than the database does.
HOLDS = """
SELECT * FROM pagecache_drawnpage AS page
WHERE address = %s AND release = %s AND generation <= %s AND length(packed) > 0
AND generation >= COALESCE((SELECT generation FROM publishing_stamp AS stamp
    WHERE stamp.model = page.model AND stamp.row_id = page.row_id), 0)
AND generation >= COALESCE((SELECT generation FROM publishing_stamp AS stamp
    WHERE stamp.model = %s AND stamp.row_id = %s), 0)
"""


class DrawnMiddleware:
    """Stands inside of what says which generation the request shows, and outside of the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Where lists, searches and the like stand, which are never drawn and asked for most: nobody
        # looks there twice.
        self._never_drawn: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if take := request.META.get(DRAW):
            response = self.get_response(request)
            take(response)
            return response
        if request.path in self._never_drawn or not may_be_drawn(request):
            return self.get_response(request)
        return self._drawn(request) or self._made(request)

    def _made(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_of_a_page = getattr(getattr(response, "kept_by", None), "row", None) is not None
        is_there = response.status_code == HTTPStatus.OK
        if is_there and not is_of_a_page and len(self._never_drawn) < MOST_PATHS:
            self._never_drawn.add(request.path)
        return response

    def _drawn(self, request: Any) -> HttpResponse | None:
        """Not while nobody knows the generation, as then nobody says what still holds."""
        generation = remembered.generation()
        if generation is None:
            return None
        address = f"{request.scheme}://{request.get_host()}{request.path}"
        asked = [address, release(), generation, *Stamp.EVERYTHING]
        page = next(iter(DrawnPage.objects.raw(HOLDS, asked)), None)
        if page is None:
            return None
        if measured := request.META.get(MEASURED):
            measured.view = "drawn"
        return response_of(page)


def may_be_drawn(request: Any) -> bool:
    """Whether everybody would be given the same, as a page and not in another form.

    A drawn page depends on no parameter: what others write behind its address is not looked at.
    """
    meta, path = request.META, request.path
    is_page = "COPY" not in meta and not request.ending and "\0" not in path
    return (
        is_page
        and is_of_a_stranger(meta)
        and query_of(path, meta.get("QUERY_STRING", ""), frozenset()) == ""
    )


def response_of(page: DrawnPage) -> HttpResponse:
    packed = bytes(page.packed)
    response: Any = HttpResponse(brotli.decompress(packed), headers=page.headers)
    response.brotli = packed
    patch_vary_headers(response, ["Accept"])
    response.kept_by = KeptBy(frozenset(), (page.model, page.row_id))
    return response
