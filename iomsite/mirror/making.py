"""Makes the next copy of the site from the last one, asking only for what may have changed."""

import datetime
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from iomsite.publishing import readonly
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.models import Ledger, Publishable, Redirect
from iomsite.publishing.moments import in_words
from iomsite.publishing.records import Stamp
from iomsite.publishing.timetable import replace_due
from iomsite.snapshot import one_moment

from . import addresses
from .copies import Copy, File, Key, alone, digest_of, remove_others, tell
from .visitor import MOMENT, REMARK, WORDS, Answer, Visitor

# How often it begins anew because a moment of the schedule came while it read.
MOST_BEGINNINGS = 5
# Pages that may fail before the copy of before is the better one.
MOST_FAILED = 20
LIST_ENDING = "/index.html"
# Pages that the site itself does not have: file, template.
OWN = {
    "about-this-copy/index.html": "mirror/about.html",
    "search/index.html": "mirror/search.html",
    "_mirror/unavailable.html": "mirror/unavailable.html",
    "_mirror/404.html": "mirror/missing.html",
}
ALWAYS = {*OWN, addresses.file_of(addresses.SECURITY)}
MOVED = (301, 302, 303, 307, 308)


class Unfinished(Exception):
    """No copy came about; the one of before is still shown."""


class Standing(NamedTuple):
    """How far the site has come, and which pages have been moved on since the copy of before."""

    at: datetime.datetime
    generation: int
    next_at: datetime.datetime | None
    stamps: dict[Key, int]
    # Whether something had come or gone before, and stays due, as nothing may be changed now.
    is_overdue: bool

    @classmethod
    def read(cls, since: int) -> "Standing":
        """Two statements, and one where something is due."""
        row = Ledger.objects.filter(pk=1).values_list("generation", "next_at").first()
        generation, next_at = row or (0, None)
        moved = Stamp.objects.filter(generation__gt=since)
        stamps = {(m, k): g for m, k, g in moved.values_list("model", "row_id", "generation")}
        now = timezone.now()
        is_overdue = next_at is not None and next_at <= now and bool(readonly.asked())
        return cls(now, generation, next_at, stamps, is_overdue)

    def holds(self, file: File, made_at: int) -> bool:
        """Not where the ledger has gone back: nobody knows then what came in between. Nor while
        what is due has to wait: no stamp tells what came or went by time.
        """
        if self.is_overdue or made_at > self.generation or Stamp.EVERYTHING in self.stamps:
            return False
        return file.row not in self.stamps if file.row else made_at == self.generation

    @property
    def is_past(self) -> bool:
        """Whether something has come or gone by time since."""
        passed = self.next_at is not None and self.next_at <= timezone.now()
        return passed and not self.is_overdue


@dataclass
class Run:
    """One reading of the site, in one moment of the database."""

    visitor: Visitor
    copy: Copy
    base: Copy
    standing: Standing
    made: int = 0
    kept: int = 0

    @property
    def failed(self) -> list[str]:
        return self.copy.failed

    def go(self) -> bool:
        """Return whether it came to the end: a part of a copy leads to less than all."""
        self.copy.generation = self.standing.generation
        first = {*self._take_over_what_holds(), *self.base.failed, *_beginnings()}
        known = set(filter(addresses.is_copied, first))
        waiting: deque[tuple[str, Key | None]] = deque((one, None) for one in sorted(known))
        while waiting:
            address, row = waiting.popleft()
            for found, above in self._copied(address, row):
                if found not in known and addresses.is_copied(found):
                    known.add(found)
                    waiting.append((found, above))
            if len(self.failed) > MOST_FAILED or (self.failed and self.standing.is_past):
                return False
        self._add_own_pages()
        return True

    def _take_over_what_holds(self) -> Iterator[str]:
        """The addresses of what has to be asked for again, as a page that holds may lead there.

        Not cards, which are there for as long as their page, nor parts of lists, where no page that
        holds has a link to them: their lists lead to other parts by now.
        """
        has_moved = self.standing.generation != self.base.generation
        for name, file in self.base.files.items():
            if name in ALWAYS:
                continue
            holds = self.standing.holds(file, self.base.generation)
            if holds and self.copy.take_over(name, self.base, file.row):
                self.kept += 1
                if has_moved and name.endswith(LIST_ENDING):
                    yield from self._lists_behind(name)
            elif holds or not ("@" in name or name.startswith("cards/")):
                yield addresses.address_of(name)

    def _lists_behind(self, name: str) -> Iterator[str]:
        """Parts of lists and lists by a filter that a page has links to."""
        body, address = (self.copy.site / name).read_text(), addresses.address_of(name)
        found = addresses.links(body, "text/html", address, self.visitor.root)
        return (one for one in found if "?" in one)

    def _copied(self, address: str, above: Key | None) -> Iterable[tuple[str, Key | None]]:
        """Where it leads; nothing where its file was taken over, with what belongs to it.

        `above` is the row of the page that led here: a card is there for as long as its page.
        """
        name = addresses.file_of(address)
        if name in self.copy.files:
            return ()
        answer = self.visitor.get(address)
        if answer.status in MOVED:
            return ((found, None) for found in self._moved(name, address, answer))
        if answer.status == HTTPStatus.OK:
            row = above if name.startswith("cards/") else answer.row
            return ((found, row) for found in self._stored(name, address, answer, row))
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.failed.append(address)
        return ()

    def _stored(self, name: str, address: str, answer: Answer, row: Key | None) -> list[str]:
        self._put(name, answer.body, row)
        if answer.has_filters and name.endswith(LIST_ENDING):
            self._put(name.replace(LIST_ENDING, "/index@.html"), answer.body, None, _left_out())
        found = {answer.following.removeprefix(self.visitor.root)} if answer.following else set()
        if answer.kind in ("text/html", "application/xml", "text/css"):
            body, root = answer.body.decode(), self.visitor.root
            found.update(addresses.links(body, answer.kind, address, root))
        return sorted(found)

    def _moved(self, name: str, address: str, answer: Answer) -> list[str]:
        target = urlsplit(urljoin(self.visitor.root + address, answer.location))
        if target.netloc != self.visitor.host:
            return []
        path = target._replace(scheme="", netloc="").geturl()
        if name.endswith(".html"):
            self._put(name, self.visitor.drawn("mirror/moved.html", address, path=path), None)
        return [path]

    def _add_own_pages(self) -> None:
        for name, template in OWN.items():
            address = f"/{name.removesuffix('index.html')}"
            said = {"compared": in_words(self.standing.at), "failed": self.failed}
            self._put(name, self.visitor.drawn(template, address, **said), None)

    def _put(self, name: str, body: bytes, row: Key | None, remark: str = "") -> None:
        """The file of before where it was made of the same, with the moment of then."""
        digest = digest_of(body + remark.encode())
        before = self.base.files.get(name)
        if before and before.digest == digest and self.copy.take_over(name, self.base, row):
            self.kept += 1
            return
        filled = self._filled(body, remark)
        self.copy.write(name, filled, File(digest, len(filled), row))
        self.made += 1

    def _filled(self, body: bytes, remark: str) -> bytes:
        if MOMENT.encode() not in body:
            return body
        at = self.standing.at
        for token, words in ((MOMENT, at.isoformat()), (WORDS, in_words(at)), (REMARK, remark)):
            body = body.replace(token.encode(), words.encode())
        return body


