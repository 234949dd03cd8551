"""Whether PostgreSQL still holds a connection, as Django asks before each request."""

import pytest
from django.db import OperationalError, connection, transaction
from psycopg import errors

from iomsite.doubt import is_in_doubt
from iomsite.postgresql import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections"),
]


@pytest.fixture
def other():
    """Somebody else at the same server."""
    other = connection.copy()
    yield other
    other.close()


def ask(words, by=connection):
    with by.cursor() as cursor:
        cursor.execute(words)
        return cursor.fetchone()[0]


def begin_request():
    connection.close_if_unusable_or_obsolete()


def process():
    return connection.connection.info.backend_pid


def last_asked(other):
    return ask(f"SELECT query FROM pg_stat_activity WHERE pid = {process()}", by=other)


def test_busy_connection_is_not_asked_about(other):
    ask("SELECT 1 AS before")
    begin_request()
    ask("SELECT 2 AS first")
    begin_request()
    connection.close_if_health_check_failed()

    assert last_asked(other) == "SELECT 2 AS first"


def test_one_at_rest_is_asked_about(other, monkeypatch):
    monkeypatch.setattr(base, "AT_REST", 0)
    ask("SELECT 1 AS before")
    begin_request()
    connection.close_if_health_check_failed()

    assert last_asked(other) == "SELECT 1"


def test_connection_that_the_server_ended_is_noticed_by_nobody(other):
    for _ in range(2):
        begin_request()
        ask("SELECT 1")
    ended = process()
    ask(f"SELECT pg_terminate_backend({ended}, 5000)", by=other)
    begin_request()

    assert ask("SELECT 7") == 7
    assert process() != ended


def test_spoilt_connection_fails_one_request_alone(other):
    """As one is whose transaction was begun behind Django's back."""
    begin_request()
    ask("SELECT 1")
    raw = connection.connection
    raw.execute("BEGIN")
    with pytest.raises(errors.UndefinedTable):
        raw.execute("SELECT * FROM nowhere")
    begin_request()

    assert ask("SELECT 7") == 7
    assert connection.connection is not raw


def test_after_an_error_the_server_is_asked(other):
    begin_request()
    ask("SELECT 1")
    begin_request()
    ask("SELECT 2")
    connection.errors_occurred = True
    begin_request()

    assert last_asked(other) == "SELECT 1"


def test_nobody_denies_a_transaction_after_which_something_failed():
    def fail():
        raise OperationalError("the database is gone")

    with pytest.raises(OperationalError) as caught, transaction.atomic():
        transaction.on_commit(fail)

    assert is_in_doubt(caught.value)
