"""Pages are drawn when they were published: who asks for one is given what would be made."""

import datetime

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iomsite.pagecache import drawing, drawn
from iomsite.pagecache.models import DrawnPage
from iomsite.publishing import actions, changes, readonly
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import Withdrawal
from iomsite.richtext.sanitise import reference
from news.views import ReleaseView
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.organisation import FrameworkFactory
from tests.factories.programmes import CountryFactory, ProgrammeFactory, TopicFactory

from .visiting import make_cache, visit

pytestmark = pytest.mark.django_db
HOST = "testserver"
STATEMENTS = 2  # of the ledger, and of the page


@pytest.fixture(autouse=True)
def as_served(settings):
    settings.PAGE_CACHE_MB = 1


def told(*rows):
    with locked_ledger():
        changes.settle(rows or None)


def release(**fields):
    fields = {"published": True, "released_on": datetime.date(2016, 4, 25), **fields}
    return NewsReleaseFactory(**fields)


@pytest.fixture
def page():
    row = release(title="Nets")
    told()
    return row


def draw(seconds=60):
    return drawing.draw(HOST, seconds)


def ask_for(address, **headers):
    """The answer, and whether it was drawn before."""
    with CaptureQueriesContext(connection) as asked:
        answer = visit(WSGIHandler(), address, **headers)
    return answer, len(asked) == STATEMENTS and answer.status == 200


def is_drawn(row_or_address, **headers):
    address = getattr(row_or_address, "get_absolute_url", lambda: row_or_address)()
    return ask_for(address, **headers)[1]


def test_drawn_page_is_the_one_that_would_be_made(page):
    address = page.get_absolute_url()
    made, was_drawn = ask_for(address)
    assert not was_drawn
    assert draw() == (1, True)
    given, was_drawn = ask_for(address)
    assert was_drawn
    assert given.body == made.body
    assert sorted(given.headers.items()) == sorted(made.headers.items())


@pytest.mark.parametrize("address", ["/%00/", "/news/a%00b/"])
def test_nul_is_not_looked_for(page, address):
    """PostgreSQL refuses to, which would be an error of the site."""
    assert ask_for(address)[0].status == 404


def test_page_cache_keeps_a_drawn_page_as_its_own(page):
    draw()
    cache = make_cache()
    address = page.get_absolute_url()
    assert [visit(cache, address).how for _time in "ab"] == ["fwd=miss; stored", "hit"]
    other = release(title="Other")
    told(other)
    cache.watch.ask()
    assert visit(cache, address).how == "hit"
    page.title = "Other nets"
    page.save()
    told(page)
    cache.watch.ask()
    assert b"Other nets" in visit(cache, address).body


def test_only_what_changed_is_drawn_anew(page):
    other = release(title="Other")
    told()
    assert draw() == (2, True)
    assert draw() == (0, True)
    page.title = "Other nets"
    page.save()
    told(page)
    assert not is_drawn(page)
    assert is_drawn(other)
    assert draw() == (1, True)
    assert b"Other nets" in ask_for(page.get_absolute_url())[0].body
    told(TopicFactory())  # which stands in no menu, but nobody knows that
    assert not is_drawn(other)
    assert draw() == (2, True)


def test_page_that_moved_is_drawn_where_it_is_now(page):
    draw()
    before = page.get_absolute_url()
    page.slug = "nets-again"
    page.save()
    told(page)
    draw()
    assert is_drawn(page)
    assert not is_drawn(before)
    assert [drawn.address for drawn in DrawnPage.objects.all()] == [
        f"http://{HOST}{page.get_absolute_url()}"
    ]


def test_withdrawn_page_is_given_to_nobody_and_forgotten(page):
    draw()
    actions.withdraw(page, by=UserFactory(is_superuser=True), kind=Withdrawal.GONE, note="Wrong.")
    assert ask_for(page.get_absolute_url())[0].status == 410
    draw()
    assert not DrawnPage.objects.exists()


