"""How long this thread waits for a database that says nothing.

PostgreSQL ends statements that take too long itself (see the settings). A server that is frozen, or
gone without a word, ends none: whoever waits has to give up by himself. Nobody says so for commands
and tests, which wait for as long as it takes.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Patience(NamedTuple):
    """`until` is a moment of `time.monotonic`.

    `is_hopeless` is told how many seconds the server has said nothing, ten times a second.
    `connecting` are seconds that a new connection may take, whatever is left; psycopg allows less
    than two to none.
    """

    until: float = float("inf")
    is_hopeless: Callable[[float], bool] = lambda _silent: False
    connecting: float | None = None

    @property
    def left(self) -> float:
        """Seconds."""
        return self.until - time.monotonic()


_of_thread = threading.local()


def of_thread() -> Patience | None:
    return getattr(_of_thread, "patience", None)


@contextmanager
def having(patience: Patience | None) -> Iterator[None]:
    before = of_thread()
    _of_thread.patience = patience
    try:
        yield
    finally:
        _of_thread.patience = before
