"""The site is held still: visitors notice nothing, and whoever would change something waits."""

import datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.db.models import Func, Value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iomsite import remembered
from iomsite.alerts import tokens
from iomsite.alerts.models import Alert, Message, Reader
from iomsite.publishing import actions, changes, readonly, timetable
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.middleware import ReplaceDueMiddleware
from iomsite.publishing.models import AuditEntry, Autosave, Ledger
from news.models import Campaign
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.pagecache.visiting import make_cache, visit
from tests.submission import change_of, fields_of, verb_of

pytestmark = pytest.mark.django_db
REASON = "The database moves, until noon."
READ_ONLY_OF_POSTGRESQL = "SET default_transaction_read_only"
QUESTION = "/alerts/new/?of=/news/"


@pytest.fixture
def held():
    readonly.hold(REASON)


def is_refused(response):
    return response.status_code == 503 and int(response["Retry-After"]) > 0


def test_command_holds_the_site_and_lets_it_go(capsys):
    for words, said in (
        ([], "The site takes changes."),
        (["on", "--reason", REASON], f". {REASON}"),
        ([], f". {REASON}"),
        (["off"], "The site takes changes."),
    ):
        call_command("read_only", *words)
        told = capsys.readouterr().out.strip()
        assert told.endswith(said)
        assert ("read-only since" in told) is (REASON in said)


def test_visitors_notice_nothing(client, django_assert_num_queries):
    CampaignFactory(published=True, title="Read me")
    NewsReleaseFactory(published=True)
    addresses = ("/", "/news/", "/news.atom", "/news.json", "/search/?q=read", "/news/campaigns/")
    before = [client.get(address) for address in addresses]
    readonly.hold(REASON)
    after = [client.get(address) for address in addresses]
    assert {response.status_code for response in after} == {200}
    assert [response.content for response in before] == [response.content for response in after]


def test_it_costs_a_request_no_statement_more(client, django_assert_num_queries):
    client.get("/news/")
    with django_assert_num_queries(1):
        timetable.look(timezone.now())


def test_staff_read_that_nothing_was_saved_and_send_the_same_again(admin_client):
    page = CampaignFactory(title="Before")
    data = fields_of(admin_client.get(change_of(page))) | {"title": "Typed <b>words</b>"}
    readonly.hold(REASON)
    response = admin_client.post(change_of(page), data)
    assert is_refused(response)
    said = response.content.decode()
    assert REASON in said
    assert "Nothing was saved." in said
    assert f'action="{change_of(page)}"' in said
    assert Campaign.objects.get(pk=page.pk).title == "Before"

    readonly.let_go()
    assert admin_client.post(change_of(page), fields_of(response)).status_code == 302
    assert Campaign.objects.get(pk=page.pk).title == "Typed <b>words</b>"


def test_staff_are_told_before_they_type(admin_client, held):
    page = CampaignFactory()
    for address in ("/admin/", "/admin/news/campaign/", change_of(page)):
        response = admin_client.get(address)
        assert response.status_code == 200
        assert REASON in response.content.decode()
    readonly.let_go()
    assert REASON not in admin_client.get("/admin/").content.decode()


def everything():
    return (
        AuditEntry.objects.count(),
        Autosave.objects.count(),
        Session.objects.count(),
        list(Campaign.objects.order_by("pk").values_list("pk", "state", "version")),
    )


def test_sessions_stay_as_they_are(admin_client):
    page = CampaignFactory(title="Before")
    data = fields_of(admin_client.get(change_of(page))) | {"title": "After"}
    admin_client.post(change_of(page), data)  # which notes a message for the next page
    readonly.hold(REASON)
    before = list(Session.objects.values_list("session_key", "session_data"))
    shown = [admin_client.get("/admin/").content.decode() for _time in range(2)]
    assert all("was changed successfully" in one for one in shown)
    assert list(Session.objects.values_list("session_key", "session_data")) == before
    readonly.let_go()
    assert "was changed successfully" in admin_client.get("/admin/").content.decode()
    assert "was changed successfully" not in admin_client.get("/admin/").content.decode()


