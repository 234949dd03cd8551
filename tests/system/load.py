"""Requests at an even pace, whatever becomes of those before, and what was answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from .processes import Answer


class Load:
    """Asks `ask(number)` so many times a second, in threads of its own, until `with` ends."""

    def __init__(self, ask: Callable[[int], Answer], *, rate: float) -> None:
        self.ask = ask
        self.rate = rate
        self.seconds = 0.0
        self.answers: list[Future[Answer]] = []
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        began = time.monotonic()
        with ThreadPoolExecutor(64) as pool:
            while not self._over.is_set():
                self.answers.append(pool.submit(self.ask, len(self.answers)))
                next_at = began + len(self.answers) / self.rate
                self._over.wait(max(0.0, next_at - time.monotonic()))
            self.seconds = time.monotonic() - began

    def outcomes(self) -> Counter[str]:
        """How often each status came, or what kept it from coming."""
        return Counter(
            repr(error) if (error := one.exception()) else str(one.result().status)
            for one in self.answers
        )
