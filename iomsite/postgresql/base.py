"""The back end that DATABASES names (see `iomsite.patience`)."""

import time
from functools import partial
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError

from iomsite import patience

# The least that psycopg waits for a connection, in seconds, and the most where none are given.
LEAST, LONGEST = 2, 10


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """In the seconds that are left; a connection that gave up is closed."""
        if asked := patience.of_thread():
            left = asked.connecting or asked.left
            if left < LEAST or asked.is_hopeless(float("inf")):
                raise OperationalError("It is of no use to connect now.")
            longest = min(left, int(conn_params.get("connect_timeout", LONGEST)))
            conn_params = {**conn_params, "connect_timeout": max(LEAST, int(longest))}
        connection: Connection = super().get_new_connection(conn_params)
        connection.wait = partial(_wait, connection, connection.wait)  # type: ignore[method-assign]
        return connection


def _wait(connection: Connection, wait: Any, steps: Any, *how: Any, **named: Any) -> Any:
    asked = patience.of_thread()
    if asked is None:
        return wait(steps, *how, **named)
    try:
        return wait(_while_patient(steps, asked), *how, **named)
    except _GaveUp:
        connection.close()
        raise OperationalError("The database says nothing.") from None


class _GaveUp(Exception):
    pass


def _while_patient(steps: Any, asked: patience.Patience) -> Any:
    """The steps of a statement as psycopg takes them, one each tenth of a second at least."""
    silent_since = time.monotonic()
    try:
        state = next(steps)
        while True:
            ready = yield state
            now = time.monotonic()
            if ready:
                silent_since = now
            elif now > asked.until or asked.is_hopeless(now - silent_since):
                raise _GaveUp
            state = steps.send(ready)
    except StopIteration as done:
        return done.value