def test_nothing_that_is_sent_changes_anything(admin_client):
    page = CampaignFactory()
    sent = [
        (change_of(page), fields_of(admin_client.get(change_of(page)))),
        (verb_of("submit", page), {"version": page.version}),
        ("/admin/news/campaign/add/", {"title": "New"}),
        ("/admin/news/campaign/", {"action": "delete_selected", "_selected_action": [page.pk]}),
        ("/account/sign-out/", {}),
        ("/account/password/forgotten/", {"email": "jane@example.org"}),
        ("/anything/at/all/", {}),
    ]
    readonly.hold(REASON)
    before = everything()
    for address, data in sent:
        assert admin_client.post(address, data).status_code in (404, 503), address
        assert admin_client.put(address).status_code in (404, 503), address
    assert everything() == before


def test_password_is_in_no_page_that_is_sent_back(client, held):
    UserFactory(username="jane", password="a long password")
    response = client.post("/account/sign-in/", {"login": "jane", "password": "a long password"})
    assert is_refused(response)
    said = response.content.decode()
    assert "Nobody can sign in" in said
    assert "a long password" not in said
    assert not Session.objects.exists()


def test_whoever_asks_for_an_alert_keeps_what_they_typed(client, held):
    """The form was opened before, or kept by a browser."""
    typed = {"email": "reader@example.org", "frequency": "weekly"}
    response = client.post(QUESTION, typed)
    assert is_refused(response)
    assert "Nothing was saved." in response.text
    assert REASON not in response.text
    assert f'action="{QUESTION}"' in response.text
    assert fields_of(response).items() >= typed.items()
    assert not Message.objects.exists()

    readonly.let_go()
    assert client.post(QUESTION, fields_of(response)).status_code == 302
    assert Alert.objects.get().frequency == "weekly"


def test_no_form_of_alerts_is_filled_in_for_nothing(client):
    alert = Alert.objects.create(
        reader=Reader.objects.create(email="reader@example.org", root="https://example.org"),
        question="/news/",
        confirmed_at=timezone.now(),
    )
    links = {
        "confirm": tokens.to_confirm(alert),
        "manage": tokens.to_manage(alert.reader),
        "stop": tokens.to_stop(alert),
        "stop-all": tokens.to_manage(alert.reader),
    }
    of_mail = (reverse(f"alerts:{name}", args=[token]) for name, token in links.items())
    addresses = [QUESTION, *of_mail]
    for address in addresses:
        assert 'type="submit"' in content_of(client.get(address)), address
    readonly.hold(REASON)
    for address in addresses:
        response = client.get(address)
        shown = content_of(response)
        assert 'type="submit"' not in shown, address
        assert "Please come back to this page" in shown
        assert REASON not in response.text
        assert "no-store" in response["Cache-Control"]  # nor may the page cache keep it
        refused = client.post(address)
        assert is_refused(refused)
        assert "Please try again in some minutes." in refused.text
    assert Alert.objects.get().confirmed_at


def content_of(response):
    """Without the search of the header."""
    return response.text.partition("<main")[2].partition("</main")[0]


def test_form_without_its_token_gives_nothing_back(held):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_superuser=True))
    response = client.post("/admin/news/campaign/add/", {"title": "Typed elsewhere"})
    assert response.status_code == 403
    assert "Typed elsewhere" not in response.content.decode()


def test_browsers_may_say_that_a_page_broke_the_policy(client, held):
    response = client.post("/policy-violations/", "{}", content_type="application/csp-report")
    assert response.status_code == 204


def scheduled(moment, title="After"):
    """A replacement that waits for its moment."""
    writer, reviewer = UserFactory(is_superuser=True), UserFactory(is_superuser=True)
    page = CampaignFactory(published=True, title="Before")
    copy = actions.edit(page, by=writer)
    Campaign.objects.filter(pk=copy.pk).update(title=title)
    copy.refresh_from_db()
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, at=moment)
    return page


def test_replacements_wait_and_are_made_up_for(client, capsys):
    page = scheduled(timezone.now() + datetime.timedelta(hours=1))
    readonly.hold(REASON)
    moment = timezone.now() + datetime.timedelta(hours=2)
    Ledger.objects.update(next_at=timezone.now())
    Campaign.objects.filter(edition_of=page).update(published_at=timezone.now())
    assert b"Before" in client.get(page.get_absolute_url()).content
    call_command("replace_due")
    call_command("send_alerts")
    assert "Replaced" not in capsys.readouterr().out
    assert timetable.replace_due(moment) == 0

    readonly.let_go()
    assert b"After" in client.get(page.get_absolute_url()).content


