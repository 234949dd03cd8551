"""What operators see of real servers, and what holds them still."""

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException

import pytest

from .processes import ROOT, Redis, Site, free_port, get, wait_for
from .staff import Staff as Person

SOME = ("/", "/news/", "/who-we-are/", "/where-we-work/")
REQUESTS = "iomsite_requests_total{"
SIGNED_IN = """
import time
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from allauth.account.internal.flows import login
from iomsite.accounts.models import User
from iomsite.publishing import actions
from news.models import Campaign
user = User.objects.create_superuser("jane", "jane@example.org", "a long password")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
    {"method": "password", "at": time.time()}, {"method": "mfa", "at": time.time(), "type": "totp"}
]
session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
session.save()
page = actions.edit(Campaign.objects.pages().order_by("pk").first(), by=user)
print(session.session_key, page.pk)
"""


def readiness(site):
    answer = site.get("/readyz")
    return answer, json.loads(answer.body)["checks"]


def test_frozen_servers_are_named_in_time_and_thawed_ones_too(cluster, production, tmp_path):
    database = cluster[0]
    with Redis(tmp_path) as redis:
        production.given |= {"CACHE_URL": redis.url}
        with Site(production) as site:
            answer, checks = readiness(site)
            assert answer.status == 200, checks
            assert site.get("/").status == 200
            amiss = {"database": database, "cache": redis}
            for name, server in amiss.items():
                server.freeze()
                try:
                    time.sleep(1.0)  # for which an answer of before stands
                    answer, checks = readiness(site)
                    assert (answer.status, answer.seconds < 5) == (503, True)
                    assert not checks[name]["ok"], checks
                    (other,) = amiss.keys() - {name}
                    assert checks[other]["ok"]
                    assert site.get("/healthz").seconds < 2
                    assert site.get("/").status == 200
                finally:
                    server.thaw()
                wait_for(lambda: site.get("/readyz").status == 200, seconds=10)
            stranger = site.get("/readyz", x_forwarded_for="8.8.8.8")
            assert json.loads(stranger.body) == {"status": "ready"}


def numbers(port):
    answer = get(port, "/metrics")
    assert answer.status == 200
    lines = [line for line in answer.body.decode().splitlines() if line[0] != "#"]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def workers(port):
    """How many are alive; none while nobody serves the numbers."""
    with suppress(OSError, HTTPException):
        return numbers(port)["iomsite_workers"]


def served(port):
    found = numbers(port)
    return sum(value for name, value in found.items() if "page_cache_answers_total" in name)


def test_numbers_of_two_workers_add_up_and_outlive_one_of_them(production):
    port = free_port()
    production.given |= {"METRICS_PORT": str(port), "TMPDIR": str(production.folder)}
    with Site(production, "--respawn-failed-workers", workers=2) as site:
        wait_for(lambda: workers(port) == 2)
        before = served(port)
        for number in range(40):
            site.get(SOME[number % 4])
        site.get("/nothing-here/?name=jane.doe@example.org")
        found = numbers(port)
        assert served(port) - before == 41
        assert found['iomsite_page_cache_answers_total{result="hit"}'] >= 32
        missing = (found[name] for name in found if name.startswith(REQUESTS) and "4xx" in name)
        assert sum(missing) == 1
        assert found['iomsite_request_seconds_count{view="home"}'] <= 2
        assert found["iomsite_ready"] == 1
        assert found["iomsite_generation"] == found["iomsite_known_generation"] > 0
        wait_for(lambda: numbers(port)["iomsite_page_cache_bytes"] > 4 * 10_000)
        held = {name: value for name, value in found.items() if name.endswith("_total")}
        holder = _listener(port)
        os.kill(site.process.pid, signal.SIGSTOP)  # which would start another at once
        os.kill(holder, signal.SIGKILL)
        wait_for(lambda: workers(port) == 1)
        after = numbers(port)
        assert all(after[name] >= value for name, value in held.items())
        assert _listener(port) != holder
        os.kill(site.process.pid, signal.SIGCONT)
        wait_for(lambda: workers(port) == 2)
        # Until it has said so it does not hear that it should stop, and is waited for.
        wait_for(lambda: site.log.read_text().count("Started worker-") == 3)
    said = site.log.read_text()
    assert "jane" not in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    paths = Counter(line["path"] for line in lines if line["logger"] == "iomsite.access")
    assert paths["/nothing-here/"] == 1
    assert 1 <= paths["/news/"] <= 2  # once a worker: the rest was answered by the page cache


ALARMS = (ROOT / "deploy/alarms.yml").read_text()
WRONG = {"login": "nobody", "password": "wrong"}


def test_alarms_are_about_numbers_that_are_told(cluster, production, tmp_path):
    """With whatever they tell apart, such as `{result="refused"}`."""
    port = free_port()
    tasks = tmp_path / "tasks"
    tasks.mkdir()
    for name in of_timers() - {"mirror"}:
        (tasks / name).touch()
    production.given |= {"METRICS_PORT": str(port), "MIRROR_ROOT": str(tmp_path)}
    production.given["TASKS_ROOT"] = str(tasks)
    note = {"finished_at": datetime.now(UTC).isoformat()}
    (tmp_path / "mirror.json").write_text(json.dumps(note))
    with Site(production) as site:
        wait_for(lambda: workers(port))
        assert numbers(port)['iomsite_page_cache_answers_total{result="refused"}'] == 0
        assert [site.get("/").status for _time in range(2)] == [200, 200]
        assert Person("", "a" * 32).post(site, "/account/sign-in/", **WRONG).status == 200
        cluster[0].freeze()
        try:
            assert site.get("/news/").status == 503
        finally:
            cluster[0].thaw()
        told = numbers(port)
    for name, labels in re.findall(r"\b(iomsite_\w+)(?:{(\w+!?=[^}]*)})?", ALARMS):
        label = labels.partition("!=")[0] if "!=" in labels else labels
        pattern = re.sub(r'=~?"([^"]*)"', r'="(\1)"', label)
        found = [one for one in told if one.partition("{")[0] == name and re.search(pattern, one)]
        assert found, f"{name} with {label or 'nothing'} is not told."


