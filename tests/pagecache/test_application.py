"""What is kept, for whom, and how it is given."""

import datetime
import gzip
import threading
import time

import brotli
import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django.utils.http import http_date

from iomsite.pagecache.application import PageCache
from iomsite.pagecache.entry import cache_control
from iomsite.pagecache.ready import AT_HAND
from iomsite.pagecache.watch import Known
from iomsite.publishing import actions, changes
from iomsite.publishing.keeping import keep
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import Ledger
from iomsite.publishing.states import Withdrawal
from iomsite.richtext.sanitise import reference
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.programmes import CountryFactory, RegionFactory, TopicFactory

from .visiting import Asking, answered, make_cache, visit

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
KEPT, HELD = "fwd=miss; stored", "hit"


@pytest.fixture
def cache():
    return make_cache()


def told(cache, *rows):
    """Something was published."""
    with locked_ledger():
        changes.settle(rows)
    cache.watch.ask()


def release(**fields):
    return NewsReleaseFactory(published=True, released_on=datetime.date(2016, 4, 25), **fields)


def test_second_visitor_is_given_what_the_first_was(cache, django_assert_num_queries):
    page = release(title="Nets").get_absolute_url()
    first = visit(cache, page)
    with django_assert_num_queries(0):
        second = visit(cache, page)
    assert (first.how, second.how) == (KEPT, HELD)
    assert (first.status, first.body) == (second.status, second.body)
    assert b"Nets" in first.body
    fresh = visit(cache.application, page)
    assert fresh.body == second.body
    same = {name: value for name, value in fresh.headers.items() if name != "Vary"}
    assert same.items() <= dict(second.headers.items()).items()


def test_what_is_held_is_at_hand(cache, monkeypatch):
    """A server asks for nothing else in the thread that must not wait."""
    row = release(expires_at=timezone.now() + datetime.timedelta(seconds=90))
    told(cache, row)
    page = row.get_absolute_url()

    def environ(**other):
        found = RequestFactory().get(page).environ | other
        return (
            found if "cookie" in other else {n: v for n, v in found.items() if n != "HTTP_COOKIE"}
        )

    assert not cache.at_hand(environ())
    assert visit(cache, page).how == KEPT
    for other in ({}, {"REQUEST_METHOD": "HEAD"}, {"QUERY_STRING": "unknown=1"}):
        assert cache.at_hand(environ(**other)), other
    own = ({"HTTP_COOKIE": "a=b", "cookie": ""}, {"HTTP_AUTHORIZATION": "x"})
    for other in (*own, {"REQUEST_METHOD": "POST"}, {"PATH_INFO": "/news/"}):
        assert not cache.at_hand(environ(**other)), other
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=91), tick=False):
        assert not cache.at_hand(environ())
    found = environ()
    found[AT_HAND] = cache.at_hand(found)
    assert found[AT_HAND]
    told(cache, row)
    assert not cache.at_hand(environ())
    # What was found is given by whoever found it, without waiting: it was right a moment ago.
    monkeypatch.setattr(cache, "application", None)
    assert answered(cache, found).how == HELD


def test_publication_moves_on_lists_and_no_other_release(cache):
    topic = TopicFactory(name="Malaria")
    campaign = CampaignFactory(published=True, title="Malaria Day")
    near, far = release(title="Near", campaign=campaign), release(title="Far")
    near.topics.add(topic)
    told(cache, near, far, campaign)
    pages = {name: row.get_absolute_url() for name, row in {"near": near, "far": far}.items()}
    addresses = {**pages, "list": "/news/", "home": "/", "campaign": campaign.get_absolute_url()}

    def ask():
        return {name: visit(cache, address).how for name, address in addresses.items()}

    ask()
    assert set(ask().values()) == {HELD}
    new = release(title="New")
    new.topics.add(topic)
    told(cache, new)
    assert ask() == {
        "near": KEPT,  # the new one stands among its related pages
        "far": HELD,
        "campaign": HELD,
        **dict.fromkeys(("list", "home"), KEPT),
    }
    campaign.title = "World Malaria Day"
    campaign.save()
    told(cache, campaign)
    assert b"World Malaria Day" in visit(cache, pages["near"]).body
    assert ask()["far"] == HELD
    topic.name = "Malaria and more"
    topic.save()
    told(cache, topic)
    assert set(ask().values()) == {KEPT}


