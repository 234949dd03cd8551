"""Two who make the index anew at once: the second is told, soon and in a sentence."""

import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from iomsite.search.index import rebuild
from iomsite.search.management.commands import reindex
from iomsite.search.models import Entry
from tests.factories.programmes import CountryFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def another_run():
    """In the middle, until the event is set that this gives."""
    CountryFactory()
    begun, done = threading.Event(), threading.Event()

    def run():
        try:
            rebuild(lambda _kind, _number: (begun.set(), done.wait()))
        finally:
            begun.set()
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    begun.wait()
    yield done
    done.set()
    other.join()


def patience():
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("SHOW lock_timeout" if is_postgresql else "PRAGMA busy_timeout")
        return cursor.fetchone()


def test_second_run_is_refused_soon_and_says_what_to_do(another_run, monkeypatch):
    monkeypatch.setattr(reindex, "SHORT", 200)
    before, began = patience(), time.monotonic()
    with pytest.raises(CommandError, match="another reindex. Nothing was changed here: wait"):
        call_command("reindex")
    assert time.monotonic() - began < 5
    assert patience() == before


def test_second_run_waits_for_who_is_through_in_time(another_run, capsys):
    before = patience()
    threading.Timer(0.3, another_run.set).start()
    call_command("reindex")
    assert capsys.readouterr().out.endswith(f"Indexed: {Entry.objects.count()}.\n")
    assert patience() == before
