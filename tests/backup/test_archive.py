"""An archive that is not what was written is refused with a sentence, before any change."""

import json
import zipfile

import pytest
from django.core.signing import Signer

from iomsite.backup.archive import DATABASE, MANIFEST, SIGNATURE, Reader, Writer
from iomsite.backup.refusals import Refused
from iomsite.backup.restoring import unknown_migrations


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "backup.zip"
    write(path)
    return path


def write(path, names=("media/photos/a.jpg",)):
    writer = Writer(path.open("wb"))
    writer.add(DATABASE, [b"rows ", b"of it"], is_packed=False)
    for name in names:
        writer.add(name, [b"picture"])
    writer.finish({"engine": "sqlite"})
    writer.close()


def read(path, **how):
    with path.open("rb") as file, Reader(file, **how) as archive:
        archive.verify()
        return {name: b"".join(archive.chunks(name)) for name in archive.files}


def spoil(path, change):
    """Write the archive anew with other contents: `change` is given them by name."""
    with zipfile.ZipFile(path) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    change(contents)
    with zipfile.ZipFile(path, "w") as new:
        for name, content in contents.items():
            new.writestr(name, content)


def listed(contents, change, *, is_signed=True):
    said = json.loads(contents[MANIFEST])
    change(said)
    contents[MANIFEST] = json.dumps(said).encode()
    if is_signed:
        contents[SIGNATURE] = signed(contents[MANIFEST])


def signed(manifest):
    return Signer(salt="iomsite.backup").signature(manifest.decode()).encode()


def test_what_is_written_is_read(path):
    assert read(path) == {DATABASE: b"rows of it", "media/photos/a.jpg": b"picture"}


@pytest.mark.parametrize("name", [DATABASE, "media/photos/a.jpg"])
def test_other_bytes_are_refused(path, name):
    spoil(path, lambda contents: contents.update({name: contents[name][:-1] + b"!"}))
    with pytest.raises(Refused, match="checksum differs"):
        read(path)


def test_longer_file_is_refused_before_it_is_read_to_its_end(path):
    spoil(path, lambda contents: contents.update({DATABASE: b"a" * 10_000_000}))
    given = []
    with (
        path.open("rb") as file,
        Reader(file) as archive,
        pytest.raises(Refused, match="checksum differs"),
    ):
        given.extend(archive.chunks(DATABASE))
    assert given == []


def test_missing_file_is_refused(path):
    spoil(path, lambda contents: contents.pop("media/photos/a.jpg"))
    with pytest.raises(Refused, match="lacks media/photos/a.jpg"):
        read(path)


def test_file_that_is_not_listed_is_refused(path):
    spoil(path, lambda contents: contents.update({"media/photos/b.jpg": b"other"}))
    with pytest.raises(Refused, match=r"media/photos/b\.jpg, which its manifest does not list"):
        read(path)


def test_file_that_is_there_twice_is_refused(path):
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("media/photos/a.jpg", b"other")
    with pytest.raises(Refused, match="two files of one name"):
        read(path)


def test_changed_manifest_is_refused(path):
    def change(contents):
        listed(contents, lambda said: said.update(engine="postgresql"), is_signed=False)

    spoil(path, change)
    with pytest.raises(Refused, match="signed with another SECRET_KEY"):
        read(path)
    assert read(path, is_signed=False)


def test_manifest_of_an_earlier_key_is_taken(path, settings):
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    with pytest.raises(Refused, match="SECRET_KEY_FALLBACKS"):
        read(path)
    settings.SECRET_KEY_FALLBACKS = [key]
    assert read(path)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "media/../../etc/passwd",
        "media//etc/passwd",
        "/etc/passwd",
        "media/a\\..\\b",
        "media/./a",
        "media/a\x00b",
        "elsewhere/a",
        "media/",
    ],
)
def test_name_that_leads_out_of_the_store_is_refused(path, name):
    """Even where the manifest lists it and the signature is good."""

    def change(contents):
        content = contents.pop("media/photos/a.jpg")
        listed(contents, lambda said: said["files"].update({name: said["files"].pop(OLD)}))
        contents[name] = content

    spoil(path, change)
    with pytest.raises(Refused, match=r"no name of a stored file|lacks"):
        read(path)


OLD = "media/photos/a.jpg"


@pytest.mark.parametrize("manifest", [b"{", b"[]", b"{}", b'{"format": 2, "files": {}}', b"\xff"])
def test_unreadable_manifest_is_refused(path, manifest):
    spoil(path, lambda contents: contents.update({MANIFEST: manifest}))
    with pytest.raises(Refused, match="no manifest that this release can read"):
        read(path)


@pytest.mark.parametrize("size", [0, 10, 200, -10])
def test_half_an_archive_is_refused(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(Refused, match="no whole archive"):
        read(path)


def test_migrations_are_those_of_this_release_though_written_anew_as_one(settings):
    settings.MIGRATION_MODULES = {}  # the tests do without any
    known = ["news.0001_squashed_0007_moments_and_sets", "news.0007_moments_and_sets"]
    later = ["news.0999_later", "news.0001_squashed_0999_later"]
    assert unknown_migrations([*known, *later]) == {*later}


def test_file_that_went_meanwhile_is_in_no_archive(path):
    def gone():
        raise FileNotFoundError
        yield b""

    writer = Writer(path.open("wb"))
    writer.add(DATABASE, [b"rows"])
    with pytest.raises(FileNotFoundError):
        writer.add("media/photos/gone.jpg", gone())
    writer.finish({"engine": "sqlite"})
    writer.close()
    assert read(path) == {DATABASE: b"rows"}
