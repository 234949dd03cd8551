"""One archive: the database, every stored file, and a signed list of both.

A ZIP file, so that any machine can look into it:

    database               as pg_dump or SQLite wrote it
    media/…                the files of the store, by their names
    manifest.json          what is in here, with checksums, counts of rows and versions
    manifest.signature     made with SECRET_KEY: the list is as this site wrote it
"""

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import IO, Any, Self

from django.core.signing import BadSignature, Signer

from .refusals import Refused

FORMAT = 1
DATABASE, MEDIA, MANIFEST, SIGNATURE = "database", "media/", "manifest.json", "manifest.signature"
CHUNK = 1024 * 1024
LONGEST_MANIFEST = 500 * CHUNK
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Writer:
    """Writes an archive to a file that holds it whole when `finish` returns, and not before."""

    def __init__(self, file: IO[bytes]) -> None:
        self.size = 0
        self.files: dict[str, dict[str, Any]] = {}
        self._file = file
        self._zip = zipfile.ZipFile(file, "w")

    def add(self, name: str, chunks: Iterable[bytes], *, is_packed: bool = True) -> None:
        """`is_packed`: it would not become smaller. None is added if `chunks` fails at once."""
        chunks = iter(chunks)
        first = next(chunks, b"")
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as out:
            for chunk in chain([first], chunks):
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}

    def finish(self, about: dict[str, Any]) -> None:
        manifest = json.dumps({"format": FORMAT, **about, "files": self.files}, indent=1)
        self._zip.writestr(MANIFEST, manifest, zipfile.ZIP_DEFLATED)
        self._zip.writestr(SIGNATURE, _signer().signature(manifest))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self.size = self._file.tell()

    def close(self) -> None:
        """The file too. A full disk hinders none of it."""
        for one in (self._zip, self._file):
            with contextlib.suppress(OSError, ValueError):
                one.close()


class Reader:
    """Reads nothing but what the manifest lists, and of that no byte more than it says."""

    def __init__(self, file: IO[bytes], *, is_signed: bool = True) -> None:
        """Raises Refused unless the list is whole, of this site, and all that is in there."""
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN as error:
            raise Refused(f"This is no whole archive: {error}") from error
        self.about = self._manifest(is_signed)
        self.files: dict[str, dict[str, Any]] = self.about["files"]
        self._check_names()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def verify(self) -> None:
        """Read everything once: each byte is as it was written."""
        for name in self.files:
            for _chunk in self.chunks(name):
                pass

    def chunks(self, name: str) -> Iterator[bytes]:
        """Raises Refused at the end of a file that is not what the manifest says."""
        expected = self.files[name]
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as file:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    if size > expected["size"]:
                        break
                    digest.update(chunk)
                    yield chunk
        except BROKEN as error:
            raise Refused(f"{name} in the archive cannot be read: {error}") from error
        if (size, digest.hexdigest()) != (expected["size"], expected["sha256"]):
            raise Refused(f"{name} in the archive is not what was backed up: its checksum differs.")

    @property
    def media(self) -> list[str]:
        return sorted(name.removeprefix(MEDIA) for name in self.files if name != DATABASE)

    def _manifest(self, is_signed: bool) -> dict[str, Any]:
        try:
            with self._zip.open(MANIFEST) as file:
                said = file.read(LONGEST_MANIFEST).decode()
            with self._zip.open(SIGNATURE) as file:
                signature = file.read(1000).decode()
            about = json.loads(said)
            if about["format"] != FORMAT or DATABASE not in about["files"]:
                raise ValueError
        except (*BROKEN, ValueError, KeyError, TypeError) as error:
            raise Refused("The archive has no manifest that this release can read.") from error
        if is_signed:
            _check_signature(said, signature)
        return dict(about)

    def _check_names(self) -> None:
        held = self._zip.namelist()
        if len(held) != len(set(held)):
            raise Refused("The archive holds two files of one name.")
        if missing := self.files.keys() - set(held):
            raise Refused(f"The archive lacks {min(missing)}, which its manifest lists.")
        if others := set(held) - self.files.keys() - {MANIFEST, SIGNATURE}:
            raise Refused(f"The archive holds {min(others)}, which its manifest does not list.")
        for name in self.files:
            if name != DATABASE and not is_media(name):
                raise Refused(f"The archive holds {name!r}, which is no name of a stored file.")


def _signer() -> Signer:
    return Signer(salt="iomsite.backup")


def _check_signature(said: str, signature: str) -> None:
    try:
        _signer().unsign(f"{said}:{signature}")
    except BadSignature as error:
        raise Refused(
            "The manifest was changed, or signed with another SECRET_KEY. Add the key of the site "
            "that wrote it to SECRET_KEY_FALLBACKS, or pass --unsigned if that key is lost and "
            "you know where the archive has been."
        ) from error


def is_media(name: str) -> bool:
    """Whether it is below the folder of the store, on any system."""
    path = PurePosixPath(name)
    return (
        name.startswith(MEDIA)
        and not {"..", ".", ""} & set(name.split("/"))
        and not path.is_absolute()
        and name.isprintable()
        and "\\" not in name
    )
