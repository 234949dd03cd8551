"""The files of the store, whichever it is."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.files.storage import default_storage

from iomsite.images.storage import PART

from .archive import CHUNK
from .refusals import Refused

IN_MEMORY = 20 * CHUNK


def names(folder: str = "") -> Iterator[str]:
    """Of all files but those that are being written."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored here
        return
    for name in files:
        if name and not name.endswith(PART):
            yield str(PurePosixPath(folder, name))
    for name in folders:
        yield from names(str(PurePosixPath(folder, name)))


def chunks(name: str) -> Iterator[bytes]:
    """Raises FileNotFoundError before the first of them."""
    with default_storage.open(name) as file:
        yield from file.chunks(CHUNK)


def digest(name: str) -> str:
    found = hashlib.sha256()
    for chunk in chunks(name):
        found.update(chunk)
    return found.hexdigest()


def store(name: str, content: Iterable[bytes]) -> None:
    """In place of what has the name now. What `content` raises comes before any change."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        for chunk in content:
            file.write(chunk)
        file.seek(0)
        if default_storage.exists(name):
            default_storage.delete(name)
        saved = default_storage.save(name, File(file))
    if saved != name:
        default_storage.delete(saved)
        raise Refused(f"Somebody else stores {name} at this moment.")


def remove(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
