"""What `/readyz` asks: whether each part that the site needs does its work."""

import datetime
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from iomsite.publishing import readonly
from iomsite.publishing.models import AuditEntry

# Seconds by which clocks may differ: pages become public to the second.
CLOCKS = 5.0
LEAST_FREE = 200 * 1024 * 1024  # bytes

logger = logging.getLogger(__name__)


class Told(NamedTuple):
    """Whether it is well, and a sentence for operators that holds no secret.

    `number` is what the metrics show of it.
    """

    is_well: bool
    words: str
    number: float | None = None


def database() -> dict[str, Told]:
    """Three answers on one connection: whoever cannot ask it knows none of them."""
    told = _answers(DEFAULT_DB_ALIAS)
    if not told.is_well:
        return without_database(told.words)
    asked = {"migrations": _migrations, "clock": _clock, "changes": _changes}
    return {"database": told, **{name: _asked(ask) for name, ask in asked.items()}}


def other_database(alias: str) -> dict[str, Told]:
    """One that only pages are read from, named as in the settings."""
    return {alias: _answers(alias)}


def _answers(alias: str) -> Told:
    began = time.perf_counter()
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        logger.warning("The database “%s” does not answer: %s", alias, error)
        return Told(False, f"It refuses: {type(error).__name__}. The log says more.")
    return Told(True, f"It answered in {(time.perf_counter() - began) * 1000:.0f} ms.")


def without_database(words: str) -> dict[str, Told]:
    unknown = Told(False, "Not known: the database does not answer.")
    return {"database": Told(False, words), "migrations": unknown, "clock": unknown}


def _asked(ask: Callable[[], Told]) -> Told:
    """A table may be missing, or not be as this version knows it."""
    try:
        return ask()
    except Error as error:
        return Told(False, f"The database refuses: {type(error).__name__}. See migrations.")


def _changes() -> Told:
    """To be held still is no fault."""
    if held := readonly.asked():
        return Told(True, f"Nothing can be changed now. {held.reason}".rstrip(), 1)
    return Told(True, "Pages can be changed.", 0)


def _migrations() -> Told:
    applied = frozenset(MigrationRecorder(connection).applied_migrations())
    if missing := missing_migrations(applied):
        names = ", ".join(missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        return Told(False, f"Not run: {names}{more}. Run manage.py migrate.", len(missing))
    return Told(True, "All have been run.", 0)


@lru_cache(maxsize=4)
def missing_migrations(applied: frozenset[Any]) -> list[str]:
    """Asked anew only when others have been applied: to read all files takes a while."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _clock() -> Told:
    """Against the database's, where that is another machine's, and against what has happened.

    A clock that is ahead on a machine of its own cannot be told from a quiet day.
    """
    newest = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    ahead = _of_database()
    if abs(ahead) > CLOCKS:
        than = "ahead of" if ahead > 0 else "behind"
        words = f"This machine's clock is {_span(abs(ahead))} {than} the database's. See to NTP."
        return Told(False, words, ahead)
    late = (newest - timezone.now()).total_seconds() if newest else 0.0
    if late > CLOCKS:
        words = (
            f"The newest entry of the audit trail is {_span(late)} in the future: this machine's "
            "clock is behind, or was ahead when that was written."
        )
        return Told(False, words, -late)
    return Told(True, "It agrees with the database and the audit trail.", ahead)


def _of_database() -> float:
    """Seconds that this clock is ahead. SQLite has no other clock than this one."""
    if connection.vendor != "postgresql":
        return 0.0
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        (theirs,) = cursor.fetchone()
    return (before + time.time()) / 2 - float(theirs)


def shared_cache() -> dict[str, Told]:
    """Written and read back, where it may be written to."""
    began = time.perf_counter()
    key, value = f"readyz:{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        if _is_in_database() and readonly.asked():
            cache.get(key)
        else:
            cache.set(key, value, timeout=10)
            found = cache.get(key)
            cache.delete(key)
            if found != value:
                return {"cache": Told(False, "It does not keep what it is given.")}
    except Exception as error:  # each kind of cache has its own
        return {"cache": Told(False, f"It refuses: {type(error).__name__}. Is it full, or down?")}
    took = time.perf_counter() - began
    return {"cache": Told(True, f"It answered in {took * 1000:.0f} ms.")}


def _is_in_database() -> bool:
    return settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def storage() -> dict[str, Told]:
    """Whether photographs can be written: a folder with room, or a bucket that lets us in."""
    if hasattr(default_storage, "bucket_name"):
        return {"storage": _bucket(default_storage)}
    return {"storage": _folder(Path(settings.MEDIA_ROOT))}


def _folder(folder: Path) -> Told:
    while not folder.exists():  # it is made with the first upload
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Told(False, "The folder of uploads cannot be written to.")
    free = shutil.disk_usage(folder).free
    room = f"{free / 1024**3:.1f} GB are free"
    if free < LEAST_FREE:
        return Told(False, f"The disk of uploads is full: {room}.", free)
    return Told(True, f"The folder of uploads can be written to; {room}.", free)


def _bucket(store: Any) -> Told:
    try:
        store.connection.meta.client.head_bucket(Bucket=store.bucket_name)
    except Exception as error:  # of the library, or of the network
        code = getattr(error, "response", {}).get("Error", {}).get("Code") or type(error).__name__
        return Told(False, f"The bucket does not let us in: {code}.")
    return Told(True, "The bucket lets us in.")


def mirror() -> dict[str, Told]:
    """How old the static copy of the site is, where there is a folder for one."""
    folder = getattr(settings, "MIRROR_ROOT", None)
    is_kept = folder and Path(folder).is_dir()
    return {"mirror": _mirror(Path(folder) / "mirror.json")} if is_kept else {}


def _mirror(note: Path) -> Told:
    try:
        told = json.loads(note.read_text())["finished_at"]
        finished = datetime.datetime.fromisoformat(told)
        age = (timezone.now() - finished).total_seconds()
    except (OSError, ValueError, KeyError, TypeError):
        return Told(False, "It was never finished, or its note cannot be read. Run the mirror.")
    words = f"It was finished {_span(age)} ago."
    if age > settings.MIRROR_MAX_HOURS * 3600:
        return Told(False, f"{words} That is too long: see to its timer.", age)
    return Told(True, words, age)


def _span(seconds: float) -> str:
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.1f} seconds"
