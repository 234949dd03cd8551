"""Draws the pages of what is public, the newest first, where none is at hand that holds."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import brotli
from django.db import transaction
from django.db.models import Exists, Model, OuterRef
from django.db.models.functions import Coalesce

from iomsite.publishing import changes
from iomsite.publishing.records import Stamp
from iomsite.publishing.timetable import replace_due
from iomsite.snapshot import connection_kept
from iomsite.visitor import Visitor

from .drawn import DRAW
from .entry import BROTLI_QUALITY, OWN
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
            pages = {row.pk: _drawn(visitor, row) for row in some}
            failed |= {key for key, page in pages.items() if page is None}
            number += _store([page for page in pages.values() if page])
    return number, not failed


def _lots(without: set[int]) -> Iterator[list[Any]]:
    """Of what waits, a few rows at a time: they are written before the next are drawn."""
    for model in sorted(changes.seen_where_named, key=lambda model: model._meta.label):
        while rows := list(waiting(model).exclude(pk__in=without)[:AT_A_LOOK]):
            for start in range(0, len(rows), AT_ONCE):
                yield rows[start : start + AT_ONCE]
        _forget_what_is_gone(model)


def waiting(model: Any) -> Any:
    """The public rows without a page that holds, newest first. One statement on all of them."""
    stamps = Stamp.objects.filter(model=OuterRef("model"), row_id=OuterRef("row_id"))
    everything, page = Stamp.EVERYTHING
    moved = Stamp.objects.filter(model=everything, row_id=page)
    held = DrawnPage.objects.filter(
        model=model._meta.label_lower,
        row_id=OuterRef("pk"),
        generation__gte=Coalesce(moved.values("generation")[:1], 0),
    ).exclude(Exists(stamps.filter(generation__gt=OuterRef("generation"))))
    return model.objects.published().filter(~Exists(held))


def _drawn(visitor: Visitor, row: Any) -> DrawnPage | None:
    """Of one generation, or of the one before: what changes meanwhile makes it old at once.

    None where the page failed; the next run tries again.
    """
    generation = changes.generation()
    taken: list[Any] = []
    path = row.get_absolute_url()
    response, _body = visitor.ask(path, **{DRAW: taken.append})
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    page = DrawnPage(
        address=visitor.root + unquote(path),
        model=row._meta.label_lower,
        row_id=row.pk,
        generation=generation,
        release=release(),
    )
    if taken and _is_of(row, taken[0]):
        page.headers = {name: value for name, value in taken[0].items() if name.lower() not in OWN}
        page.packed = brotli.compress(taken[0].content, quality=BROTLI_QUALITY)
    return page


def _is_of(row: Model, response: Any) -> bool:
    """Whether it is a page for everybody that follows from this row alone."""
    kept_by = getattr(response, "kept_by", None)
    own = (row._meta.label_lower, row.pk)
    return (
        response.status_code == HTTPStatus.OK
        and kept_by == (frozenset(), own)
        and not response.cookies
    )


def _store(pages: list[DrawnPage]) -> int:
    """In place of what these rows had, also at other addresses. Returns how many there are."""
    with transaction.atomic():
        for model in {page.model for page in pages}:
            rows = [page.row_id for page in pages if page.model == model]
            DrawnPage.objects.filter(model=model, row_id__in=rows).delete()
        DrawnPage.objects.bulk_create(
            {page.address: page for page in pages}.values(),
            update_conflicts=True,
            unique_fields=["address"],
            update_fields=["model", "row_id", "generation", "release", "headers", "packed"],
        )
    return len(pages)


def _forget_what_is_gone(model: Any) -> None:
    gone = DrawnPage.objects.filter(model=model._meta.label_lower)
    public = model.objects.published().filter(pk=OuterRef("row_id"))
    gone.filter(~Exists(public)).delete()
