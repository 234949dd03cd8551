"""What happens by time alone, and what is put in place when its moment has come."""

import datetime
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from iomsite.publishing import actions, timetable
from iomsite.publishing.models import AuditEntry, Ledger
from iomsite.publishing.states import State
from programmes.models import Country, Programme

HOUR = datetime.timedelta(hours=1)


def live(page, writer, reviewer):
    actions.submit(page, by=writer)
    return actions.publish(page, by=reviewer)


def waiting(page, writer, reviewer, at, **content):
    copy = actions.edit(page, by=writer)
    type(page).objects.filter(pk=copy.pk).update(**content)
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, at=at)
    return copy


@pytest.fixture
def page(programme, writer, reviewer):
    return live(programme, writer, reviewer)


@pytest.fixture
def other(country, writer, reviewer):
    row = Programme.objects.create(
        slug="other", title="Other", kind="country-programme", country=country, body="Old too."
    )
    return live(row, writer, reviewer)


def bodies():
    return sorted(Programme.objects.published().values_list("body", flat=True))


def test_several_due_together_take_place_at_once(page, other, writer, reviewer):
    at = timezone.now() + HOUR
    for one in (page, other):
        waiting(one, writer, reviewer, at, body=f"New {one.slug}.")
    assert timetable.replace_due(at - HOUR / 2) == 0
    assert bodies() == ["Old too.", "Old words."]
    assert timetable.replace_due(at) == 2
    assert sorted(row.body for row in Programme.objects.published(at)) == [
        "New health.",
        "New other.",
    ]
    assert Ledger.objects.get().next_at is None


def test_what_no_longer_fits_goes_back_and_stops_nobody(page, other, writer, reviewer):
    at = timezone.now() + HOUR
    copy = waiting(page, writer, reviewer, at, slug="taken")
    waiting(other, writer, reviewer, at, body="New too.")
    Programme.objects.create(slug="taken", title="Taken", kind="programme")
    assert timetable.replace_due(at) == 1
    assert not timetable.look(at + HOUR).is_due
    assert Programme.objects.published(at).get(slug="other").body == "New too."
    copy.refresh_from_db()
    assert copy.state == State.DRAFT
    assert "Another page" in copy.remark
    assert AuditEntry.objects.filter(action=AuditEntry.Action.SENT_BACK, actor_id=None).exists()


def test_first_publication_and_expiry_need_no_one(programme, writer, reviewer):
    now = timezone.now()
    actions.submit(programme, by=writer)
    Programme.objects.filter(pk=programme.pk).update(expires_at=now + 2 * HOUR)
    actions.publish(programme, by=reviewer, at=now + HOUR)
    shown = [Programme.objects.published(now + hours * HOUR).exists() for hours in (0, 1, 2)]
    assert shown == [False, True, False]
    moments = []
    while (moment := Ledger.objects.get().next_at) and len(moments) < 3:
        moments.append(moment)
        assert timetable.replace_due(moment) == 0
    assert moments == [now + HOUR, now + 2 * HOUR]


@pytest.mark.parametrize("undo", [actions.unschedule, actions.discard])
def test_what_was_taken_off_the_schedule_is_never_swapped(page, writer, reviewer, undo):
    at = timezone.now() + HOUR
    undo(waiting(page, writer, reviewer, at, body="New."), by=reviewer)
    assert not timetable.look(at).is_due
    assert timetable.replace_due(at) == 0
    assert bodies() == ["Old words."]


def test_scheduled_page_with_a_working_copy_cannot_leave_the_schedule(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    actions.publish(programme, by=reviewer, at=timezone.now() + HOUR)
    actions.edit(programme, by=writer)
    with pytest.raises(actions.Refused, match="There is a working copy"):
        actions.unschedule(programme, by=reviewer)


def test_replacement_before_the_schedule_of_the_page_moves_its_first_moment(
    programme, writer, reviewer
):
    now = timezone.now()
    actions.submit(programme, by=writer)
    actions.publish(programme, by=reviewer, at=now + 2 * HOUR)
    waiting(programme, writer, reviewer, now + HOUR, body="Sooner.")
    timetable.replace_due(now + HOUR)
    row = Programme.objects.published(now + HOUR).get()
    assert row.first_published_at == row.published_at == now + HOUR


def test_unscheduling_keeps_the_expiry_that_was_written(programme, writer, reviewer):
    now = timezone.now()
    Programme.objects.filter(pk=programme.pk).update(expires_at=now + 9 * HOUR)
    actions.submit(programme, by=writer)
    actions.publish(programme, by=reviewer, at=now + HOUR)
    actions.unschedule(programme, by=reviewer)
    assert Programme.objects.get().expires_at == now + 9 * HOUR


def test_visitor_of_the_moment_reads_the_new_page(page, writer, reviewer, client, time_machine):
    at = timezone.now() + HOUR
    waiting(page, writer, reviewer, at, body="New words.")
    Country.objects.update(state=State.PUBLISHED, published_at=timezone.now())
    assert b"Old words." in client.get(page.get_absolute_url()).content
    time_machine.move_to(at)
    assert b"New words." in client.get(page.get_absolute_url()).content


@pytest.mark.django_db(transaction=True)
def test_two_servers_that_ask_at_once_swap_once(programme, writer, reviewer):
    page = live(programme, writer, reviewer)
    at = timezone.now() + HOUR
    waiting(page, writer, reviewer, at, body="New.")
    counts, gate = [], threading.Barrier(4)

    def ask():
        try:
            gate.wait()
            counts.append(timetable.replace_due(at))
        finally:
            connection.close()

    servers = [threading.Thread(target=ask) for _number in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert sorted(counts) == [0, 0, 0, 1]
    assert Programme.objects.superseded().count() == 1


@pytest.mark.parametrize(
    ("shown", "utc"),
    [
        ("2027-03-28 01:59", "2027-03-28 00:59"),  # the last minute before the clocks go on
        ("2027-03-28 03:00", "2027-03-28 01:00"),
        ("2027-10-31 01:59", "2027-10-30 23:59"),
        ("2027-10-31 03:00", "2027-10-31 02:00"),  # the first that exists only once
    ],
)
def test_form_means_the_moment_that_it_shows(shown, utc):
    from iomsite.publishing.verbs import PublishForm

    with timezone.override(ZoneInfo("Europe/Vienna")):
        field = PublishForm.base_fields["at"]
        moment = field.clean(shown.split())
        assert moment == datetime.datetime.fromisoformat(f"{utc}+00:00")
        again = field.widget.decompress(moment)
        assert f"{again[0]} {again[1]:%H:%M}" == shown


@pytest.mark.parametrize("never_or_twice", ["2027-03-28 02:30", "2027-10-31 02:30"])
def test_form_refuses_a_moment_that_the_change_of_clocks_makes_unclear(never_or_twice):
    from django.core.exceptions import ValidationError

    from iomsite.publishing.verbs import PublishForm

    with timezone.override(ZoneInfo("Europe/Vienna")), pytest.raises(ValidationError):
        PublishForm.base_fields["at"].clean(never_or_twice.split())


def test_what_cannot_be_put_in_place_takes_no_other_page_down(
    client, page, writer, reviewer, monkeypatch, caplog
):
    moment = timezone.now() + HOUR
    waiting(page, writer, reviewer, moment, title="Newer")
    monkeypatch.setattr(timetable, "take_place", lambda edition: 1 / 0)
    with time_machine.travel(moment + HOUR):
        for address in ("/", page.get_absolute_url(), "/robots.txt", "/account/sign-in/"):
            assert client.get(address).status_code == 200, address
    assert "could not be put in place" in caplog.text
