"""What changes for the public is told once, in the transaction of the change."""

import datetime
import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from iomsite.publishing import actions, changes, timetable
from iomsite.publishing.models import Ledger
from iomsite.publishing.states import Withdrawal
from programmes.models import Programme, Topic

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def told(monkeypatch):
    """What listeners are told from now on, as (model, key)."""
    heard = []
    monkeypatch.setattr(changes, "listeners", [lambda rows: heard.append(rows and {*rows}) or ()])
    return heard


def approve(edition, writer, reviewer, **how):
    actions.submit(edition, by=writer)
    return actions.publish(edition, by=reviewer, **how)


def test_each_public_change_is_told_and_counted_once(programme, writer, reviewer, told):
    page = {(Programme, programme.pk)}
    approve(programme, writer, reviewer)
    assert (told, changes.generation()) == ([page], 1)
    copy = actions.edit(programme, by=writer)  # nobody sees that yet
    actions.discard(copy, by=writer)
    approve(actions.edit(programme, by=writer), writer, reviewer, at=timezone.now() + HOUR)
    assert (told, changes.generation()) == ([page], 1)
    timetable.replace_due(timezone.now() + HOUR)
    assert (told, changes.generation()) == ([page] * 2, 2)
    Programme.objects.update(published_at=timezone.now())
    actions.withdraw(programme, by=reviewer, kind=Withdrawal.GONE, note="Wrong.")
    assert (told[2], changes.generation()) == (page, 3)


def test_what_comes_and_goes_by_time_is_told_at_its_moment(programme, writer, reviewer, told):
    now, page = timezone.now(), {(Programme, programme.pk)}
    Programme.objects.update(expires_at=now + 2 * HOUR)
    approve(programme, writer, reviewer, at=now + HOUR)
    assert (told, timetable.look(now).is_due, timetable.look(now + HOUR).is_due) == (
        [],
        False,
        True,
    )
    timetable.replace_due(now + HOUR)
    assert (told, timetable.look(now + HOUR).is_due) == ([page], False)
    timetable.replace_due(now + HOUR)
    timetable.replace_due(now + 3 * HOUR)
    assert (told, Ledger.objects.get().next_at) == ([page, page], None)


def test_moment_that_passed_unnoticed_is_told_with_the_next_change(
    programme, country, writer, reviewer, told, monkeypatch
):
    now = timezone.now()
    approve(programme, writer, reviewer, at=now + HOUR)
    monkeypatch.setattr(changes.timezone, "now", lambda: now + 2 * HOUR)
    approve(country, writer, reviewer)
    assert told == [{(Programme, programme.pk), (type(country), country.pk)}]
    assert not timetable.look(now + 2 * HOUR).is_due


def test_saved_topic_is_told_and_leads_to_the_pages_that_name_it(
    programme, writer, reviewer, told, admin_client
):
    approve(programme, writer, reviewer)
    topic = Topic.objects.get()
    address = reverse("admin:programmes_topic_change", args=[topic.pk])
    answer = admin_client.post(address, {"slug": topic.slug, "name": "Fevers", "kind": "disease"})
    assert answer.status_code == 302
    assert told[1:] == [{(Topic, topic.pk)}]
    assert changes.pages_naming(told[1]) == {(Programme, programme.pk)}
    partner = programme.partners.get()  # by a part of the page
    assert changes.pages_naming([changes.row_of(partner)]) == {(Programme, programme.pk)}


def test_listener_that_fails_takes_the_publication_back(programme, writer, reviewer, monkeypatch):
    def fail(rows):
        raise RuntimeError

    actions.submit(programme, by=writer)
    monkeypatch.setattr(changes, "listeners", [fail])
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.publish(programme, by=reviewer)
    assert not Programme.objects.published().exists()
    assert changes.generation() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_a_boundary_one_tells(programme, writer, reviewer, told):
    approve(programme, writer, reviewer, at=timezone.now() + HOUR)
    together = threading.Barrier(2)

    def ask():
        together.wait()
        timetable.replace_due(timezone.now() + HOUR)
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told, changes.generation()) == ([{(Programme, programme.pk)}], 1)
