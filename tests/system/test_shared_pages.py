"""Pages that several processes keep together in a real Redis, whatever becomes of it."""

import threading
import time

import pytest
import redis
from django.http import HttpResponse
from django.test import RequestFactory

from iomsite.backup.restoring import begin_a_new_history
from iomsite.pagecache import shared
from iomsite.pagecache.shared import Shared
from iomsite.publishing import changes
from iomsite.publishing.keeping import keep
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import Ledger
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.pagecache.visiting import make_cache, visit

from .processes import Redis, wait_for

pytestmark = pytest.mark.django_db
MADE, HELD, SHARED = "fwd=miss; stored", "hit", "hit; detail=shared"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def store(server):
    client = redis.Redis.from_url(server.url)
    client.config_set("maxmemory", "0")
    client.flushall()
    return client


@pytest.fixture
def start(server, store, monkeypatch):
    """A process of the site, as far as its page cache goes. A busy machine does not hurry it."""

    def started(release="1", patience=2.0):
        monkeypatch.setattr(shared, "PATIENCE", patience)
        cache = make_cache()
        cache.shared = Shared(server.url, release)
        return cache

    return started


def told(*rows):
    with locked_ledger():
        changes.settle(rows)


def test_page_that_one_process_made_is_given_by_all(start, django_assert_num_queries):
    page = NewsReleaseFactory(published=True).get_absolute_url()
    one, other = start(), start()
    made = visit(one, page)
    with django_assert_num_queries(0):
        for encoding in ("br", "gzip", ""):
            asked = {"accept-encoding": encoding}
            given = visit(other, page, **asked)
            own = visit(one, page, **asked)
            assert (given.status, given.body) == (own.status, own.body)
            assert given.headers["ETag"] == made.headers["ETag"]
            assert given.headers["Content-Type"] == made.headers["Content-Type"]
            assert given.headers["Vary"] == made.headers["Vary"]
    assert [visit(start(), page).how, visit(other, page).how] == [SHARED, HELD]


def test_what_a_publication_touched_is_made_anew_by_processes_that_start_later(start):
    campaign = CampaignFactory(published=True, title="Before")
    touched = NewsReleaseFactory(published=True, campaign=campaign).get_absolute_url()
    other = NewsReleaseFactory(published=True).get_absolute_url()
    told(campaign)
    first = start()
    for address in (touched, other, "/news/"):
        assert visit(first, address).how == MADE
    campaign.title = "After"
    campaign.save()
    told(campaign)
    later = start()
    assert [visit(later, page).how for page in (other, touched, "/news/")] == [SHARED, MADE, MADE]
    assert b"After" in visit(later, touched).body


def test_filters_are_learned_with_the_page(start):
    NewsReleaseFactory(published=True)
    visit(start(), "/news/")
    second = start()
    visit(second, "/news/")
    assert visit(second, "/news/?utm_source=x").how == HELD


def test_other_release_or_secret_or_key_shares_nothing(start, store, settings):
    pages = [NewsReleaseFactory(published=True).get_absolute_url() for _one in range(2)]
    first = start()
    bodies = [visit(first, page).body for page in pages]
    assert visit(start(release="2"), pages[0]).how == MADE
    settings.SECRET_KEY = "another" * 10
    assert visit(start(), pages[0]).how == MADE
    settings.SECRET_KEY = "a third" * 10
    store.flushall()
    assert visit(start(), pages[0]).how == MADE
    (key,) = store.keys("iomsite:page:*")
    visit(start(), pages[1])
    (other,) = {*store.keys("iomsite:page:*")} - {key}
    store.set(key, store.get(other))
    spoiled = visit(start(), pages[0])
    assert (spoiled.how, spoiled.body) == (MADE, bodies[0])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data[:20],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: b"",
        lambda data: b"\x80\x04\x95cos\nsystem\n" * 9,
        lambda data: data + b"x" * shared.LARGEST,
    ],
)
def test_spoiled_entries_are_ignored(start, store, spoil):
    page = NewsReleaseFactory(published=True).get_absolute_url()
    body = visit(start(), page).body
    (key,) = store.keys("iomsite:page:*")
    store.set(key, spoil(store.get(key)))
    again = visit(start(), page)
    assert (again.how, again.body) == (MADE, body)
    assert visit(start(), page).how == SHARED


