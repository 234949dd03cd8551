"""Which database is read: the primary, or for public pages a replica that follows it.

Everything is written to the primary, and whatever belongs to a transaction there is read there. So
is everything that does not say otherwise.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections

PRIMARY, REPLICA = "default", "replica"

_current: ContextVar[str] = ContextVar("source", default=PRIMARY)


def current() -> str:
    source = _current.get()
    return PRIMARY if source == PRIMARY or connections[PRIMARY].in_atomic_block else source


@contextmanager
def reading_from(source: str) -> Iterator[None]:
    token = _current.set(source)
    try:
        yield
    finally:
        _current.reset(token)


class Router:
    """For Django's DATABASE_ROUTERS, where there is a replica."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return current()

    def db_for_write(self, model: Any, **_hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return db == PRIMARY
