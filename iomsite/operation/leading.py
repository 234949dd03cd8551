"""One thread of a server waits for requests, the others rest until it is busy (Leader/Followers).

A server wakes whichever of its threads has waited longest. With many, each kept page is given by
another one, which finds that Python's one lock is taken: a third of its cost (decision 23). So a
thread that has answered, while another waits for requests, rests where the server does not see it;
whoever begins what may take long calls one back first.
"""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

# Seconds after which a leader of whom nothing was heard may have ended: granian ends threads that
# had nothing to do for thirty. And for which one rests: then it waits for requests in any case.
UNHEARD, REST = 15.0, 10.0

Environ = dict[str, Any]


class Crew:
    """The threads of a process. Each calls `leave` and `rest` about what it answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leader = 0
        self._heard_at = 0.0
        self._resting: deque[threading.Lock] = deque()

    def leave(self) -> None:
        """Before something that may take long."""
        with self._lock:
            if self._leader == threading.get_ident():
                self._leader = 0
                if self._resting:
                    self._resting.pop().release()

    def rest(self, *, may_wait: bool = True) -> None:
        """When an answer is sent: back to the server at once, or when there is need."""
        with self._lock:
            now = time.monotonic()
            is_led = self._leader not in (0, threading.get_ident())
            if not (may_wait and is_led) or now - self._heard_at > UNHEARD:
                self._lead(now)
                return
            bell = threading.Lock()
            bell.acquire()
            self._resting.append(bell)
        bell.acquire(timeout=REST)
        with self._lock:
            if bell in self._resting:
                self._resting.remove(bell)
            else:  # called, if only in the moment in which it had rested long enough
                self._lead(time.monotonic())

    def leads_on(self) -> bool:
        """Whether whoever asks leads still, who is heard of thereby and need not rest. Most answers
        end here, so without a lock.
        """
        is_leader = self._leader == threading.get_ident()
        if is_leader:
            self._heard_at = time.monotonic()
        return is_leader

    def _lead(self, now: float) -> None:
        self._leader, self._heard_at = threading.get_ident(), now


def lead(is_at_hand: Callable[[Environ], bool]) -> None:
    """In a process of granian. It offers no place behind an answer, so what calls an application
    there is wrapped; in a version that has none such, all threads wait as before.
    """
    server: Any = sys.modules.get("granian.server.mp")
    wrap = getattr(server, "_wsgi_call_wrap", None)
    if wrap:
        server._wsgi_call_wrap = lambda *how: led(wrap(*how), is_at_hand)


def led(
    answer: Callable[[Any, Environ], Any], is_at_hand: Callable[[Environ], bool]
) -> Callable[[Any, Environ], Any]:
    """`answer` is given through what it sends, and the environment."""
    crew = Crew()

    def answered(sent: Any, environ: Environ) -> Any:
        try:
            if not is_at_hand(environ):
                crew.leave()
            return answer(sent, environ)
        finally:
            if not crew.leads_on():
                crew.rest(may_wait=not _has_body(environ))

    return answered


def _has_body(environ: Environ) -> bool:
    """What was not read of it is with the thread. Until that is back the connection stays open, and
    whoever sends goes on waiting for somebody to take it.
    """
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
