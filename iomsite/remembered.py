"""What follows from the public pages alone, asked of the database once a generation.

A generation ends with every publication and at every moment of the schedule (see
`publishing.changes`), and with it all that was remembered. Each process remembers for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")
MOST = 2_000

# The generation that the request at hand reads; None where nobody knows, and nothing is remembered.
current: ContextVar[int | None] = ContextVar("current", default=None)

_lock = threading.Lock()
_known: OrderedDict[tuple[int, Hashable], Any] = OrderedDict()


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
        _known[whole] = found
        while len(_known) > MOST:
            _known.popitem(last=False)
    return found


def _forget_before(generation: int) -> None:
    """What was remembered of another generation is of no use: a process would hold all of it for
    as long as there is room. Generations only go up."""
    if _known and next(reversed(_known))[0] < generation:
        _known.clear()
