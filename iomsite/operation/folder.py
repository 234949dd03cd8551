"""The folder in which the workers of one server keep the numbers that are added up."""

import multiprocessing
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def make_folder(port: int) -> Path:
    """The same for all workers of one server, and another after a restart of it.

    What servers that have ended left behind is taken away.
    """
    base = Path(tempfile.gettempdir()) / f"iomsite-metrics-{os.getuid()}-{port}"
    base.mkdir(mode=0o700, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.getuid() or base.stat().st_mode & 0o077:
        raise SystemExit(f"iomsite cannot start: {base} is somebody else's, or open to all")
    for found in base.iterdir():
        if not is_alive(found.name):
            shutil.rmtree(found, ignore_errors=True)
    folder = base / _of_server()
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _of_server() -> str:
    """The process that started the workers, which is this one where there is none."""
    above = multiprocessing.parent_process()
    number = above.pid if above and above.pid else os.getppid()
    number = number if above or number > 1 else os.getpid()
    return f"{number}-{_started_at(number)}"


def is_alive(name: str) -> bool:
    number, _dash, started_at = name.partition("-")
    return number.isdecimal() and _started_at(int(number)) == started_at


def _started_at(number: int) -> str:
    """In ticks since the machine was started: numbers of processes come again.

    Empty where there is none, or only what is left of one until somebody asks how it ended.
    """
    try:
        told = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return ""
    state, *fields = told.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]


def forget_the_dead(folder: str) -> None:
    """What a worker that has ended kept or knew is nowhere any more; what it did stays counted."""
    for file in Path(folder).glob("gauge_live*_*.db"):
        number = file.stem.rpartition("_")[2]
        if number.isdecimal() and not _started_at(int(number)):
            file.unlink(missing_ok=True)


def written(folder: str) -> list[str]:
    """The files that can be read: one that a worker is just making is empty for a moment."""
    found = []
    for file in Path(folder).glob("*.db"):
        with suppress(FileNotFoundError):  # by whoever else forgets the dead
            if file.stat().st_size:
                found.append(str(file))
    return found
