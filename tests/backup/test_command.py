"""`manage.py backup` says what is not in the archive, and `restore` takes what it wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from iomsite.backup import databases, media
from iomsite.backup.archive import Reader
from iomsite.backup.refusals import Refused
from iomsite.images import library

# The moment of a backup is a transaction of its own. `tests/system/test_backup.py` does all of it
# on both databases, with processes that die.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
needs_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="It is about its files.")


@pytest.fixture
def to(tmp_path, settings, monkeypatch):
    monkeypatch.setattr("iomsite.backup.making.migrations", list)  # tests have none
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "cards").mkdir(parents=True)
    settings.BACKUP_TO = str(tmp_path / "backups")
    return tmp_path / "backups"


def verify(archive):
    with archive.open("rb") as file, Reader(file) as found:
        found.verify()
        return found.media


@needs_sqlite
def test_archive_that_lacks_a_file_takes_the_place_of_no_other(to, settings, monkeypatch, capsys):
    (settings.MEDIA_ROOT / "cards/a.png").write_bytes(b"picture")
    call_command("backup", keep=1)
    for name in ("old\\card.png", "photo\N{NO-BREAK SPACE}copy.png", os.fsdecode(b"caf\xe9.png")):
        (settings.MEDIA_ROOT / "cards" / name).write_bytes(b"stray")
    monkeypatch.setattr(library, "needed", lambda: {"photos/a.jpg": {"photos/a.jpg"}})
    with pytest.raises(CommandError, match="4 files are not in it. No older one was removed"):
        call_command("backup", keep=1)
    told = capsys.readouterr().err
    assert "photos/a.jpg" in told
    assert "caf\\udce9.png" in told
    first, second = sorted(to.iterdir())
    assert verify(first) == verify(second) == ["cards/a.png"]


@needs_sqlite
def test_older_archive_that_somebody_else_removed_is_no_backup_that_failed(to, monkeypatch):
    call_command("backup")
    monkeypatch.setattr("iomsite.backup.places.Folder.remove", lambda *_what: os.stat("/nothing"))
    with pytest.raises(CommandError, match="The archive is there, but not all older ones"):
        call_command("backup", keep=1)
    assert len(list(to.iterdir())) == 2


@needs_sqlite
def test_file_that_went_since_the_list_was_made_is_in_no_archive(to, monkeypatch):
    monkeypatch.setattr(media, "names", lambda: ["cards/gone.png"])
    call_command("backup")
    assert verify(next(to.iterdir())) == []


@needs_sqlite
def test_nothing_is_restored_while_the_database_may_not_be_changed(to, settings):
    call_command("backup")
    settings.READ_ONLY = True
    with pytest.raises(CommandError, match="READ_ONLY is on"):
        call_command("restore", "latest")


@needs_sqlite
def test_database_of_another_program_is_not_written_over(monkeypatch):
    databases.SQLite().refuse_to_load([])
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["addresses"])
    with pytest.raises(Refused, match="another program's: it has tables such as addresses"):
        databases.SQLite().refuse_to_load([])


def test_part_of_a_database_is_for_its_owner_and_goes_with_who_wrote_it(tmp_path):
    path = tmp_path / "site.sqlite3"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = [path.with_name(f"{path.name}.{number}.part") for number in (ended.pid, os.getppid())]
    for one in (*left, left[0].with_name(f"{left[0].name}-wal")):
        one.write_text("rows")
    with databases._beside(path) as part:
        assert part.stat().st_mode & 0o777 == 0o600
        assert {one.name for one in tmp_path.iterdir()} == {left[1].name, part.name}
    assert [Path(one.name) for one in tmp_path.iterdir()] == [Path(left[1].name)]
