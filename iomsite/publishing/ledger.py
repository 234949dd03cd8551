"""The lock that every change of state takes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from iomsite.prepared import Prepared, columns_of, made_of

from .models import Ledger

# What a transaction writes into the ledger, once and at its end.
WRITTEN = ("digest", "entries", "next_at", "told_until", "generation")
_held: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


@contextmanager
def locked_ledger(*, savepoint: bool = True) -> Iterator[Ledger]:
    """A transaction in which nobody else changes the state of any page.

    What is set on the ledger is written at its end. Four statements; one more the first time ever.
    Inside of another one it is a part of that, without a statement: what fails there ends all, if
    it is not an `attempt`. Without `savepoint` it ends any transaction that it stands in.
    """
    if ledger := _held.get():
        with transaction.atomic(savepoint=False):
            yield ledger
        return
    with transaction.atomic(savepoint=savepoint):
        ledger = _lock()
        before, token = _said(ledger), _held.set(ledger)
        try:
            yield ledger
        finally:
            _held.reset(token)
        if changed := [name for name in WRITTEN if getattr(ledger, name) != before[name]]:
            ledger.save(update_fields=changed)


def note_read(row: Any) -> None:
    """Say that this row is as it stands in the database: nobody changes it before this ends."""
    row.read_under = _held.get()


def was_read_now(row: Any) -> bool:
    """Whether it was read, and noted, while this transaction had the ledger. True once.

    What was read from a copy of the database does not count.
    """
    noted, ledger = row.__dict__.pop("read_under", None), _held.get()
    if ledger is None or noted is not ledger:
        return False
    return bool(row._state.db == ledger._state.db)


def _lock() -> Ledger:
    rows = _LEDGER()
    if not rows:
        Ledger.objects.get_or_create(pk=1)
        rows = _LEDGER()
    return made_of(Ledger, rows[0])


_LEDGER = Prepared(
    lambda: Ledger.objects.select_for_update().filter(pk=1).values_list(*columns_of(Ledger))
)


def held() -> Ledger | None:
    """The ledger, where this transaction has it."""
    return _held.get()


@contextmanager
def attempt() -> Iterator[None]:
    """What may fail while the transaction goes on: it is then as if it had not been tried.

    The caller holds the ledger. Two statements.
    """
    ledger = _held.get()
    assert ledger
    before = _said(ledger)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for name, value in before.items():
            setattr(ledger, name, value)
        raise


def _said(ledger: Ledger) -> dict[str, object]:
    return {name: getattr(ledger, name) for name in WRITTEN}
