"""How somebody asks for an alert, and gets rid of it."""

import datetime
import threading

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from iomsite.alerts import asking, questions
from iomsite.alerts.models import Alert, Message, Reader
from iomsite.search.index import rebuild
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import TopicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FORM = {"email": "Reader@Example.org", "frequency": "daily"}


def new(of):
    return f"/alerts/new/?{urlencode({'of': of})}"


@pytest.fixture
def malaria():
    topic = TopicFactory(name="Malaria", slug="malaria")
    NewsReleaseFactory(published=True, title="Nets").topics.add(topic)
    return topic


def test_from_a_list_to_an_alert_and_out_again(client, office, malaria):
    page = client.get("/news/?topic=malaria&utm_source=x").content.decode()
    address = new("/news/?topic=malaria")
    assert f'href="{address}"' in page
    words = client.get(address).content.decode()
    assert "News: Malaria" in words
    answer = client.post(address, FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/alerts/sent/")
    ((to, mail),) = office.taken
    assert to == ("reader@example.org",)
    assert mail["Subject"] == "Please confirm: News: Malaria"
    (link,) = office.links()
    assert "example" not in link
    assert client.get(link).status_code == 200
    assert Alert.objects.get().confirmed_at is None  # a program that follows links confirms nothing
    assert client.post(link)["Location"].endswith("?confirmed=1")
    alert = Alert.objects.get()
    assert (alert.question, alert.frequency) == ("/news/?topic=malaria", "daily")
    assert alert.confirmed_at
    manage = client.post(link)["Location"]
    words = client.get(manage).content.decode()
    assert "reader@example.org" in words
    field = f"{alert.uid.hex}-frequency"
    assert client.post(manage, {field: "weekly"})["Location"].endswith("?saved=1")
    assert Alert.objects.get().frequency == "weekly"
    assert client.post(manage, {field: "hourly"}).status_code == 200
    assert Alert.objects.get().frequency == "weekly"
    client.get(f"{manage.partition('?')[0]}forget/")
    assert Reader.objects.exists()
    client.post(f"{manage.partition('?')[0]}forget/")
    assert not Reader.objects.exists()
    assert not Message.objects.exists()
    assert client.get(manage).status_code == 410
    assert client.cookies == {}


def test_nobody_learns_whether_an_address_is_known(client, office, subscribe):
    subscribe("/news/", "reader@example.org")
    answers = [
        client.post(new("/news/"), FORM | {"email": address})
        for address in ("reader@example.org", "stranger@example.org")
    ]
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, "/alerts/sent/")}
    known, stranger = office.mails
    assert "You have it already" in known.get_body(("plain",)).get_content()
    assert "nothing changes" in known.get_body(("plain",)).get_content()
    assert "press its button" in stranger.get_body(("plain",)).get_content()
    assert Alert.objects.exclude(confirmed_at=None).count() == 1


def test_confirmation_ends_after_three_days_and_leaves_nothing(client, office):
    client.post(new("/news/"), FORM)
    (link,) = office.links()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3, minutes=1)):
        assert client.post(link).status_code == 410
        assert Reader.objects.exists()
        asking.tidy()
    assert not Reader.objects.exists()


def test_one_mailbox_gets_three_confirmations_a_day(client, office):
    for _time in range(5):
        assert client.post(new("/news/"), FORM).status_code == 302
    assert len(office.taken) == 3


def test_what_stands_behind_a_plus_leads_to_the_same_mailbox(client, office):
    for address in ("r+1@example.org", "R+2@example.org", "r+3@example.org", "r@example.org"):
        client.post(new("/news/"), FORM | {"email": address})
    client.post(new("/news/"), FORM | {"email": "r@example.net"})
    client.post(new("/news/"), FORM | {"email": "rr@example.org"})
    assert [to[0] for to, _mail in office.taken][2:] == [
        *("r+3@example.org", "r@example.net", "rr@example.org"),
    ]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_one_after_the_other(office):
    def run():
        try:
            client = Client()
            answers.append(client.post(new("/news/"), FORM).status_code)
        finally:
            connection.close()

    answers = []
    threads = [threading.Thread(target=run) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, len(office.taken)) == ([302] * 6, 3)


def test_nobody_is_sent_a_text_that_a_stranger_has_typed(client, office):
    spam = "win at https://evil.example now"
    client.post(new(f"/search/?q={spam.replace(' ', '+')}"), FORM)
    (mail,) = office.mails
    assert mail["Subject"] == "Please confirm: a search of this site"
    for kind in ("plain", "html"):
        assert "evil" not in mail.get_body((kind,)).get_content()
    (link,) = office.links()
    assert spam in client.get(link).content.decode()


def test_who_asks_again_has_three_more_days(client, office):
    client.post(new("/news/"), FORM)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        client.post(new("/news/"), FORM | {"frequency": "weekly"})
    with time_machine.travel(timezone.now() + datetime.timedelta(days=4)):
        asking.tidy()
        assert client.post(office.links()[0]).status_code == 302
    assert Alert.objects.get().frequency == "weekly"


