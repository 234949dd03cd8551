"""Every page that links lead to, once in Chromium, held against what the site promises."""

import os
import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, get_resolver

from tests.browser.crawl import Address, compressed_size, fetch
from tests.publishing.sweep import PREVIEW_ONLY

from .windows import AXE, DESKTOP

DARK_PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
# The narrowest phone, and a 1280 px window at 200 % zoom.
NARROW_WIDTHS = (320, 640)

MOST_BYTES = {"all": 60_000, "css": 12_000, "js": 3_000}

# So many pages of a type are read by axe, which takes most of the time; all are opened.
READ_BY_AXE = 2

MISSING_PAGE = "/no-such-page/"
FILES = ("^cards/", "robots.txt", "llms.txt", "sitemap", ".well-known/", "oembed", "openapi.json")
# Patterns that no visitor is led to by a link.
# Scripts ask for suggestions; the others are not of the public site.
NOT_LINKED = (
    "admin/",
    "account/",
    "policy-violations/",
    "search/suggest",
    *("alerts/sent/", "alerts/confirm/", "alerts/manage/", "alerts/stop"),
    "static/",
    "^media/",
    *FILES,
)


@dataclass
class View:
    """What one page did in one window."""

    site: str
    address: Address
    window: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)

    def __str__(self):
        return f"{self.address.path} ({self.window})"


@pytest.fixture(scope="module")
def pages(site, addresses) -> list[Address]:
    """What is HTML, and the page of an address that nothing has."""
    return [address for address in addresses if address.is_page] + [fetch(site + MISSING_PAGE)]


@pytest.fixture(scope="module")
def views(chromium, site, pages) -> list[View]:
    page_types = {(page.route, page.status): page for page in reversed(pages)}.values()
    return look(chromium, site, "desktop", DESKTOP, pages) + look(
        chromium, site, "dark phone", DARK_PHONE, page_types
    )


def look(chromium, site, name, window, pages) -> list[View]:
    """Open each page, let axe read some, all in one window: new ones take four times as long."""
    views, of_type = [], Counter()
    with chromium.new_context(**window, reduced_motion="reduce") as context:
        page = context.new_page()
        page.on("request", lambda request: views[-1].requests.append(request.url))
        page.on("requestfailed", lambda request: note_failure(views[-1], request))
        page.on("pageerror", lambda error: views[-1].errors.append(str(error)))
        page.on("console", lambda message: note(views[-1], message))
        for address in pages:
            views.append(View(site, address, name))
            page.goto(site + address.path, wait_until="load")
            of_type[address.route, address.status] += 1
            if of_type[address.route, address.status] <= READ_BY_AXE:
                views[-1].barriers += barriers(page)
            views[-1].too_wide += too_wide(page)
            page.set_viewport_size(window["viewport"])
    return views


def note_failure(view, request):
    """What is still on its way when the window moves on is aborted, which is no failure."""
    if request.failure != "net::ERR_ABORTED":
        view.errors.append(f"{request.failure} {request.url}")


def note(view, message):
    """Keep what the console complains about, but not that the missing page is missing."""
    url = message.location.get("url", "")
    own_status = url == view.site + MISSING_PAGE and "404" in message.text
    if message.type in ("error", "warning") and not own_status:
        view.errors.append(f"{message.text} {url}")


def barriers(page) -> list[str]:
    return [
        f"{violation['id']}: {violation['help']}: "
        + "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        for violation in Axe().run(page, options=AXE).response["violations"]
    ]


def too_wide(page) -> list[str]:
    """What sticks out of narrower windows: the page turns to each as a reader's screen would."""
    found = []
    for width in NARROW_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if elements := page.evaluate(WIDER_THAN_THE_WINDOW):
            found.append(f"{width} px: {elements}")
    return found


@cache
def weight(url: str) -> int:
    return compressed_size(fetch(url).body)


def report(problems) -> str:
    lines = [str(problem) for problem in problems]
    return "\n".join([f"{len(lines)} found", *lines[:40]])


def test_every_link_leads_to_a_page(addresses):
    broken = [
        f"{a.path}: {a.status}, linked from {a.found_on}" for a in addresses if a.status != 200
    ]

    assert not broken, report(broken)


def test_links_reach_every_kind_of_page(addresses):
    unreached = public_routes() - PREVIEW_ONLY - {address.route for address in addresses}

    assert not unreached, report(sorted(unreached))


def public_routes(resolver=None, prefix="") -> set[str]:
    routes = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            routes.add(route)
        elif not route.startswith(NOT_LINKED):
            routes |= public_routes(pattern, route)
    return {route for route in routes if not route.startswith(NOT_LINKED)}


def test_no_page_holds_inline_code(pages):
    found = [f"{page.path}: {code}" for page in pages for code in page.source.inline_code]

    assert not found, report(found)


def test_no_page_makes_the_browser_complain(views):
    complaints = [f"{view}: {error}" for view in views for error in view.errors]

    assert not complaints, report(complaints)


def test_no_page_asks_a_third_party(views, site):
    strangers = [
        f"{view}: {url}"
        for view in views
        for url in view.requests
        if not url.startswith((f"{site}/", "data:"))
    ]

    assert not strangers, report(strangers)


def test_no_page_puts_up_a_barrier(views):
    barriers = [f"{view}: {barrier}" for view in views for barrier in view.barriers]

    assert not barriers, report(barriers)


def test_first_view_is_light(views):
    """Photographs apart: which of their sizes is sent is the screen's choice."""
    heavy = [
        f"{view}: {kind} {size} bytes"
        for view in views
        for kind, size in sizes(view).items()
        if size > MOST_BYTES.get(kind, MOST_BYTES["all"])
    ]

    assert not heavy, report(heavy)


def sizes(view) -> dict[str, int]:
    """Compressed bytes of a view, in all and by the ending of the file."""
    total = defaultdict(int)
    for url in {url for url in view.requests if url.startswith(view.site)}:
        path = urlsplit(url).path
        if not path.startswith("/media/"):
            is_own = url == view.site + view.address.path
            size = compressed_size(view.address.body) if is_own else weight(url)
            total["all"] += size
            total[path.rpartition(".")[2]] += size
    return total


def test_html_is_valid(pages, tmp_path):
    jar = os.environ.get("VNU_JAR")
    if not jar and os.environ.get("CI") != "true":
        pytest.skip("VNU_JAR does not name the jar of the Nu HTML checker")
    assert jar, "CI has to name the jar of the Nu HTML checker in VNU_JAR"
    for number, page in enumerate(pages):
        name = re.sub(r"\W+", "-", page.path)[:80].strip("-") or "home"
        (tmp_path / f"{number:03}-{name}.html").write_bytes(page.body)

    checker = subprocess.run(
        ["java", "-jar", jar, "--errors-only", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
    )

    assert checker.returncode == 0, report(checker.stderr.splitlines())


def test_nothing_scrolls_sideways(views):
    wide = [f"{view}: {found}" for view in views for found in view.too_wide]

    assert not wide, report(wide)


WIDER_THAN_THE_WINDOW = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return null;
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
        .map((element) => element.outerHTML.slice(0, 100))
        .slice(0, 3).join(" ") || `${root.scrollWidth} px`;
}"""