def test_entry_of_another_type_is_ignored(start, store):
    page = NewsReleaseFactory(published=True).get_absolute_url()
    visit(start(), page)
    (key,) = store.keys("iomsite:page:*")
    store.delete(key)
    store.lpush(key, "x")
    assert visit(start(), page).how == MADE


def test_what_was_made_before_an_older_ledger_came_back_is_not_given(start):
    row = NewsReleaseFactory(published=True)
    told(row)
    before = Ledger.objects.values("generation", "told_until", "next_at").get()
    told(row)
    page = row.get_absolute_url()
    assert visit(start(), page).how == MADE
    Ledger.objects.update(**before)
    assert visit(start(), page).how == MADE


def test_what_was_made_before_a_restore_is_given_by_nobody(start):
    page = NewsReleaseFactory(published=True).get_absolute_url()
    visit(start(), page)
    assert visit(start(), page).how == SHARED
    begin_a_new_history()
    assert visit(start(), page).how == MADE


def test_page_is_made_by_one_process_while_the_others_wait(start):
    first, second = start(), start()
    makes = threading.Event()

    def slow(environ, start_response):
        makes.set()
        time.sleep(0.3)
        answer = keep(HttpResponse("<p>Made once"), ())
        start_response("200 OK", list(answer.items()))
        return answer

    def never(environ, start_response):
        raise AssertionError("made twice")

    first.application, second.application = slow, never
    environ = RequestFactory().get("/").environ
    environ.pop("HTTP_COOKIE", None)
    one = threading.Thread(target=lambda: first(environ, lambda *told: None))
    one.start()
    assert makes.wait(5)
    given = visit(second, "/")
    one.join()
    assert (given.how, given.body) == (SHARED, b"<p>Made once")


def test_page_is_made_by_the_next_where_its_maker_died(start, monkeypatch):
    monkeypatch.setattr(shared, "LEASE", 0.5)
    page = NewsReleaseFactory(published=True).get_absolute_url()
    dying, next_one = start(), start()
    dying.shared.done = lambda *_what: None

    def die(environ, start_response):
        raise SystemExit

    dying.application = die
    with pytest.raises(SystemExit):
        visit(dying, page)
    began = time.monotonic()
    assert visit(next_one, page).how == MADE
    assert 0.3 < time.monotonic() - began < 2


def test_full_store_is_survived(start, store):
    page, other = (NewsReleaseFactory(published=True).get_absolute_url() for _one in range(2))
    visit(start(), page)
    store.config_set("maxmemory", "1")
    for _time in range(2):
        cache = start()
        assert [visit(cache, other).how for _time in range(2)] == [MADE, HELD]


@pytest.mark.parametrize("how", ["frozen", "dead"])
def test_store_in_trouble_costs_one_request_little_and_is_left_alone(server, start, how):
    pages = [NewsReleaseFactory(published=True).get_absolute_url() for _one in range(4)]
    cache = start(patience=shared.PATIENCE)
    usual = time_of(cache, pages[0])
    server.freeze() if how == "frozen" else server.kill()
    try:
        first = time_of(cache, pages[1])
        others = [time_of(cache, page) for page in pages[2:]]
    finally:
        server.thaw() if how == "frozen" else server.start()
    assert first < usual + 0.25
    assert max(others) < usual + 0.15
    cache.shared._alone_until = time.monotonic() + 0.1
    wait_for(lambda: time.monotonic() > cache.shared._alone_until)
    visit(start(), pages[3])
    assert visit(start(), pages[3]).how == SHARED


def time_of(cache, page):
    began = time.monotonic()
    assert visit(cache, page).how == MADE
    return time.monotonic() - began
