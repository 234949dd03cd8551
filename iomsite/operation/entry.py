"""The outermost part of the application: probes are answered here, and what somebody is told of is
measured.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from iomsite.measured import KEY, Measured, current
from iomsite.pagecache.ready import AT_HAND, Sent

Environ = dict[str, Any]
Start = Callable[..., Any]
Answer = Iterable[bytes]
# Told of each answer, with the seconds that it took.
Observer = Callable[[Environ, Measured, float], None]


class Entry:
    """Whatever is asked of a probe needs no host, no TLS and neither Django nor the database."""

    def __init__(
        self,
        application: Any,
        probes: dict[str, Callable[[Environ, Start], Answer]],
        observers: Iterable[Observer] = (),
        page_cache: Any = None,
        of_hits: Iterable[Observer] = (),
    ) -> None:
        """`of_hits` are told of what the page cache had at hand, `observers` of the rest."""
        self.application = application
        self.page_cache = page_cache
        self.probes = probes
        self.observers, self.of_hits = tuple(observers), tuple(of_hits)
        # Without a proxy of ours in front anybody could write into our log.
        self._is_told = settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0

    def is_at_hand(self, environ: Environ) -> bool:
        """Whether the answer waits for nobody."""
        if probe := self.probes.get(environ["PATH_INFO"]):
            return probe is healthz
        return self._at_hand(environ) is not None

    def __call__(self, environ: Environ, start: Start) -> Answer:
        sent = environ.get(AT_HAND)
        if sent is not None:
            return self._given(sent, environ, start)
        probe = self.probes.get(environ["PATH_INFO"])
        if probe is not None:
            return probe(environ, start)
        if AT_HAND not in environ and (sent := self._at_hand(environ)):
            return self._given(sent, environ, start)
        return self._observed(self.application, environ, start, self.observers)

    def _at_hand(self, environ: Environ) -> Sent | None:
        """Noted in the environment, so that nobody looks for it again."""
        if self.page_cache is None:
            return None
        sent: Sent | None = self.page_cache.at_hand(environ)
        environ[AT_HAND] = sent
        return sent

    def _given(self, sent: Sent, environ: Environ, start: Start) -> Answer:
        """Most answers by far are these, so that nothing is noted that nobody is told."""
        if not self.of_hits:
            return sent.given(environ, start)
        return self._observed(sent.given, environ, start, self.of_hits)

    def _observed(
        self, application: Any, environ: Environ, start: Start, observers: tuple[Observer, ...]
    ) -> Answer:
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._is_told else ""
        request = environ[KEY] = Measured(start, given)
        current.set(request)
        answer: Answer = application(environ, request.begin)
        seconds = time.perf_counter() - began
        for observe in observers:
            observe(environ, request, seconds)
        return answer


def healthz(environ: Environ, start: Start) -> Answer:
    """The process answers. It asks nobody else."""
    return said(environ, start, "200 OK", "text/plain; charset=utf-8", b"ok\n")


def said(environ: Environ, start: Start, status: str, kind: str, body: bytes) -> Answer:
    """The answer of a probe, which nobody keeps and which changes nothing."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        status, kind, body = "405 Method Not Allowed", "text/plain; charset=utf-8", b""
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start(status, headers)
    return [body] if environ["REQUEST_METHOD"] == "GET" else []
