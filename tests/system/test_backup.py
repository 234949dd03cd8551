"""Backups that are made while somebody writes, spoiled, interrupted, and put back."""

import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest

from .conftest import _ask
from .objectstore import ObjectStore
from .processes import ROOT, Process, Production, Site, wait_for

ENDLESS = 1_000_000
# Long enough on its way to be interrupted there.
LARGE = 100 * 1024 * 1024


class Writer(Process):
    """See `writer.py`."""

    name = "writer"

    def __init__(self, production: Production, first: int = 0) -> None:
        super().__init__(production.folder)
        self.production = production
        self.first = first

    def command(self) -> list[str]:
        script = str(Path(__file__).with_name("writer.py"))
        return [sys.executable, script, str(self.first), str(ENDLESS)]

    def environment(self) -> dict[str, str]:
        return {**self.production.variables(), "PYTHONPATH": str(ROOT)}

    @property
    def turns(self) -> int:
        return self.log.read_bytes().count(b"\n")

    def is_ready(self) -> bool:
        return self.turns > 2


@pytest.fixture(params=["postgresql", "sqlite"])
def pair(request, tmp_path: Path) -> Iterator[tuple[Production, Production]]:
    """A site in use, and an empty system of the same kind."""
    folders = [tmp_path / name for name in ("used", "empty")]
    for folder in folders:
        folder.mkdir()
    given = {"BACKUP_TO": str(tmp_path / "backups")}
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), folders[0] / "site.sqlite3")
        yield tuple(Production(folder, given) for folder in folders)
        return
    urls = request.getfixturevalue("addresses")
    yield tuple(
        Production(folder, {**given, "DATABASE_URL": url})
        for folder, url in zip(folders, urls, strict=True)
    )


@pytest.fixture
def addresses(cluster) -> Iterator[list[str]]:
    """Of a seeded database, and of an empty one."""
    server, _seeded = cluster
    _ask(server, "CREATE DATABASE used TEMPLATE postgres")
    _ask(server, "CREATE DATABASE empty TEMPLATE template0")
    # The server asks for no password; nobody may read it anywhere all the same.
    yield [server.url(name).replace("@", ":hush@") for name in ("used", "empty")]
    for name in ("used", "empty"):
        _ask(server, f"DROP DATABASE {name} WITH (FORCE)")


def ask(production: Production, code: str) -> str:
    return production.manage("shell", "--no-imports", "-v0", "-c", code).stdout.strip()


PICTURES = """
from iomsite.images.models import Photo
from django.core.files.storage import default_storage
rows = Photo.objects.filter(slug__startswith="written-")
for row in rows:
    number = int(row.slug.removeprefix("written-"))
    assert default_storage.open(row.file.name).read() == b"%d" % number * 1000
print(rows.count())
"""
SEARCH = """
from iomsite.search.finding import find
from news.models import NewsRelease
print(NewsRelease.objects.filter(slug__startswith="written-").count(), len(find("written").keys))
"""


def test_what_was_backed_up_under_load_comes_back_as_it_was(pair):
    used, empty = pair
    with Writer(used) as writer:
        before = writer.turns
        made = used.manage("backup")
        during = writer.turns
        wait_for(lambda: writer.turns > during)
    restored = empty.manage("restore", "latest")
    assert "Counts and checksums are those of the backup." in restored.stdout
    assert "The audit trail is whole." in restored.stdout
    told = [made.stdout, made.stderr, restored.stdout, restored.stderr]
    assert not [words for words in told if "hush" in words]
    pictures = int(ask(empty, PICTURES))
    assert before <= pictures <= during + 1
    assert before < during
    releases, found = ask(empty, SEARCH).split()
    assert int(releases) == int(found) == pictures
    assert "whole" in empty.manage("verify_audit").stdout
    assert empty.manage("migrate", "--check", check=False).returncode == 0