@pytest.fixture
def refusing_database(transactional_db):
    """The database takes no changes from the moment at which this is called."""
    setting = "PRAGMA query_only" if connection.vendor == "sqlite" else READ_ONLY_OF_POSTGRESQL

    def turn(word):
        with connection.cursor() as cursor:
            cursor.execute(f"{setting} = {word}")

    yield lambda: turn("on")
    turn("off")


def test_database_that_refuses_by_itself_is_said_so(refusing_database, admin_client):
    """PostgreSQL is asked whether it takes changes; SQLite says so when it is given one."""
    page = CampaignFactory(title="Before")
    data = fields_of(admin_client.get(change_of(page))) | {"title": "After"}
    refusing_database()
    response = admin_client.post(change_of(page), data)
    assert is_refused(response)
    assert "Nothing was saved." in response.content.decode()
    assert fields_of(response)["title"] == "After"
    assert Campaign.objects.get(pk=page.pk).title == "Before"
    assert Client().get("/news/").status_code == 200


def test_copy_for_reading_says_nothing_of_the_database_that_takes_changes(monkeypatch):
    on_postgresql = connection.vendor == "postgresql"
    assert isinstance(readonly.columns()[-1], Func) is on_postgresql
    monkeypatch.setattr(readonly.router, "db_for_read", lambda model: "replica")
    assert isinstance(readonly.columns()[-1], Value)
    assert readonly.asked() is None


def test_process_that_only_reads_puts_nothing_in_place(settings):
    page = scheduled(timezone.now() + datetime.timedelta(hours=1))
    moment = timezone.now() + datetime.timedelta(hours=2)
    settings.READ_ONLY = True
    assert timetable.replace_due(moment) == 0
    settings.READ_ONLY = False
    assert timetable.replace_due(moment) == 1
    page.refresh_from_db()
    assert page.title == "After"


def test_mail_waits(capsys, held):
    reader = Reader.objects.create(email="reader@example.org", root="https://www.example.org")
    alert = Alert.objects.create(reader=reader, question="/news/")
    message = Message.objects.create(reader=reader, kind="confirmation", alert=alert)
    call_command("send_alerts")
    message.refresh_from_db()
    assert (message.fate, mail.outbox) == ("waiting", [])
    readonly.let_go()
    call_command("send_alerts")
    message.refresh_from_db()
    assert (message.fate, len(mail.outbox)) == ("sent", 1)


@pytest.mark.parametrize("is_held", [True, False])
def test_nothing_is_remembered_of_pages_that_come_by_time_alone(rf, settings, is_held):
    settings.PAGE_CACHE_MB = 1
    readonly.hold() if is_held else readonly.let_go()
    Ledger.objects.update(next_at=timezone.now())
    found = []
    middleware = ReplaceDueMiddleware(lambda request: found.append(remembered.current.get()))
    middleware(rf.get("/"))
    assert [generation is None for generation in found] == [is_held]


def test_kept_pages_go_on_past_a_moment_of_the_schedule(django_assert_num_queries):
    moment = timezone.now() + datetime.timedelta(seconds=2)
    going = CampaignFactory(published=True, title="Goes", expires_at=moment)
    staying = CampaignFactory(published=True, title="Stays")
    with locked_ledger():
        changes.settle([going, staying])
    readonly.hold(REASON)
    cache = make_cache()
    address = "/news/campaigns/"
    assert b"Goes" in visit(cache, address).body
    for seconds in (10, 20):
        with time_machine.travel(moment + datetime.timedelta(seconds=seconds), tick=False):
            cache.watch.ask()
            first = visit(cache, address)
            assert (b"Goes" in first.body, b"Stays" in first.body) == (False, True)
            assert visit(cache, address).how == "hit"
            assert visit(cache, going.get_absolute_url()).status == 410
    assert first.how == "hit"  # made once after the moment
