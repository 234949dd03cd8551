"""What changes for the public, told in one place: by a verb, by a form, by `loaddata`, by time.

Who keeps something made of public pages, such as an index or a cache, either adds a listener, or
asks for the `generation`: it moves on with every change of what visitors can see. Both happen in
the transaction of the change, so they come about together or not at all.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import F, Min, Model, Q, Value
from django.utils import timezone

from .editions import publishable_models
from .models import Ledger, Part, Publishable
from .records import Stamp
from .states import State

Row = tuple[type[Model], int]
# Called with the rows whose public state or words may be others now; None stands for all of them.
# Each returns the pages that look different for it, besides those that name the rows.
listeners: list[Callable[[Collection[Row] | None], Iterable[Row]]] = []
# A change of such rows is seen at their pages, at those that name them, at those that listeners
# tell, and in lists; a change of any other row may be seen anywhere.
seen_where_named: set[type[Model]] = set()
# More pages than these are moved on all at once.
MOST_STAMPED = 500


def generation() -> int:
    """One statement on one row."""
    return Ledger.objects.filter(pk=1).values_list("generation", flat=True).first() or 0


def row_of(row: Any) -> Row:
    return row if isinstance(row, tuple) else (type(row), row.pk)


def settle(changed: Collection[Any] | None, *, at: datetime.datetime | None = None) -> None:
    """Tell of these rows, and of the pages that have come or gone by time; note what is next.

    Whoever changes what is public or what waits calls this last, holding the ledger. Three
    statements, and where there is something to tell those of `stamp`. None: anything may have
    changed.
    """
    at = at or timezone.now()
    rows = {row_of(row) for row in changed or ()}
    told_until = Ledger.objects.values_list("told_until", flat=True).get(pk=1)
    if told_until and changed is not None:
        rows.update(_come_or_gone(told_until, at))
    Ledger.objects.filter(pk=1).update(told_until=at, next_at=next_after(at))
    if changed is None or rows:
        _tell(None if changed is None else rows)


def _tell(rows: Collection[Row] | None) -> None:
    Ledger.objects.filter(pk=1).update(generation=F("generation") + 1)
    told = {row for listen in listeners for row in listen(rows)}
    if rows is None or not {model for model, _key in rows} <= seen_where_named:
        stamp(rows, pages=None)
    else:
        stamp(rows, pages={*told, *pages_naming(rows)})


def stamp(rows: Collection[Row] | None, *, pages: Collection[Row] | None) -> None:
    """Note that these rows are others in this generation, and so are these pages.

    None: any row, and all pages. Lists move on with every generation. Two statements, and those
    of `pages_naming` before.
    """
    moved = {_key_of(row) for row in (*(rows or ()), *(pages or ()))}
    if len(moved) > MOST_STAMPED:
        rows = pages = None
    keys = moved if rows is not None else {Stamp.ANY_ROW}
    if pages is None:
        keys |= {Stamp.EVERYTHING}
    now = generation()
    Stamp.objects.bulk_create(
        [Stamp(model=model, row_id=key, generation=now) for model, key in sorted(keys)],
        update_conflicts=True,
        unique_fields=["model", "row_id"],
        update_fields=["generation"],
    )


def _key_of(row: Row) -> tuple[str, int]:
    model, key = row
    return model._meta.label_lower, key


def waiting(model: type[Publishable]) -> Any:
    """What does not go public by time alone: replacements, and the members of a set."""
    is_held = Q(edition_of__isnull=False) | Q(publishing_set__isnull=False)
    return model.objects.filter(is_held, state=State.PUBLISHED)


def _approved(model: type[Publishable]) -> Any:
    """What comes and goes by time alone."""
    return model.objects.pages().filter(state=State.PUBLISHED, publishing_set=None)


def next_after(at: datetime.datetime) -> datetime.datetime | None:
    """The next moment at which a page comes, goes or is replaced. One statement."""
    asked = [
        part
        for model in publishable_models()
        for part in (
            (waiting(model), "published_at"),
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

    One statement for each relation that leads to a kind of row.
    """
    keys: dict[type[Model], set[int]] = {}
    for model, key in rows:
        keys.setdefault(model, set()).add(key)
    return {page for model, some in keys.items() for page in _naming(model, some)}


def _naming(model: type[Model], keys: set[int]) -> Iterator[Row]:
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not relation.auto_created or relation.concrete:
            continue
        user, field = relation.related_model, relation.field.name
        owner = "" if issubclass(user, Publishable) else getattr(user, "owner_field", "")
        if issubclass(user, Part) and owner:
            page = user._meta.get_field(owner).related_model
            found = user.objects.filter(**{f"{field}__in": keys, f"{owner}__edition_of": None})
            yield from ((page, key) for key in found.values_list(owner, flat=True).distinct())
        elif issubclass(user, Publishable) and field != "edition_of":
            found = user.objects.pages().filter(**{f"{field}__in": keys})
            yield from ((user, key) for key in found.values_list("pk", flat=True).distinct())
