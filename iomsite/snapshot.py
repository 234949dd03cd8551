"""One moment of the database, for whoever reads it for long."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction


@contextmanager
def connection_kept() -> Iterator[None]:
    """Pages may be asked for inside: the end of a request does not close the connection. For a
    process of its own."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is what was there at the beginning, whoever writes meanwhile.

    Nobody waits for it, and nothing can be written inside on PostgreSQL. See `connection_kept`.
    """
    with connection_kept(), _postgresql() if connection.vendor == "postgresql" else _sqlite():
        yield


@contextmanager
def _postgresql() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT 1")  # the moment is that of the first statement
        yield


@contextmanager
def _sqlite() -> Iterator[None]:
    """Without the lock of a writer, which every other transaction here begins with."""
    connection.ensure_connection()
    mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            yield
    finally:
        connection.transaction_mode = mode
