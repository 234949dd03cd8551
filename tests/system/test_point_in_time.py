"""The way back to a moment before a mistake, as docs/backup.md has it."""

import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from .conftest import CopiedPostgres
from .processes import HOST, ROOT, Production

_before, DOCUMENT = (ROOT / "docs/backup.md").read_text().split("## To a point in time")
FOLDERS, BASE, COME_BACK = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
(CONFIGURATION,) = re.findall(r"^```ini\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
COUNTED = ("news_newsrelease", "images_photo", "publishing_auditentry", "search_entry")
NOW = "SELECT clock_timestamp()::text, generation FROM publishing_ledger"
MISTAKE = "TRUNCATE search_entry CASCADE; UPDATE news_newsrelease SET title = 'Oh no'"


class Machine:
    """The paths and users of the document are those of a server of this test's own."""

    def __init__(self, original: Path, folder: Path) -> None:
        self.moment = ""
        self.server = CopiedPostgres(folder, original)
        # A base backup is of no use without them, whatever else a test does without.
        self.server.settings["full_page_writes"] = "on"
        self.follow(FOLDERS)
        for name, value in re.findall(r"^(\w+) = '?(.*?)'?$", CONFIGURATION, re.MULTILINE):
            self.server.settings[name] = self.here(value)

    def here(self, text: str) -> str:
        places = {
            "/var/lib/postgresql/15": str(self.server.folder),
            r"\bmain\b": "data",
            "/srv/(?=wal|base)": f"{self.server.folder}/",
            r"(?<=base/)\d{4}-\d\d-\d\d": "*",
            r"(?<=time = ')[^']+": self.moment,
            "/srv/iomsite/current/deploy/manage": f"{sys.executable} {ROOT}/manage.py",
        }
        if self.server.user() is None:
            places |= {"runuser -u postgres -- ": "", "--owner postgres --group postgres ": ""}
        # In one pass: what is put in may itself hold such words, as the path of a clone does.
        there = "|".join(f"({place})" for place in places)
        return re.sub(there, lambda match: [*places.values()][match.lastindex - 1], text)

    def follow(self, lines: str, **variables: str) -> None:
        """Do what the document says."""
        self.shell(self.here(lines), **variables)

    def shell(self, lines: str, **variables: str) -> None:
        asked = {"PGHOST": HOST, "PGPORT": str(self.server.port), "PGUSER": "postgres"}
        environment = self.server.environment() | asked | variables
        command = ["bash", "-euo", "pipefail", "-c", lines]
        done = subprocess.run(
            command, env=environment, cwd="/", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr + self.server.log.read_text()

    def lose(self, full: str) -> None:
        """Of the log what was archived, and of the archive what came after that file.

        A server that stops archives the file that it wrote to last, and may need it no more by
        then: what is taken from the archive is still in the log.
        """
        log, archive = self.server.data / "pg_wal", self.server.folder / "wal"
        archived = [file for file in log.iterdir() if file.is_file() and file.name <= full]
        late = [file for file in archive.iterdir() if file.name > full]
        assert archived
        assert late
        for file in archived:
            file.unlink()
        for file in late:
            file.replace(log / file.name)


@pytest.fixture
def machine(cluster, tmp_path):
    made = Machine(cluster[0].original, tmp_path)
    with made.server:
        yield made


def counts(server):
    """Of rows, and of titles as they were."""
    asked = [f"(SELECT count(*) FROM {table})" for table in COUNTED]
    written = "(SELECT count(*) FROM news_newsrelease WHERE title LIKE 'Written %')"
    with psycopg.connect(server.url()) as link:
        return link.execute(f"SELECT {', '.join([*asked, written])}").fetchone()


def test_comes_back_to_the_moment_before_a_mistake(machine, tmp_path):
    production = Production(tmp_path, {"DATABASE_URL": machine.server.url()})
    at_first = counts(machine.server)
    machine.follow(BASE)
    writer = f"{sys.executable} {ROOT}/tests/system/writer.py 0 3"
    machine.shell(writer, PYTHONPATH=str(ROOT), **production.variables())
    before = counts(machine.server)
    assert [now - then for now, then in zip(before, at_first, strict=True)] == [3, 3, 6, 3, 3]
    with psycopg.connect(machine.server.url(), autocommit=True) as link:
        (full,) = link.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        machine.moment, known = link.execute(NOW).fetchone()
        link.execute(MISTAKE)
    assert counts(machine.server) != before

    stopped, put_back, started = re.split(r"^systemctl .*\n", COME_BACK, flags=re.MULTILINE)
    assert stopped == ""
    machine.server.stop()
    machine.lose(full)
    machine.follow(put_back)
    machine.server.start()
    machine.follow(started, **production.variables())
    assert counts(machine.server) == before
    with psycopg.connect(machine.server.url()) as link:
        assert link.execute(NOW).fetchone()[1] > known + 1000
    assert "whole" in production.manage("verify_audit").stdout