def test_withdrawn_page_is_gone_with_the_next_look_at_the_ledger(cache):
    row = release(title="Wrong")
    page = row.get_absolute_url()
    visit(cache, page)
    actions.withdraw(row, by=UserFactory(is_superuser=True), kind=Withdrawal.GONE, note="Wrong.")
    cache.watch.ask()
    assert visit(cache, page).status == 410


def test_text_that_names_a_page_follows_what_becomes_of_it(cache):
    named = release(title="Named")
    address = reference("news.newsrelease", named.uid)
    naming = release(body=f'<p>See <a href="{address}">this</a>.</p>').get_absolute_url()
    link = f'href="{named.get_absolute_url()}"'
    assert link in visit(cache, naming).body.decode()
    actions.withdraw(named, by=UserFactory(is_superuser=True), kind=Withdrawal.GONE, note="Wrong.")
    cache.watch.ask()
    assert link not in visit(cache, naming).body.decode()


@pytest.mark.parametrize(
    "other",
    [
        {"cookie": "anything=1"},
        {"authorization": "Basic eA=="},
        {"accept": "application/json"},
        {"method": "post"},
        {"method": "options"},
    ],
)
def test_who_tells_something_of_himself_is_given_his_own(cache, other):
    page = release().get_absolute_url()
    visit(cache, page)
    answer = visit(cache, page, **other)
    assert answer.how == ""
    assert len(cache.store) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/nothing-here/",
        "/news/?page=99",
        "/news",
        "/search/?q=nets",
        "/admin/",
        "/account/login/",
        "/news/?year=2016&preview=x",
        "/news/?year=1066",
        "/news/?year=" + "9" * 2000,
        "/openapi.json",
        "/alerts/new/?of=/news/",
        "/robots.txt",
    ],
)
def test_what_is_not_a_public_page_is_not_kept(cache, address):
    for _time in range(3):
        answer = visit(cache, address)
        assert (answer.how, len(cache.store)) == ("", 0)
    assert answer.status == visit(cache.application, address).status


def test_parameters_that_nobody_asked_for_make_no_more_of_it(cache):
    release()
    for number in range(9):
        visit(cache, f"/news/?utm_source={number}&year=2016&x[]={number}")
        visit(cache, f"/news/?gclid={number}&x=")
        visit(cache, f"/news/?year=2016&kind=&page=&{number}")
    assert len(cache.store) == 2
    plain, narrowed = visit(cache, "/news/?x=1"), visit(cache, "/news/?year=2016&x=1")
    assert plain.how == narrowed.how == HELD
    assert plain.body != narrowed.body
    assert b"utm_source" not in narrowed.body


def test_program_is_told_of_a_mistake_whether_or_not_something_is_kept(cache):
    release()
    for address in ("/news.json", "/news.json?year=2016"):
        for mistake in ("countr=iran", "countr=", "year=2016&x=1", "year=2016&year=2017"):
            assert visit(cache, f"/news.json?{mistake}").status == 400, mistake
        assert visit(cache, address).how == KEPT
    assert visit(cache, "/news.json?month=&year=2016").how == HELD


def test_each_form_of_an_address_is_kept_by_itself(cache):
    release(title="Nets")
    for ending, media in (("", "text/html"), (".json", "json"), (".atom", "atom"), (".md", "mark")):
        address = f"/news{ending}" if ending else "/news/"
        assert visit(cache, address).how == KEPT
        again = visit(cache, address, accept="text/html,*/*;q=0.8")
        assert again.how == HELD
        assert media in again.headers["Content-Type"]
    assert visit(cache, "/news.csv").how == ""  # told row by row, however long it is


