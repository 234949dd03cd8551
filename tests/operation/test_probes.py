"""What load balancers, timers and people ask: is it alive, and can it do its work?"""

import datetime
import json
import time
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.utils import timezone

from iomsite.operation import bounded, questions, readiness, strangers
from iomsite.operation.assembly import assembled
from iomsite.operation.bounded import Question
from iomsite.publishing import audit, readonly
from iomsite.publishing.models import AuditEntry
from tests.factories.news import CampaignFactory

NAMES = {"database", "migrations", "clock", "changes", "cache", "storage"}


def ask(application, path, method="get", **headers):
    environ = getattr(RequestFactory(), method)(path, **headers).environ
    told = []
    answer = application(environ, lambda status, said: told.append((status, dict(said))))
    ((status, said),) = told
    return int(status[:3]), said, b"".join(answer)


def nobody_answers(environ, start):
    raise AssertionError("The probe went on to Django.")


@pytest.fixture
def site():
    return assembled(nobody_answers)


@pytest.fixture
def ready(site, monkeypatch):
    """Asks in the thread of the test, whose transaction no other thread would see."""

    def answer(self, until):
        return self.ask()

    monkeypatch.setattr(Question, "begin", lambda self: None)
    monkeypatch.setattr(Question, "answer", answer)
    monkeypatch.setattr(readiness, "FRESH", 0)

    def told(query="", **headers):
        status, said, body = ask(site, f"/readyz{query}", **headers)
        assert said["Cache-Control"] == "no-store"
        return status, json.loads(body)

    return told


def cursor():
    return connection.cursor()


def fail(*_statement):
    raise OperationalError("password of 10.0.0.7 is wrong")


def test_process_that_lives_says_so_whatever_else_is_amiss(site, django_assert_num_queries, db):
    with django_assert_num_queries(0), connection.execute_wrapper(fail):
        status, headers, body = ask(site, "/healthz", HTTP_HOST="10.0.0.5")
    assert (status, body) == (200, b"ok\n")
    assert headers["Cache-Control"] == "no-store"
    assert ask(site, "/healthz", "head")[2] == b""
    assert ask(site, "/healthz", "post")[0] == 405


def test_production_leads_no_probe_to_https_and_asks_for_no_host(ready, settings, db):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["www.example.org"]
    status, told = ready(HTTP_HOST="evil.example.com")
    assert status == 200
    assert told["status"] == "ready"


@pytest.mark.django_db
def test_everything_that_is_well_is_named(ready):
    status, told = ready()
    assert status == 200
    assert set(told["checks"]) == NAMES
    assert all(check["ok"] and check["says"] for check in told["checks"].values())


@pytest.mark.django_db
def test_strangers_learn_whether_and_not_what(ready, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    with connection.execute_wrapper(fail):
        status, told = ready(HTTP_X_FORWARDED_FOR="8.8.8.8")
    assert (status, told) == (503, {"status": "not ready"})


@pytest.mark.parametrize(
    ("number", "stations", "address", "is_stranger"),
    [
        (0, "", "127.0.0.1", False),
        (0, "", "10.1.2.3", False),
        (0, "", "::1", False),
        (0, "", "::ffff:10.1.2.3", False),
        (0, "", "8.8.8.8", True),
        (0, "", "", True),
        (0, "127.0.0.1", "127.0.0.1", True),  # through a proxy that nobody declared
        (1, "8.8.8.8", "127.0.0.1", True),
        (1, "10.1.2.3, 8.8.8.8", "127.0.0.1", True),  # the first was written by the visitor
        (1, "8.8.8.8, 10.1.2.3", "127.0.0.1", False),
        (2, "10.1.2.3", "127.0.0.1", True),
        (1, "nonsense", "127.0.0.1", True),
    ],
)
def test_stranger_is_whoever_comes_from_elsewhere(settings, number, stations, address, is_stranger):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = number
    environ = {"REMOTE_ADDR": address} | ({"HTTP_X_FORWARDED_FOR": stations} if stations else {})
    assert strangers.is_stranger(environ) is is_stranger


@pytest.mark.django_db
def test_database_that_fails_is_said_without_what_it_said(ready):
    with connection.execute_wrapper(fail):
        status, told = ready()
    assert status == 503
    assert told["checks"]["database"] == {
        "ok": False,
        "says": "It refuses: OperationalError. The log says more.",
    }
    for name in ("migrations", "clock"):
        assert told["checks"][name]["says"] == "Not known: the database does not answer."
    assert "10.0.0.7" not in json.dumps(told)
    assert told["checks"]["storage"]["ok"]


@pytest.mark.django_db
@pytest.mark.parametrize("is_away", [False, True])
def test_copy_that_pages_are_read_from_is_asked_too(ready, site, monkeypatch, is_away):
    """Whatever else there is among the databases; here it leads to the same one."""
    both = {"default": connection, "replica": SimpleNamespace(cursor=fail if is_away else cursor)}
    monkeypatch.setitem(settings.DATABASES, "replica", settings.DATABASES["default"])
    monkeypatch.setattr(questions, "connections", both)
    told = readiness.Readiness()._ask()
    assert told["replica"].is_well is not is_away
    assert told["database"].is_well


@pytest.mark.django_db
def test_migrations_that_are_missing_are_named(ready, monkeypatch):
    names = [f"news.{number:04}_more" for number in range(7)]
    monkeypatch.setattr(questions, "missing_migrations", lambda applied: names)
    status, told = ready()
    assert status == 503
    assert told["checks"]["migrations"]["says"] == (
        "Not run: news.0000_more, news.0001_more, news.0002_more, news.0003_more, news.0004_more "
        "and 2 more. Run manage.py migrate."
    )


@pytest.mark.django_db
def test_clock_that_is_days_behind_what_was_done_is_told(ready):
    audit.record(CampaignFactory(), AuditEntry.Action.CREATED, by=None)
    with time_machine.travel(timezone.now() - datetime.timedelta(days=3), tick=True):
        status, told = ready()
    assert status == 503
    said = "3.0 days in the future" if connection.vendor == "sqlite" else "3.0 days behind"
    assert said in told["checks"]["clock"]["says"]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "word"), [(3, "ahead of"), (-3, "behind")])
