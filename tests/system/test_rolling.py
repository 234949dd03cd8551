"""docs/deploy.md carried out, and an update under load with a migration: nobody notices."""

import os
import stat
import subprocess
import sys

import pytest

from .load import Load
from .machine import Machine
from .processes import Redis
from .version import NEW, STEPS, ask, write_new_version

# Each alone would break the version that serves meanwhile.
UNSAFE = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0999_rolled")]
    operations = [
        migrations.AddField("newsrelease", "left", models.CharField(max_length=9, default="")),
        migrations.RenameField("campaign", "url", "address"),
        migrations.RemoveField("newsrelease", "dateline"),
        migrations.AddIndex("newsrelease", models.Index(fields=["title"], name="by_title")),
    ]
"""


@pytest.fixture(scope="module")
def machine(cluster, tmp_path_factory):
    server, seeded = cluster
    static = seeded.variables()["STATIC_ROOT"]
    folder = tmp_path_factory.mktemp("m")  # short: the name of a socket has 107 letters at most
    with (
        Redis(tmp_path_factory.mktemp("redis")) as redis,
        Machine(folder, server, "postgres", redis.url, static) as machine,
    ):
        machine.set_up()
        yield machine


def check_migrations(machine):
    """What CI says of the newest version."""
    return subprocess.run(
        [sys.executable, ".ci/migrations.py"],
        cwd=machine.origin,
        env={"DEBUG": "true", "DATABASE_URL": machine.server.url("iomsite"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_units_are_sound_and_confined(machine):
    units = machine.folder / "etc/systemd/system"
    timers = [path.name for path in units.glob("*.timer")]
    tasks = [f"iomsite-task@{name[8:-6]}.service" for name in timers]
    applications = ["iomsite-web@a.service", "iomsite-web@b.service"]
    for unit in (*applications, *tasks):
        kind = unit.partition("@")[0]
        (units / unit).write_text((units / f"{kind}@.service").read_text())
    try:
        where = {"SYSTEMD_UNIT_PATH": f"{units}:", "PATH": os.environ["PATH"]}
        for words in (
            ("verify", *applications, *timers, *tasks),
            *(
                ("security", "--offline=true", "--threshold=20", one)
                for one in applications + tasks
            ),
        ):
            told = subprocess.run(
                ["systemd-analyze", *words],
                cwd=units,
                env=where,
                capture_output=True,
                text=True,
                check=False,
            )
            assert told.returncode == 0, told.stdout + told.stderr
    finally:
        for unit in (*applications, *tasks):
            (units / unit).unlink()


def test_commands_of_the_timers_are_there(machine):
    timers = (machine.folder / "etc/systemd/system").glob("*.timer")
    known = machine.shell("srv/iomsite/current/deploy/manage help --commands").split()
    assert {path.name[8:-6] for path in timers} - set(known) == set()
    note = machine.folder / "var/lib/iomsite/tasks/clearsessions"
    assert not note.exists()
    machine.shell("systemctl start iomsite-task@clearsessions")
    assert note.exists()


def test_update_under_load_drops_nothing(machine):
    assert NEW.encode() not in machine.get("/", cookie="a=1").body
    assert not (machine.folder / "srv/iomsite/before").is_symlink()
    write_new_version(machine.origin)
    machine.commit("Second")
    assert check_migrations(machine).returncode == 0

    with Load(ask(machine.get), rate=50) as load:
        machine.shell(f"{{ {machine.steps()['Update']} }} >log 2>&1")
    told = [line for line in machine.shell("cat log").splitlines() if line.startswith("== ")]
    assert [line.split()[1] for line in told] == STEPS
    assert set(load.outcomes()) == {"200", "204"}, load.outcomes()
    assert len(load.answers) / load.seconds > 49

    for _each in range(4):  # both applications
        assert NEW.encode() in machine.get("/", cookie="a=1").body
    assert "[X] 0999_rolled" in machine.shell(
        "srv/iomsite/current/deploy/manage showmigrations news"
    )


def test_migrations_that_would_be_noticed_are_refused(machine):
    (machine.origin / "news/migrations/0999_unsafe.py").write_text(UNSAFE)
    try:
        told = check_migrations(machine)
    finally:
        (machine.origin / "news/migrations/0999_unsafe.py").unlink()
    assert told.returncode == 1
    for words in ("NOT NULL", "RENAMING columns", "DROPPING columns", "CREATE INDEX locks"):
        assert words in told.stdout, told.stdout + told.stderr


def test_version_that_is_not_there_leaves_no_folder(machine):
    before = machine.shell("ls srv/iomsite/releases")
    machine.shell("! srv/iomsite/current/deploy/update nothing")
    assert machine.shell("ls srv/iomsite/releases") == before


def test_version_that_does_not_come_up_is_taken_back(machine):
    machine.shell(
        "cp --recursive srv/iomsite/current/. srv/iomsite/releases/99-broken\n"
        "echo 'raise RuntimeError' >>srv/iomsite/releases/99-broken/iomsite/wsgi.py\n"
        "! srv/iomsite/current/deploy/switch srv/iomsite/releases/99-broken\n"
        "[ ! srv/iomsite/current -ef srv/iomsite/releases/99-broken ]\n"
    )
    for _each in range(4):
        assert machine.get("/", cookie="a=1").status == 200
    sockets = (machine.folder / "run/iomsite").iterdir()
    modes = {path.name: stat.filemode(path.stat().st_mode) for path in sockets}
    assert modes == {"a.sock": "srw-rw----", "b.sock": "srw-rw----"}


def test_way_back_leads_to_the_version_before(machine):
    machine.shell(machine.steps()["The way back"])
    for _each in range(4):
        answer = machine.get("/", cookie="a=1")
        assert (answer.status, NEW.encode() in answer.body) == (200, False)


def test_copy_is_served_when_both_applications_are_gone(machine):
    """Pages that nobody has asked nginx for before. What has no copy may be there all the same."""
    machine.shell("systemctl start iomsite-task@mirror")
    machine.shell("systemctl stop iomsite-web@a iomsite-web@b")
    try:
        for path in ("/who-we-are/", "/about-this-copy/"):
            answer = machine.get(path)
            assert answer.status == 200, path
            assert b"This is a copy of" in answer.body, path
        assert b"It was last compared with the site at" in answer.body
        assert machine.get("/nowhere/at-all/").status == 503
    finally:
        machine.shell("systemctl start iomsite-web@a iomsite-web@b")
    assert machine.get("/", cookie="a=1").status == 200
