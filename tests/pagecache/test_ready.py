"""What was just answered is given again, to the same words and for as long as it is true."""

import datetime
import time
from dataclasses import replace

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from iomsite.operation.access import AccessLog
from iomsite.operation.assembly import assembled
from iomsite.pagecache.entry import cache_control, control_holds_until
from iomsite.pagecache.ready import AT_HAND, LONGEST, WORDS, Ready, Sent
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


def ready_since(now, most=1_000_000):
    """With nothing in it, and what is known."""
    ready, known = Ready(most), Known()
    assert ready.get({}, known, now) is None
    return ready, known


def test_each_word_makes_another_answer():
    ready, known = ready_since(1)
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
    for _time in range(2):
        answered(cache, asked(page))
    # Neither is what somebody finds late, by what was known before.
    late = Sent("200 OK", [], [b"before"], "hit")
    for accepted in ("br", "gzip"):
        before = replace(cache.watch.known)
        cache.ready.put(asked(page, HTTP_ACCEPT_ENCODING=accepted), before, time.time(), late)
        found = cache.at_hand(asked(page, HTTP_ACCEPT_ENCODING=accepted))
        assert found.body != late.body


def test_nothing_that_was_made_before_or_after_its_time_gets_in():
    ready, known = ready_since(1_000)
    late, early = ({"PATH_INFO": one} for one in ("/late/", "/early/"))
    for environ, now in ((late, 999.9), (early, 1_000 + LONGEST)):
        ready.put(environ, known, now, Sent("200 OK", [], [], "hit"))
        assert ready.get(environ, known, 1_001) is None
    # Nor is anything given before its time, should the clock go back.
    ready.put(late, known, 1_001, Sent("200 OK", [], [], "hit"))
    assert ready.get(late, known, 1_001)
    assert ready.get(late, known, 400) is None


def test_a_look_that_finds_no_change_keeps_what_is_ready(cache):
    told(cache, release())
    known = cache.watch.known
    cache.watch.ask()
    assert cache.watch.known is known


@given(st.floats(0.001, 5_000), st.floats(0, 1))
@example(1.0, 1.0)
@example(3_602.0, 0.5)
def test_time_left_is_said_alike_until_it_is_another(left, part):
    now = 1_000_000.0
    end, until = now + left, control_holds_until(now + left, now)
    assert now <= until <= end
    between = now + (until - now) * part
    if between < until:
        assert cache_control(end, between) == cache_control(end, now)
    if until + 0.001 < end:
        assert cache_control(end, until + 0.001) != cache_control(end, now)
    assert control_holds_until(float("inf"), now) == float("inf")


@pytest.mark.parametrize("left", [1.5, 3.2, 3_603.5])
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
    ready, known = ready_since(1, most=50_000)
    page, sent = b"x" * 10_000, {}
    for number in range(500):
        # Every other is a page of its own, the rest say the same.
        body = page if number % 2 else page + bytes([number % 256])
        sent[number] = Sent("200 OK", [], [body], "hit")
        ready.put({"PATH_INFO": f"/{number}/"}, known, 1, sent[number])
        held = [one for one in sent if ready.get({"PATH_INFO": f"/{one}/"}, known, 2)]
        assert sum({id(sent[one].body[0]): 10_000 for one in held}.values()) <= 50_000
        assert number in held
    assert 2 <= len(held) <= 7
    much = {"HTTP_IF_NONE_MATCH": "x" * 60_000}
    ready.put(much, known, 1, sent[1])
    assert ready.get(much, known, 2) is None


def test_what_is_over_is_not_held_on_to(cache):
    page = release().get_absolute_url()
    with time_machine.travel(timezone.now(), tick=False) as moment:
        for _time in range(2):
            answered(cache, asked(page))
        assert cache.ready._moment.sent
        moment.shift(LONGEST)
        assert cache.at_hand(asked("/elsewhere/")) is None
        assert not cache.ready._moment.sent


def test_nothing_is_at_hand_while_nobody_watches(cache):
    """As in a process that forked from one which had answered."""
    page = release().get_absolute_url()
    for _time in range(2):
        answered(cache, asked(page))
    cache.watch.is_running, cache.ready = False, Ready(cache.ready.most)
    assert cache.at_hand(asked(page)) is None


def test_what_somebody_made_meanwhile_is_not_made_again(cache, django_assert_num_queries):
    page = release().get_absolute_url()
    late = asked(page)
    late[AT_HAND] = cache.at_hand(late)
    made = answered(cache, asked(page))
    with django_assert_num_queries(0):
        found = answered(cache, late)
    assert (found.how, found.body) == ("hit; detail=collapsed", made.body)


def test_server_may_do_as_it_likes_with_what_it_gets(cache):
    page = release().get_absolute_url()
    first, second = (answered(cache, asked(page)) for _time in range(2))

    def spoil(status, headers):
        headers.append(("Set-Cookie", "a=1"))

    cache(asked(page), spoil).clear()
    assert facts(answered(cache, asked(page))) == facts(second)


@pytest.mark.parametrize(("chosen", "lines"), [("made", 1), ("all", 3)])
def test_what_a_server_found_at_hand_is_given_and_told(cache, settings, monkeypatch, chosen, lines):
    """As granian asks: whether it is at hand, and at once for the answer."""
    settings.ACCESS_LOG, settings.METRICS_PORT = chosen, 0
    told = []
    note = lambda log, environ, request, seconds: told.append(request.cache)  # noqa: E731
    monkeypatch.setattr(AccessLog, "__call__", note)
    site, page = assembled(cache, cache), release().get_absolute_url()
    bodies = []
    for is_held in (False, True, True):
        environ = asked(page)
        assert site.is_at_hand(environ) == is_held
        bodies.append(answered(site, environ).body)
    assert bodies[0] == bodies[1] == bodies[2]
    assert told == ["miss", "hit", "hit"][:lines]


def test_who_takes_nothing_packed_leaves_nothing_unpacked_behind(cache):
    page = release().get_absolute_url()
    for _time in range(2):
        plain = answered(cache, asked(page, HTTP_ACCEPT_ENCODING=""))
        assert (plain.headers["Content-Encoding"], b"<html" in plain.body) == (None, True)
    assert len(cache.ready._moment.sent) == 0
    assert answered(cache, asked(page, HTTP_ACCEPT_ENCODING="br")).how == HELD
    assert len(cache.ready._moment.sent) == 1
