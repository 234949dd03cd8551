"""An index is made beside those who write, on whichever database."""

import io
import time
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iomsite import indexes
from iomsite.indexes import (
    AddIndexBesides,
    RemoveIndexBesides,
    by_the_dozen,
    one_by_one,
    one_working_copy_again,
    put_into_place,
)
from iomsite.publishing import actions, inbox
from iomsite.richtext import pointing
from news.models import Campaign, NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory

ALL_OPTIONS = ["fastupdate=on", "gin_pending_list_limit=256"]
WORDY = ["news_newsrelease_letters", "search_entry_newest"]
ONE_COPY = "news_campaign_one_working_copy"


@pytest.mark.django_db(transaction=True)
def test_index_comes_and_goes_without_keeping_anybody_waiting():
    before = ProjectState.from_apps(apps)
    add = AddIndexBesides("topic", models.Index(fields=["name"], name="topic_by_name"))
    after = before.clone()
    add.state_forwards("programmes", after)

    said = _said(add, before, after)
    assert _indexes() >= {"topic_by_name"}
    remove = RemoveIndexBesides("topic", "topic_by_name")
    said += _said(remove, after, before)
    assert "topic_by_name" not in _indexes()
    expected = 2 if connection.vendor == "postgresql" else 0
    assert sum("CONCURRENTLY" in line for line in said) == expected


def _said(operation, before, after):
    with CaptureQueriesContext(connection) as queries, connection.schema_editor(atomic=False) as e:
        operation.database_forwards("programmes", e, before, after)
    return [one["sql"] for one in queries]


def _indexes(table="programmes_topic"):
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="No other has lost it.")
@pytest.mark.django_db(transaction=True)
def test_rule_that_was_lost_is_made_again_once_nobody_breaks_it():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {ONE_COPY}")
    page = CampaignFactory()
    copies = [CampaignFactory(slug=page.slug, edition_of=page, edition=one) for one in (2, 3)]
    with pytest.raises(CommandError, match=rf"the rows \[{page.pk}\] of news_campaign"):
        _mend()
    Campaign.objects.filter(pk=copies[0].pk).delete()
    _mend()
    assert ONE_COPY in _indexes("news_campaign")
    _mend()
    with pytest.raises(IntegrityError, match=ONE_COPY):
        CampaignFactory(slug=page.slug, edition_of=page, edition=4)


def _mend():
    with connection.schema_editor(atomic=False) as editor:
        one_working_copy_again("news", "Campaign")(apps, editor)


# What staff's first page lists, of tables that grow long: the rest of their rows is not read.
READ_BY = {
    "to-review": ["in_review"],
    "sent-back": ["sent_back"],
    "flagged": ["flagged"],
    "scheduled": ["public", "held"],
    "expiring": ["expiry"],
    "expired": ["expiry"],
    "to-check": ["to_check"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [NewsReleaseFactory, PublicationFactory])
def test_what_waits_is_found_by_its_index(factory):
    model = factory._meta.model
    model.objects.bulk_create(factory.build_batch(2_000, published=True))
    at = inbox.Moments.at(timezone.now())
    (texts,) = pointing._telling(model)
    lists = {one.name: one for one in inbox.WAITING if one.name in READ_BY}
    asked = {name: one.which(model.objects.all(), at) for name, one in lists.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {model._meta.db_table}")
        if connection.vendor == "postgresql":  # so few rows may as well be read one after the other
            cursor.execute("SET LOCAL enable_seqscan = off")
    for name, rows in {"mentioning": texts, **asked}.items():
        plan = rows.order_by().values("pk").explain()
        for index in READ_BY.get(name, [name]):
            assert f"{model._meta.model_name}_{index}" in plan, (name, plan)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="No other has such an index.")
@pytest.mark.django_db
@pytest.mark.parametrize("index", WORDY)
def test_what_is_saved_is_put_into_place_with_others_and_found_before(client, index):
    """In a database from nothing, and in one that put each page into its place by itself."""
    assert _is_found_and_waits(client, index, "Aardvark")
    with connection.schema_editor() as editor:
        one_by_one(index)(apps, editor)
    assert not _is_found_and_waits(client, index, "Bandicoot")
    with connection.schema_editor() as editor:
        by_the_dozen(index)(apps, editor)
    assert _is_found_and_waits(client, index, "Capybara")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="No other has such an index.")
@pytest.mark.django_db
def test_a_timer_puts_what_was_saved_into_its_place():
    actions.publish(NewsReleaseFactory(in_review=True), by=UserFactory())
    call_command("draw_pages", stdout=io.StringIO())
    with connection.cursor() as cursor:
        for index in WORDY:
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
            assert cursor.fetchone()[0] == 0, index


@pytest.mark.skipif(connection.vendor != "postgresql", reason="No other has such an index.")
@pytest.mark.django_db
def test_pages_are_drawn_by_whoever_does_not_own_the_indexes():
    """Nothing is put into its place then."""
    actions.publish(NewsReleaseFactory(in_review=True), by=UserFactory())
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE visitor")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO visitor")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO visitor")
        cursor.execute("SET LOCAL ROLE visitor")
    said = io.StringIO()
    call_command("draw_pages", stdout=said)
    assert int(said.getvalue().split()[0]) > 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="No other waits for a lock.")
@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_put_into_place_is_logged(caplog):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 300")
    with _somebody_else_has(f"ALTER INDEX {WORDY[0]} SET (fastupdate = on)"):
        put_into_place()
    assert "stays before its index" in caplog.text
    connection.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="No other waits for a lock.")
@pytest.mark.django_db(transaction=True)
def test_whoever_reads_waits_a_second_for_a_change_of_an_index_at_most(monkeypatch):
    """And the change is made once nobody reads for long."""
    monkeypatch.setattr(indexes, "TRIES", 2)
    index, begun = WORDY[0], time.monotonic()
    with (
        _somebody_else_has("SELECT count(*) FROM news_newsrelease"),
        pytest.raises(CommandError, match="Nothing was changed"),
        connection.schema_editor(atomic=False) as editor,
    ):
        one_by_one(index)(apps, editor)
    assert time.monotonic() - begun < 15, "as long as anybody waits for a lock"
    assert "fastupdate=on" in _options_of(index)
    for change, options in ((one_by_one, ["fastupdate=off"]), (by_the_dozen, ALL_OPTIONS)):
        with connection.schema_editor(atomic=False) as editor:
            change(index)(apps, editor)
        assert sorted(_options_of(index)) == options


@contextmanager
def _somebody_else_has(statement):
    """In a transaction that does not end for now."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"BEGIN; {statement}")
            yield
    finally:
        other.close()


def _options_of(index):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", [index])
        return cursor.fetchone()[0]


def _is_found_and_waits(client, index, title):
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        release = NewsReleaseFactory(in_review=True, title=title)
        actions.publish(release, by=UserFactory())
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert title in client.get("/search/", {"q": title}).content.decode()
        assert NewsRelease.objects.pages().filter(title__icontains=title).get() == release
        cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        return cursor.fetchone()[0] > 0
