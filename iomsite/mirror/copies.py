"""Copies of the site on disk: visitors see none of a copy before it is whole.

    MIRROR_ROOT/copies/20261128T190512/site/…         what the web server gives out
    MIRROR_ROOT/copies/20261128T190512/manifest.json  what each file was made of
    MIRROR_ROOT/current                               leads to the copy that is shown
    MIRROR_ROOT/mirror.json                           when the last one was finished

A file that did not change is the same file in the next copy (a hard link): one costs what is new.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

Key = tuple[str, int]
CURRENT, MANIFEST = "current", "manifest.json"


class Busy(Exception):
    """Another run writes there."""


class File(NamedTuple):
    """`digest` is of what it was made of, before the moment of the copy was filled in.

    `row` is the page whose own stamp says whether it holds; None where any change may end it.
    """

    digest: str
    size: int
    row: Key | None


class Copy:
    def __init__(self, folder: Path, *, of: dict[str, Any]) -> None:
        """`of` says what all files depend on; files of a copy of something else are made anew."""
        self.folder, self.site, self.of = folder, folder / "site", of
        self.files: dict[str, File] = {}
        self.failed: list[str] = []
        self.generation = -1
        self._by_digest: dict[str, str] = {}

    @classmethod
    def begun(cls, root: Path, of: dict[str, Any]) -> "Copy":
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        copy = cls(root / "copies" / name, of=of)
        copy.site.mkdir(parents=True)
        return copy

    @classmethod
    def shown(cls, root: Path, of: dict[str, Any] | None = None) -> "Copy | None":
        """The one that visitors see; None where it is of something else, or nobody can tell."""
        try:
            folder = (root / CURRENT).resolve(strict=True)
            said = json.loads((folder / MANIFEST).read_text())
            if said["of"] != (of or said["of"]) or folder.parent != (root / "copies").resolve():
                return None
            copy = cls(folder, of=said["of"])
            copy.generation = int(said["generation"])
            copy.failed = [str(address) for address in said["failed"]]
            for name, kept in said["files"].items():
                if not _is_below(name):
                    raise ValueError(name)
                copy.files[name] = _file(*kept)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        return copy

    def write(self, name: str, body: bytes, file: File) -> None:
        path = self._path(name)
        if (same := self._by_digest.get(file.digest)) is not None:
            _link(self._path(same), path)
            file = file._replace(size=path.stat().st_size)
        else:
            path.write_bytes(body)
        self._note(name, file)

    def take_over(self, name: str, other: "Copy", row: Key | None) -> bool:
        """The file of another copy as it is; False where it is not there as it was written."""
        if name in self.files:
            return True
        file, path = other.files[name], other._path(name, is_new=False)
        try:
            if not path.is_file() or path.is_symlink() or path.stat().st_size != file.size:
                return False
            _link(path, self._path(name))
        except FileNotFoundError:  # somebody takes it out at this moment
            return False
        self._note(name, file._replace(row=row))
        return True

    def take_out(self, rows: Collection[Key]) -> list[str]:
        """Remove the files of these pages, also from the copy that is shown.

        The manifest names them still: the next copy finds them missing and asks for them anew.
        """
        names = [name for name, file in self.files.items() if file.row in rows]
        for name in names:
            self._path(name, is_new=False).unlink(missing_ok=True)
        return names

    def finish(self, root: Path) -> None:
        """Show it: from one request to the next, all at once."""
        said = {
            "of": self.of,
            "generation": self.generation,
            "failed": self.failed,
            "files": self.files,
        }
        (self.folder / MANIFEST).write_text(json.dumps(said))
        os.sync()  # what the link leads to has to outlive the power
        part = root / f".{CURRENT}"
        part.unlink(missing_ok=True)
        part.symlink_to(self.folder.relative_to(root))
        os.replace(part, root / CURRENT)

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self, name: str, file: File) -> None:
        self.files[name] = file
        self._by_digest.setdefault(file.digest, name)

    def _path(self, name: str, *, is_new: bool = True) -> Path:
        path = self.site / name
        if not path.resolve().is_relative_to(self.site.resolve()):
            raise ValueError(f"{name!r} is not inside a copy.")
        if is_new:
            path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _is_below(name: str) -> bool:
    """Without asking the file system, as for all names of a copy that takes seconds a minute."""
    return not name.startswith("/") and ".." not in name.split("/")


def _file(digest: str, size: int, row: Any) -> File:
    return File(str(digest), int(size), (str(row[0]), int(row[1])) if row else None)


def _link(old: Path, new: Path) -> None:
    """Where the file system has no links for it, the bytes."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(old, new)


def digest_of(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """One run at a time; what an earlier one left half done is removed."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        remove_others(root)
        yield


def remove_others(root: Path) -> None:
    """All copies but the one that is shown."""
    shown = (root / CURRENT).resolve()
    for folder in root.glob("copies/*"):
        if folder.resolve() != shown:
            shutil.rmtree(folder, ignore_errors=True)


def tell(root: Path, what: dict[str, Any]) -> None:
    part = root / ".mirror.json"
    part.write_text(json.dumps(what, indent=1) + "\n")
    os.replace(part, root / "mirror.json")
