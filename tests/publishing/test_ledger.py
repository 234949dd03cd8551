"""One ledger for a transaction, however many verbs are said in it."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from iomsite.publishing import audit
from iomsite.publishing.ledger import attempt, locked_ledger, note_read, was_read_now
from iomsite.publishing.models import AuditEntry, Ledger
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory

pytestmark = pytest.mark.django_db
EDITED = AuditEntry.Action.EDITED


@pytest.fixture
def page():
    return NewsReleaseFactory(published=True)


@pytest.fixture
def writer():
    return UserFactory()


def test_ledger_that_is_held_costs_nothing_more(page, writer):
    with locked_ledger() as ledger, CaptureQueriesContext(connection) as queries:
        with locked_ledger() as same:
            assert same is ledger
        audit.record(page, EDITED, by=writer)
        audit.record(page, EDITED, by=writer)
    written = [one["sql"].split()[0] for one in queries]
    assert written == ["INSERT", "INSERT"]
    assert Ledger.objects.get().entries == 2
    assert list(audit.faults()) == []


def record_twice_and_fail(page, writer):
    audit.record(page, EDITED, by=writer)
    with locked_ledger():
        audit.record(page, EDITED, by=writer)
        raise ZeroDivisionError


def try_alone(page, writer):
    with attempt():
        record_twice_and_fail(page, writer)


def go_on_after_a_failure(page, writer):
    with locked_ledger():
        with suppress(ZeroDivisionError):
            record_twice_and_fail(page, writer)
        audit.record(page, EDITED, by=writer)


def fail_in_all(page, writer):
    with locked_ledger():
        record_twice_and_fail(page, writer)


def test_attempt_that_fails_leaves_the_trail_whole(page, writer):
    with locked_ledger():
        audit.record(page, EDITED, by=writer)
        with pytest.raises(ZeroDivisionError):
            try_alone(page, writer)
        audit.record(page, EDITED, by=writer)
    assert AuditEntry.objects.count() == Ledger.objects.get().entries == 2
    assert list(audit.faults()) == []


def test_failure_within_ends_all_of_it(page, writer):
    with pytest.raises(ZeroDivisionError):
        fail_in_all(page, writer)
    assert not AuditEntry.objects.exists()
    audit.record(page, EDITED, by=writer)
    assert list(audit.faults()) == []


def test_what_is_caught_without_an_attempt_cannot_go_on(page, writer):
    with pytest.raises(transaction.TransactionManagementError):
        go_on_after_a_failure(page, writer)


def test_row_counts_as_read_once_and_in_its_own_transaction(page):
    note_read(page)
    assert not was_read_now(page)
    with locked_ledger():
        note_read(page)
        assert was_read_now(page)
        assert not was_read_now(page)
        note_read(page)
    with locked_ledger():
        assert not was_read_now(page)


def test_writers_are_asked_for_once_and_again_after_an_entry(page, writer):
    with locked_ledger():
        assert audit.writers(page) == set()
        audit.record(page, EDITED, by=writer)
        with CaptureQueriesContext(connection) as queries:
            assert audit.writers(page) == audit.writers(page) == {writer.pk}
        assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert audit.writers(page) == audit.writers(page) == {writer.pk}
    assert len(queries) == 2
