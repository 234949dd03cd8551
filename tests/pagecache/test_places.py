"""How many requests Django answers at once, and with whose connections."""

import gc
import subprocess
import sys
import threading
import weakref
from contextlib import contextmanager, suppress
from io import BytesIO

import pytest
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from iomsite.pagecache import places
from iomsite.pagecache.places import Places
from iomsite.pagecache.release import release

from .visiting import Asking


class Knot:
    """Points to itself, so that only who looks for garbage finds it."""

    def __init__(self):
        self.itself = self


class Site:
    """Says which connection it was given."""

    def __init__(self):
        self.seen = []
        self.left = []

    def __call__(self, environ, start):
        self.left.append(weakref.ref(Knot()))
        self.seen.append(id(connections["default"]))
        start("200 OK", [])
        if environ["PATH_INFO"] == "/fails/":
            raise SystemExit
        is_long = environ["PATH_INFO"] == "/long/"
        return StreamingHttpResponse(iter((b"a", b"b"))) if is_long else HttpResponse("whole")


@pytest.fixture
def site():
    return Site()


def ask(bounded, path="/", read=lambda answer: None, **environ):
    """In a thread of its own, as a server does; the status."""
    said = []

    def run():
        request = {**RequestFactory().get(path).environ, **environ}
        with suppress(SystemExit):
            answer = bounded(request, lambda status, _headers: said.append(status))
            read(answer)
            getattr(answer, "close", lambda: None)()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return said[0]


@contextmanager
def stream_being_read(bounded):
    begun, may_end = threading.Event(), threading.Event()

    def read(answer):
        next(iter(answer))
        begun.set()
        may_end.wait(10)

    thread = threading.Thread(target=ask, args=(bounded, "/long/", read))
    thread.start()
    assert begun.wait(10)
    yield
    may_end.set()
    thread.join()


def test_connections_belong_to_places_and_not_to_threads(site):
    bounded = Places(site, Asking(), number=1)
    for _time in range(3):
        ask(bounded)
    ask(bounded, "/fails/")
    ask(bounded)
    assert len(site.seen) == 5
    assert len(set(site.seen)) == 1


def test_more_than_there_are_places_wait_and_are_refused_in_time(site, monkeypatch):
    monkeypatch.setattr(places, "LONGEST_WAIT", 0.3)
    bounded = Places(site, Asking(), number=1)
    with stream_being_read(bounded):
        assert ask(bounded) == "503 Service Unavailable"
    assert ask(bounded) == "200 OK"


def test_stream_that_nobody_reads_to_its_end_gives_its_place_back_once(site):
    bounded = Places(site, Asking(), number=1)
    for _time in range(3):
        assert ask(bounded, "/long/", lambda answer: answer.close()) == "200 OK"
    assert bounded._free.qsize() == 1


@pytest.fixture
def nobody_else_looks():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("nobody_else_looks")
def test_garbage_of_a_request_goes_before_the_next_one(site):
    bounded = Places(site, Asking(), number=2)
    for _time in range(3):
        ask(bounded)
    assert [knot() is None for knot in site.left] == [True, True, False]


@pytest.mark.usefixtures("nobody_else_looks")
def test_garbage_waits_while_another_request_is_in_django(site):
    bounded = Places(site, Asking(), number=2)
    with stream_being_read(bounded):
        ask(bounded)
        ask(bounded)
        assert [knot() is None for knot in site.left] == [False, False, False]
    ask(bounded)
    assert [knot() is None for knot in site.left] == [True, True, True, False]


def test_nobody_waits_in_line_for_a_database_that_is_late(site, monkeypatch):
    bounded = Places(site, Asking(), number=1)
    monkeypatch.setattr(Asking, "is_late", True)
    monkeypatch.setattr("iomsite.pagecache.line.MOST_WAITING", 0)
    monkeypatch.setattr(places, "LONGEST_WAIT", 60)
    with stream_being_read(bounded):
        assert ask(bounded) == "503 Service Unavailable"


@pytest.mark.parametrize(("sent", "status"), [(b"a=1", "200 OK"), (b"a=", "400 Bad Request")])
def test_form_that_was_cut_short_is_none(site, sent, status):
    bounded = Places(site, Asking(), number=1)
    form = {"CONTENT_LENGTH": "3", "wsgi.input": BytesIO(sent)}
    assert ask(bounded, REQUEST_METHOD="POST", **form) == status
    assert len(site.seen) == (status == "200 OK")


def test_release_is_the_same_in_each_process(monkeypatch):
    code = (
        "import django; django.setup(); from iomsite.pagecache.release import release;"
        "print(release())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout.strip()
        for _process in range(2)
    }
    assert len(told) == 1
    monkeypatch.setattr("django.conf.settings.TIME_ZONE", "Africa/Maputo")
    release.cache_clear()
    assert release() not in told
    release.cache_clear()
