"""One thread waits for requests; the others rest until it is busy, and are there when they must."""

import queue
import sys
import threading
import time
from contextlib import suppress
from inspect import getsource
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from iomsite.operation import leading
from iomsite.operation.assembly import assembled


class Server:
    """Threads that take what is asked for from one queue, as granian's do."""

    def __init__(self, number):
        self.asked, self.answers = queue.SimpleQueue(), queue.SimpleQueue()
        self.slow, self.go_on = threading.Semaphore(0), threading.Event()
        self.answer = leading.led(self._answer, lambda environ: environ["PATH_INFO"] != "slow")
        self.headers, self.waiting, self._lock = {}, number, threading.Lock()
        for _number in range(number):
            threading.Thread(target=self._serve, daemon=True).start()

    def _answer(self, sent, environ):
        asked = environ["PATH_INFO"]
        if asked == "slow":
            self.slow.release()
            assert self.go_on.wait(20)
        if asked == "failing":
            self.answers.put("failed")
            raise ValueError
        sent.put((asked, threading.get_ident()))

    def _count(self, change):
        with self._lock:
            self.waiting += change

    def _serve(self):
        while asked := self.asked.get():
            self._count(-1)
            with suppress(ValueError):
                self.answer(self.answers, {"PATH_INFO": asked, **self.headers})
            self._count(1)

    def ask(self, *asked):
        for one in asked:
            self.asked.put(one)
        return [self.answers.get(timeout=20) for one in asked if one != "slow"]

    def wait_for(self, number):
        end = time.monotonic() + 20
        while self.waiting != number:
            assert time.monotonic() < end, self.waiting
            time.sleep(0.01)


@pytest.fixture
def server():
    """Each of its threads has answered once."""
    server = Server(5)
    keep_busy(server, 5)
    server.go_on.set()
    assert [server.answers.get(timeout=20)[0] for _number in range(5)] == ["slow"] * 5
    server.go_on.clear()
    yield server
    server.go_on.set()
    for _number in range(5):
        server.asked.put(None)


def keep_busy(server, number):
    for _number in range(number):
        server.ask("slow")
        assert server.slow.acquire(timeout=20)


def test_one_thread_waits_while_the_others_rest(server):
    server.wait_for(1)
    assert len({thread for _asked, thread in server.ask(*["quick"] * 50)}) == 1


def test_somebody_waits_whatever_the_others_do(server):
    for _number in range(4):
        server.wait_for(1)
        keep_busy(server, 1)
        assert len(server.ask("quick", "failing", "quick")) == 3
    server.go_on.set()
    assert [server.answers.get(timeout=20)[0] for _number in range(4)] == ["slow"] * 4
    server.wait_for(1)
    assert server.ask("quick")


def test_leader_that_ended_is_followed(monkeypatch):
    """granian ends a thread that has nothing to do, and begins another when it is asked."""
    crew = leading.Crew()
    ended = threading.Thread(target=crew.rest)
    ended.start()
    ended.join(20)
    monkeypatch.setattr(leading, "REST", 0.2)
    began = time.monotonic()
    crew.rest()
    assert time.monotonic() - began >= 0.2
    monkeypatch.setattr(leading, "UNHEARD", 0.0)
    monkeypatch.setattr(leading, "REST", 20)
    crew.rest()
    crew.rest()
    assert crew._leader == threading.get_ident()
    assert time.monotonic() - began < 20


def test_leader_is_heard_of_with_each_answer():
    crew = leading.Crew()
    crew.rest()
    crew._heard_at -= 2 * leading.UNHEARD
    assert crew.leads_on()
    other = threading.Thread(target=crew.rest, daemon=True)
    other.start()
    other.join(0.2)
    assert other.is_alive()  # it rests, as somebody leads
    assert crew.leads_on()
    crew.leave()
    other.join(20)
    assert not other.is_alive()
    assert not crew.leads_on()


def test_nobody_rests_for_ever(server, monkeypatch):
    server.wait_for(1)
    monkeypatch.setattr(leading, "REST", 0.1)
    keep_busy(server, 4)
    server.go_on.set()
    server.wait_for(5)
    assert server.ask("quick")


@pytest.mark.parametrize(
    "headers", [{"CONTENT_LENGTH": "5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_thread_with_a_body_does_not_rest(server, monkeypatch, headers):
    """Else its connection would be neither read nor closed for as long."""
    monkeypatch.setattr(leading, "REST", 60)
    server.wait_for(1)
    server.headers = headers
    keep_busy(server, 4)
    server.go_on.set()
    server.wait_for(5)


def test_whoever_is_called_when_it_has_rested_long_enough_leads(monkeypatch):
    crew = leading.Crew()
    crew._leader, crew._heard_at = -1, time.monotonic()

    def acquire(timeout=0):
        if timeout:
            crew._leader = threading.get_ident()
            crew.leave()

    bell = SimpleNamespace(acquire=acquire, release=lambda: None)
    monkeypatch.setattr(threading, "Lock", lambda: bell)
    crew.rest()
    assert crew._leader == threading.get_ident()


def test_it_stands_behind_the_answers_of_the_server_that_is_pinned(monkeypatch):
    from granian.server import mp

    seen = []
    monkeypatch.setattr(mp, "_wsgi_call_wrap", lambda *how: lambda *given: seen.append(given))
    leading.lead(lambda environ: True)
    mp._wsgi_call_wrap("application", {}, None)("sent", {})
    assert seen == [("sent", {})]
    assert "_wsgi_call_wrap(callback, scope_opts, log_access_fmt)" in getsource(mp)


@pytest.mark.parametrize("server", [None, SimpleNamespace()])
def test_other_servers_are_left_alone(monkeypatch, server):
    monkeypatch.setitem(sys.modules, "granian.server.mp", server)
    leading.lead(lambda environ: True)
    assert vars(server or SimpleNamespace()) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("page_cache", [None, SimpleNamespace(at_hand=lambda environ: "an answer")])
def test_probe_that_asks_others_is_not_at_hand(page_cache):
    site = assembled(None, page_cache)
    found = {
        path: site.is_at_hand(RequestFactory().get(path).environ)
        for path in ("/healthz", "/readyz", "/news/")
    }
    assert found == {"/healthz": True, "/readyz": False, "/news/": page_cache is not None}