def test_page_goes_at_its_moment_though_it_was_drawn(page):
    now = timezone.now()
    page.expires_at = now + datetime.timedelta(hours=1)
    page.save()
    told(page)
    draw()
    with time_machine.travel(now + datetime.timedelta(minutes=59)):
        assert is_drawn(page)
    with time_machine.travel(now + datetime.timedelta(minutes=61)):
        assert ask_for(page.get_absolute_url())[0].status == 410


def test_page_goes_at_its_moment_while_nothing_may_be_changed(page):
    now = timezone.now()
    page.expires_at = now + datetime.timedelta(hours=1)
    page.save()
    told(page)
    draw()
    readonly.hold("The database moves.")
    with time_machine.travel(now + datetime.timedelta(minutes=61)):
        assert ask_for(page.get_absolute_url())[0].status == 410


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "sessionid=somebody"},
        {"cookie": "_ga=1; csrftoken=somebody"},
        {"authorization": "Basic eDp5"},
        {"accept": "application/json"},
        {"host": "localhost"},
    ],
)
def test_who_asks_for_something_else_is_given_what_is_made(page, headers):
    draw()
    address = page.get_absolute_url()
    assert is_drawn(address)
    assert not is_drawn(address, **headers)


@pytest.mark.parametrize("cookie", ["_ga=GA1.2; seen", "a=sessionid=1", ";; =x"])
def test_cookies_of_other_sites_change_nothing(page, cookie):
    draw()
    plain = ask_for(page.get_absolute_url())[0]
    answer, was_drawn = ask_for(page.get_absolute_url(), cookie=cookie)
    assert was_drawn
    assert answer.body == plain.body


@pytest.mark.parametrize("query", ["?preview=x", "?edition=1", "?utm_source=x&as-of=2016-05-01"])
def test_address_that_asks_for_another_edition_is_made(page, query):
    draw()
    address = page.get_absolute_url()
    assert not is_drawn(f"{address}{query}")
    # Nor would it be if the generation were known, which for a preview it is not.
    assert not may_be_drawn(f"{address}{query}")
    assert may_be_drawn(address)


def may_be_drawn(address):
    request = RequestFactory().get(address, headers={"accept": "text/html"})
    request.ending = ""
    del request.META["HTTP_COOKIE"]
    return drawn.may_be_drawn(request)


@pytest.mark.parametrize("query", ["?utm_source=x", "?fbclid=%FF%00", "?page=2&page=3&&="])
def test_what_others_write_behind_an_address_is_not_looked_at(page, query):
    draw()
    plain = ask_for(page.get_absolute_url())[0]
    answer, was_drawn = ask_for(f"{page.get_absolute_url()}{query}")
    assert was_drawn
    assert answer.body == plain.body


