"""Which forms there are, how an address names one, and what a program asks for by `Accept`.

The form of a page is asked for by the ending of its address in place of the last slash:
`/news/?country=iran` is `/news.json?country=iran`, and the home page is `/index.json`.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest

HTML = "text/html"
HOME = "/index"
# Nobody writes a longer one by hand, and no program needs to.
LONGEST_ACCEPT = 2000


class Form(NamedTuple):
    ending: str
    media: str
    name: str


FORMS = {
    form.ending: form
    for form in (
        Form("atom", "application/atom+xml", "Atom"),
        Form("json", "application/json", "JSON"),
        Form("csv", "text/csv", "CSV"),
        Form("md", "text/markdown", "Markdown"),
    )
}
ENDING = re.compile(rf"(/(?:[^/]+/)*[^/]+)\.({'|'.join(FORMS)})", re.ASCII)


def parted(path: str) -> tuple[str, str]:
    """The address of the page, and the ending; an empty one where the address names no form."""
    found = ENDING.fullmatch(path)
    if found is None:
        return path, ""
    page = "/" if found[1] == HOME else f"{found[1]}/"
    return page, found[2]


def with_ending(address: str, ending: str) -> str:
    """The address of the same page in this form; its query stays, and its fragment goes."""
    parts = urlsplit(address)
    path = HOME if parts.path == "/" else parts.path.removesuffix("/")
    return urlunsplit(parts._replace(path=f"{path}.{ending}", fragment=""))


def preferred(request: HttpRequest, offered: Any) -> str | None:
    """The ending of the form that the request asks for: none for HTML, None for what is not here.

    Who accepts several alike gets the page.
    """
    accept = request.META.get("HTTP_ACCEPT", "")
    if not accept.strip() or len(accept) > LONGEST_ACCEPT:
        return ""
    return _preferred(accept, tuple(offered))


@lru_cache(100)
def _preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """Browsers say the same with each request, and to take it apart is a twentieth of a list."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    endings = {HTML: "", **{FORMS[ending].media: ending for ending in offered}}
    best = request.get_preferred_type(list(endings))
    return None if best is None else endings[best]
