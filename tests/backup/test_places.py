"""Archives in a folder: there whole or not at all, and only those of ours are ever removed."""

import fcntl
import stat

import pytest
from django.core.management import CommandError, call_command

from iomsite.backup.archive import DATABASE
from iomsite.backup.databases import PostgreSQL
from iomsite.backup.making import prune
from iomsite.backup.places import Bucket, Folder, new_name, parted
from iomsite.backup.refusals import Refused
from iomsite.backup.restoring import begin_a_new_history
from iomsite.pagecache.watch import Watch
from iomsite.publishing.changes import generation, settle
from iomsite.publishing.ledger import locked_ledger


def put(place, name):
    with place.being_written(name) as writer:
        writer.add(DATABASE, [b"rows"])
        writer.finish({})


def test_archive_is_for_its_owner_alone(tmp_path):
    place = Folder(tmp_path / "backups")
    put(place, name := new_name())
    assert place.names() == [name]
    assert stat.S_IMODE((tmp_path / "backups" / name).stat().st_mode) == 0o600


def test_archive_that_was_not_finished_is_not_there(tmp_path):
    place = Folder(tmp_path)
    with pytest.raises(OSError, match="full"), place.being_written(new_name()):
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []


def test_archive_of_that_name_is_not_written_over(tmp_path):
    put(Folder(tmp_path), "mine.zip")
    before = (tmp_path / "mine.zip").read_bytes()
    with pytest.raises(Refused, match="there already"):
        put(Folder(tmp_path), "mine.zip")
    assert (tmp_path / "mine.zip").read_bytes() == before


def test_part_of_the_dead_goes_and_that_of_the_living_stays(tmp_path):
    for name in (".dead.zip.part", ".living.zip.part"):
        (tmp_path / name).write_bytes(b"half")
    with (tmp_path / ".living.zip.part").open("rb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        put(Folder(tmp_path), "new.zip")
    assert {path.name for path in tmp_path.iterdir()} == {".living.zip.part", "new.zip"}


def test_newest_are_kept_and_what_is_not_ours_stays(tmp_path):
    names = [f"iomsite-2026112{day}T190512Z-0000.zip" for day in range(4)]
    others = ["iomsite.zip", "letters.zip", "iomsite-20261120T190512Z-0000.zip.old"]
    for name in (*names, *others):
        (tmp_path / name).write_bytes(b"")
    assert prune(Folder(tmp_path), 2) == names[:2]
    assert {path.name for path in tmp_path.iterdir()} == {*names[2:], *others}


@pytest.mark.parametrize(
    ("address", "folder", "name"),
    [
        ("/srv/backups", "/srv/backups", ""),
        ("/srv/backups/", "/srv/backups", ""),
        ("/srv/backups/mine.zip", "/srv/backups", "mine.zip"),
    ],
)
def test_address_names_a_folder_or_an_archive_in_it(address, folder, name):
    place, found = parted(address)
    assert (str(place), found) == (folder, name)


def test_address_names_a_bucket_and_never_its_secret():
    place, name = parted("s3://key:secret@s3.example.org/kept/below/a.zip?region=us-east-1")
    assert isinstance(place, Bucket)
    assert (place.folder, name) == ("below/", "a.zip")
    assert str(place) == "https://s3.example.org/kept/below"


def test_program_that_is_missing_is_named_with_its_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="pg_dump was not found.*apt-get install postgresql-client"):
        PostgreSQL()._program("pg_dump")


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["backup", "--keep", "0"], "at least"),
        (["backup", "--to", "s3://key:secret@host"], "must name a bucket"),
        (["restore", "nothing.zip"], "There is no archive"),
        (["restore", "latest"], "There is no backup"),
        (["restore", "somewhere"], "is no archive"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(words, match, settings, tmp_path):
    settings.BACKUP_TO = str(tmp_path)
    with pytest.raises(CommandError, match=match) as refusal:
        call_command(*words)
    assert "secret" not in str(refusal.value)


def test_archive_that_is_spoiled_is_named(tmp_path):
    (tmp_path / "half.zip").write_bytes(b"PK")
    with pytest.raises(CommandError, match="half.zip: This is no whole archive"):
        call_command("restore", str(tmp_path / "half.zip"))


@pytest.mark.django_db
@pytest.mark.parametrize("known", [0, 1])
def test_every_process_makes_anew_what_it_kept(known):
    """Though it knows the very number that the ledger of the backup has, or will have soon."""
    with locked_ledger():
        settle(None)
        settle(None)
    watch = Watch()
    watch.ask()
    made = watch.known
    begin_a_new_history()
    for _one in range(known):
        with locked_ledger():
            settle([])
    watch.ask()
    assert generation() > made.generation
    assert not watch.known.holds(made, None)
    assert not watch.known.holds(made, ("news.newsrelease", 1))
