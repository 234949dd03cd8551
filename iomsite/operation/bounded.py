"""Questions that may get no answer: each is asked in a thread of its own, and waited for so long.

Nobody can end a thread that hangs in a frozen server. So a question that has no answer yet is not
asked again, however often somebody wants to know.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections

Found = TypeVar("Found")
# Seconds.
LIMIT = 2.0

logger = logging.getLogger(__name__)


class Question(Generic[Found]):
    """`ask` may use the database; its connection ends with it."""

    def __init__(self, name: str, ask: Callable[[], Found]) -> None:
        self.name = name
        self.ask = ask
        self._thread: threading.Thread | None = None
        self._found: Found | None = None

    def begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._found = None
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()

    def answer(self, until: float) -> Found | None:
        """What it found; None where it failed, or did not come by then (`time.monotonic`)."""
        assert self._thread
        self._thread.join(max(0.0, until - time.monotonic()))
        return None if self._thread.is_alive() else self._found

    def _run(self) -> None:
        try:
            self._found = self.ask()
        except Exception:
            # Whatever it was, somebody waits for a word; what it was stands in the log.
            logger.exception("The question “%s” failed.", self.name)
        finally:
            connections.close_all()
