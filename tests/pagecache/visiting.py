"""Visits to the page cache as a server makes them."""

from dataclasses import dataclass
from http.client import HTTPMessage

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from iomsite.pagecache.application import PageCache
from iomsite.pagecache.ready import AT_HAND, Ready
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
    """What is at hand is the same answer, whether somebody has just asked for it or not."""
    environ = getattr(RequestFactory(), method)(address, headers=headers).environ
    environ.pop("HTTP_COOKIE", None)
    if "cookie" in headers:
        environ["HTTP_COOKIE"] = headers["cookie"]
    found = {**environ}
    look = getattr(application, "at_hand", lambda environ: None)
    found[AT_HAND] = look(found)
    answer = answered(application, environ)
    if found[AT_HAND]:
        ready, application.ready = application.ready, Ready(0)
        for again in (answered(application, found), answered(application, {**environ})):
            assert (again.how, answer.how) == ("hit", "hit")
            assert (again.status, again.body) == (answer.status, answer.body)
            assert again.headers.items() == answer.headers.items()
        application.ready = ready
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
