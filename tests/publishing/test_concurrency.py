"""Many people at once: nothing is lost, nothing is public twice, nobody is told of a deadlock."""

import datetime
import random
import threading

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from iomsite.publishing import actions, audit, editions
from iomsite.publishing.compare import describe
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import AuditEntry
from iomsite.publishing.states import State
from programmes.models import Programme

HOUR = datetime.timedelta(hours=1)
STEPS = 200

pytestmark = pytest.mark.django_db(transaction=True)


def save(key, writer, words, seen):
    """What the form does: refuse an old version, write, leave the entry. True when it was saved."""
    with locked_ledger():
        edition = Programme.objects.filter(pk=key).first()
        if edition is None or edition.version != seen or edition.state != State.DRAFT:
            return False
        before = describe(edition)
        edition.body, edition.version = words, edition.version + 1
        edition.save()
        actions.note_edit(edition, by=writer, before=before)
    return True


def step(dice, page, writer, reviewer, number, said):
    page = Programme.objects.get(pk=page.pk)
    copy = editions.working_copy(page) or actions.edit(page, by=writer)
    match dice.choice(["save", "save", "save", "submit", "publish", "schedule", "unschedule"]):
        case "save":
            words = f"Words {number}."
            if save(copy.pk, writer, words, copy.version):
                said.append(words)
        case "submit":
            actions.submit(copy, by=writer)
        case "publish":
            actions.publish(copy, by=reviewer)
        case "schedule":
            actions.publish(copy, by=reviewer, at=timezone.now() + HOUR)
        case "unschedule":
            actions.unschedule(copy, by=reviewer)


def run(workers, work):
    """Run `work(number)` in threads with connections of their own; return what went wrong."""
    faults, gate = [], threading.Barrier(workers)

    def one(number):
        try:
            gate.wait()
            work(number)
        except Exception as fault:  # whatever it is, the test has to see it
            faults.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_two_hundred_saves_publications_and_schedules(programme, country, writer, reviewer):
    workers = 16
    others = [
        Programme.objects.create(
            slug=slug, title=slug, kind="country-programme", country=country, body="Old."
        )
        for slug in ("second", "third")
    ]
    pages = [programme, *others]
    for page in pages:
        actions.submit(page, by=writer)
        actions.publish(page, by=reviewer)
    said, refused = [], []

    def work(worker):
        dice = random.Random(worker)
        for number in range(STEPS // workers + 1):
            try:
                page = dice.choice(pages)
                step(dice, page, writer, reviewer, f"{worker}-{number}", said)
            except actions.Refused as refusal:
                refused.append(str(refusal))

    assert run(workers, work) == []
    assert said
    assert refused
    _assert_whole(pages, said)


def _assert_whole(pages, said):
    edited = AuditEntry.objects.filter(action=AuditEntry.Action.EDITED)
    written = [change["to"] for entry in edited for change in entry.changes]
    assert sorted(written) == sorted(said)
    assert list(audit.faults()) == []
    for page in pages:
        assert Programme.objects.published().filter(pk=page.pk).count() == 1
        assert Programme.objects.working_copies().filter(edition_of=page).count() <= 1
        published = AuditEntry.objects.filter(
            page_id=page.pk, action=AuditEntry.Action.PUBLISHED
        ).count()
        superseded = Programme.objects.superseded().filter(edition_of=page).count()
        assert superseded == published - 1


def test_of_two_who_save_the_same_version_one_is_told(programme, writer):
    saved = []

    def work(number):
        saved.append(save(programme.pk, writer, f"Words {number}.", programme.version))

    assert run(4, work) == []
    assert sorted(saved) == [False, False, False, True]


def test_of_many_who_press_edit_all_get_the_same_copy(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    page = actions.publish(programme, by=reviewer)
    copies = []
    assert run(4, lambda number: copies.append(actions.edit(page, by=writer).pk)) == []
    assert len(set(copies)) == 1


def test_reviewer_does_not_publish_what_was_not_read(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    read = Programme.objects.get().version
    Programme.objects.update(version=read + 1, body="Not read.")
    with pytest.raises(actions.Refused, match="changed since you opened it"):
        actions.publish(programme, by=reviewer, seen=read)
    assert not Programme.objects.published().exists()


def test_visitor_reads_on_while_the_database_is_busy(
    programme, writer, reviewer, client, monkeypatch
):
    actions.submit(programme, by=writer)
    page = actions.publish(programme, by=reviewer)

    def busy(at):
        raise OperationalError("database is locked")

    monkeypatch.setattr("iomsite.publishing.middleware.is_due", lambda at: True)
    monkeypatch.setattr("iomsite.publishing.middleware.replace_due", busy)
    assert client.get(page.get_absolute_url()).status_code == 200
