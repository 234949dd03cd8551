"""Django behind a fixed number of places: how many requests it answers at once in a process.

A server has many threads, most of which give out what is kept, or wait. Each place has connections
of its own, so a process holds no more of them than it has places, whatever thread is in one. What
waits for a visitor's line waits outside: his form is read before, and his page sent after.
"""

import gc
import queue
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

from django.db import connections

from iomsite.middleware import STAFF_ONLY
from iomsite.patience import Patience, having
from iomsite.sources import PRIMARY, REPLICA, reading_from

from .line import LONGEST_WAIT, UNTIL, Line
from .refusal import Answer, Environ, Start, refused
from .watch import Watch

# As many as two cores can keep busy while databases think; SQLite thinks on the same cores.
PLACES, OF_SQLITE = 6, 4
# Bytes of a form that are read before Django is asked. Longer ones bring files.
LARGEST_FORM = 1024 * 1024
# Seconds of silence after which nobody waits on, if nobody else has an answer either.
SILENCE = {PRIMARY: 1.0, REPLICA: 0.3}
# In the environment of a request: the database that it reads.
SOURCE = "iomsite.source"

Place = dict[str, Any]


class Places:
    """A WSGI application around Django's."""

    def __init__(self, application: Any, watch: Watch, number: int = 0) -> None:
        self.application = application
        self.watch = watch
        self.line = Line(watch)
        self._free: queue.LifoQueue[Place] = queue.LifoQueue()
        is_sqlite = connections[PRIMARY].vendor == "sqlite"
        self.number = number or (OF_SQLITE if is_sqlite else PLACES)
        for _number in range(self.number):
            self._free.put({})

    def __call__(self, environ: Environ, start: Start) -> Any:
        if not _has_whole_form(environ):
            return _cut_short(start)
        until = environ.get(UNTIL) or time.monotonic() + LONGEST_WAIT
        place = self._taken(until)
        if place is None:
            return refused(environ, start)
        if self._free.qsize() == self.number - 1:
            _drop_garbage()
        _bring(place)
        source = environ.get(SOURCE, PRIMARY)
        patience = self._patience(environ, until, source)
        try:
            with having(patience), reading_from(source):
                answer = self.application(environ, start)
        except BaseException:
            self._leave()
            raise
        return self._left_when_sent(answer, patience, source)

    def _patience(self, environ: Environ, until: float, source: str) -> Patience:
        """Staff wait as long as the database lets them."""
        is_staff = environ["PATH_INFO"].startswith(STAFF_ONLY)

        def is_hopeless(silent: float) -> bool:
            return silent > SILENCE[source] and self.watch.is_away(source)

        return Patience(float("inf") if is_staff else until, is_hopeless)

    def _taken(self, until: float) -> Place | None:
        with suppress(queue.Empty):
            return self._free.get_nowait()
        return self.line.wait(self._get, until)

    def _get(self, seconds: float) -> Place | None:
        with suppress(queue.Empty):
            return self._free.get(timeout=seconds)
        return None

    def _leave(self) -> None:
        """Take the connections along, for whoever comes next."""
        place = {}
        for connection in connections.all(initialized_only=True):
            if not connection.allow_thread_sharing:
                connection.inc_thread_sharing()
            place[connection.alias] = connection
            del connections[connection.alias]
        self._free.put(place)

    def _left_when_sent(self, answer: Any, patience: Patience, source: str) -> Any:
        """At once where nothing more has to be read for it."""
        if not getattr(answer, "streaming", False):
            getattr(answer, "close", lambda: None)()
            self._leave()
            return answer
        patience = patience._replace(until=float("inf"))  # it is as long as it is
        answer.streaming_content = _told(answer.streaming_content, patience, source)
        close = answer.close

        def close_and_leave() -> None:
            answer.close = close
            try:
                close()
            finally:
                self._leave()

        answer.close = close_and_leave
        return answer


def _told(parts: Iterable[bytes], patience: Patience, source: str) -> Iterator[bytes]:
    rest = iter(parts)
    while True:
        with having(patience), reading_from(source):
            part = next(rest, None)
        if part is None:
            return
        yield part


def _drop_garbage() -> None:
    """Of requests that are over: each leaves what points to itself, some thousands of objects.

    Only while nobody else is in Django: what is in use when one looks counts as old from then on,
    and is looked at rarely.
    """
    gc.collect(1)


def _bring(place: Place) -> None:
    for alias, connection in place.items():
        connections[alias] = connection


def _has_whole_form(environ: Environ) -> bool:
    """Reads it, however slowly it comes. One that ends early must not be taken for a short one."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not 0 < int(length) <= LARGEST_FORM:
        return True
    form = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(form)
    return len(form) == int(length)


def _cut_short(start: Start) -> Answer:
    start("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return []
