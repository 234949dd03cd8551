"""What is sent to whom, once, and what is not."""

import datetime
import email.policy
import logging
import threading
from email.message import EmailMessage

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from iomsite.alerts import asking, bounces, letters, matching, outbox
from iomsite.alerts.models import Alert, Item, Message, Progress, Reader
from iomsite.publishing import actions, changes
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import Withdrawal
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import CountryFactory, TopicFactory

pytestmark = pytest.mark.django_db
Fate = Message.Fate


@pytest.fixture
def topic():
    """With a release of long ago, which nobody is told of."""
    made = TopicFactory(name="Malaria", slug="malaria")
    NewsReleaseFactory(published=True).topics.add(made)
    Progress.objects.create(looked_until=timezone.now())
    return made


def publish(title, *topics, factory=NewsReleaseFactory, **fields):
    row = factory(published=True, title=title, published_at=timezone.now(), **fields)
    row.topics.set(topics)
    with locked_ledger():
        changes.settle([row])
    return row


def send():
    matching.look()
    return outbox.send_waiting()


def words(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def test_reader_is_told_of_what_the_list_shows_and_only_once(office, subscribe, topic):
    alert = subscribe("/news/?topic=malaria")
    shown = publish("Nets & <kits> arrived", topic, lead="Ten thousand of them.")
    publish("Something else")
    publish("Malaria Day", topic, factory=CampaignFactory)
    assert send() == {"sent": 1}
    (mail,) = office.mails
    assert mail["Subject"] == "Nets & <kits> arrived"
    for kind in ("plain", "html"):
        assert "Ten thousand of them." in words(mail, kind)
        assert f"http://testserver{shown.get_absolute_url()}" in words(mail, kind)
        assert "Something else" not in words(mail, kind)
        assert "Malaria Day" not in words(mail, kind)
    assert "Nets &amp; &lt;kits&gt; arrived" in words(mail, "html")
    assert 'style="' in words(mail, "html")  # at each element, as mail programs read it
    for fetched in ("src=", "<link", "@import", "url("):
        assert fetched not in words(mail, "html")
    assert "reader@example.org" not in words(mail, "html") + words(mail)
    assert mail["Message-ID"] == f"<{Message.objects.get().uid.hex}.alerts@testserver>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<alerts.testserver>"
    shown.title = "Nets, and kits"
    shown.save()
    with locked_ledger():
        changes.settle([shown])
    assert send() == {}
    assert Item.objects.filter(alert=alert).count() == 1


def test_several_pages_of_several_alerts_make_one_mail(office, subscribe, topic):
    country = CountryFactory(published=True, name="Iran", slug="iran")
    first, second = subscribe("/news/?topic=malaria"), subscribe("/search/?q=nets&country=iran")
    row = publish("Nets for Iran", topic)
    row.countries.add(country)
    with locked_ledger():
        changes.settle([row])
    other = publish("Kits", topic)
    assert send() == {"sent": 1}
    (mail,) = office.mails
    assert mail["Subject"].startswith("2 new pages: News: Malaria")
    assert words(mail).count(row.get_absolute_url()) == 1
    assert other.get_absolute_url() in words(mail)
    assert {item.alert for item in Item.objects.all()} == {first, second}


def test_search_is_matched_as_the_page_of_results_would(office, subscribe, topic):
    subscribe("/search/?q=mosquito+nets&topic=malaria")
    publish("Mosquito nets without a topic")
    publish("Only mosquitoes", topic)
    shown = publish("Nets against the mosquito", topic, lead="Nets.")
    send()
    (mail,) = office.mails
    assert mail["Subject"] == str(shown)


def test_question_that_finds_no_answer_holds_up_nobody_else(
    office, subscribe, topic, monkeypatch, caplog
):
    """Whoever asked it is told as soon as there is one."""
    subscribe("/news/?topic=malaria")
    subscribe("/search/?q=nets", "other@example.org")
    publish("Nets", topic)
    ask = matching.matching

    def fail(question, pages):
        if "topic" in question:
            connection.cursor().execute("SELECT nothing FROM nowhere")
        return ask(question, pages)

    monkeypatch.setattr(matching, "matching", fail)
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    for hours in range(2):
        with (
            time_machine.travel(now + hours * hour),
            pytest.raises(CommandError, match="1 questions found no answer"),
        ):
            call_command("send_alerts")
    assert "/news/?topic=malaria" in caplog.text
    assert [to for to, _mail in office.taken] == [("other@example.org",)]
    monkeypatch.setattr(matching, "matching", ask)
    with time_machine.travel(now + 2 * hour):
        call_command("send_alerts")
    assert [to for to, _mail in office.taken][1:] == [("reader@example.org",)]


def test_withdrawn_meanwhile_is_not_sent(office, subscribe, topic):
    subscribe("/news/")
    stays, goes = publish("Stays"), publish("Goes")
    matching.look()
    person = UserFactory(is_superuser=True)
    actions.withdraw(goes, by=person, kind=Withdrawal.GONE, note="Wrong.")
    assert outbox.send_waiting() == {"sent": 1}
    assert "Goes" not in words(office.mails[0])
    late = publish("Late")
    matching.look()
    actions.withdraw(late, by=person, kind=Withdrawal.GONE, note="Wrong.")
    assert outbox.send_waiting() == {"empty": 1}
    assert stays.is_public()
    assert len(office.taken) == 1


def test_what_left_the_list_meanwhile_is_not_sent(office, subscribe, topic):
    subscribe("/news/?topic=malaria")
    row = publish("Nets", topic)
    matching.look()
    row.topics.clear()
    assert outbox.send_waiting() == {"empty": 1}


def test_what_the_index_names_too_long_is_not_sent(office, subscribe, topic):
    """As where somebody has changed a row past the forms."""
    subscribe("/search/?q=nets")
    row = publish("Nets", topic)
    matching.look()
    type(row).objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert outbox.send_waiting() == {"empty": 1}


def test_mail_is_taken_once_and_when_it_is_due(subscribe):
    reader = subscribe("/news/").reader
    mail = Message.objects.create(reader=reader, kind=Message.Kind.NEWS)
    assert [outbox._take(mail.pk) for _one in range(2)] == [True, False]
    late = Message.objects.create(
        reader=reader, kind=Message.Kind.NEWS, due_at=timezone.now() + datetime.timedelta(hours=1)
    )
    assert not outbox._take(late.pk)


def test_alert_that_was_stopped_meanwhile_sends_nothing(office, subscribe, topic, client):
    alert, other = subscribe("/news/"), subscribe("/news/?topic=malaria")
    publish("Nets", topic)
    send()
    stops = [link for link in office.links() if "/stop/" in link]
    assert len(stops) == 1  # the page stands under one of the two
    assert "/stop-all/" in office.mails[0]["List-Unsubscribe"]  # else it would come by the other
    publish("Kits", topic)
    matching.look()
    assert client.get(stops[0]).status_code == 200
    assert Alert.objects.count() == 2
    assert client.post(stops[0], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(stops[0]).status_code == 200
    assert [*Alert.objects.all()] in ([other], [alert])
    outbox.send_waiting()
    mail = office.mails[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip(" \r\n<>").removeprefix("http://testserver")
    program = Client(enforce_csrf_checks=True)  # it has seen no page and has no cookie
    form = "application/x-www-form-urlencoded"
    answer = program.post(address, "List-Unsubscribe=One-Click", content_type=form)
    assert (answer.status_code, program.cookies) == (200, {})
    assert not Reader.objects.exists()


def test_mail_of_two_alerts_is_ended_as_a_whole(office, subscribe, topic, client):
    subscribe("/news/campaigns/")
    subscribe("/news/")
    publish("Nets")
    publish("A campaign", factory=CampaignFactory)
    send()
    address = office.mails[0]["List-Unsubscribe"].strip(" \r\n<>").removeprefix("http://testserver")
    assert "/stop-all/" in address
    assert client.get(address).status_code == 200
    assert Alert.objects.count() == 2
    client.post(address)
    assert not Reader.objects.exists()


def test_digests_come_in_the_morning_and_on_monday(office, subscribe, topic):
    monday = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)
    subscribe("/news/", "daily@example.org", "daily", confirmed_at=monday)
    subscribe("/news/", "weekly@example.org", "weekly", confirmed_at=monday)
    told = []
    for hours in (0, 0.5, 1.5, 5, 26, 169, 193):
        with time_machine.travel(monday + datetime.timedelta(hours=hours), tick=False):
            Progress.objects.update(looked_until=timezone.now())
            if hours in (0.5, 5):
                publish(f"After {hours}")
            send()
            told.append([to[0].partition("@")[0] for to, _mail in office.taken])
            office.taken.clear()
    assert told == [[], [], ["daily", "weekly"], [], ["daily"], ["weekly"], []]


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October: seven o'clock stays seven.
        ("2026-03-29T04:59Z", "2026-03-28T06:00Z", "2026-03-23T06:00Z"),
        ("2026-03-29T05:00Z", "2026-03-29T05:00Z", "2026-03-23T06:00Z"),
        ("2026-03-30T05:00Z", "2026-03-30T05:00Z", "2026-03-30T05:00Z"),
        ("2026-10-25T05:59Z", "2026-10-24T05:00Z", "2026-10-19T05:00Z"),
        ("2026-10-25T06:00Z", "2026-10-25T06:00Z", "2026-10-19T05:00Z"),
        ("2026-10-26T05:59Z", "2026-10-25T06:00Z", "2026-10-19T05:00Z"),
    ],
)
def test_morning_is_where_the_site_is(moment, daily, weekly):
    with timezone.override("Europe/Zurich"):
        bounds = matching.boundaries(datetime.datetime.fromisoformat(moment))
    ends = {key: one.astimezone(datetime.UTC) for key, one in bounds.items()}
    expected = {"daily": daily, "weekly": weekly}
    assert ends == {key: datetime.datetime.fromisoformat(one) for key, one in expected.items()}


