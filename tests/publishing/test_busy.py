"""A database that somebody holds for too long: whoever waits is told, and nothing is half saved."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import AuditEntry
from news.models import Campaign
from tests.factories.news import CampaignFactory
from tests.submission import change_of, fields_of

ON_POSTGRESQL = connection.vendor == "postgresql"

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_saves():
    """Another person is in the middle of saving, for as long as this lasts."""
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
        yield
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


def test_whoever_saves_meanwhile_is_told_that_nothing_was_saved(admin_client):
    page = CampaignFactory(title="Old title")
    address = change_of(page)
    data = fields_of(admin_client.get(address)) | {"title": "New title"}
    wait_less()
    with somebody_saves():
        response = admin_client.post(address, data)
    assert response.status_code == 503
    assert "Nothing was saved." in response.content.decode()
    assert Campaign.objects.get().title == "Old title"
    assert not AuditEntry.objects.exists()

    assert admin_client.post(address, data).status_code == 302
    assert Campaign.objects.get().title == "New title"


def test_visitor_reads_on_while_somebody_saves(client):
    page = CampaignFactory(published=True, title="Read me")
    wait_less()
    with somebody_saves():
        assert b"Read me" in client.get(page.get_absolute_url()).content
