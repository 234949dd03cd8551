"""What follows from the public pages alone, asked of the database once a generation.

A generation ends with every publication and at every moment of the schedule (see
`publishing.changes`), and with it all that was remembered. What shows no news lasts longer: until
something changes that may be seen anywhere. Each process remembers for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from sys import getsizeof
from typing import Any, NamedTuple, TypeVar

Found = TypeVar("Found")
MOST = 2_000
# Of what is drawn: some of it is long, such as the choices of a list under each combination. One
# sign that is no letter of Western Europe, “ for one, makes two bytes of each letter of a text.
MOST_BYTES, MOST_LASTING_BYTES = 3_000_000, 1_000_000


class Shown(NamedTuple):
    """Of the public pages that a request reads: their generation, and the last one up to that in
    which something changed that may be seen anywhere (`publishing.records.Stamp.EVERYTHING`); None
    where the clock is behind that of who told of the last change, so that what was to come or go
    by then may not have done so here.
    """

    generation: int
    everything: int | None


# What the request at hand shows; None where nobody knows, and nothing is remembered.
current: ContextVar[Shown | None] = ContextVar("current", default=None)


class Memory(OrderedDict[tuple[int, Hashable], Any]):
    """What was asked for last, as much of it as there is room for."""

    held = 0  # bytes

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: tuple[int, Hashable], found: Any) -> None:
        self._drop(key)
        self[key] = found
        self.held += _size(found)
        while len(self) > MOST or self.held > self.most:
            self._drop(next(iter(self)))

    def _drop(self, key: tuple[int, Hashable]) -> None:
        self.held -= _size(self.pop(key, None))

    def clear(self) -> None:
        super().clear()
        self.held = 0


def _size(found: Any) -> int:
    return getsizeof(found) if isinstance(found, str) else 0


_lock = threading.Lock()
_known, _lasting = Memory(MOST_BYTES), Memory(MOST_LASTING_BYTES)


def generation() -> int | None:
    """That which the request at hand reads."""
    shown = current.get()
    return shown and shown.generation


def remembered(key: Hashable, find: Callable[[], Found]) -> Found:
    """`key` says everything that the answer depends on besides what is public."""
    shown = current.get()
    return find() if shown is None else _recalled(_known, (shown.generation, key), find)


def lasting(key: Hashable, find: Callable[[], Found]) -> Found:
    """The same for what no row of `publishing.changes.seen_where_named` has a part in."""
    shown = current.get()
    if shown is None or shown.everything is None:
        return find()
    return _recalled(_lasting, (shown.everything, key), find)


def forget() -> None:
    """Everything, as if nobody had asked yet."""
    _known.clear()
    _lasting.clear()


def _recalled(memory: Memory, whole: tuple[int, Hashable], find: Callable[[], Found]) -> Found:
    with _lock:
        if whole in memory:
            memory.move_to_end(whole)
            return memory[whole]
    found = find()
    with _lock:
        _forget_before(whole[0], memory)
        memory.keep(whole, found)
    return found


def _forget_before(generation: int, memory: Memory) -> None:
    """What was remembered of another generation is of no use: a process would hold all of it for
    as long as there is room. Generations only go up."""
    if memory and next(reversed(memory))[0] < generation:
        memory.clear()