@pytest.mark.parametrize("pair", ["postgresql"], indirect=True)
def test_system_in_use_is_not_overwritten_unless_told(pair):
    used, _empty = pair
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("writer.py")), "0", "3"],
        env={**used.variables(), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    used.manage("backup")
    (used.folder / "media" / "photos" / f"{0:032x}.jpg").unlink()
    ask(used, "from news.models import NewsRelease as N; N.objects.update(title='Changed')")
    refused = used.manage("restore", "latest", check=False)
    assert refused.returncode
    assert "--overwrite" in refused.stderr
    titles = (
        "from news.models import NewsRelease as N; print(N.objects.get(slug='written-1').title)"
    )
    assert ask(used, titles) == "Changed"
    used.manage("restore", "latest", "--overwrite")
    assert ask(used, titles) == "Written 1"
    assert ask(used, PICTURES) == "3"


def killed_when(production: Production, is_so, *words: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=production.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: is_so() or process.poll() is not None, every=0.0005)
    assert process.poll() is None, "It was through before it could be killed."
    process.send_signal(signal.SIGKILL)
    process.wait()


def large_file(production: Production) -> None:
    path = production.folder / "media" / "photos" / "large.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(LARGE)


def test_killed_half_way_leaves_nothing_half(pair):
    used, empty = pair
    large_file(used)
    backups = Path(used.given["BACKUP_TO"])
    killed_when(used, lambda: list(backups.glob(".*.part")), "backup")
    assert [path.name for path in backups.glob("*.zip")] == []
    used.manage("backup")
    assert list(backups.glob(".*.part")) == []
    assert len(list(backups.glob("*.zip"))) == 1

    media = empty.folder / "media"
    killed_when(empty, lambda: list(media.rglob("*.part")), "restore", "latest")
    shown = empty.manage("showmigrations", "--plan", "images", check=False).stdout
    assert "[X]" not in shown
    empty.manage("restore", "latest")
    assert (media / "photos" / "large.jpg").stat().st_size == LARGE


def is_loading(production: Production, also: str = "") -> bool:
    """Whether somebody puts the database in place this very moment."""
    if "DATABASE_URL" not in production.given:
        return (production.folder / "site.sqlite3-journal").exists()
    with psycopg.connect(production.given["DATABASE_URL"], autocommit=True) as link:
        asked = f"SELECT pid {also} FROM pg_stat_activity WHERE application_name = 'pg_restore'"
        return bool(link.execute(asked).fetchall())


def test_killed_while_the_database_is_put_in_place_leaves_nothing_half(pair):
    used, empty = pair
    used.manage("backup")
    killed_when(empty, partial(is_loading, empty), "restore", "latest")
    if "DATABASE_URL" in empty.given:  # what has begun there goes on, until that is ended too
        assert is_loading(empty, ", pg_terminate_backend(pid)")
        wait_for(lambda: not is_loading(empty))
    assert "[X]" not in empty.manage("showmigrations", "--plan", check=False).stdout
    again = empty.manage("restore", "latest").stdout
    assert "Counts and checksums are those of the backup." in again
    assert empty.manage("migrate", "--check", check=False).returncode == 0


def with_full_disk(production: Production, most: int, *words: str):
    """As far as one process can tell: no file of its may be longer than so many bytes."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=production.variables(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


@pytest.mark.parametrize("pair", ["sqlite"], indirect=True)
def test_full_disk_leaves_nothing_half(pair):
    used, empty = pair
    large_file(used)
    result = with_full_disk(used, LARGE // 2, "backup")
    backups = Path(used.given["BACKUP_TO"])
    assert result.returncode
    assert re.search("cannot be written: .*Nothing was backed up", result.stderr)
    assert list(backups.iterdir()) == []
    used.manage("backup")
    result = with_full_disk(empty, LARGE // 2, "restore", "latest")
    assert result.returncode
    assert "Nothing was restored" in result.stderr
    assert [path for path in (empty.folder / "media").rglob("*") if path.is_file()] == []
    assert "[X]" not in empty.manage("showmigrations", "--plan", "images", check=False).stdout


def test_running_site_shows_what_was_restored(production, tmp_path):
    """Though it was frozen meanwhile, and the ledger counts on to where it had been before."""
    production.given["BACKUP_TO"] = str(tmp_path / "backups")
    change = (
        "from news.models import NewsRelease as N; from iomsite.publishing.changes import settle;"
        "from iomsite.publishing.ledger import locked_ledger;"
        "page = N.objects.published().first(); page.title = '{}'; page.save()\n"
        "with locked_ledger(): settle([page])\n"
        "print(page.get_absolute_url())"
    )
    address = ask(production, change.format("Kettledrum"))
    production.manage("backup")
    with Site(production) as site:
        ask(production, change.format("Later"))
        wait_for(lambda: b"Later" in site.get(address).body, 10)
        assert b"Later" in site.get(address).body
        site.freeze()
        said = production.manage("restore", "latest", "--overwrite").stdout
        assert "Counts and checksums are those of the backup." in said
        site.thaw()
        wait_for(lambda: b"Kettledrum" in site.get(address).body, 10)
        assert b"Later" not in site.get(address).body
        assert b"Kettledrum" in site.get("/search/?q=kettledrum").body


@pytest.fixture
def pair_with_bucket(migrated, tmp_path):
    """A site in use, and an empty system, whose files and backups are in one object store."""
    with ObjectStore(tmp_path) as store:
        sites = []
        for name in ("used", "empty"):
            (tmp_path / name / "temporary").mkdir(parents=True)
            given = {"MEDIA_STORAGE_URL": store.url(name), "BACKUP_TO": store.url("backups")}
            given["TMPDIR"] = str(tmp_path / name / "temporary")
            sites.append(Production(tmp_path / name, given))
        used, empty = sites
        shutil.copy(migrated, used.folder / "site.sqlite3")
        subprocess.run(
            [sys.executable, str(Path(__file__).with_name("writer.py")), "0", "3"],
            env={**used.variables(), "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )
        yield used, empty, store


def has_tables(production: Production) -> bool:
    with closing(sqlite3.connect(production.folder / "site.sqlite3")) as link:
        return link.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,)


def test_killed_half_way_to_or_from_a_bucket_leaves_nothing_half(pair_with_bucket):
    used, empty, store = pair_with_bucket
    store.put("used/photos/large.jpg", bytes(40_000_000))
    killed_when(used, lambda: store.was_asked("/backups/", "partNumber="), "backup")
    (lost,) = store.begun()
    assert lost.startswith("backups/iomsite-")
    refused = empty.manage("restore", "latest", check=False)
    assert "There is no backup in" in refused.stderr
    used.manage("backup", "--keep", "1")
    assert store.begun() == [lost]  # it takes room, until a rule of the bucket removes it
    (kept,) = (key for key in store.names() if key.startswith("backups/"))
    assert kept != lost

    for method, path in (("GET", kept), ("PUT", "/empty/photos/")):
        killed_when(empty, partial(store.was_asked, method, path), "restore", "latest")
        assert not has_tables(empty)
    assert "checksums are those" in empty.manage("restore", "latest").stdout
    assert ask(empty, PICTURES) == "3"
    assert "empty/photos/large.jpg" in store.names()
    for site in (used, empty):
        assert list(Path(site.given["TMPDIR"]).iterdir()) == []


def test_bucket_keeps_media_and_backups(pair_with_bucket):
    """While somebody goes on storing pictures there."""
    used, empty, store = pair_with_bucket
    with Writer(used, first=3) as writer:
        names = [used.manage("backup", "--keep", "2").stdout for _one in range(2)]
        before = writer.turns
        names.append(used.manage("backup", "--keep", "2").stdout)
        during = writer.turns
        wait_for(lambda: writer.turns > during)
    assert "secret" not in "".join(names)
    assert "Removed iomsite-" in names[2]
    said = empty.manage("restore", "latest").stdout
    assert "Counts and checksums are those of the backup." in said
    assert before < during
    assert before <= int(ask(empty, PICTURES)) - 3 <= during + 1
    store.stop()
    result = used.manage("backup", check=False)
    assert result.returncode
    assert "does not do what is asked" in result.stderr
    assert "secret" not in result.stderr


def rows(production: Production) -> dict[str, Counter[str]]:
    """Of each table, as PostgreSQL writes them."""
    with psycopg.connect(production.given["DATABASE_URL"]) as link:
        names = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            name: Counter(row for (row,) in link.execute(f'SELECT r::text FROM "{name}" r'))
            for (name,) in names.fetchall()
        }


# What goes on counting: a restore begins a new history of the ledger.
COUNTING = {"publishing_ledger", "publishing_stamp", "search_word"}


def test_postgresql_and_a_bucket_come_back_from_a_bucket_row_by_row(addresses, tmp_path):
    """Backed up under load, and compared by what the servers hold, not by what is said of it."""
    with ObjectStore(tmp_path) as store:
        used, empty = (
            Production(
                tmp_path,
                {
                    "DATABASE_URL": address,
                    "MEDIA_STORAGE_URL": store.url(name),
                    "BACKUP_TO": store.url("backups"),
                },
            )
            for name, address in zip(("used", "empty"), addresses, strict=True)
        )
        seeded = rows(used)
        with Writer(used) as writer:
            before = writer.turns
            made = used.manage("backup").stdout
            during = writer.turns
            wait_for(lambda: writer.turns > during)
        restored = empty.manage("restore", "latest").stdout
        there, here = rows(used), rows(empty)
        stored, came = store.checksums("used"), store.checksums("empty")

    # Of one moment while it was made, though the site went on.
    turns = (here["images_photo"] - seeded["images_photo"]).total()
    assert before <= turns <= during + 1
    assert before < during < len(stored)
    # Each row of that moment, and no other.
    assert Counter({name: here[name].total() - seeded[name].total() for name in here}) == Counter(
        images_photo=turns,
        news_newsrelease=turns,
        publishing_auditentry=2 * turns,
        publishing_stamp=turns,
        search_entry=turns,
        search_word=1,
    )
    changed = {name for name in there if here[name] != there[name]}
    written = {"images_photo", "news_newsrelease", "publishing_auditentry", "search_entry"}
    assert changed == written | COUNTING
    assert all(here[name] <= there[name] for name in written)
    # Each file that a row of that moment names, byte by byte.
    assert {f"photos/{number:032x}.jpg" for number in range(turns)} <= came.keys()
    assert came.items() <= stored.items()
    # The commands count what there is.
    told = f"{sum(found.total() for found in here.values())} rows of {len(here)} tables"
    assert f"{told} and {len(came)} files" in made
    assert f"{told} and {len(came)} files. Counts and checksums are those" in restored
