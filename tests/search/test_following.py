"""A search server beside the database: while it is away, behind or being filled, nobody notices."""

import itertools
import socket
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from iomsite.backup.restoring import begin_a_new_history
from iomsite.environment import SearchServer
from iomsite.publishing import actions
from iomsite.publishing.changes import generation
from iomsite.publishing.states import Withdrawal
from iomsite.search import following
from iomsite.search.engines import beside
from iomsite.search.finding import find
from iomsite.search.index import rebuild
from iomsite.search.models import Entry, ServerIndex, Unsent
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.own_engine]


@pytest.fixture
def listener():
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken


@pytest.fixture
def away(settings, listener, monkeypatch):
    """Closes what it is called with, or leaves it silent."""
    port = listener.getsockname()[1]
    settings.SEARCH_SERVER = SearchServer(f"http://127.0.0.1:{port}", "tests")
    monkeypatch.setattr(beside, "silence", silence := beside.Silence())
    monkeypatch.setattr(following, "silence", silence)
    monkeypatch.setattr(beside, "PATIENCE", 0.2)
    beside.client.cache_clear()
    yield listener
    beside.client.cache_clear()


@pytest.fixture
def followed(away):
    """An index that has all there is."""
    release = NewsReleaseFactory(published=True, title="Nets in Sofala")
    rebuild()
    ServerIndex.objects.create(
        name="tests-1", is_whole=True, generation=generation(), filled_at=timezone.now()
    )
    return release


def times_asked(server):
    """How many connections it was asked for since."""
    server.setblocking(False)
    for times in itertools.count():
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return times


def titles(typed):
    return [entry.title for entry in find(typed).entries()]


def test_database_answers_for_a_server_that_is_gone(followed, away, caplog):
    away.close()
    assert titles("nets") == ["Nets in Sofala"]
    assert titles("sofala") == ["Nets in Sofala"]
    (said,) = caplog.messages  # and nothing of what somebody looked for
    assert said.startswith("The search server did not answer: the database does.")


def test_one_visitor_waits_for_a_server_that_is_silent(followed, away):
    began = time.monotonic()
    assert titles("nets") == ["Nets in Sofala"]
    assert time.monotonic() - began >= 0.2
    for _time in range(3):
        assert titles("nets") == ["Nets in Sofala"]
    assert times_asked(away) == 1


def test_server_is_asked_again_after_a_while(followed, away, monkeypatch):
    monkeypatch.setattr(beside, "LEFT_ALONE", 0)
    assert titles("nets") == titles("nets") == ["Nets in Sofala"]
    assert times_asked(away) == 2


def test_server_that_is_behind_is_not_asked(followed, away):
    Unsent.objects.create(entry_id=7)
    assert titles("nets") == ["Nets in Sofala"]
    Unsent.objects.all().delete()
    ServerIndex.objects.update(is_whole=False)
    assert titles("nets") == ["Nets in Sofala"]
    assert times_asked(away) == 0


def test_one_that_somebody_without_a_server_passed_by_is_not_asked(followed, away, settings):
    server, settings.SEARCH_SERVER = settings.SEARCH_SERVER, None
    actions.withdraw(followed, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
    settings.SEARCH_SERVER = server
    assert not Unsent.objects.exists()
    assert titles("nets") == []
    assert times_asked(away) == 0


def test_changes_wait_while_it_is_away(followed, away, django_capture_on_commit_callbacks):
    away.close()
    (entry,) = Entry.objects.values_list("pk", flat=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(followed, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
    assert [*Unsent.objects.values_list("entry_id", flat=True)] == [entry]
    assert titles("nets") == []
    with pytest.raises(CommandError, match="The search server did not take it: "):
        call_command("follow_index")
    assert Unsent.objects.count() == 1


def test_whoever_publishes_waits_shortly_for_one_that_is_silent(
    followed, away, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(following, "SHORTLY", 0.2)
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(followed, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
    assert 0.2 <= time.monotonic() - began < following.PATIENCE
    assert Unsent.objects.count() == 1
    assert times_asked(away) == 1


def test_nothing_is_sent_while_nothing_may_be_changed(followed, away, monkeypatch, capsys):
    monkeypatch.setattr("iomsite.publishing.readonly.asked", lambda: True)
    call_command("follow_index")
    assert capsys.readouterr().out == "Nothing is sent while the site is read-only.\n"
    assert times_asked(away) == 0


def test_what_did_not_come_about_is_not_sent(followed, away):
    with transaction.atomic():
        actions.withdraw(followed, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
        assert Unsent.objects.exists()
        transaction.set_rollback(True)
    assert not Unsent.objects.exists()


def test_whoever_makes_all_anew_leaves_the_server_to_be_filled(followed):
    Unsent.objects.create(entry_id=7)
    rebuild()
    assert not ServerIndex.objects.exists()
    assert not Unsent.objects.exists()


def test_restored_database_leaves_the_server_to_be_filled(followed):
    begin_a_new_history()
    assert not ServerIndex.objects.exists()


def test_nothing_is_noted_where_nothing_follows(away):
    NewsReleaseFactory(published=True, title="Nets in Sofala")
    rebuild()
    assert not Unsent.objects.exists()
    assert titles("nets") == ["Nets in Sofala"]


def test_command_has_nothing_to_do_without_a_server(capsys):
    call_command("follow_index")
    assert capsys.readouterr().out == "SEARCH_URL names no search server: the database answers.\n"
