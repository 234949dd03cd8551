"""What changes for the public, told in one place: by a verb, by a form, by `loaddata`, by time.

Who keeps something made of public pages, such as an index or a cache, either adds a listener, or
asks for the `generation`: it moves on with every change of what visitors can see. Both happen in
the transaction of the change, so they come about together or not at all.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Min, Model, Q, Value
from django.utils import timezone

from .editions import publishable_models
from .ledger import locked_ledger
from .models import Ledger, Part, Publishable
from .querysets import HELD
from .records import Stamp
from .states import State

Row = tuple[type[Model], int]
# The rows whose public state or words may be others now, each as it is where that is at hand.
Told = dict[Row, Any]
# Called with such rows; None stands for all there are. Each returns the pages that look different
# for it, besides those that name the rows.
listeners: list[Callable[[Told | None], Iterable[Row]]] = []
# A change of such rows is seen at their pages, at those that name them, at those that listeners
# tell, and in lists; a change of any other row may be seen anywhere.
seen_where_named: set[type[Model]] = set()
# More pages than these are moved on all at once.
MOST_STAMPED = 500
AT_ONCE = 500


def generation() -> int:
    """One statement on one row."""
    return Ledger.objects.filter(pk=1).values_list("generation", flat=True).first() or 0


def row_of(row: Any) -> Row:
    return row if isinstance(row, tuple) else (type(row), row.pk)


def settle(changed: Collection[Any] | None, *, at: datetime.datetime | None = None) -> None:
    """Tell of these rows, and of the pages that have come or gone by time; note what is next.

    Whoever changes what is public or what waits calls this last, holding the ledger. No statement
    where the next moment is still to come and the rows are at hand, two otherwise; and where there
    is something to tell that of `stamp`. None: anything may have changed.
    """
    at = at or timezone.now()
    rows: Told = {row_of(row): None if isinstance(row, tuple) else row for row in changed or ()}
    with locked_ledger() as ledger:
        is_ahead = ledger.next_at is None or ledger.next_at > at
        if ledger.told_until and changed is not None and not is_ahead:
            rows = {**dict.fromkeys(_come_or_gone(ledger.told_until, at)), **rows}
        moments = _moments_of(rows, at) if ledger.told_until and is_ahead else None
        if moments is None:
            ledger.next_at = next_after(at)
        else:
            ledger.next_at = min(filter(None, [ledger.next_at, *moments]), default=None)
        ledger.told_until = at
        if changed is None or rows:
            ledger.generation += 1
            _tell(None if changed is None else rows, ledger.generation)


def _moments_of(rows: Told, at: datetime.datetime) -> list[datetime.datetime] | None:
    """The moments that are still to come of rows at hand; None where somebody has to look.

    That of another row, which was the next, may be none any more: then it passes, and nothing is
    found to be due.
    """
    found: list[datetime.datetime] = []
    for (model, _key), row in rows.items():
        if issubclass(model, Publishable):
            if row is None:
                return None
            moments = (row.published_at, row.expires_at) if row.state == State.PUBLISHED else ()
            found += [moment for moment in moments if moment and moment > at]
    return found if rows else None


def _tell(rows: Told | None, generation: int) -> None:
    told = {row for listen in listeners for row in listen(rows)}
    if rows is None or not {model for model, _key in rows} <= seen_where_named:
        stamp(rows, pages=None, generation=generation)
    else:
        stamp([*rows], pages={*told, *pages_naming(rows)}, generation=generation)


def stamp(rows: Collection[Row] | None, *, pages: Collection[Row] | None, generation: int) -> None:
    """Note that these rows are others in this generation, and so are these pages.

    None: any row, and all pages. Lists move on with every generation. One statement, and that of
    `pages_naming` before.
    """
    moved = {_key_of(row) for row in (*(rows or ()), *(pages or ()))}
    if len(moved) > MOST_STAMPED:
        rows = pages = None
    keys = moved if rows is not None else {Stamp.ANY_ROW}
    if pages is None:
        keys |= {Stamp.EVERYTHING}
    Stamp.objects.bulk_create(
        [Stamp(model=model, row_id=key, generation=generation) for model, key in sorted(keys)],
        update_conflicts=True,
        unique_fields=["model", "row_id"],
        update_fields=["generation"],
    )


def _key_of(row: Row) -> tuple[str, int]:
    model, key = row
    return model._meta.label_lower, key


def waiting(model: type[Publishable]) -> Any:
    """What does not go public by time alone: replacements, and the members of a set."""
    return model.objects.filter(HELD, state=State.PUBLISHED)


def _approved(model: type[Publishable]) -> Any:
    """What comes and goes by time alone."""
    return model.objects.pages().filter(state=State.PUBLISHED, publishing_set=None)


def next_after(at: datetime.datetime, *, by_time: bool = False) -> datetime.datetime | None:
    """The next moment at which a page comes, goes or is replaced. One statement.

    With `by_time` only what needs nobody: while nothing may be changed, nothing is replaced.
    """
    asked = [
        part
        for model in publishable_models()
        for part in (
            *([] if by_time else [(waiting(model), "published_at")]),
            (_approved(model).filter(published_at__gt=at), "published_at"),
            (_approved(model).filter(expires_at__gt=at), "expires_at"),
        )
    ]
    first, *others = (_earliest(rows, moment) for rows, moment in asked)
    return min(filter(None, (moment for (moment,) in first.union(*others, all=True))), default=None)


def _earliest(rows: Any, moment: str) -> Any:
    one = rows.order_by().annotate(of_all=Value(1)).values("of_all")
    return one.annotate(earliest=Min(moment)).values_list("earliest")


def _come_or_gone(since: datetime.datetime, at: datetime.datetime) -> Iterator[Row]:
    """Pages whose first moment, or whose last, has passed in between. One statement."""
    models = publishable_models()
    has_come = Q(published_at__gt=since, published_at__lte=at)
    has_gone = Q(expires_at__gt=since, expires_at__lte=at)
    first, *others = (
        _approved(model).order_by().filter(passed).values_list(Value(number), "pk")
        for number, model in enumerate(models)
        for passed in (has_come, has_gone)  # each has an index
    )
    for number, key in first.union(*others, all=True):
        yield models[number], key


def pages_naming(rows: Iterable[Row]) -> set[Row]:
    """The pages that refer to one of these rows themselves or in one of their parts.

    One statement for each `AT_ONCE` rows; none for those that nothing can refer to.
    """
    some = list(rows)
    return {
        page
        for start in range(0, len(some), AT_ONCE)
        for page in _naming(some[start : start + AT_ONCE])
    }


def _naming(rows: list[Row]) -> Iterator[Row]:
    keys: dict[type[Model], set[int]] = {}
    for model, key in rows:
        keys.setdefault(model, set()).add(key)
    asked = [(way, some) for model, some in keys.items() for way in _ways_to(model)]
    found = [
        way.user.objects.filter(**{f"{way.field}__in": some, way.is_page: None})
        .order_by()
        .values_list(Value(number), way.key)
        for number, (way, some) in enumerate(asked)
    ]
    if found:
        for number, key in found[0].union(*found[1:]):
            yield asked[number][0].page, key


class Way(NamedTuple):
    """A relation by which pages, or parts of pages, refer to rows of some kind."""

    user: Any
    field: str
    page: type[Model]
    key: str
    is_page: str


@cache
def _ways_to(model: type[Model]) -> tuple[Way, ...]:
    return tuple(_find_ways(model))


def _find_ways(model: type[Model]) -> Iterator[Way]:
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not relation.auto_created or relation.concrete:
            continue
        user, field = relation.related_model, relation.field.name
        owner = "" if issubclass(user, Publishable) else getattr(user, "owner_field", "")
        if issubclass(user, Part) and owner and field != owner:
            page = user._meta.get_field(owner).related_model
            yield Way(user, field, page, owner, f"{owner}__edition_of")
        elif issubclass(user, Publishable) and field != "edition_of":
            yield Way(user, field, user, "pk", "edition_of")
