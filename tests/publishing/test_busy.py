"""A database that somebody holds for too long: whoever waits is told, and nothing is half saved."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from iomsite.publishing import actions
from iomsite.publishing.compare import describe
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import AuditEntry
from programmes.models import Programme
from tests.factories.news import CampaignFactory
from tests.submission import change_of, fields_of, verb_of

ON_POSTGRESQL = connection.vendor == "postgresql"

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_saves():
    """Another person is in the middle of saving, for as long as this lasts.

    Gives the event by which that person comes to an end sooner.
    """
    begun, done = threading.Event(), threading.Event()

    def save():
        try:
            with locked_ledger():
                begun.set()
                done.wait()
        finally:
            begun.set()
            connection.close()

    other = threading.Thread(target=save)
    other.start()
    begun.wait()
    try:
        yield done
    finally:
        done.set()
        other.join()


def test_nobody_waits_for_ever():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout" if ON_POSTGRESQL else "PRAGMA busy_timeout")
        assert cursor.fetchone() == ("20s" if ON_POSTGRESQL else 20_000,)


def wait_less():
    """For a tenth of a second instead of twenty."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100" if ON_POSTGRESQL else "PRAGMA busy_timeout = 100")


@pytest.fixture(autouse=True)
def _as_long_as_ever(transactional_db):
    """Whoever empties the tables afterwards may have to wait for PostgreSQL to look after one."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout" if ON_POSTGRESQL else "PRAGMA busy_timeout = 20000")


@pytest.fixture
def copy(programme, writer, reviewer):
    """A working copy with parts, beside a page that is public."""
    actions.submit(programme, by=writer)
    return actions.edit(actions.publish(programme, by=reviewer), by=writer)


def typed(client, copy):
    fields = fields_of(client.get(change_of(copy)))
    return fields | {"body": "Typed words.", "objective_set-0-text": "Typed objective."}


def everything(copy):
    """What a save or a publication would change."""
    versions = dict(Programme.objects.order_by("pk").values_list("pk", "version"))
    return versions, describe(copy), describe(copy.page), AuditEntry.objects.count()


def test_whoever_saves_meanwhile_waits(admin_client, copy):
    data = typed(admin_client, copy)
    with somebody_saves() as done:
        threading.Timer(0.3, done.set).start()
        response = admin_client.post(change_of(copy), data)
        assert done.is_set()
    assert response.status_code == 302
    assert Programme.objects.get(pk=copy.pk).body == "Typed words."


def test_whoever_has_waited_too_long_is_told_and_sends_the_same_again(admin_client, copy):
    data, before = typed(admin_client, copy), everything(copy)
    wait_less()
    with somebody_saves():
        response = admin_client.post(change_of(copy), data)
    assert response.status_code == 503
    assert "Nothing was saved." in response.content.decode()
    assert int(response["Retry-After"]) > 0
    assert "no-store" in response["Cache-Control"]
    assert everything(copy) == before

    assert admin_client.post(change_of(copy), data).status_code == 302
    now = describe(Programme.objects.get(pk=copy.pk))
    assert (now["Context"], now["Objectives"][0]) == (["Typed words."], "1 · Typed objective.")


def test_publication_that_has_waited_too_long_publishes_nothing(admin_client, copy, writer):
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    actions.submit(copy, by=writer)
    copy.refresh_from_db()
    before, data = everything(copy), {"version": copy.version, "importance": "minor"}
    wait_less()
    with somebody_saves():
        assert admin_client.post(verb_of("publish", copy), data).status_code == 503
    assert everything(copy) == before

    assert admin_client.post(verb_of("publish", copy), data).status_code == 302
    assert Programme.objects.published().get().body == "New words."


def test_visitor_reads_on_while_somebody_saves(client):
    page = CampaignFactory(published=True, title="Read me")
    wait_less()
    with somebody_saves():
        assert b"Read me" in client.get(page.get_absolute_url()).content
