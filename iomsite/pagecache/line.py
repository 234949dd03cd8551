"""Those who wait: for a page that is made for somebody else, or for a place in Django."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from .watch import Watch

Found = TypeVar("Found")
# In the environment of a request: the moment by which a visitor has to have an answer.
UNTIL = "iomsite.until"
# Seconds that a visitor waits at most, and between two looks at whether it is of any use.
LONGEST_WAIT, STEP = 4.0, 0.25
# While the database is late, no more wait than these, so that there are threads for what is kept.
MOST_WAITING = 32


class Line:
    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.number = 0
        self._lock = threading.Lock()

    def wait(self, look: Callable[[float], Found | None], until: float) -> Found | None:
        """What `look` finds, which is given the seconds that it may take; None: not in time."""
        self._count(1)
        try:
            while not self._is_of_no_use and time.monotonic() < until:
                if (found := look(STEP)) is not None:
                    return found
        finally:
            self._count(-1)
        return None

    @property
    def _is_of_no_use(self) -> bool:
        return self.watch.is_blind or (self.watch.is_late and self.number > MOST_WAITING)

    def _count(self, change: int) -> None:
        with self._lock:
            self.number += change
