"""Draws the pages of what is public, the newest first, where none is at hand that holds."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import brotli
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from iomsite.publishing import changes
from iomsite.publishing.keeping import KeptBy
from iomsite.publishing.records import Stamp
from iomsite.publishing.timetable import replace_due
from iomsite.search.models import Entry
from iomsite.snapshot import connection_kept
from iomsite.visitor import Visitor

from .drawn import DRAW
from .entry import BROTLI_QUALITY, OWN, may_be_kept
from .models import DrawnPage
from .release import release

# Rows that one look at all of them finds, and pages that are written together.
AT_A_LOOK, AT_ONCE = 1_000, 25
# Pages that may fail before the site as a whole is taken to be out of order.
MOST_FAILED = 50


def draw(host: str, seconds: float) -> tuple[int, bool]:
    """How many pages were drawn, and whether all are; it ends after so many seconds.

    Two runs at once do no harm: they draw the same. A page that fails is left to the next run.
    """
    until = time.monotonic() + seconds
    replace_due()
    visitor, number, failed = Visitor(host), 0, set[int]()
    ours = {"release": release(), "address__startswith": f"{visitor.root}/"}
    DrawnPage.objects.exclude(**ours).delete()
    with connection_kept():
        for some in _lots(failed):
            if time.monotonic() > until or len(failed) > MOST_FAILED:
                return number, False
            pages = {entry.pk: drawn(visitor, entry) for entry in some}
            failed |= {key for key, page in pages.items() if page is None}
            number += store([page for page in pages.values() if page])
    return number, not failed


def _lots(without: set[int]) -> Iterator[list[Entry]]:
    """Of what waits, a few at a time: they are written before the next are drawn."""
    while found := list(waiting().exclude(pk__in=without)[:AT_A_LOOK]):
        for start in range(0, len(found), AT_ONCE):
            yield found[start : start + AT_ONCE]
    known = Entry.objects.filter(model=OuterRef("model"), row_id=OuterRef("row_id"))
    DrawnPage.objects.filter(~Exists(known)).delete()


def waiting() -> QuerySet[Entry]:
    """What search knows of the public pages without one that holds, newest first. One statement on
    all of them."""
    stamps = Stamp.objects.filter(model=OuterRef("model"), row_id=OuterRef("row_id"))
    everything, page = Stamp.EVERYTHING
    moved = Stamp.objects.filter(model=everything, row_id=page)
    held = DrawnPage.objects.filter(
        model=OuterRef("model"),
        row_id=OuterRef("row_id"),
        generation__gte=Coalesce(moved.values("generation")[:1], 0),
    ).exclude(Exists(stamps.filter(generation__gt=OuterRef("generation"))))
    pages = Entry.objects.current().exclude(address__contains="#")  # those are parts of others
    newest = F("date").desc(nulls_last=True)
    return pages.filter(~Exists(held)).only("address", "model", "row_id").order_by(newest, "-pk")


def drawn(visitor: Visitor, entry: Entry) -> DrawnPage | None:
    """Of one generation, or of the one before: what changes meanwhile makes it old at once.

    None where the page failed; the next run tries again.
    """
    generation = changes.generation()
    taken: list[Any] = []
    response, _body = visitor.ask(entry.address, **{DRAW: taken.append})
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    page = DrawnPage(
        address=visitor.root + unquote(entry.address),
        model=entry.model,
        row_id=entry.row_id,
        generation=generation,
        release=release(),
    )
    if taken and _is_of(page, taken[0]):
        page.headers = {name: value for name, value in taken[0].items() if name.lower() not in OWN}
        page.packed = brotli.compress(taken[0].content, quality=BROTLI_QUALITY)
    return page


def _is_of(page: DrawnPage, response: Any) -> bool:
    """Whether it is for everybody, and follows from this row alone."""
    own = KeptBy(frozenset(), (page.model, page.row_id))
    return may_be_kept(response) and getattr(response, "kept_by", None) == own


def store(pages: list[DrawnPage]) -> int:
    """In place of what these rows had. Returns how many there are."""
    columns = [field.name for field in DrawnPage._meta.concrete_fields]
    DrawnPage.objects.bulk_create(
        pages,
        update_conflicts=True,
        unique_fields=["model", "row_id"],
        update_fields=[name for name in columns if name not in ("id", "model", "row_id")],
    )
    return len(pages)
