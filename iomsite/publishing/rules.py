"""Rules of the database, told of a row at hand: most of them need nobody to be asked.

Django asks the database about each constraint by a statement in a savepoint. What a row says by
itself is told here, with the database's own logic of three values; whatever is not understood is
asked as before.
"""

from collections.abc import Callable, Collection, Iterator
from operator import eq, ge, gt, le, lt
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.constants import LOOKUP_SEP

COMPARED = {"exact": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}


class Untold(Exception):
    """The row alone does not tell."""


def validate(
    constraint: Any,
    row: Any,
    *,
    exclude: Collection[str],
    is_as_saved: Callable[[Collection[str]], bool],
) -> None:
    """As `constraint.validate`. `is_as_saved` says of columns whether the row in the database of
    the same key has them so: what is unique there stays it."""
    if not _is_told(constraint, row, exclude, is_as_saved):
        constraint.validate(type(row), row, exclude=set(exclude))


def _is_told(
    constraint: Any,
    row: Any,
    exclude: Collection[str],
    is_as_saved: Callable[[Collection[str]], bool],
) -> bool:
    """Whether it is clear that the rule holds, or is not asked about."""
    condition = getattr(constraint, "condition", None)
    try:
        named = set(_named_in(condition)) if condition else set()
        if isinstance(constraint, CheckConstraint):
            return bool(named & set(exclude)) or holds(condition, row) is not False
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            fields = {*constraint.fields, *named}
            is_meant = not condition or holds(condition, row) is True
            return not is_meant or bool(fields & set(exclude)) or is_as_saved(fields)
    except Untold:
        pass
    return False


def holds(condition: Any, row: Any) -> bool | None:
    """True, False, or None where the database would say NULL."""
    if not isinstance(condition, Q):
        path, wanted = condition
        return _compare(path, wanted, row)
    said = [holds(child, row) for child in condition.children]
    if condition.negated and None in said:
        raise Untold
    if condition.connector == Q.AND:
        found = False if False in said else None if None in said else True
    elif condition.connector == Q.OR:
        found = True if True in said else None if None in said else False
    else:
        raise Untold
    return not found if condition.negated else found


def _compare(path: str, wanted: Any, row: Any) -> bool | None:
    name, _, lookup = path.partition(LOOKUP_SEP)
    lookup, value = lookup or "exact", _value(name, row)
    if lookup == "isnull":
        return (value is None) is wanted
    if lookup == "exact" and wanted is None:
        return value is None
    if lookup in COMPARED:
        other = _wanted(name, wanted, row)
        return None if value is None or other is None else bool(COMPARED[lookup](value, other))
    if lookup == "in":
        return None if value is None else value in [_wanted(name, one, row) for one in wanted]
    if lookup == "range":
        first, last = (_wanted(name, one, row) for one in wanted)
        return None if value is None else bool(first <= value <= last)
    raise Untold


def _field(name: str, row: Any) -> Any:
    try:
        return row._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise Untold from error


def _value(name: str, row: Any) -> Any:
    field = _field(name, row)
    return field.get_prep_value(getattr(row, field.attname))


def _wanted(name: str, wanted: Any, row: Any) -> Any:
    if isinstance(wanted, F):
        return _value(wanted.name, row)
    if hasattr(wanted, "resolve_expression"):
        raise Untold
    return _field(name, row).get_prep_value(wanted)


def _named_in(condition: Any) -> Iterator[str]:
    """The columns that a condition speaks of."""
    if not isinstance(condition, Q):
        yield condition[0].partition(LOOKUP_SEP)[0]
        if isinstance(condition[1], F):
            yield condition[1].name
        return
    for child in condition.children:
        yield from _named_in(child)