def test_nothing_is_sent_to_who_has_it(cache):
    page = release().get_absolute_url()
    first = visit(cache, page)
    for header, value in (
        ("if-none-match", first.headers["ETag"]),
        ("if-none-match", f'"other", {first.headers["ETag"]}'),
        ("if-modified-since", first.headers["Last-Modified"]),
    ):
        answer = visit(cache, page, **{header: value})
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]
    for header, value in (
        ("if-none-match", '"other"'),
        ("if-modified-since", http_date(0)),
        ("if-modified-since", "yesterday"),
    ):
        assert visit(cache, page, **{header: value}).status == 200
    both = {"if-none-match": '"other"', "if-modified-since": first.headers["Last-Modified"]}
    assert visit(cache, page, **both).status == 200


@pytest.mark.parametrize(
    ("accepted", "sent", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip;q=1.0, *;q=0.5", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("gzip;q=0", None, bytes),
        ("", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_it_is_packed_once_as_the_visitor_reads_it(cache, accepted, sent, unpack):
    page = release().get_absolute_url()
    plain = visit(cache, page)
    answer = visit(cache, page, **{"accept-encoding": accepted})
    assert answer.headers["Content-Encoding"] == sent
    assert unpack(answer.body) == plain.body
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("is_held", [True, False])
def test_head_says_what_get_would(cache, is_held):
    page = release().get_absolute_url()
    if is_held:
        visit(cache, page)
    head, full = visit(cache, page, method="head"), visit(cache, page)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(full.body))
    assert visit(cache, "/nothing/", method="head").body == b""


def test_nobody_keeps_it_beyond_the_next_moment_of_the_schedule(cache):
    now = timezone.now()
    row = release(title="For an hour", expires_at=now + datetime.timedelta(seconds=90))
    told(cache, row)
    page = row.get_absolute_url()
    said = visit(cache, page).headers["Cache-Control"]
    assert "s-maxage=2, stale-while-revalidate=30, stale-if-error=8" in said
    with time_machine.travel(now + datetime.timedelta(seconds=91), tick=False):
        assert visit(cache, page).status == 410
        between = visit(cache, "/news/")
        assert between.how == ""  # it may be from before the moment or after it
        assert "For an hour" not in between.body.decode()
        cache.watch.ask()
        assert visit(cache, "/news/").how == KEPT
        assert "stale-if-error=3600" in visit(cache, "/news/").headers["Cache-Control"]


@pytest.mark.parametrize("left", [-5, 0, 0.4, 1, 1.9, 2, 2.5, 10, 31.5, 90, 4_000, float("inf")])
def test_nothing_is_given_out_stale_beyond_the_next_moment(left):
    """What may be stale begins where `s-maxage` ends."""
    said = dict(
        part.split("=") for part in cache_control(1_000 + left, 1_000).split(", ") if "=" in part
    )
    fresh, while_asking, on_error = (
        int(said[name]) for name in ("s-maxage", "stale-while-revalidate", "stale-if-error")
    )
    assert 0 <= fresh + max(while_asking, on_error) <= max(left, 0)
    assert (fresh, while_asking, on_error) == (2, 30, 3600) or left < 4_000


def test_what_changed_while_it_was_made_is_old_at_once():
    cache = make_cache()
    row = release(title="Before")

    def application(environ, start):
        answer = pages(environ, start)
        told(cache, row)
        return answer

    pages, cache.application = cache.application, application
    page = row.get_absolute_url()
    assert visit(cache, page).how == KEPT
    cache.application = pages
    assert visit(cache, page).how == KEPT
    assert visit(cache, page).how == HELD


def test_memory_is_bounded_and_the_least_used_goes():
    releases = [release() for _number in range(6)]
    cache = make_cache()
    pages = [row.get_absolute_url() for row in releases]
    visit(cache, pages[0])
    cache.store.most = cache.store.size * 4
    for page in pages[1:]:
        visit(cache, page)
        visit(cache, pages[0])
    assert cache.store.size <= cache.store.most
    assert len(cache.store) < 6
    assert visit(cache, pages[0]).how == HELD
    assert visit(cache, pages[1]).how == KEPT


def test_older_ledger_put_in_place_moves_everything_on(cache):
    told(cache, release())
    page = release().get_absolute_url()
    visit(cache, page)
    Ledger.objects.update(generation=0)
    cache.watch.ask()
    told(cache, release())
    assert visit(cache, page).how == KEPT


def test_of_very_many_stamps_the_older_ones_become_one(cache, monkeypatch):
    monkeypatch.setattr("iomsite.pagecache.watch.MOST_STAMPS", 3)
    rows = [release() for _number in range(5)]
    told(cache, *rows)
    pages = [row.get_absolute_url() for row in rows]
    assert [visit(cache, page).how for page in pages] == [KEPT] * 5
    told(cache, *rows)
    assert len(cache.watch.known.stamps) == 3
    assert [visit(cache, page).how for page in pages] == [KEPT] * 5


class Slow:
    """A page that takes its time, and says how often it was made."""

    def __init__(self, is_kept=True):
        self.number, self.at_once, self.most = 0, 0, 0
        self.is_kept = is_kept
        self.lock = threading.Lock()

    def __call__(self, environ, start):
        with self.lock:
            self.number += 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.1)
        with self.lock:
            self.at_once -= 1
        answer = HttpResponse(f"<p>{'x' * 600}")
        start("200 OK", list(answer.items()))
        return keep(answer, ()) if self.is_kept else answer


@pytest.mark.parametrize(("is_kept", "made"), [(True, 1), (False, 50)])
def test_page_that_everybody_wants_is_made_once(is_kept, made):
    page = Slow(is_kept)
    watch = Asking()
    watch.known = Known(generation=1)
    cache = PageCache(page, most=10_000, watch=watch)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(visit(cache, "/"))) for _one in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert page.number == made
    assert {(one.status, len(one.body)) for one in answers} == {(200, 603)}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.set_cookie("a", "1"),
        lambda answer: answer.headers.__setitem__("Cache-Control", "private"),
        lambda answer: answer.headers.__setitem__("Vary", "Cookie"),
        lambda answer: setattr(answer, "status_code", 500),
    ],
)
def test_what_django_made_for_one_person_is_given_to_one(spoil):
    def page(environ, start):
        answer = keep(HttpResponse("<p>"), ())
        spoil(answer)
        start(f"{answer.status_code} X", list(answer.items()))
        return answer

    watch = Asking()
    watch.known = Known(generation=1)
    cache = PageCache(page, most=10_000, watch=watch)
    assert [visit(cache, "/").how for _time in range(2)] == ["", ""]
    assert len(cache.store) == 0


