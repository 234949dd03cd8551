"""Visits to the page cache as a server makes them."""

from dataclasses import dataclass
from http.client import HTTPMessage

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from iomsite.pagecache.application import PageCache
from iomsite.pagecache.watch import Watch
from iomsite.snapshot import connection_kept


class Asking(Watch):
    """Asks the ledger when it is told to, so that a test knows what is known."""

    is_running = True
    is_blind = is_late = False

    def is_away(self, source):
        return self.is_blind


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def how(self):
        """`hit`, `fwd=miss; stored`, or nothing where the cache was not asked."""
        return (self.headers["Cache-Status"] or "").removeprefix("iomsite; ")


def visit(application, address, method="get", **headers):
    """What granian finds to be at hand it asks for at once: that is the same answer."""
    environ = getattr(RequestFactory(), method)(address, headers=headers).environ
    environ.pop("HTTP_COOKIE", None)
    if "cookie" in headers:
        environ["HTTP_COOKIE"] = headers["cookie"]
    found = {**environ}
    is_at_hand = getattr(application, "is_at_hand", lambda environ: False)(found)
    answer = answered(application, environ)
    if is_at_hand:
        again = answered(application, found)
        assert (again.how, answer.how) == ("hit", "hit")
        assert (again.status, again.body) == (answer.status, answer.body)
        assert again.headers.items() == answer.headers.items()
    return answer


def answered(application, environ):
    told = []
    with connection_kept():
        answer = application(environ, lambda status, headers: told.append((status, headers)))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
    ((status, said),) = told
    message = HTTPMessage()
    for name, value in said:
        message.add_header(name, value)
    return Answer(int(status.partition(" ")[0]), message, body)


def make_cache(most=10_000_000):
    cache = PageCache(WSGIHandler(), most=most, watch=Asking())
    cache.watch.ask()
    return cache