def test_other_forms_of_the_address_are_made(page):
    draw()
    answer, was_drawn = ask_for(f"{page.get_absolute_url().rstrip('/')}.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert not was_drawn


def test_other_release_of_the_code_draws_its_own(page, monkeypatch):
    draw()
    for module in (drawn, drawing):
        monkeypatch.setattr(module, "release", lambda: "another")
    assert not is_drawn(page)
    assert draw() == (1, True)
    assert is_drawn(page)
    assert DrawnPage.objects.count() == 1


def test_site_of_another_name_draws_its_own(page):
    draw()
    assert drawing.draw("localhost", 60) == (1, True)
    assert not is_drawn(page)
    assert is_drawn(page, host="localhost")
    assert DrawnPage.objects.count() == 1


def test_page_of_a_generation_that_has_not_come_is_not_given(page):
    draw()
    DrawnPage.objects.update(generation=changes.generation() + 1)
    assert not is_drawn(page)


def test_nothing_is_given_where_pages_are_not_kept(page):
    draw()
    with override_settings(PAGE_CACHE_MB=0):
        assert not is_drawn(page)


def test_page_that_depends_on_another_is_made_for_who_asks_and_not_drawn_each_time(page):
    address = reference("news.newsrelease", page.uid)
    naming = release(body=f'<p>See <a href="{address}">this</a>.</p>')
    told()
    assert draw() == (2, True)
    assert not is_drawn(naming)
    assert draw() == (0, True)


@pytest.mark.parametrize(
    "factory", [CampaignFactory, CountryFactory, ProgrammeFactory, FrameworkFactory]
)
def test_pages_of_other_kinds_are_drawn_as_well(factory):
    row = factory(published=True)
    told()
    draw()
    assert is_drawn(row)


def test_page_of_a_country_is_another_with_each_news_of_it_and_no_other(page):
    country, other = CountryFactory(published=True), CountryFactory(published=True)
    told()
    draw()
    page.countries.add(country)
    told(page)
    assert [is_drawn(one) for one in (country, other)] == [False, True]
    draw()
    page.countries.set([other])
    told(page)
    assert [is_drawn(one) for one in (country, other)] == [False, False]


def test_page_that_fails_is_not_kept_and_holds_up_no_other(page, monkeypatch):
    release(title="Other")
    told()
    fails = page.get_absolute_url()
    given = drawing.Visitor.ask

    def ask(self, address, **how):
        if address == fails:
            return type("Answer", (), {"status_code": 500}), b""
        return given(self, address, **how)

    monkeypatch.setattr(drawing.Visitor, "ask", ask)
    assert draw() == (1, False)
    monkeypatch.undo()
    assert draw() == (1, True)


def test_page_that_gives_a_cookie_is_not_drawn(page, monkeypatch):
    given = ReleaseView.render_to_response

    def render(self, context, **how):
        response = given(self, context, **how)
        response.set_cookie("one", "person")
        return response

    monkeypatch.setattr(ReleaseView, "render_to_response", render)
    draw()
    assert not is_drawn(page)


def test_run_ends_in_time_and_the_next_goes_on(page):
    assert draw(seconds=0) == (0, False)
    assert not is_drawn(page)
    assert draw() == (1, True)


def test_what_changes_while_it_is_drawn_is_drawn_again(page, monkeypatch):
    given = drawing.Visitor.ask

    def ask(self, address, **how):
        answer = given(self, address, **how)
        monkeypatch.undo()
        page.title = "Meanwhile"
        page.save()
        told(page)
        return answer

    monkeypatch.setattr(drawing.Visitor, "ask", ask)
    assert draw() == (2, True)
    answer, was_drawn = ask_for(page.get_absolute_url())
    assert was_drawn
    assert b"Meanwhile" in answer.body


def test_command_says_what_it_did(page, capsys):
    call_command("draw_pages", host=HOST)
    call_command("draw_pages", host=HOST, seconds=0)
    assert capsys.readouterr().out == "1 drawn.\n0 drawn.\n"
    with pytest.raises(CommandError, match="does not answer to evil"):
        call_command("draw_pages", host="evil.example")
    readonly.hold("The database moves.")
    call_command("draw_pages", host=HOST)
    assert capsys.readouterr().out == "Nothing is drawn while the site is read-only.\n"


def test_page_is_found_by_its_address_and_stamps_by_their_rows(page):
    draw()
    asked = [f"http://{HOST}{page.get_absolute_url()}", drawn.release(), 10**9, "all", 0]
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        if not sqlite:
            cursor.execute("SET enable_seqscan = off")  # of tables with one row
        cursor.execute(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + drawn.HOLDS, asked)
        plan = "\n".join(str(line) for line in cursor.fetchall())
    assert "SCAN" not in plan.replace("Index Scan", "").upper().replace("BITMAP HEAP SCAN", "")


@pytest.mark.parametrize("address", ["/news/", "/search/?q=nets", "/search/suggest?q=nets"])
def test_lists_and_searches_are_looked_for_once_and_never_again(page, address):
    site = WSGIHandler()

    def looked_for(address):
        with CaptureQueriesContext(connection) as asked:
            assert visit(site, address).status == 200, address
        return any("pagecache_drawnpage" in one["sql"] for one in asked)

    assert [looked_for(address) for _time in range(3)] == [True, False, False]
    assert [looked_for(page.get_absolute_url()) for _time in range(3)] == [True, True, True]
