"""The page cache: a WSGI application around Django's, which it asks for what it does not hold.

Nothing in here waits for the database. What is kept holds by generation (see `watch`), and each
page is made once at a time, whoever else asks for it meanwhile.
"""

import threading
import time
from collections.abc import Hashable
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from iomsite.middleware import STAFF_ONLY
from iomsite.sources import PRIMARY

from .asked import Asked, Names, is_for_everybody, query_of, scheme_of
from .entry import Headers, Kept, cache_control, may_be_kept
from .line import LONGEST_WAIT, UNTIL, Line
from .places import SOURCE
from .ready import AT_HAND, Ready, Sent
from .refusal import Answer, Environ, Start, refused
from .store import Store
from .watch import Known, Watch

if TYPE_CHECKING:  # with a library that a site without Redis does without
    from .shared import Shared

# Seconds between two looks at what another process makes.
BETWEEN_LOOKS = 0.02
# Pages about somebody, who reads what he has just written.
PRIVATE = (*STAFF_ONLY, "/alerts/")
# Answers that are ready to be given again may hold so much of what the page cache may, besides;
# most of it are the same bytes.
READY = 0.25
# What would make one person's answer of it.
OF_ONE_PERSON = {"HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}


class Flight:
    """A page that is being made; `kept` stays None if it is not for everybody after all."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.kept: Kept | None = None


class PageCache:
    """Answers with what it holds. `most` is how many bytes of pages that may be in each process."""

    def __init__(
        self,
        application: Any,
        *,
        most: int,
        watch: Watch | None = None,
        shared: "Shared | None" = None,
    ) -> None:
        self.application = application
        self.shared = shared
        self.watch = watch or Watch()
        self.line = Line(self.watch)
        self.store = Store(most)
        self.ready = Ready(int(most * READY))
        self.names = Names()
        self._flights: dict[Hashable, Flight] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start: Start) -> Answer:
        sent = environ[AT_HAND] if AT_HAND in environ else self.at_hand(environ)
        if sent is not None:
            return sent.given(environ, start)
        if not self.watch.is_running:
            self.watch.start()
        if not is_for_everybody(environ):
            return self._passed(environ, start)
        asked = self._asked(environ)
        if asked is None:
            return self._learned(environ, start)
        return self._found(asked, environ, start)

    def at_hand(self, environ: Environ) -> Sent | None:
        """What is held, and so given without waiting for anybody."""
        known, now = self.watch.known, time.time()
        if sent := self.ready.get(environ, known, now):
            return sent
        if not (self.watch.is_running and is_for_everybody(environ)):
            return None
        asked = self._asked(environ)
        kept = asked and self._held(asked, known, now)
        if not kept:
            return None
        sent = answer_of(kept, environ, cache_control(known.next_at, now), "hit")
        if not sent.body or sent.body[0] in kept.packed.values():  # and not unpacked for this one
            self.ready.put(environ, known, now, sent)
        return sent

    def _asked(self, environ: Environ) -> Asked | None:
        """None where nobody knows yet what the answer depends on."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        names = self.names.of(path)
        if names is None and query:
            return None
        canonical = query_of(path, query, names or frozenset())
        if canonical is None:
            return None
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        return Asked(scheme_of(environ), host, path, canonical)

    def _held(self, asked: Asked, known: Known, now: float) -> Kept | None:
        kept = self.store.get(asked)
        if kept is None or now >= known.next_at:
            return None
        return kept if known.holds(kept.made, kept.row) else None

    def _given(self, kept: Kept, environ: Environ, start: Start, how: str) -> Answer:
        control = cache_control(self.watch.known.next_at, time.time())
        return answer_of(kept, environ, control, how).given(environ, start)

    def _passed(self, environ: Environ, start: Start) -> Answer:
        """For whoever is not everybody: from the primary."""
        if self.watch.is_away(PRIMARY):
            return refused(environ, start)
        return as_sent(self.application(environ, start), environ)

    def _learned(self, environ: Environ, start: Start) -> Answer:
        if self.watch.is_blind:
            return refused(environ, start)
        answer, said = self._asked_of_django(environ, self.watch.known.source)
        if kept_by := getattr(answer, "kept_by", None):
            self.names.learn(environ["PATH_INFO"], kept_by.names)
        start(*said)
        return as_sent(answer, environ)

    def _asked_of_django(self, environ: Environ, source: str) -> tuple[Any, tuple[str, Headers]]:
        """The answer, and how it starts; of the primary where the replica gives none."""
        if environ["PATH_INFO"].startswith(PRIVATE):
            source = PRIMARY
        said: list[tuple[str, Headers]] = []
        answer = self.application({**environ, SOURCE: source}, lambda *told: said.append(told[:2]))
        if source != PRIMARY and said[0][0].startswith("503"):
            return self._asked_of_django(environ, PRIMARY)
        return answer, said[0]

    def _found(self, asked: Asked, environ: Environ, start: Start) -> Answer:
        """Whoever comes first makes it; the others wait, and ask Django if it was not kept."""
        until = environ[UNTIL] = time.monotonic() + LONGEST_WAIT
        with self._flight(asked) as (flight, leads):
            if leads:
                return self._led(flight, asked, environ, start)
        if not self.line.wait(lambda seconds: flight.landed.wait(seconds) or None, until):
            return refused(environ, start)
        if flight.kept is None:
            return self._learned(environ, start)
        return self._given(flight.kept, environ, start, "hit; detail=collapsed")

    @contextmanager
    def _flight(self, asked: Asked) -> Any:
        """Of one generation: nobody is given what somebody asked for before the last change."""
        key = (asked, self.watch.known.generation)
        with self._lock:
            leads = key not in self._flights
            flight = self._flights.setdefault(key, Flight())
        try:
            yield flight, leads
        finally:
            if leads:
                with self._lock:
                    del self._flights[key]
                flight.landed.set()

    def _led(self, flight: Flight, asked: Asked, environ: Environ, start: Start) -> Answer:
        """What somebody made meanwhile, or another process has made or is making; else it is made
        here.
        """
        if kept := self._held(asked, self.watch.known, time.time()):
            flight.kept = kept
            return self._given(kept, environ, start, "hit; detail=collapsed")
        if self.shared is None or self.watch.is_blind:
            return self._made(flight, asked, environ, start)
        known = self.watch.known
        found = self._shared(self.shared, asked, known, environ[UNTIL])
        if found is None:
            return refused(environ, start)
        if isinstance(found, Kept):
            flight.kept = found
            self.names.learn(asked.path, found.names)
            self.store.put(asked, found)
            return self._given(found, environ, start, "hit; detail=shared")
        try:
            return self._made(flight, asked, environ, start)
        finally:
            self.shared.done(asked, known)

    def _shared(
        self, shared: "Shared", asked: Asked, known: Known, until: float
    ) -> Kept | bool | None:
        """True: nobody else makes it. None: it was not made in time."""

        def look(seconds: float) -> Kept | bool | None:
            return shared.get(asked, known) or shared.leads(asked, known) or None

        def look_again(seconds: float) -> Kept | bool | None:
            time.sleep(min(seconds, BETWEEN_LOOKS))
            return look(seconds)

        is_kept = time.time() < known.next_at
        return True if not is_kept else look(0) or self.line.wait(look_again, until)

    def _made(self, flight: Flight, asked: Asked, environ: Environ, start: Start) -> Answer:
        if self.watch.is_blind:
            return refused(environ, start)
        # Known before the page is read: what changes meanwhile makes it old at once.
        known = self.watch.known
        is_between = time.time() >= known.next_at
        answer, said = self._asked_of_django(_plain(environ, asked), known.source)
        kept_by = getattr(answer, "kept_by", None)
        if kept_by is None:
            self.names.forget(asked.path)
        else:
            self.names.learn(asked.path, kept_by.names)
        if kept_by is None or is_between or not may_be_kept(answer):
            start(*said)
            return as_sent(answer, environ)
        flight.kept = Kept.of(answer, known)
        answer.close()
        self.store.put(asked, flight.kept)
        if self.shared:
            self.shared.put(asked, flight.kept)
        return self._given(flight.kept, environ, start, "fwd=miss; stored")


def answer_of(kept: Kept, environ: Environ, control: str, how: str) -> Sent:
    headers = [
        *kept.validators,
        ("Cache-Control", control),
        ("Cache-Status", f"iomsite; {how}"),
    ]
    if _has_it(kept, environ):
        return Sent("304 Not Modified", headers, [], how)
    encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body, own = kept.as_sent(encoding)
    is_wanted = environ["REQUEST_METHOD"] == "GET"
    return Sent("200 OK", [*headers, *own, *kept.headers], [body] if is_wanted else [], how)


def as_sent(answer: Any, environ: Environ) -> Answer:
    """Its bytes, of which a server knows the number; what is told bit by bit stays as it is."""
    is_head = environ["REQUEST_METHOD"] == "HEAD"
    if getattr(answer, "streaming", True) and not is_head:
        stream: Answer = answer
        return stream
    getattr(answer, "close", lambda: None)()
    return [] if is_head else [answer.content]


def _plain(environ: Environ, asked: Asked) -> Environ:
    """The request as everybody's: whole, not packed, without what the page does not depend on."""
    left = {name: value for name, value in environ.items() if name not in OF_ONE_PERSON}
    return {**left, "REQUEST_METHOD": "GET", "QUERY_STRING": asked.query}


def _has_it(kept: Kept, environ: Environ) -> bool:
    """Whether it is what the visitor holds; the tag says more than the moment."""
    if tags := environ.get("HTTP_IF_NONE_MATCH"):
        return kept.etag in tags or tags.strip() == "*"
    return bool(environ.get("HTTP_IF_MODIFIED_SINCE") == kept.last_modified)


@lru_cache(maxsize=256)
def _encoding(accepted: str) -> str:
    """The best of those that somebody takes; what is refused by `q=0` is not sent."""
    taken = set()
    for part in accepted[:500].lower().split(","):
        name, _semicolon, quality = part.partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(name.strip())
    return next((name for name in ("br", "gzip") if name in taken), "")
