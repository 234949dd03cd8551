"""What only a server of OpenSearch can show: `make search-server`."""

import pytest
from django.core.management import call_command

from iomsite.publishing import actions
from iomsite.publishing.states import Withdrawal
from iomsite.search import following
from iomsite.search.engines import beside
from iomsite.search.finding import find
from iomsite.search.index import rebuild
from iomsite.search.models import Entry, ServerIndex, Unsent
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory

pytestmark = [pytest.mark.search_server, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def release(server, monkeypatch):
    """Nobody helps here: what is in the index was sent by who published."""
    monkeypatch.undo()
    release = NewsReleaseFactory(published=True, title="Nets in Sofala", lead="", body="")
    rebuild()
    following.fill()
    yield release
    beside.silence.until = 0.0


def held(server):
    """The keys that the index has, whatever the database says."""
    name = ServerIndex.objects.get().name
    found = server.search(index=name, body={"docvalue_fields": ["key"]})["hits"]["hits"]
    return {hit["fields"]["key"][0] for hit in found}


def take_away(server):
    server.indices.delete(index=f"{ServerIndex.objects.get().name}{following.OWN}")


def test_server_is_what_answers(server, release, django_assert_num_queries):
    keys = [Entry.objects.get().pk]
    with django_assert_num_queries(2):  # what is called so, and whether the index is in step
        assert find("nets").newest == keys
    take_away(server)  # and the database answers
    with django_assert_num_queries(3):
        assert find("nets").newest == keys


def test_nobody_writes_down_what_is_looked_for(server, release, caplog):
    assert find("nets").newest
    assert caplog.messages == []


def test_index_has_what_was_published_in_the_same_moment(server, release):
    actions.withdraw(release, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
    assert not Unsent.objects.exists()
    assert held(server) == set()
    another = NewsReleaseFactory(title="Clinics in Tete")
    actions.submit(another, by=UserFactory())
    actions.publish(another, by=UserFactory())
    assert held(server) == {Entry.objects.get(title="Clinics in Tete").pk}
    assert find("clinics").newest == [*held(server)]


def test_what_arrives_late_changes_nothing(server, release):
    (entry,) = held(server)
    name = ServerIndex.objects.get().name
    following._put(name, {entry: 5}, 9)
    Entry.objects.all().delete()
    following._put(name, {entry: 6}, 9)
    assert held(server) == set()
    following._put(name, {entry: 6}, 9)
    Entry.objects.create(pk=entry, model="news.newsrelease", row_id=release.pk, title="Nets")
    following._put(name, {entry: 5}, 9)
    assert held(server) == set()


def test_index_that_somebody_took_away_is_filled_anew(server, release):
    old = ServerIndex.objects.get().name
    take_away(server)
    assert find("nets").newest
    beside.silence.until = 0.0
    call_command("follow_index")
    assert ServerIndex.objects.get().name != old
    assert held(server) == {Entry.objects.get().pk}


def test_server_makes_no_index_of_its_own(server, release, settings):
    take_away(server)
    actions.withdraw(release, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
    assert server.indices.get(index=f"{settings.SEARCH_SERVER.index}-*") == {}
    assert not ServerIndex.objects.exists()
    assert find("nets").newest == []


def test_what_was_filled_before_goes_and_nothing_of_others(server, release, settings):
    others = f"{settings.SEARCH_SERVER.index}x-1"
    server.indices.create(index=others)
    try:
        following.fill()
        assert server.indices.exists(index=others)
    finally:
        server.indices.delete(index=others)
    names = server.indices.get(index=f"{settings.SEARCH_SERVER.index}-*")
    assert [*names] == [f"{ServerIndex.objects.get().name}{following.OWN}"]


def test_whoever_fills_stops_where_somebody_else_has_begun(server, release, monkeypatch, settings):
    after = following._keys_after

    def overtaken(last):
        monkeypatch.setattr(following, "_keys_after", after)
        following.fill()
        return after(last)

    monkeypatch.setattr(following, "_keys_after", overtaken)
    assert following.fill() == 0
    assert ServerIndex.objects.get().is_whole
    assert find("nets").newest
    names = server.indices.get(index=f"{settings.SEARCH_SERVER.index}-*")
    assert [*names] == [f"{ServerIndex.objects.get().name}{following.OWN}"]


def test_what_somebody_makes_meanwhile_is_left_to_be_filled(server, release, monkeypatch, settings):
    """It has been made, and its filling begins in the next moment."""
    theirs, send = f"{settings.SEARCH_SERVER.index}-theirs{following.OWN}", following.send

    def meanwhile():
        server.indices.create(index=theirs)
        return send()

    with monkeypatch.context() as patched:
        patched.setattr(following, "send", meanwhile)
        following.fill()
    assert server.indices.exists(index=theirs)
    following.fill()
    assert not server.indices.exists(index=theirs)


def test_index_that_was_passed_by_is_filled_anew(server, release, settings):
    beside_it, settings.SEARCH_SERVER = settings.SEARCH_SERVER, None
    actions.withdraw(release, by=UserFactory(), kind=Withdrawal.GONE, note="Mistaken.")
    settings.SEARCH_SERVER = beside_it
    assert held(server)
    following.follow()
    assert held(server) == set()
    assert ServerIndex.objects.in_step().exists()


def test_one_that_is_being_filled_is_left_to_whoever_does(server, release):
    ServerIndex.objects.update(is_whole=False)
    assert following.follow() == 0
    old = ServerIndex.objects.get().filled_at - following.STOPPED
    ServerIndex.objects.update(filled_at=old)
    assert following.follow() == 1
    assert ServerIndex.objects.get().is_whole
