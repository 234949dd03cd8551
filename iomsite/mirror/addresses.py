"""Which addresses a copy has, what their files are called, and where a page leads."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

# What needs the site itself, and photographs, which the web server has anyway.
LIVE_ONLY = (
    *("/admin/", "/account/", "/alerts/", "/media/", "/oembed", "/policy-violations/"),
    *("/previews/", "/search/"),
)
ABOUT, SECURITY = "/about-this-copy/", "/.well-known/security.txt"
BEGINNINGS = ("/", "/sitemap.xml", "/openapi.json", "/robots.txt", "/llms.txt")
# Parameters that name a part of a list. Of filters there is one at most: of several together there
# is no end.
PARTS = {"page", "after", "p"}
# What the web server looks for as it stands in the address (`deploy/mirror.conf` has the same).
QUERY = re.compile(r"[A-Za-z0-9._~%=&+-]{1,200}")
ATTRIBUTE = re.compile(r' (?:href|src)="([^"]+)"')
CARD = re.compile(r' content="([^"]*/cards/[0-9a-f]{32}\.png)"')
PLACE = re.compile(r"<loc>([^<]+)</loc>")
IN_STYLE = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


def is_copied(address: str) -> bool:
    """`address` is a path, perhaps with a query."""
    path, _mark, query = address.partition("?")
    if path.startswith(LIVE_ONLY) or path == ABOUT or ".." in path:
        return False
    if not path.endswith("/") and "." not in path.rpartition("/")[2]:
        return False
    return not query or bool(QUERY.fullmatch(query) and _is_one_filter(query))


def _is_one_filter(query: str) -> bool:
    return len({name for name, _value in parse_qsl(query)} - PARTS) <= 1


def file_of(address: str) -> str:
    """The file of `/news/?page=2` is `news/index@page=2.html`."""
    path, _mark, query = address.partition("?")
    path = unquote(path).lstrip("/")
    if path.endswith("/") or not path:
        path += "index.html"
    stem, _dot, ending = path.rpartition(".")
    return f"{stem}@{query}.{ending}" if query else path


def address_of(file: str) -> str:
    """The other way round."""
    stem, _dot, ending = file.rpartition(".")
    path, _mark, query = stem.partition("@")
    is_page = ending == "html" and path.rpartition("/")[2] == "index"
    path = quote(f"/{path.removesuffix('index')}" if is_page else f"/{path}.{ending}")
    return f"{path}?{query}" if query else path


def links(body: str, kind: str, address: str, root: str) -> Iterator[str]:
    """The addresses of our own that an answer of this type leads to, without fragments."""
    for found in _found(body, kind):
        whole = urlsplit(urljoin(root + address, unescape(found)))
        if f"{whole.scheme}://{whole.netloc}" == root:
            path = whole.path or "/"
            yield f"{path}?{whole.query}" if whole.query else path


def _found(body: str, kind: str) -> Iterator[str]:
    if kind == "text/html":
        yield from ATTRIBUTE.findall(body)
        yield from CARD.findall(body)
    elif kind == "application/xml":
        yield from PLACE.findall(body)
    elif kind == "text/css":
        yield from IN_STYLE.findall(body)