def test_clock_is_compared_with_that_of_the_database(ready, days, word):
    """SQLite has no clock of its own, so that a machine alone cannot tell that it is wrong."""
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=True):
        status, told = ready()
    knows = connection.vendor == "postgresql"
    assert status == (503 if knows else 200)
    assert (f"is 3.0 days {word} the database's" in told["checks"]["clock"]["says"]) is knows


@pytest.mark.django_db
def test_cache_that_keeps_nothing_is_told(ready, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda key: None)
    status, told = ready()
    assert (status, told["checks"]["cache"]["ok"]) == (503, False)


@pytest.mark.django_db
def test_nothing_is_left_in_the_cache_that_was_asked(ready):
    with connection.cursor() as cursor:
        for _time in range(3):
            assert ready()[0] == 200
        cursor.execute("SELECT count(*) FROM iomsite_cache WHERE cache_key LIKE '%readyz%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_folder_of_uploads_that_is_none_is_told(ready, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not made yet" / "media"
    assert ready()[0] == 200
    (tmp_path / "file").touch(0o755)
    settings.MEDIA_ROOT = tmp_path / "file"
    status, told = ready()
    assert (status, told["checks"]["storage"]["ok"]) == (503, False)


@pytest.mark.django_db
def test_full_disk_is_told(ready, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(questions, "LEAST_FREE", 2**60)
    status, told = ready()
    assert status == 503
    assert "is full" in told["checks"]["storage"]["says"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "note", "is_well", "said"),
    [
        (1, "{at}", True, "It was finished 60.0 minutes ago."),
        (30, "{at}", False, "It was finished 30.0 hours ago. That is too long"),
        (0, "", False, "It was never finished"),
        (0, '{"finished_at": "yesterday"}', False, "It was never finished"),
        (0, '{"finished_at": "2026-01-01T00:00:00"}', False, "It was never finished"),  # no zone
        (0, "[]", False, "It was never finished"),
    ],
)
def test_age_of_the_static_copy_is_told(ready, settings, tmp_path, hours, note, is_well, said):
    at = timezone.now() - datetime.timedelta(hours=hours)
    if note:
        whole = json.dumps({"finished_at": at.isoformat()}) if note == "{at}" else note
        (tmp_path / "mirror.json").write_text(whole)
    settings.MIRROR_ROOT = tmp_path / "none"
    assert set(ready()[1]["checks"]) == NAMES
    settings.MIRROR_ROOT = tmp_path
    status, told = ready()
    assert status == (200 if is_well else 503)
    assert told["checks"]["mirror"]["says"].startswith(said)
    assert ready("?exclude=mirror")[0] == 200


@pytest.mark.django_db
def test_site_that_is_held_still_is_ready_and_says_so(ready):
    readonly.hold("The server moves.")
    status, told = ready()
    assert status == 200
    assert told["checks"]["changes"]["says"] == "Nothing can be changed now. The server moves."


def test_question_that_hangs_is_waited_for_so_long_and_asked_once(monkeypatch):
    asked, release = [], bounded.threading.Event()

    def hang():
        asked.append(1)
        release.wait()
        return {"late": questions.Told(True, "Late.")}

    question = Question("hangs", hang)
    try:
        for _time in range(3):
            began = time.monotonic()
            question.begin()
            assert question.answer(began + 0.05) is None
            assert time.monotonic() - began < 1
        assert len(asked) == 1
    finally:
        release.set()
    assert question.answer(time.monotonic() + 5) == hang()


def test_who_asks_again_at_once_is_told_the_same(monkeypatch):
    told = readiness.Readiness()
    asked = []
    monkeypatch.setattr(told, "_ask", lambda: asked.append(1) or {})
    for _time in range(5):
        told.told()
    assert len(asked) == 1


def test_command_knows_two_words():
    with pytest.raises(CommandError, match="invalid choice: 'perhaps'"):
        call_command("read_only", "perhaps")
