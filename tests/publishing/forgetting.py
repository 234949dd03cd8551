"""A site of which one place forgets who may see what, to see whether the sweep notices."""

import ast
import re
import sys
from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template.base import Node

from iomsite.publishing.models import Publishable
from iomsite.publishing.querysets import PublishableQuerySet

from . import sweep

QUESTIONS = ("published", "is_public")
MENU = "iomsite/organisation/navigation.py"
TEXTS = "texts"
# Asked in texts, of what `text_targets` has found, which is public: no address would tell.
GUARDED = "Publishable.text_address"
# What asks for other reasons than to answer a visitor.
INTERNAL = (
    "acronyms.py",
    "admin.py",
    "cards.py",
    "finding.py",
    # Of mail; `test_withdrawn_meanwhile_is_not_sent` reads it.
    *("iomsite/alerts/letters.py", "iomsite/alerts/matching.py"),
    "iomsite/search/documents.py",
    "iomsite/publishing/",
    "links.py",
    "management/",
    "migrations/",
    # Takes pages out of the copy; `test_nothing_is_taken_out_that_may_be_read` looks.
    "iomsite/mirror/making.py",
    "pointing.py",
    "templates/admin/",
    "unseen.py",
)


class Place(NamedTuple):
    """A line of Python or of a template that asks what the public may see of a model."""

    file: str
    line: int
    name: str
    model: str

    def __str__(self):
        return f"{self.file} {self.name or self.line}: {self.model}"


class ForgetfulSite:
    """Answers like the site, but the places in `forgets` take every page for public.

    `asked` holds the places that were asked for the answer of each address.
    """

    def __init__(self, client, monkeypatch):
        self.client, self.address = client, ""
        self.asked, self.forgets = defaultdict(set), frozenset()
        honest, is_public = PublishableQuerySet.published, Publishable.is_public

        def published(rows, at=None):
            return rows.pages() if self._forgets(rows.model) else honest(rows, at)

        def tell(row, at=None):
            return row.edition_of_id is None if self._forgets(type(row)) else is_public(row, at)

        monkeypatch.setattr(PublishableQuerySet, "published", published)
        monkeypatch.setattr(Publishable, "is_public", tell)

    def get(self, address):
        self.address = address
        try:
            response = self.client.get(address)
            if response.streaming:
                response.streaming_content = [response.getvalue()]
            return response
        finally:
            self.address = ""

    def _forgets(self, model):
        if not self.address:
            return False
        place = _asking(sys._getframe(2), model)
        self.asked[self.address].add(place)
        return place in self.forgets


def _asking(frame, model):
    while "site-packages" in frame.f_code.co_filename:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and node.token:
            return Place(node.origin.template_name, node.token.lineno, "", model.__name__)
        frame = frame.f_back
    file = Path(frame.f_code.co_filename).relative_to(settings.BASE_DIR)
    return Place(str(file), frame.f_lineno, frame.f_code.co_qualname, model.__name__)


def _surface(place, address):
    if place.file == MENU:
        return MENU
    return TEXTS if "text_" in place.name else sweep.surface_of(address)


class Trial:
    """Breaks every place for every surface that asks it, and looks whether an answer changes.

    `uses` and `noticed` hold pairs of a place and the surface that asks it; `surfaces` those that
    are noticed when they forget everywhere. The menu and what texts refer to, which all of them
    share, are uses of their own.
    """

    def __init__(self, site):
        self.site = site
        self.uses, self.noticed, self.surfaces = set(), set(), set()

    @property
    def unnoticed(self):
        return self.uses - self.noticed

    def run(self, demanded):
        """`demanded` is what the sweep expects of each address, from an honest look at the site."""
        asked, self.site.asked = self.site.asked, defaultdict(set)
        addresses = defaultdict(list)
        for address in demanded:
            for place in asked[address]:
                if place.name == GUARDED:
                    continue
                addresses[place, _surface(place, address)].append(address)
        self.uses |= addresses.keys()
        talkative = set()  # what told of one place may well tell of the next

        def promise(address):
            return address not in talkative, demanded[address][0] == 200

        for use in sorted(self.unnoticed & addresses.keys()):
            found = sorted(addresses[use], key=promise)
            if teller := self._teller({use[0]}, found, demanded):
                talkative.add(teller)
                self.noticed.add(use)
        self._break_surfaces(addresses, demanded)

    def _break_surfaces(self, addresses, demanded):
        for surface in {surface for _place, surface in addresses} - self.surfaces - {MENU, TEXTS}:
            own = [use for use in addresses if use[1] == surface]
            found = dict.fromkeys(chain(*(addresses[use] for use in own)))
            if self._teller({place for place, _surface in own}, found, demanded):
                self.surfaces.add(surface)

    def _teller(self, places, addresses, demanded):
        """The first of the addresses that answers otherwise while these places forget."""
        self.site.forgets = places
        try:
            answers = ((one, sweep.body(self.site, one)) for one in addresses)
            return next(
                (one for one, answer in answers if sweep.demanded(answer) != demanded[one]), None
            )
        finally:
            self.site.forgets = frozenset()


def never_asked(places):
    """The lines of public code that ask, but not while these places were found."""
    lines = {(place.file, place.line) for place in places}
    return [
        f"{file}:{first}"
        for file, first, last in (*_python_lines(), *_template_lines())
        if not any((file, line) in lines for line in range(first, last + 1))
    ]


def _files(pattern):
    for app in ("iomsite", "news", "programmes"):
        for path in sorted((settings.BASE_DIR / app).rglob(pattern)):
            name = str(path.relative_to(settings.BASE_DIR))
            if not any(part in name for part in INTERNAL):
                yield name, path.read_text(encoding="utf-8")


def _python_lines():
    for name, text in _files("*.py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in QUESTIONS:
                yield name, node.func.value.end_lineno, node.end_lineno


def _template_lines():
    for name, text in _files("*.html"):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(rf"\.({'|'.join(QUESTIONS)})\b", line):
                yield name.partition("/templates/")[2], number, number