def of_timers():
    """The tasks of which systemd notes when they ended."""
    return {file.stem.partition("-")[2] for file in (ROOT / "deploy/systemd").glob("*.timer")}


def test_an_alarm_rings_for_each_task_that_stands_still():
    """The mirror's age has a check of its own."""
    named = re.findall(r'iomsite_task_age_seconds{task=~?"([^"]*)"}', ALARMS)
    assert {name for some in named for name in some.split("|")} | {"mirror"} == of_timers()


def _listener(port):
    """The number of the process that has this port."""
    told = subprocess.run(["ss", "-ltnpH", f"sport = :{port}"], capture_output=True, text=True)
    (number,) = set(re.findall(r"pid=(\d+)", told.stdout))
    return int(number)


class Staff:
    """Somebody who is signed in."""

    def __init__(self, production):
        told = production.manage("shell", "-v0", "-c", SIGNED_IN).stdout.split()
        self.key, self.page = told[-2:]

    def ask(self, site, path, **how):
        cookie = f"__Host-sessionid={self.key}; __Host-csrftoken={'a' * 32}"
        return site.get(f"/admin/news/campaign/{path}", cookie=cookie, **how)

    def read(self, site):
        return self.ask(site, f"{self.page}/change/")

    def write(self, site):
        """A form in which nothing was filled in: it is shown again where it could be saved."""
        token = {"x_csrftoken": "a" * 32, "referer": "https://www.example.org/admin/"}
        return self.ask(site, "add/", method="POST", **token)


@pytest.fixture
def staff(production):
    return Staff(production)


def test_switch_holds_all_servers_from_the_next_request_on(production, staff):
    with ExitStack() as stack:
        sites = [stack.enter_context(Site(production)) for _number in range(2)]
        for site in sites:
            assert staff.write(site).status == 200  # the form again: nothing was filled in
        production.manage("read_only", "on", "--reason", "The database moves.")
        for site in sites:
            answer = staff.write(site)
            assert answer.status == 503
            assert b"The database moves." in answer.body
        for site in sites:
            assert {site.get(f"{path}?x=1").status for path in SOME} == {200}
            assert b"The database moves." in staff.read(site).body
        production.manage("read_only", "off")
        assert [staff.write(site).status for site in sites] == [200, 200]


@contextmanager
def taking_no_changes(database, production):
    """The whole database, as after somebody has made another one the first."""
    name = production.variables()["DATABASE_URL"].rpartition("/")[2]

    def ask(statement):
        subprocess.run(
            ["psql", "-X", "-q", "-d", database.url("template1"), "-c", statement],
            check=True,
            capture_output=True,
        )

    def set_to(word):
        ask(f"ALTER DATABASE {name} SET default_transaction_read_only = {word}")
        ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    set_to("on")
    try:
        yield
    finally:
        set_to("off")


def test_database_that_takes_no_changes_is_read_on(cluster, production, staff):
    with Site(production) as site:
        before = site.get("/news/").body
        with taking_no_changes(cluster[0], production):
            for path in (*SOME, "/search/?q=malaria", "/news.atom", "/news/?page=1&x=2"):
                assert site.get(path).status == 200, path
            assert site.get("/news/", cookie="a=1").body == before
            form = staff.read(site)
            assert (form.status, b"The database takes no changes." in form.body) == (200, True)
            answer = staff.write(site)
            assert (answer.status, b"Nothing was saved." in answer.body) == (503, True)
            sign_in = site.get("/account/sign-in/")
            assert sign_in.status == 200
            answer, checks = readiness(site)
            assert (answer.status, checks["changes"]["says"]) == (
                200,
                "Nothing can be changed now. The database takes no changes.",
            )
            assert "takes no changes" in production.manage("read_only").stdout
            assert production.manage("read_only", "on", check=False).returncode == 1
            assert "read-only" in production.manage("send_alerts").stdout
        assert staff.write(site).status == 200
    assert "Traceback" not in site.log.read_text()


def test_process_that_was_told_to_read_changes_nothing(production, staff):
    production.given |= {"READ_ONLY": "true"}
    with Site(production) as site:
        assert {site.get(path).status for path in SOME} == {200}
        answer = staff.write(site)
        assert (answer.status, b"started for reading only" in answer.body) == (503, True)
    sql = "UPDATE publishing_ledger SET entries = 0"
    code = f"from django.db import connection; connection.cursor().execute('{sql}')"
    told = production.manage("shell", "-c", code, check=False)
    assert "read-only transaction" in told.stderr


def test_migration_that_is_missing_is_told_before_and_after_the_start(production):
    production.manage("migrate", "alerts", "0001", "-v0")
    told = production.manage("check", "--deploy", "--database", "default", check=False)
    assert told.returncode == 1
    assert "alerts.0002_tell_mail_that_came_back" in told.stderr
    with Site(production) as site:
        answer, checks = readiness(site)
        assert answer.status == 503
        assert checks["migrations"]["says"].startswith(
            "Not run: alerts.0002_tell_mail_that_came_back. Run manage.py migrate."
        )
        assert checks["database"]["ok"]
        production.manage("migrate", "-v0")
        wait_for(lambda: site.get("/readyz").status == 200, seconds=10)
    told = production.manage("check", "--deploy", "--database", "default")
    assert "operation.E" not in told.stderr
