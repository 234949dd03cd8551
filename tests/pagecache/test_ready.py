"""What was just answered is given again, to the same words and for as long as it is true."""

import datetime
import time

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from iomsite.pagecache.ready import LONGEST, WORDS, Ready, Sent
from iomsite.pagecache.watch import Known

from .test_application import HELD, KEPT, release, told
from .visiting import answered, make_cache

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def cache():
    return make_cache()


def asked(page, **words):
    environ = RequestFactory().get(page).environ
    del environ["HTTP_COOKIE"]
    return environ | {"HTTP_ACCEPT_ENCODING": "br"} | words


def facts(answer):
    return (answer.status, answer.headers.items(), answer.body)


def test_what_was_answered_is_not_looked_for_again(cache, monkeypatch):
    page = release().get_absolute_url()
    made, held = (answered(cache, asked(page)) for _time in range(2))
    assert (made.how, held.how) == (KEPT, HELD)
    monkeypatch.setattr(cache.store, "get", lambda key: pytest.fail("It was ready."))
    assert facts(answered(cache, asked(page))) == facts(held)


class Read(dict):
    """An environment that knows which of its words were read."""

    def __init__(self, words):
        super().__init__(words)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.read.add(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        self.read.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("proxy", [None, ("HTTP_X_FORWARDED_PROTO", "https")])
def test_all_that_an_answer_depends_on_is_among_the_words(settings, proxy, monkeypatch):
    settings.SECURE_PROXY_SSL_HEADER = proxy
    monkeypatch.setattr(Ready, "get", lambda *asked: None)
    monkeypatch.setattr(Ready, "put", lambda *asked: None)
    release()
    cache, page = make_cache(), "/news/?year=2016"
    words = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_ACCEPT": "text/html"}
    for _time in range(2):
        answered(cache, asked(page, **words))
    tags = dict(answered(cache, asked(page, **words)).headers.items())
    read = set()
    for more in (
        {},
        {"REQUEST_METHOD": "HEAD"},
        {"HTTP_ACCEPT_ENCODING": "br"},
        {"HTTP_IF_NONE_MATCH": tags["ETag"]},
        {"HTTP_IF_MODIFIED_SINCE": tags["Last-Modified"]},
    ):
        environ = Read(asked(page, **words, **more))
        assert cache.at_hand(environ), more
        read |= environ.read
    assert read <= {*WORDS, *(proxy or ())[:1]}
    assert {"HTTP_COOKIE", "QUERY_STRING", "HTTP_IF_NONE_MATCH"} <= read
    assert set(cache.ready._words) == {*WORDS, *(proxy or ())[:1]}


def test_each_word_makes_another_answer():
    ready, known = Ready(1_000_000), Known()
    for word in WORDS:
        ready.put({word: "x"}, known, 1, Sent("200 OK", [], [word.encode()], "hit"))
    for word in WORDS:
        assert ready.get({word: "x"}, known, 2).body == [word.encode()]
    assert ready.get({}, known, 2) is None


def test_nothing_is_given_after_a_change(cache):
    row = release(title="Before")
    page = row.get_absolute_url()
    for _time in range(3):
        answered(cache, asked(page))
    assert cache.at_hand(asked(page))
    told(cache, row)
    assert cache.at_hand(asked(page)) is None
    # Neither is what somebody finds by what he knew before.
    late = Sent("200 OK", [], [b"before"], "hit")
    cache.ready.put(asked(page), Known(), time.time(), late)
    assert cache.at_hand(asked(page)) is None


def test_a_look_that_finds_no_change_keeps_what_is_ready(cache):
    told(cache, release())
    known = cache.watch.known
    cache.watch.ask()
    assert cache.watch.known is known


@pytest.mark.parametrize("left", [1.5, 3.2, 40, 3_601.5, 3_603.5])
def test_time_left_is_said_as_if_nothing_were_ready(cache, left):
    now = timezone.now()
    told(cache, row := release(expires_at=now + datetime.timedelta(seconds=left)))
    page = row.get_absolute_url()
    said = set()
    with time_machine.travel(now, tick=False) as moment:
        answered(cache, asked(page))
        for _step in range(13):
            held = answered(cache, asked(page))
            if held.status == 200:
                ready, cache.ready = cache.ready, Ready(cache.ready.most)
                assert facts(held) == facts(answered(cache, asked(page)))
                cache.ready = ready
                said.add(held.headers["Cache-Control"])
            moment.shift(0.3)
        assert answered(cache, asked(page)).status == (410 if left < 3.9 else 200)
    assert len(said) > 1


def test_what_is_ready_is_used_now_and_then_where_it_is_kept(cache, monkeypatch):
    """The least used goes there, and what is given from here was used."""
    page = release().get_absolute_url()
    used = []
    get = cache.store.get
    monkeypatch.setattr(cache.store, "get", lambda key: used.append(key) or get(key))
    with time_machine.travel(timezone.now(), tick=False) as moment:
        for _second in range(31):
            answered(cache, asked(page))
            moment.shift(1)
    assert 30 / LONGEST <= len(used) - 1 <= 30 / LONGEST + 2


def test_memory_is_bounded():
    ready, known, sent = Ready(50_000), Known(), Sent("200 OK", [], [], "hit")
    for number in range(500):
        ready.put({"PATH_INFO": f"/{number}/"}, known, 1, sent)
        assert ready._moment.size <= 50_000
        assert len(ready._moment.sent) <= 25
    assert ready.get({"PATH_INFO": "/499/"}, known, 2) is sent
    ready.put({"HTTP_IF_NONE_MATCH": "x" * 60_000}, known, 1, sent)
    assert ready.get({"HTTP_IF_NONE_MATCH": "x" * 60_000}, known, 2) is None


def test_who_takes_nothing_packed_leaves_nothing_unpacked_behind(cache):
    page = release().get_absolute_url()
    for _time in range(2):
        plain = answered(cache, asked(page, HTTP_ACCEPT_ENCODING=""))
        assert (plain.headers["Content-Encoding"], b"<html" in plain.body) == (None, True)
    assert len(cache.ready._moment.sent) == 0
    assert answered(cache, asked(page, HTTP_ACCEPT_ENCODING="br")).how == HELD
    assert len(cache.ready._moment.sent) == 1
