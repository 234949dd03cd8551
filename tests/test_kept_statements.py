"""What PostgreSQL keeps of a statement, when a migration changes a column behind it."""

import pytest
from django.db import OperationalError, connection, transaction

from iomsite import environment
from news.models import NewsRelease
from programmes.models import Topic
from tests.factories.programmes import TopicFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans each time"),
]
TIMES = 5  # after three the server keeps it


@pytest.fixture
def names():
    """Asks for the names of topics, in a table that others change under it."""
    TopicFactory(name="Health")
    connection.close()  # what it was asked before
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT name FROM programmes_topic")
        cursor.execute("ALTER TABLE kept ALTER name TYPE varchar(80)")

    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM kept WHERE name <> %s", ["x"])
            return cursor.fetchall()

    yield ask
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kept")


def widen():
    """As a migration does it, by a connection of its own."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("ALTER TABLE kept ALTER name TYPE varchar(90)")
    other.close()


def kept():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%FROM kept%"]
        )
        return cursor.fetchone()[0]


def test_the_server_keeps_what_it_is_asked_again_and_again(names):
    asked = [names() for _ in range(TIMES)]

    assert asked == [[("Health",)]] * TIMES
    assert kept() == 1


def test_it_keeps_nothing_that_looks_for_letters_or_words(names):
    """For rare ones an index is best, for those that all have it is not."""
    with connection.cursor() as cursor:
        for _ in range(TIMES):
            assert len(NewsRelease.objects.filter(title__icontains="qz")) == 0
            cursor.execute("SELECT to_tsvector('a b') @@ %s::tsquery", ["b"])
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement ~ ' (LIKE|@@) '"
        )
        assert cursor.fetchone() == (0,)


def test_more_values_than_go_apart_from_a_statement_stand_in_it():
    topic = TopicFactory(name="100 % “health”")
    keys = [topic.pk, *range(10**9, 10**9 + 70_000)]

    assert [*Topic.objects.filter(pk__in=keys, name=topic.name)] == [topic]


def test_behind_a_pooler_nothing_is_kept(names, monkeypatch):
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setenv("DATABASE_URL", "postgres://postgres@127.0.0.1/a?pooled=true")
    pooled = environment.database("DATABASE_URL", "")
    environment.limit(pooled)
    kept_there = ("server_side_binding", "prepare_threshold")
    connection.settings_dict["OPTIONS"] = {
        **options,
        **{name: pooled["OPTIONS"][name] for name in kept_there},
    }
    try:
        for _ in range(TIMES):
            names()
        assert kept() == 0
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = options


def test_another_type_of_a_column_is_noticed_by_nobody(names):
    for _ in range(TIMES):
        names()
    assert kept() == 1
    widen()

    assert names() == [("Health",)]
    connection.close_if_unusable_or_obsolete()  # as at the end of a request
    assert connection.connection is None, "with what it keeps"
    assert names() == [("Health",)]


def test_in_a_transaction_it_fails_once_like_a_lost_connection(names):
    for _ in range(TIMES):
        names()
    widen()

    with pytest.raises(OperationalError, match="another type"), transaction.atomic():
        names()
    with transaction.atomic():
        assert names() == [("Health",)]


def test_other_things_that_the_server_does_not_do_are_said_as_they_are(names):
    with pytest.raises(Exception, match="cross-database"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM other.public.kept")
