"""What follows from the public pages alone, asked of the database once a generation.

A generation ends with every publication and at every moment of the schedule (see
`publishing.changes`), and with it all that was remembered. Each process remembers for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from sys import getsizeof
from typing import Any, TypeVar

Found = TypeVar("Found")
MOST = 2_000
# Of what is drawn: some of it is long, such as the choices of a list under each combination. One
# sign that is no letter of Western Europe, “ for one, makes two bytes of each letter of a text.
MOST_BYTES = 4_000_000

# The generation that the request at hand reads; None where nobody knows, and nothing is remembered.
current: ContextVar[int | None] = ContextVar("current", default=None)


class Memory(OrderedDict[tuple[int, Hashable], Any]):
    """What was asked for last, as much of it as there is room for."""

    held = 0  # bytes

    def keep(self, key: tuple[int, Hashable], found: Any) -> None:
        self._drop(key)
        self[key] = found
        self.held += _size(found)
        while len(self) > MOST or self.held > MOST_BYTES:
            self._drop(next(iter(self)))

    def _drop(self, key: tuple[int, Hashable]) -> None:
        self.held -= _size(self.pop(key, None))

    def clear(self) -> None:
        super().clear()
        self.held = 0


def _size(found: Any) -> int:
    return getsizeof(found) if isinstance(found, str) else 0


_lock = threading.Lock()
_known = Memory()


def remembered(key: Hashable, find: Callable[[], Found]) -> Found:
    """`key` says everything that the answer depends on besides what is public."""
    generation = current.get()
    if generation is None:
        return find()
    whole = (generation, key)
    with _lock:
        if whole in _known:
            _known.move_to_end(whole)
            return _known[whole]
    found = find()
    with _lock:
        _forget_before(generation)
        _known.keep(whole, found)
    return found


def _forget_before(generation: int) -> None:
    """What was remembered of another generation is of no use: a process would hold all of it for
    as long as there is room. Generations only go up."""
    if _known and next(reversed(_known))[0] < generation:
        _known.clear()