def test_nobody_waits_for_a_database_that_does_not_answer(cache, monkeypatch):
    page = release().get_absolute_url()
    visit(cache, page)
    monkeypatch.setattr(Asking, "is_blind", True)
    assert visit(cache, page).how == HELD
    for address, method in (("/news/", "get"), ("/admin/", "get"), ("/admin/news/", "post")):
        answer = visit(cache, address, method=method)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert (b"Nothing was saved." in answer.body) == (method == "post")


@pytest.mark.parametrize("kind", ["campaign", "publication", "region"])
def test_page_that_stays_under_a_notice_shows_no_news_that_went_later(cache, kind):
    factory = {"campaign": CampaignFactory, "publication": PublicationFactory}
    page = factory.get(kind, RegionFactory)(published=True)
    release = NewsReleaseFactory(published=True, title="Cholera clinics")
    if kind == "region":
        release.countries.add(CountryFactory(published=True, region=page))
    else:
        setattr(release, kind, page)
        release.save()
    person = UserFactory(is_superuser=True)
    with locked_ledger():
        changes.settle(None)
    actions.withdraw(page, by=person, kind=Withdrawal.NOTICE, note="It is old.")
    cache.watch.ask()
    for _time in range(2):
        assert b"Cholera clinics" in visit(cache, page.get_absolute_url()).body
    actions.withdraw(release, by=person, kind=Withdrawal.GONE, note="It was wrong.")
    cache.watch.ask()
    assert b"Cholera clinics" not in visit(cache, page.get_absolute_url()).body
