"""Walk the site by its links and read the HTML as it was sent."""

import gzip
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

MOST_ADDRESSES = 400
# Filters and pages combine without end; a few of each list show how they answer.
MOST_QUERIES_A_PATH = 4
NOT_PUBLIC_PAGES = ("/admin/", "/account/", "/static/", "/media/")
TIMEOUT = 30


# Scripts of these types are data: nothing in them runs.
DATA_BLOCKS = ("application/ld+json", "application/json")


class Source(HTMLParser):
    """What the HTML of one page links to, and the inline code that it should not hold."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.inline_code: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        # The other forms of a page are no pages; they have tests of their own.
        is_form = attributes.get("rel") == "alternate"
        if tag in ("a", "area") and attributes.get("href") and not is_form:
            self.links.append(attributes["href"])
        if tag == "style" or (tag == "script" and runs_inline(attributes)):
            self.inline_code.append(f"<{tag}>")
        self.inline_code += [
            f'<{tag} {name}="{value}">' for name, value in attrs if is_inline_code(name, value)
        ]


def runs_inline(script: dict[str, str | None]) -> bool:
    return "src" not in script and script.get("type") not in DATA_BLOCKS


def is_inline_code(name: str, value: str | None) -> bool:
    return name == "style" or name.startswith("on") or (value or "").startswith("javascript:")


@dataclass
class Address:
    """One address of the site and what it answered."""

    path: str
    found_on: str
    status: int
    content_type: str
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.content_type.startswith("text/html")

    @property
    def query(self) -> str:
        return urlsplit(self.path).query

    @property
    def route(self) -> str:
        """The URL pattern that answers."""
        try:
            return resolve(urlsplit(self.path).path).route
        except Resolver404:
            return "no pattern"

    @property
    def source(self) -> Source:
        return Source(self.body.decode())


def fetch(url: str, found_on: str = "") -> Address:
    path = urlsplit(url)._replace(scheme="", netloc="").geturl()
    try:
        answer = urllib.request.urlopen(url, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Address(
            path, found_on, answer.status, answer.headers.get("Content-Type", ""), answer.read()
        )


def crawl(site: str) -> list[Address]:
    """Follow links from the home page; addresses with a query come last and lead no further."""
    plain, with_query = deque([("/", "")]), deque()
    seen, visited, queries = {"/"}, [], {}
    while (plain or with_query) and len(visited) < MOST_ADDRESSES:
        path, found_on = (plain or with_query).popleft()
        address = fetch(site + path, found_on)
        visited.append(address)
        if not address.is_page or address.query:
            continue
        for target in internal_targets(site, address):
            base, _, query = target.partition("?")
            if target in seen or (query and queries.get(base, 0) >= MOST_QUERIES_A_PATH):
                continue
            seen.add(target)
            queries[base] = queries.get(base, 0) + bool(query)
            (with_query if query else plain).append((target, path))
    return visited


def internal_targets(site: str, address: Address) -> list[str]:
    """The paths, with query, that a page's links lead to within the public site."""
    targets = []
    for link in address.source.links:
        url = urlsplit(urljoin(site + address.path, link))
        if url._replace(path="", query="", fragment="").geturl() != site:
            continue
        if not url.path.startswith(NOT_PUBLIC_PAGES):
            targets.append(url._replace(scheme="", netloc="", fragment="").geturl())
    return targets


def compressed_size(body: bytes) -> int:
    """What a body weighs on the way to a browser, whoever compresses it."""
    return len(gzip.compress(body, 6))
