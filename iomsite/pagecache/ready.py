"""Answers of the last seconds, for whoever asks for the same in the very same words."""

from typing import NamedTuple

from django.conf import settings

from iomsite.measured import noted

from .entry import Headers, control_holds_until
from .refusal import Answer, Environ, Start
from .watch import Known

# In the environment of a request: the answer that was at hand before the application was called,
# or None. Whoever notes it there changes nothing else of the request afterwards.
AT_HAND = "iomsite.at_hand"
# What of a request an answer to everybody depends on, besides what a proxy of ours says of the
# scheme. Nothing else may be read to find it.
WORDS = (
    *("REQUEST_METHOD", "wsgi.url_scheme", "SERVER_NAME", "PATH_INFO", "QUERY_STRING"),
    *("HTTP_HOST", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"),
)
# Seconds after which what is kept is looked for again, so that it counts there as used.
LONGEST = 10.0
# Bytes of an answer besides its words and its body, about.
OVERHEAD = 2_000


class Sent(NamedTuple):
    """`how` is what the page cache did for it, as in `Cache-Status`."""

    status: str
    headers: Headers
    body: list[bytes]
    how: str

    def given(self, environ: Environ, start: Start) -> Answer:
        """Its lists are those of all: a server may do as it likes with what it gets."""
        noted(environ, self.how)
        start(self.status, [*self.headers])
        return [*self.body]


class Moment:
    """Some seconds in which nothing changes, on the site or in what answers say of the time left.

    `since` and `until` are seconds since 1970.
    """

    def __init__(self, known: Known, now: float) -> None:
        self.known, self.since = known, now
        self.until = min(now + LONGEST, control_holds_until(known.next_at, now))
        self.size = 0
        self.sent: dict[tuple[str | None, ...], Sent] = {}
        self._bodies: set[int] = set()

    def put(self, words: tuple[str | None, ...], sent: Sent, most: int) -> bool:
        """False where it would be more than `most` bytes. Bodies are shared, and count once."""
        bodies = {id(body): len(body) for body in sent.body if id(body) not in self._bodies}
        size = OVERHEAD + sum(map(len, filter(None, words))) + sum(bodies.values())
        if self.size + size > most:
            return False
        self.size += size
        self._bodies.update(bodies)
        self.sent[words] = sent
        return True


class Ready:
    """At most `most` bytes, about, most of them of bodies that are kept as well. Threads may share
    it: what was answered by what was known before does not get among what is answered now.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        trusted = settings.SECURE_PROXY_SSL_HEADER
        self._words = (*WORDS, *(trusted[:1] if trusted else ()))
        self._moment = Moment(Known(), 0.0)

    def get(self, environ: Environ, known: Known, now: float) -> Sent | None:
        moment = self._moment
        if moment.known is not known or not moment.since <= now < moment.until:
            self._moment = Moment(known, now)  # so that nothing holds on to what is over
            return None
        return moment.sent.get(tuple(map(environ.get, self._words)))

    def put(self, environ: Environ, known: Known, now: float, sent: Sent) -> None:
        """By what was known, and when, as it was asked for and made. Too late, it is left out."""
        moment = self._moment
        if moment.known is not known or not moment.since <= now < moment.until:
            return
        words = tuple(map(environ.get, self._words))
        if not moment.put(words, sent, self.most):
            self._moment = Moment(known, now)
            self._moment.put(words, sent, self.most)
