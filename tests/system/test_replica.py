"""Public pages read from a real streaming replica, which lags, freezes and dies."""

import time

import psycopg
import pytest

from .processes import Production, Replica, Site, wait_for
from .staff import Staff

KEPT = "/news/"


@pytest.fixture(scope="module")
def databases(cluster, tmp_path_factory):
    primary, seeded = cluster
    with psycopg.connect(primary.url("template1"), autocommit=True) as link:
        link.execute("CREATE DATABASE followed TEMPLATE postgres")
    folder = tmp_path_factory.mktemp("replica")
    with Replica(folder, primary) as replica:
        yield primary, replica, seeded.variables()["STATIC_ROOT"], folder


@pytest.fixture(scope="module")
def site(databases):
    primary, replica, static, folder = databases
    given = {
        "DATABASE_URL": primary.url("followed"),
        "DATABASE_REPLICA_URL": replica.url("followed"),
        "STATIC_ROOT": static,
    }
    with Site(Production(folder, given)) as running:
        yield running


@pytest.fixture
def primary(databases):
    return databases[0]


@pytest.fixture
def replica(databases, site):
    """With public pages read from it."""
    wait_for(lambda: reads(databases[1], site))
    return databases[1]


def ask(server, statement):
    with psycopg.connect(server.url("followed"), autocommit=True) as link:
        cursor = link.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def reads(server, site):
    """Whether a page that nobody has asked for is read there."""
    before = reading(server)
    site.get(f"/search/?q=nets{time.monotonic_ns()}")
    return reading(server) > before


def reading(server):
    """When the newest statement of a search began there."""
    return ask(
        server,
        "SELECT coalesce(extract(epoch FROM max(query_start)), 0) FROM pg_stat_activity"
        " WHERE datname = 'followed' AND pid <> pg_backend_pid() AND query LIKE '%search%'",
    )


def title(server, words):
    """As a publication would have it, with what it tells the site."""
    ask(server, f"UPDATE news_newsrelease SET title = '{words}'")
    ask(server, "UPDATE publishing_ledger SET generation = generation + 1")


def shows(site, words):
    return words.encode() in site.get(KEPT).body


def test_public_pages_are_read_from_the_replica_and_staff_from_the_primary(site, primary, replica):
    before = reading(primary)
    assert site.get("/search/?q=another").status == 200
    assert reading(primary) == before
    staff = Staff.of(site.production)
    before = reading(replica)
    assert staff.get(site, "/search/?q=mine").status == 200
    assert reading(replica) == before
    answer = staff.post(
        site, "/admin/programmes/topic/add/", name="Snow", slug="snow", kind="theme"
    )
    assert answer.status in (200, 302)


def test_lagging_replica_keeps_no_old_page_as_new(site, primary, replica):
    title(primary, "First")
    wait_for(lambda: shows(site, "First"))
    ask(replica, "SELECT pg_wal_replay_pause()")
    try:
        title(primary, "Second")
        end = time.monotonic() + 2  # longer than between two looks at the ledger
        while time.monotonic() < end:
            assert shows(site, "First")
    finally:
        ask(replica, "SELECT pg_wal_replay_resume()")
    wait_for(lambda: shows(site, "Second"), 5)
    assert "hit" in site.get(KEPT).headers["cache-status"]


def test_replica_that_stays_behind_is_not_read(site, primary, replica):
    ask(replica, "SELECT pg_wal_replay_pause()")
    try:
        title(primary, "Third")
        wait_for(lambda: shows(site, "Third"), 10)
    finally:
        ask(replica, "SELECT pg_wal_replay_resume()")
    wait_for(lambda: reads(replica, site), 10)


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
def test_primary_takes_over_within_a_second(site, primary, replica, fault):
    begin, end = (
        (replica.stop, replica.start) if fault == "stopped" else (replica.freeze, replica.thaw)
    )
    begin()
    began = time.monotonic()
    try:
        while time.monotonic() - began < 3:
            answer = site.get(f"/search/?q=nets{time.monotonic_ns()}")
            assert answer.status == 200
            assert answer.seconds < 1.5
        title(primary, f"Without one that is {fault}")
        wait_for(lambda: shows(site, f"Without one that is {fault}"), 3)
    finally:
        end()
    wait_for(lambda: reads(replica, site), 10)
    assert shows(site, f"Without one that is {fault}")


def test_visitors_read_on_while_the_primary_is_away(site, primary, replica):
    staff = Staff("a" * 32, "a" * 32)
    primary.freeze()
    try:
        for number in range(3):
            answer = site.get(f"/search/?q=alone{number}")
            assert (answer.status, answer.seconds < 1) == (200, True)
        answer = staff.post(site, "/admin/programmes/topic/add/", name="Snow")
        assert (answer.status, answer.seconds < 5) == (503, True)
        assert b"Nothing was saved" in answer.body
        assert site.get("/search/?q=alone").status == 200
    finally:
        primary.thaw()
    wait_for(lambda: staff.get(site, "/admin/").status == 302, 10)


def test_what_is_due_is_put_in_place_by_the_primary_and_shown_at_once(site, primary, replica):
    """The replica is told of it later; whoever comes at that moment is shown it all the same."""
    ask(primary, "UPDATE publishing_ledger SET next_at = now() + interval '2 seconds'")
    wait_for(lambda: ask(replica, "SELECT next_at IS NOT NULL FROM publishing_ledger"))
    ask(replica, "SELECT pg_wal_replay_pause()")
    try:
        ask(primary, "UPDATE news_newsrelease SET title = 'Due'")
        before = ask(primary, "SELECT told_until FROM publishing_ledger")
        wait_for(lambda: ask(primary, "SELECT next_at <= now() FROM publishing_ledger"))
        assert shows(site, "Due")
        assert ask(primary, "SELECT told_until FROM publishing_ledger") != before
    finally:
        ask(replica, "SELECT pg_wal_replay_resume()")