def test_what_is_scheduled_is_told_at_its_moment(office, subscribe, topic):
    subscribe("/news/")
    moment = timezone.now() + datetime.timedelta(hours=1)
    row = NewsReleaseFactory(published=True, title="Later", published_at=moment)
    with locked_ledger():
        changes.settle([])
    assert send() == {}
    with time_machine.travel(moment + datetime.timedelta(minutes=1)):
        call_command("send_alerts")
        call_command("send_alerts")
    assert [mail["Subject"] for mail in office.mails] == [str(row)]


def test_only_what_came_after_the_confirmation_is_told(office, subscribe, topic):
    publish("Before")
    subscribe("/news/", confirmed_at=timezone.now())
    subscribe("/news/campaigns/", "other@example.org", confirmed_at=None)
    publish("After")
    publish("Campaign", factory=CampaignFactory)
    send()
    assert [mail["Subject"] for mail in office.mails] == ["After"]


def our_words(caplog):
    """What the site has logged, and not the server of the test or a developer's database log."""
    others = ("mail.", "django.db")
    return [one.getMessage() for one in caplog.records if not one.name.startswith(others)]


def wait_an_hour():
    return time_machine.travel(timezone.now() + datetime.timedelta(hours=1))


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_not_now_is_tried_again_and_never_is_not(office, subscribe, topic, command):
    subscribe("/news/")
    publish("Nets")
    office.answers[command] = "451 not now"
    assert send() == {"waiting": 1}
    assert send() == {}
    with wait_an_hour():
        assert send() == {"sent": 1}
        publish("Kits")
        office.answers[command] = "554 never"
        assert send() == {"refused": 1}
        with wait_an_hour():
            assert send() == {}
    assert [mail["Subject"] for mail in office.mails] == ["Nets"]
    assert Reader.objects.get().bounces == (3 if command == "RCPT" else 0)


