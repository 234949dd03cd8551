"""Where archives are kept: a folder, or a bucket of an object store."""

import contextlib
import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from iomsite import environment

from .archive import Writer
from .refusals import Refused, in_words

NAME = re.compile(r"iomsite-\d{8}T\d{6}Z-[0-9a-f]{4}\.zip")
LATEST = "latest"


class Place(Protocol):
    def names(self) -> list[str]:
        """Of the archives that this program has made there, oldest first."""

    def being_written(self, name: str) -> Any:
        """A context with a Writer. Without an error the archive is there afterwards, whole."""

    def fetched(self, name: str) -> Any:
        """A context with the archive as a file of this machine, to be read."""

    def remove(self, name: str) -> None: ...


def new_name() -> str:
    """In the order of time."""
    return f"iomsite-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.zip"


def parted(address: str) -> tuple[Place, str]:
    """The place, and the archive in it where the address names one."""
    address, mark, query = address.partition("?")
    above, _slash, last = address.rstrip("/").rpartition("/")
    name = last if last.endswith(".zip") else ""
    where = above if name else address
    if "://" in address:
        return Bucket(where + mark + query), name
    return Folder(Path(where or ("." if name else "/")).absolute()), name


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def names(self) -> list[str]:
        found = self.path.iterdir() if self.path.is_dir() else ()
        return sorted(path.name for path in found if NAME.fullmatch(path.name))

    @contextmanager
    def being_written(self, name: str) -> Iterator[Writer]:
        """For its owner alone: there are addresses and digests of passwords in it."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (self.path / name).exists():
            raise Refused(f"{self.path / name} is there already.")
        self._remove_parts_of_the_dead()
        part = self.path / f".{name}.part"
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            writer = Writer(file)
            try:
                yield writer
                os.replace(part, self.path / name)
                self._note()
            finally:
                writer.close()
                part.unlink(missing_ok=True)

    @contextmanager
    def fetched(self, name: str) -> Iterator[IO[bytes]]:
        path = self.path / name
        if not path.is_file():
            raise Refused(f"There is no archive {path}.")
        with path.open("rb") as file:
            yield file

    def remove(self, name: str) -> None:
        (self.path / name).unlink()

    def _remove_parts_of_the_dead(self) -> None:
        """Whoever still writes one holds a lock on it."""
        for part in self.path.glob(".*.zip.part"):
            with contextlib.suppress(BlockingIOError), part.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()

    def _note(self) -> None:
        """The name outlives the power too."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Bucket:
    """An archive is written and read as a file of this machine, which has no name: nothing of it
    stays behind a process that dies. It is sent as a whole.
    """

    def __init__(self, address: str) -> None:
        from botocore.config import Config  # takes half a second
        from storages.backends.s3 import S3Storage

        try:
            said = environment.bucket("The address of the bucket", address)["OPTIONS"]
        except SystemExit as refusal:  # as a setting it would have stopped the start
            raise Refused(f"{str(refusal).partition(': ')[2]}.") from refusal
        self.folder = f"{said['location']}/" if said["location"] else ""
        self.called = f"{said['endpoint_url']}/{said['bucket_name']}/{said['location']}"
        # Nobody waits in a browser, as they do where a photograph is uploaded.
        patient = Config(
            s3={"addressing_style": "path"}, signature_version="s3v4", retries={"max_attempts": 5}
        )
        self.bucket = S3Storage(**{**said, "client_config": patient}).bucket

    def __str__(self) -> str:
        """Without the secret."""
        return self.called.rstrip("/")

    def names(self) -> list[str]:
        with in_words(self):
            keys = [one.key for one in self.bucket.objects.filter(Prefix=f"{self.folder}iomsite-")]
        found = (key.removeprefix(self.folder) for key in keys)
        return sorted(name for name in found if NAME.fullmatch(name))

    @contextmanager
    def being_written(self, name: str) -> Iterator[Writer]:
        with tempfile.TemporaryFile() as file:
            writer = Writer(file)
            try:
                yield writer
                file.seek(0)
                with in_words(self):
                    self.bucket.upload_fileobj(file, self.folder + name)
                    sent = self.bucket.Object(self.folder + name).content_length
            finally:
                writer.close()
        if sent != writer.size:
            raise Refused(f"{self} has {sent} bytes of {name} instead of {writer.size}.")

    @contextmanager
    def fetched(self, name: str) -> Iterator[IO[bytes]]:
        with tempfile.TemporaryFile() as file:
            with in_words(self):
                self.bucket.download_fileobj(self.folder + name, file)
            yield file

    def remove(self, name: str) -> None:
        with in_words(self):
            self.bucket.Object(self.folder + name).delete()
