"""Answers of the last seconds, for whoever asks for the same in the very same words."""

from typing import NamedTuple

from django.conf import settings

from iomsite.measured import noted

from .entry import Headers, control_holds_until
from .refusal import Answer, Environ, Start
from .watch import Known

# In the environment of a request: the answer that was at hand before the application was called,
# or None.
AT_HAND = "iomsite.at_hand"
# What of a request an answer to everybody depends on. Nothing else may be read to find it.
WORDS = (
    *("REQUEST_METHOD", "wsgi.url_scheme", "SERVER_NAME", "PATH_INFO", "QUERY_STRING"),
    *("HTTP_HOST", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"),
)
# Seconds after which what is kept is looked for again, so that it counts there as used.
LONGEST = 10.0
# Bytes of an answer besides its words and its body, which is kept in any case; about.
OVERHEAD = 2_000


class Sent(NamedTuple):
    """`how` is what the page cache did for it, as in `Cache-Status`."""

    status: str
    headers: Headers
    body: list[bytes]
    how: str

    def given(self, environ: Environ, start: Start) -> Answer:
        noted(environ, self.how)
        start(self.status, self.headers)
        return self.body


class Moment:
    """While nothing changes, neither on the site nor in what an answer says of the time left."""

    def __init__(self, known: Known, now: float) -> None:
        self.known = known
        self.until = min(now + LONGEST, control_holds_until(known.next_at, now))
        self.size = 0
        self.sent: dict[tuple[str | None, ...], Sent] = {}


class Ready:
    """At most `most` bytes, about, and for some seconds bodies that are no longer kept. Threads may
    share it: what was answered by what was known before does not get among what is answered now.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        trusted = settings.SECURE_PROXY_SSL_HEADER
        self._words = (*WORDS, *(trusted[:1] if trusted else ()))
        self._moment = Moment(Known(), 0.0)

    def get(self, environ: Environ, known: Known, now: float) -> Sent | None:
        moment = self._moment
        if moment.known is not known or now >= moment.until:
            return None
        return moment.sent.get(tuple(map(environ.get, self._words)))

    def put(self, environ: Environ, known: Known, now: float, sent: Sent) -> None:
        """`known` is by what it was found to hold, `now` the time by which it was made."""
        moment = self._moment
        words = tuple(map(environ.get, self._words))
        size = OVERHEAD + sum(map(len, filter(None, words)))
        if size > self.most:
            return
        is_over = moment.known is not known or now >= moment.until
        if is_over or moment.size + size > self.most:
            moment = self._moment = Moment(known, now)
        moment.size += size
        moment.sent[words] = sent