def test_server_that_is_away_costs_nobody_a_mail(office, subscribe, topic, settings, caplog):
    subscribe("/news/")
    publish("Nets")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send() == {}
    assert Message.objects.get().fate == Fate.WAITING
    settings.EMAIL_PORT = port
    with wait_an_hour():
        assert send() == {"sent": 1}
    assert not any("reader@" in words for words in our_words(caplog))


def test_server_that_hangs_up_after_each_mail_gets_all_of_them(office, subscribe, topic):
    for number in range(4):
        subscribe("/news/", f"{number}@example.org")
    publish("Nets")
    office.is_tired = True
    assert send() == {"sent": 4}


def test_mail_that_cannot_be_written_holds_up_no_other(office, subscribe, topic, caplog):
    subscribe("/news/?topic=malaria", "first@example.org")
    subscribe("/news/campaigns/", "second@example.org")
    broken = publish("Nets", topic)
    publish("Malaria Day", factory=CampaignFactory)
    matching.look()
    type(broken).objects.filter(pk=broken.pk).update(slug="no/address")
    assert outbox.send_waiting() == {"waiting": 1, "sent": 1}
    assert [to for to, _mail in office.taken] == [("second@example.org",)]
    type(broken).objects.filter(pk=broken.pk).update(slug="nets")
    with wait_an_hour():
        assert outbox.send_waiting() == {"sent": 1}


def test_very_many_new_pages_make_a_mail_that_can_be_read(office, subscribe, topic):
    subscribe("/news/")
    rows = [publish(f"Nets {number}") for number in range(letters.MOST_PAGES + 2)]
    send()
    (mail,) = office.mails
    assert mail["Subject"] == f"{len(rows)} new pages: News"
    for kind in ("plain", "html"):
        assert "2 other pages are new on the list." in words(mail, kind)
        assert words(mail, kind).count("Nets ") == letters.MOST_PAGES
        assert rows[0].get_absolute_url() not in words(mail, kind)


def test_title_writes_no_head_of_a_mail(office, subscribe, topic):
    subscribe("/news/")
    publish("Nets\r\nBcc: other@example.org\r\n\r\nWords")
    send()
    ((to, mail),) = office.taken
    assert to == ("reader@example.org",)
    assert mail["Subject"] == "Nets Bcc: other@example.org Words"
    assert "Bcc" not in mail


