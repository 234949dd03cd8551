"""What a request asks for, as far as the page cache has to know before Django does."""

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest

from iomsite.formats.addresses import FORMS, parted, preferred
from iomsite.publishing.preview import PARAMETERS

# Beyond these nobody's link goes; Django answers.
LONGEST_PATH, LONGEST_QUERY, LONGEST_ACCEPT = 500, 1000, 300
MOST_PATHS = 20_000


class Asked(NamedTuple):
    """The key of what is kept. `query` holds only what the page at this path depends on."""

    scheme: str
    host: str
    path: str
    query: str


class Names:
    """The parameters that the pages at a path depend on, learned from their answers."""

    def __init__(self) -> None:
        self._of_path: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, path: str) -> frozenset[str] | None:
        return self._of_path.get(path)

    def learn(self, path: str, names: frozenset[str]) -> None:
        with self._lock:
            self._of_path[path] = names
            self._of_path.move_to_end(path)
            while len(self._of_path) > MOST_PATHS:
                self._of_path.popitem(last=False)

    def forget(self, path: str) -> None:
        with self._lock:
            self._of_path.pop(path, None)


def is_for_everybody(environ: dict[str, Any]) -> bool:
    """Whether it says nothing of who asks: anybody would be given the same."""
    return "HTTP_COOKIE" not in environ and is_of_a_stranger(environ)


def is_of_a_stranger(environ: dict[str, Any]) -> bool:
    """Whether it says nothing that this site gave out or understands: cookies of other sites of
    the same organisation come along.
    """
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not _has_own_cookie(environ.get("HTTP_COOKIE", ""))
        and "HTTP_AUTHORIZATION" not in environ
        and len(environ["PATH_INFO"]) <= LONGEST_PATH
        and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and wants_page(environ["PATH_INFO"], environ.get("HTTP_ACCEPT", ""))
    )


def _has_own_cookie(cookies: str) -> bool:
    if not cookies:
        return False
    own = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return any(one.partition("=")[0].strip() in own for one in cookies.split(";"))


@lru_cache(maxsize=4096)
def wants_page(path: str, accept: str) -> bool:
    """Whether the address alone says in which form, or else the form that is asked for is HTML."""
    if len(accept) > LONGEST_ACCEPT:
        return False
    _page, ending = parted(path)
    return bool(ending) or _is_html(accept)


@lru_cache(maxsize=512)
def _is_html(accept: str) -> bool:
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    return preferred(request, tuple(FORMS)) == ""


def scheme_of(environ: dict[str, Any]) -> str:
    """As Django sees it: from a proxy of ours, where there is one."""
    trusted = settings.SECURE_PROXY_SSL_HEADER
    if trusted and trusted[0] in environ:
        told = str(environ[trusted[0]]).partition(",")[0].strip()
        return "https" if told == trusted[1] else "http"
    return str(environ["wsgi.url_scheme"])


def query_of(path: str, query: str, names: frozenset[str]) -> str | None:
    """In one order, without what the page does not depend on; None for what is nobody's link.

    Programs are told of what cannot be asked for, so that nothing is left out of their addresses.
    """
    if not query:
        return ""
    try:
        given = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    asked = [name for name, _value in given]
    if not set(PARAMETERS).isdisjoint(asked):
        return None
    if parted(path)[1] and not (names.issuperset(asked) and len(asked) == len(set(asked))):
        return None
    last = {name: value for name, value in given if name in names}  # as Django reads it
    return urlencode(sorted((name, value) for name, value in last.items() if value))
