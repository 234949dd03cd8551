"""What an upload and its sizes cost: processor time and the peak of memory."""

import os
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    megapixels: float
    upload_seconds: float
    sizes_seconds: float
    peak: int


def peak_megabytes() -> int:
    """The most that this process has held. Linux only: elsewhere 0.

    Not `getrusage`, which begins with the peak of whoever started the process.
    """
    if not sys.platform.startswith("linux"):
        return 0
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) // 1024


def draw(path: str, width: int, height: int) -> None:
    from .drawing import encoded, scene

    Path(path).write_bytes(encoded(scene(width, height), quality=92))


def measure(path: str, media_root: str, told: "object") -> None:
    """Take an upload and make its sizes, as a save in the admin does. For a process of its own."""
    os.environ["MEDIA_ROOT"] = media_root
    os.environ.pop("MEDIA_STORAGE_URL", None)
    import django

    django.setup()
    from django.core.files.base import File
    from django.core.files.storage import default_storage
    from PIL import Image

    from . import renditions, uploads

    start = time.process_time()
    with Path(path).open("rb") as upload:
        clean = uploads.clean_photo(File(upload))
    read = time.process_time()
    name = default_storage.save(f"photos/{clean.name}", clean)
    renditions.make(name, [(0.5, 0.5)])
    done = time.process_time()
    with Image.open(path) as image:
        megapixels = image.width * image.height / 1_000_000
    told.put(Cost(megapixels, read - start, done - read, peak_megabytes()))  # type: ignore[attr-defined]