def test_it_is_given_up_after_two_days(office, subscribe, topic):
    subscribe("/news/")
    publish("Nets")
    matching.look()
    for _attempt in range(len(outbox.DELAYS) + 1):
        office.answers["DATA"] = "451 not now"
        Message.objects.update(due_at=timezone.now())
        outbox.send_waiting()
    assert Message.objects.get().fate == Fate.REFUSED


def test_nobody_knows_how_it_ended_so_it_is_not_sent_again(office, subscribe, topic):
    subscribe("/news/")
    publish("Nets")
    office.answers["DATA"] = "hang up"
    assert send() == {"unknown": 1}
    publish("Kits")
    matching.look()
    assert outbox.lease() is not None  # and then the process dies
    with wait_an_hour():
        assert send() == {}
    assert {*Message.objects.values_list("fate", flat=True)} == {Fate.UNKNOWN}
    assert office.taken == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_each_mail_once(office, subscribe):
    Progress.objects.create(looked_until=timezone.now())
    for number in range(12):
        subscribe("/news/", f"{number}@example.org")
    publish("Nets")
    together = threading.Barrier(2)

    def run():
        together.wait()
        send()
        connection.close()

    threads = [threading.Thread(target=run) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(to[0] for to, _mail in office.taken) == sorted(
        f"{number}@example.org" for number in range(12)
    )
    assert {*Message.objects.values_list("fate", flat=True)} == {Fate.SENT}


def report(mail, status="5.1.1", action="failed"):
    told = EmailMessage(policy=email.policy.default)
    lines = [
        *("From: MAILER-DAEMON@example.org", "Subject: Undelivered", "MIME-Version: 1.0"),
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        *("", "--b", "Content-Type: text/plain", "", "Sorry.", "--b"),
        *("Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.org", ""),
        *("Final-Recipient: rfc822; reader@example.org", f"Action: {action}", f"Status: {status}"),
        *("", "--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {mail['Message-ID']}"),
        *("", "--b--", ""),
    ]
    del told
    return "\r\n".join(lines).encode()


def test_address_that_comes_back_is_forgotten(office, subscribe, topic, tmp_path):
    subscribe("/news/")
    publish("Nets")
    send()
    (mail,) = office.mails
    assert bounces.record(report(mail, "4.2.2", "delayed"))
    assert Reader.objects.get().bounces == 1
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1").write_bytes(report(mail))
    (tmp_path / "new" / "2").write_bytes(b"Subject: Hello\r\n\r\nA letter.")
    call_command("record_bounces", maildir=tmp_path)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["2"]
    assert Reader.objects.get().bounces == 4
    for again in (report(mail), report(mail, "4.2.2", "delayed")):
        assert bounces.record(again)  # ours, and counted before
    assert Reader.objects.get().bounces == 4
    publish("Kits")
    send()
    bounces.record(report(office.mails[1]))
    assert not Reader.objects.exists()


def test_what_came_back_long_ago_counts_no_more(office, subscribe, topic):
    subscribe("/news/")
    publish("Nets")
    send()
    bounces.record(report(office.mails[0]))
    asking.tidy()
    assert Reader.objects.get().bounces == 3
    with time_machine.travel(timezone.now() + asking.KEPT + datetime.timedelta(days=1)):
        asking.tidy()
    assert Reader.objects.get().bounces == 0


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"\0\xff", b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\n--b--"),
        b"Subject: x\r\n\r\nMessage-ID: <" + b"0" * 32 + b".alerts@testserver>",
        report({"Message-ID": "<0>"}),
        report({"Message-ID": f"<{'0' * 32}.alerts@testserver>"}),
    ],
)
def test_other_mail_is_no_report(raw):
    assert not bounces.record(raw)


def test_delivered_is_no_bounce(office, subscribe, topic):
    subscribe("/news/")
    publish("Nets")
    send()
    assert not bounces.record(report(office.mails[0], "2.0.0", "delivered"))
    assert Reader.objects.get().bounces == 0


def test_many_readers_of_one_list_cost_one_question(
    office, subscribe, topic, django_assert_num_queries
):
    for number in range(30):
        subscribe("/news/?topic=malaria", f"{number}@example.org", "daily")
    publish("Nets", topic)
    matching.look()
    Item.objects.all().delete()
    with django_assert_num_queries(25):  # two for a place to come back to
        matching.look()
    assert Item.objects.count() == 30


def test_no_address_gets_into_a_log(office, subscribe, topic, caplog):
    caplog.set_level(logging.DEBUG)
    subscribe("/news/")
    publish("Nets")
    office.answers["DATA"] = "hang up"
    send()
    office.answers["RCPT"] = "554 never"
    publish("Kits")
    send()
    assert not any("reader@" in words for words in our_words(caplog))
