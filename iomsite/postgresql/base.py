"""The back end that DATABASES names (see `iomsite.patience`)."""

import select
import time
from functools import partial
from typing import Any

from django.db.backends.postgresql import base
from psycopg import ClientCursor, Connection, OperationalError, errors, pq

from iomsite import patience
from iomsite.doubt import in_doubt

# The least that psycopg waits for a connection, in seconds, and the most where none are given.
LEAST, LONGEST = 2, 10
# So many values go to the server apart from a statement. More stand in it.
MOST_VALUES = 65_535
# Seconds after which a connection that says nothing may be one that nobody holds at the other end.
AT_REST = 1


class DatabaseWrapper(base.DatabaseWrapper):
    _last_looked = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """In the seconds that are left; a connection that gave up is closed."""
        if asked := patience.of_thread():
            left = asked.connecting or asked.left
            if left < LEAST or asked.is_hopeless(float("inf")):
                raise OperationalError("It is of no use to connect now.")
            longest = min(left, int(conn_params.get("connect_timeout", LONGEST)))
            conn_params = {**conn_params, "connect_timeout": max(LEAST, int(longest))}
        if conn_params["cursor_factory"] is base.ServerBindingCursor:
            conn_params = {**conn_params, "cursor_factory": partial(Cursor, self)}
        connection: Connection = super().get_new_connection(conn_params)
        connection.wait = partial(_wait, connection, connection.wait)  # type: ignore[method-assign]
        return connection

    def is_usable(self) -> bool:
        """Spares the server a statement before each request: one that ends a connection says so,
        and what it said lies there to be read. It is asked in doubt, and after an error."""
        before, self._last_looked = self._last_looked, time.monotonic()
        is_busy = self._last_looked - before < AT_REST
        if is_busy and not self.errors_occurred and _is_idle(self.connection):
            return True
        return bool(super().is_usable())

    @in_doubt()
    def _commit(self) -> None:
        """Nobody knows whether it came about, where the server does not say."""
        super()._commit()

    @in_doubt()
    def run_and_clear_commit_hooks(self) -> None:
        """What fails here fails when everything else is saved."""
        super().run_and_clear_commit_hooks()


class Cursor(base.ServerBindingCursor):
    """Lets the server keep what it is asked again and again, but for what looks for letters or
    words: how to find these best depends on which they are.

    Asks again where a migration has changed the type of a column behind what is kept: the server
    refuses to answer that otherwise than it did.
    """

    def __init__(self, wrapper: DatabaseWrapper, connection: Connection, **how: Any) -> None:
        super().__init__(connection, **how)
        self._wrapper = wrapper

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        if isinstance(query, str) and (" LIKE " in query or " @@ " in query):
            how["prepare"] = False
        if params and len(params) > MOST_VALUES:
            query, params = ClientCursor(self.connection).mogrify(query, params), None
        try:
            return super().execute(query, params, **how)
        except errors.FeatureNotSupported as error:
            if error.diag.source_function != "RevalidateCachedQuery":
                raise
            # All that is kept goes with the connection; Django looks at the end of a request.
            self._wrapper.close_at = time.monotonic()
            if self.connection.info.transaction_status != pq.TransactionStatus.IDLE:
                # Whoever asks for all of it again is answered: a roll back forgets what is kept.
                raise OperationalError("A column has another type now.") from error
            return super().execute(query, params, **{**how, "prepare": False})


def _is_idle(connection: Connection | None) -> bool:
    """Whether nothing is under way there, and nothing has been said that nobody has read."""
    if connection is None or connection.closed:
        return False
    if connection.info.transaction_status != pq.TransactionStatus.IDLE:
        return False
    unread = select.poll()
    unread.register(connection.pgconn.socket, select.POLLIN)
    return not unread.poll(0)


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