@pytest.mark.parametrize(
    ("network", "status"),
    [("192.0.2.7", 429), ("2001:db8:0:7:{}::1", 429), ("2001:db8:0:{}::1", 302)],
)
def test_one_network_asks_twenty_times_an_hour(client, office, network, status):
    for number in range(20):
        answer = client.post(
            new("/news/"),
            FORM | {"email": f"{number}@example.org"},
            REMOTE_ADDR=network.format(number),
        )
    assert answer.status_code == 302
    answer = client.post(new("/news/"), FORM, REMOTE_ADDR=network.format(99))
    assert (answer.status_code, len(office.taken)) == (status, 20 + (status == 302))


def test_refusal_shows_another_way(client, office):
    for number in range(21):
        answer = client.post(new("/news/"), FORM | {"email": f"{number}@example.org"})
    assert answer.status_code == 429
    assert "feed reader" in answer.content.decode()
    assert len(office.taken) == 20


def test_one_address_has_at_most_twenty_alerts(client, office, subscribe):
    for number in range(20):
        subscribe(f"/news/?year={number}")
    client.post(new("/news/"), FORM)
    assert (Alert.objects.count(), office.taken) == (20, [])


@pytest.mark.parametrize(
    "of",
    [
        *(
            "",
            "/",
            "/news",
            "/admin/",
            "/nothing/",
            "//evil.example/news/",
            "http://testserver/news/",
        ),
        *("/our-work/topics/", "/search/", "/search/?q=", "/alerts/sent/", "/news/1066/"),
        *("/news/?topic=" + "x" * 10_000, "/news/\0", "/news/?topic=%00", "[", "/where-we-work/"),
    ],
)
def test_what_is_no_list_of_new_pages_cannot_be_asked_for(client, of):
    for method in (client.get, client.post):
        assert method(new(of)).status_code in (400, 404)
    assert not Reader.objects.exists()


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("/news/?topic=malaria&topic=x&kind=&nonsense=1&page=7", "News"),
        ("/news/?topic=malaria&page=7&utm_source=x", "News: Malaria"),
        ("/search/?q=nets++now&topic=malaria&exact=1", "Search for “nets now”"),
        ("/search/?q=%22%3Cscript%3E", "Search for “&quot;&lt;script&gt;”"),
        ("/news/campaigns/", "Campaigns"),
        ("/data-and-research/publications/", "Publications"),
    ],
)
def test_question_holds_what_is_offered_and_no_more(client, malaria, of, words):
    page = client.get(new(of))
    assert page.status_code == 200
    assert f">{words}</a>" in page.content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"email": "", "frequency": "daily"},
        {"email": "a@example.org\nBcc: b@example.org", "frequency": "daily"},
        {"email": "nobody", "frequency": "daily"},
        {"email": f"{'a' * 300}@example.org", "frequency": "daily"},
        {"email": "a@example.org", "frequency": "hourly"},
        {"email": "a@example.org\0", "frequency": "daily"},
        *(
            {"email": address, "frequency": "daily"}
            for address in (
                *(
                    '"\x01"@example.org',
                    '"a@b"@example.org',
                    '"a, b"@example.org',
                    "root@localhost",
                ),
                *("a@[127.0.0.1]", "a@[IPv6:::1]", "é@example.org", "a..b@example.org"),
            )
        ),
    ],
)
def test_mistake_is_told_beside_its_field_and_nothing_is_sent(client, office, form):
    answer = client.post(new("/news/"), form)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert (office.taken, Reader.objects.count()) == ([], 0)


@pytest.mark.parametrize("kind", ["confirm", "manage", "stop", "stop-all"])
@pytest.mark.parametrize("token", ["x", "0" * 32, "a:b", f"{'0' * 32}:x", "é" * 300])
def test_link_that_nobody_gave_opens_nothing(client, subscribe, kind, token):
    subscribe("/news/")
    assert client.get(f"/alerts/{kind}/{token}/").status_code == 410
    client.post(f"/alerts/{kind}/{token}/")
    assert Alert.objects.count() == 1


def test_operator_forgets_an_address_on_request(subscribe):
    subscribe("/news/")
    call_command("forget_address", "READER@example.org")
    assert not Alert.objects.exists()
    with pytest.raises(CommandError):
        call_command("forget_address", "reader@example.org")


def test_pages_of_a_mailbox_are_kept_by_nobody(client, subscribe):
    answer = client.get(new("/news/"))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize("letters", [100, 150])
def test_long_search_is_asked_for_whole_or_not_at_all(client, letters):
    of = f"/search/?q={'م' * letters}"
    status = client.get(new(of)).status_code
    answer = client.post(new(of), FORM)
    assert (status, answer.status_code) in ((200, 302), (404, 404))
    for alert in Alert.objects.all():
        assert questions.read(alert.question)


def test_alert_from_a_search_in_a_better_spelling_asks_for_what_is_shown(client):
    NewsReleaseFactory(published=True, title="Cholera clinics")
    rebuild()
    page = client.get("/search/?q=cholrea").content.decode()
    assert f'href="{new("/search/?q=cholera")}"' in page
