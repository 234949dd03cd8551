"""What Prometheus reads is bounded, and says what has happened."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from django.test import Client
from prometheus_client import CollectorRegistry, generate_latest

from iomsite import measured
from iomsite.alerts.models import Alert, Message, Reader
from iomsite.operation import folder
from iomsite.operation.bounded import Question
from iomsite.operation.facts import Facts
from iomsite.operation.questions import Told
from iomsite.publishing import audit
from iomsite.publishing.models import AuditEntry, Ledger
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory


@pytest.fixture
def read(monkeypatch, db):
    """The facts as Prometheus reads them, asked in the thread of the test."""
    monkeypatch.setattr(Question, "begin", lambda self: None)
    monkeypatch.setattr(Question, "answer", lambda self, until: self.ask())
    told = {
        "database": Told(True, "It answers."),
        "changes": Told(True, "Pages can be changed.", 0),
        "mirror": Told(False, "Too old.", 5000.0),
    }
    registry = CollectorRegistry()
    registry.register(Facts(SimpleNamespace(told=lambda: told)))

    def numbers():
        lines = generate_latest(registry).decode().splitlines()
        return {
            name: float(value)
            for name, _space, value in (line.rpartition(" ") for line in lines if line[0] != "#")
        }

    return numbers


def test_facts_are_those_of_the_moment(read):
    Ledger.objects.update_or_create(pk=1, defaults={"generation": 41})
    reader = Reader.objects.create(email="reader@example.org", root="https://www.example.org")
    alert = Alert.objects.create(reader=reader, question="/news/")
    for fate in (Message.Fate.WAITING, Message.Fate.WAITING, Message.Fate.SENT):
        Message.objects.create(reader=reader, kind="news", alert=alert, fate=fate)
    numbers = read()
    assert numbers["iomsite_generation"] == 41
    assert numbers["iomsite_mails_waiting"] == 2
    assert 0 < numbers["iomsite_mails_oldest_seconds"] < 60
    assert numbers['iomsite_check{check="database"}'] == 1
    assert numbers['iomsite_check{check="mirror"}'] == 0
    assert numbers["iomsite_ready"] == 0
    assert numbers["iomsite_mirror_age_seconds"] == 5000
    assert numbers["iomsite_read_only"] == 0
    assert numbers["iomsite_search_unsent"] == 0


def test_tasks_are_as_old_as_their_last_good_end(read, settings, tmp_path):
    settings.TASKS_ROOT = tmp_path / "none"
    assert not any(name.startswith("iomsite_task_age") for name in read())
    settings.TASKS_ROOT = tmp_path
    (tmp_path / "send_alerts").touch()
    (tmp_path / "backup").touch()
    yesterday = time.time() - 86400
    os.utime(tmp_path / "backup", (yesterday, yesterday))
    numbers = read()
    assert 86400 <= numbers['iomsite_task_age_seconds{task="backup"}'] < 86500
    assert 0 <= numbers['iomsite_task_age_seconds{task="send_alerts"}'] < 100


def test_publications_are_counted_on_from_the_last_time(read, django_assert_num_queries):
    page = CampaignFactory()

    def published():
        return read()['iomsite_audit_entries_total{action="published"}']

    assert published() == 0
    audit.record(page, AuditEntry.Action.PUBLISHED, by=None)
    audit.record(page, AuditEntry.Action.EDITED, by=None)
    assert published() == 1
    audit.record(page, AuditEntry.Action.PUBLISHED, by=None)
    assert [published(), published()] == [2, 2]
    with django_assert_num_queries(4):
        read()


def test_facts_that_do_not_come_are_left_out(read, monkeypatch):
    monkeypatch.setattr(Question, "answer", lambda self, until: None)
    assert "iomsite_generation" not in read()
    assert read()['iomsite_check{check="database"}'] == 1


@pytest.fixture
def counted():
    told = []
    measured.counters.append(lambda *what: told.append(what))
    yield told
    measured.counters.clear()


def test_attempts_to_sign_in_that_fail_are_counted_without_whose_they_were(counted, db):
    UserFactory(username="jane", password="a long password")
    for login, password in (("jane", "wrong"), ("nobody", "wrong"), ("jane", "")):
        Client().post("/account/sign-in/", {"login": login, "password": password})
    assert counted == [("sign_in_failures", "password")] * 2


LABELS = """
from iomsite.operation.metrics import label
print(*[label(view, path) for view, path in (
    ("news:release-list", "/news/"), ("admin:news_newsrelease_change", "/admin/x/"),
    ("admin:publishing_publishingset_changelist", "/"), ("admin:index", "/admin/"),
    ("", "/static/css/x.css"), ("", "/jane/"),
)])
"""


def in_a_process(code, tmp_path, **variables):
    """Where files of numbers are, the library asks once in each process."""
    clean = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    given = {"DEBUG": "true", "METRICS_PORT": "19999", "TMPDIR": str(tmp_path), **variables}
    start = "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'iomsite.settings'\n"
    return subprocess.run(
        [sys.executable, "-c", f"{start}django.setup()\n{code}"],
        env=clean | given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_views_make_few_series(tmp_path):
    told = in_a_process(LABELS, tmp_path)
    words = "news:release-list admin:change admin:changelist admin:index static none"
    assert (told.stdout.strip(), told.stderr) == (words, "")


BEING_MADE = """
import os, shutil, subprocess, sys
from pathlib import Path
from iomsite.operation import metrics
from prometheus_client import CollectorRegistry, generate_latest
metrics.Metrics(None, None)._look()
here = Path(metrics.FOLDER)
(here / "gauge_livesum_1.db").touch()
(here / "gauge_livesum_2.db").symlink_to("gone")
ended = subprocess.Popen([sys.executable, "-c", ""])
ended.wait()
own = here / f"gauge_livesum_{os.getpid()}.db"
shutil.copy(own, here / f"gauge_livesum_{ended.pid}.db")
registry = CollectorRegistry()
registry.register(metrics._OfAllWorkers())
print(generate_latest(registry).decode())
"""


def test_file_that_comes_or_goes_just_now_hides_none_of_the_others(tmp_path):
    """One is empty yet, one has gone since it was listed, and one is of a worker that has ended."""
    told = in_a_process(BEING_MADE, tmp_path)
    assert "\niomsite_workers 1.0\n" in told.stdout, told.stderr


def test_folder_of_numbers_is_of_this_server_and_open_to_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(folder.tempfile, "gettempdir", lambda: str(tmp_path))
    made = folder.make_folder(9)
    assert made.stat().st_mode & 0o777 == 0o700
    (made / "counter_1.db").write_text("")
    gone = made.parent / f"{os.getpid()}-1"  # the same number, of a process that has ended
    gone.mkdir()
    assert folder.make_folder(9) == made
    assert [one.name for one in made.parent.iterdir()] == [made.name]
    assert (made / "counter_1.db").exists()


def test_folder_that_is_open_to_others_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(folder.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / f"iomsite-metrics-{os.getuid()}-9").mkdir(mode=0o700)
    (tmp_path / f"iomsite-metrics-{os.getuid()}-9").chmod(0o755)
    with pytest.raises(SystemExit, match="is somebody else's, or open to all"):
        folder.make_folder(9)


def test_what_a_worker_kept_goes_with_it_and_what_it_did_stays(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # as its server may leave it
    for number in (ended.pid, os.getpid()):
        for kind in ("counter", "gauge_livesum"):
            (tmp_path / f"{kind}_{number}.db").write_text("")
    folder.forget_the_dead(str(tmp_path))
    ended.wait()
    left = {one.name for one in tmp_path.iterdir()}
    assert left == {
        f"counter_{ended.pid}.db",
        f"counter_{os.getpid()}.db",
        f"gauge_livesum_{os.getpid()}.db",
    }