def _left_out() -> str:
    return _(
        "This copy cannot answer what you asked for. It shows the list from its beginning, "
        "without a filter."
    )


def _beginnings() -> Iterator[str]:
    """The sitemap leads to every public page; it says nothing of what moved or was withdrawn."""
    yield from addresses.BEGINNINGS
    if settings.SECURITY_CONTACT:
        yield addresses.SECURITY
    for model in publishable_models():
        if hasattr(model, "get_absolute_url"):
            withdrawn = (page for page in model.objects.gone() if page.is_readable())
            yield from (page.get_absolute_url().partition("#")[0] for page in withdrawn)
    old = Redirect.objects.values_list("old_path", flat=True)
    yield from (path for path in old if path.endswith("/"))


def unreadable(copy: Copy) -> set[Key]:
    """The pages in a copy that nobody may read any more. Two statements a kind of page."""
    rows = {file.row for file in copy.files.values() if file.row}
    return {row for model in publishable_models() for row in _unreadable(model, rows)}


def _unreadable(model: type[Publishable], rows: set[Key]) -> Iterator[Key]:
    label = model._meta.label_lower
    if keys := {key for name, key in rows if name == label}:
        readable = set(model.objects.published().values_list("pk", flat=True))
        readable |= {page.pk for page in model.objects.gone() if page.is_readable()}
        yield from ((label, key) for key in keys - readable)


def release() -> str:
    """Of the words and the program of the site: another release may say the same otherwise."""
    found = hashlib.sha256(repr((settings.TIME_ZONE, settings.STATIC_URL)).encode())
    for package in ("iomsite", "programmes", "news"):
        for path in sorted((settings.BASE_DIR / package).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                found.update(path.name.encode() + path.read_bytes())
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.is_file():
        found.update(manifest.read_bytes())
    return found.hexdigest()


def make(root: Path, host: str, *, anew: bool = False) -> dict[str, Any]:
    """Bring the copy in `root` up to date and return what `mirror.json` says of it.

    Raises Unfinished, Busy, and OSError where the disk is full: visitors then see the copy of
    before, whole.
    """
    begun = timezone.now()
    of = {"release": release(), "host": host}
    with alone(root):
        base = None if anew else Copy.shown(root, of)
        try:
            run = _read_in_one_moment(root, host, base or Copy(root / "none", of=of), of)
            run.copy.finish(root)
        finally:
            remove_others(root)
        said = _told(run, base, begun)
        tell(root, said)
    return said


def _read_in_one_moment(root: Path, host: str, base: Copy, of: dict[str, Any]) -> Run:
    for _beginning in range(MOST_BEGINNINGS):
        replace_due()
        copy = Copy.begun(root, of)
        with one_moment():
            run = Run(Visitor(host), copy, base, Standing.read(base.generation))
            is_whole = run.go()
        if not run.standing.is_past:
            break
        base = copy if is_whole else base
    else:
        raise Unfinished("The site changed by its schedule each time before it was read.")
    if len(run.failed) > MOST_FAILED:
        raise Unfinished(f"{len(run.failed)} pages failed, {run.failed[0]} first.")
    return run


def _told(run: Run, base: Copy | None, begun: datetime.datetime) -> dict[str, Any]:
    files = run.copy.files
    finished = timezone.now()
    return {
        "finished_at": finished.isoformat(),
        "read_at": run.standing.at.isoformat(),
        "site": run.visitor.root,
        "generation": run.standing.generation,
        "pages": sum(name.endswith("index.html") for name in files),
        "files": len(files),
        "made": run.made,
        "kept": run.kept,
        "removed": len(base.files.keys() - files.keys()) if base else 0,
        "failed": run.failed,
        "seconds": round((finished - begun).total_seconds(), 1),
    }
