"""What is kept, in the memory of this process: the least used goes first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from .entry import Kept


class Store:
    """At most `most` bytes, about. Safe among threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        with self._lock:
            self._forget(key)
            self._kept[key] = kept
            self.size += kept.size
            while self.size > self.most and self._kept:
                self._forget(next(iter(self._kept)))

    def _forget(self, key: Hashable) -> None:
        if (before := self._kept.pop(key, None)) is not None:
            self.size -= before.size
