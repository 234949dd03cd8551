"""Long lists in parts that stay complete while things are published.

A part begins after the last row of the one before it, and not at a number. The order is that in
which things became public for the first time, newest first: no later edition moves a row, so
nothing is skipped and nothing comes twice.
"""

import datetime
from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.core.signing import BadSignature, Signer
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from iomsite.publishing.models import FIRST_PUBLIC, Publishable
from iomsite.remembered import remembered

from .records import first_public

PART = 50
STREAMED = 500  # rows at a time of a list that is sent whole
LONGEST_MARK = 300
SIGNER = Signer(salt="iomsite.formats.after")


class CountedPaginator(Paginator):
    """Pages by number, for people, counted once a generation. `key` says which list it is."""

    object_list: QuerySet[Any]

    def __init__(self, rows: QuerySet[Any], length: int, key: Hashable, **how: Any) -> None:
        super().__init__(rows, length, **how)
        self.key = key

    @cached_property
    def count(self) -> int:
        return remembered(("count", self.key), self.object_list.count)


class Part(NamedTuple):
    rows: list[Any]
    after: str  # what the next part begins after; empty at the end


def in_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    if issubclass(rows.model, Publishable):
        return rows.annotate(first_public=FIRST_PUBLIC).order_by(
            F("first_public").desc(), F("pk").desc()
        )
    return rows.order_by("-pk")


def part(rows: QuerySet[Any], after: str, length: int = PART) -> Part:
    """At most `length` of the rows; one more is read to know whether there are others."""
    ordered = in_order(rows)
    if after:
        ordered = ordered.filter(_behind(rows.model, after))
    found = list(ordered[: length + 1])
    if len(found) <= length:
        return Part(found, "")
    return Part(found[:length], mark_of(found[length - 1]))


def whole(rows: QuerySet[Any], after: str = "") -> Iterator[list[Any]]:
    """All rows, some hundreds at a time."""
    while True:
        found, after = part(rows, after, STREAMED)
        yield found
        if not after:
            return


def mark_of(row: Any) -> str:
    """Signed, so that nobody mistakes it for something to make up."""
    moment = first_public(row)
    said = [row.pk, moment.isoformat() if moment else None, row._meta.label_lower]
    mark: str = SIGNER.sign_object(said)
    return mark


def check(model: type[Any], after: str) -> None:
    """Refuse a mark that no list of these rows has given."""
    if after:
        _behind(model, after)


def _read(after: str) -> list[Any]:
    try:
        if len(after) > LONGEST_MARK:
            raise BadSignature
        key: list[Any] = SIGNER.unsign_object(after)
    except BadSignature as error:
        raise BadRequest(_("“after” is not what the list before gave as its next part.")) from error
    return key


def _behind(model: type[Any], after: str) -> Q:
    pk, moment, *labels = _read(after)  # those that the version before gave have no label
    if labels not in ([], [model._meta.label_lower]):
        raise BadRequest(_("“after” belongs to another list."))
    if not issubclass(model, Publishable):
        return Q(pk__lt=pk)
    if moment is None:
        raise BadRequest(_("“after” belongs to another list."))
    first = datetime.datetime.fromisoformat(moment)
    # Said twice, so that the index begins at the right place.
    return Q(first_public__lte=first) & (Q(first_public__lt=first) | Q(pk__lt=pk))
