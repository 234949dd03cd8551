"""Puts an archive in place of an empty system, and says whether it came out as it went in."""

import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from iomsite.publishing import changes
from iomsite.publishing.audit import faults
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.records import AuditEntry, Ledger
from iomsite.search.models import ServerIndex

from . import media
from .archive import DATABASE, MEDIA, Reader
from .databases import database
from .refusals import Refused, in_words

SQUASHED = "0001_squashed_"


@in_words("The store of files")
def restore(archive: Reader, *, overwrites: bool = False) -> dict[str, Any]:
    """Return the manifest. Raises Refused; until the database is in place, nothing is changed then.

    The store comes first, as its files are in nobody's way, and the database as a whole after it.
    """
    if settings.READ_ONLY:
        raise Refused("READ_ONLY is on: nothing can be restored. Take it from the environment.")
    archive.verify()
    about = archive.about
    ours = database()
    _refuse_what_does_not_fit(about, ours.engine)
    ours.refuse_to_load(about["tables"])
    if not overwrites:
        _refuse_to_overwrite(archive)
    stored = _store(archive)
    try:
        ours.load(archive.chunks(DATABASE))
    except BaseException:
        media.remove(stored)
        raise
    differences = [*_differences(about, ours.tables()), *_lost(archive)]
    begin_a_new_history()
    if differences:
        raise Refused(f"The restored system is not what was backed up: {'; '.join(differences)}.")
    return about


def _refuse_what_does_not_fit(about: dict[str, Any], engine: str) -> None:
    if about["engine"] != engine:
        raise Refused(
            f"The backup is of {about['engine']} and DATABASE_URL names {engine}: "
            "restore it into the same kind of database."
        )
    if unknown := unknown_migrations(about["migrations"]):
        raise Refused(
            f"The backup was made by another release of the site, which knows the migration "
            f"{min(unknown)}. Install that release first."
        )


def unknown_migrations(names: Iterable[str]) -> set[str]:
    """Long migrations are written anew: one of before is known by the last that it stands for."""
    known = _known()
    return {name for name in names if known.isdisjoint((name, name.replace(SQUASHED, "")))}


def _known() -> set[str]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    named = {key for one in loader.disk_migrations.values() for key in one.replaces}
    return {".".join(key) for key in {*loader.disk_migrations, *named}}


def missing_migrations() -> bool:
    """Whether this release has some that the restored database does not."""
    loader = MigrationLoader(connection)
    return bool(set(loader.graph.leaf_nodes()) - loader.applied_migrations.keys())


def _refuse_to_overwrite(archive: Reader) -> None:
    if full := next(filter(_has_rows, _tables_that_count()), ""):
        raise Refused(
            f"The database is not empty: {full} has rows. Restore into an empty system, or pass "
            "--overwrite to lose what is there."
        )
    for name in _others(archive):
        raise Refused(
            f"The store has another file {name}. Restore into an empty system, or pass "
            "--overwrite to lose what is there."
        )


def _tables_that_count() -> list[str]:
    """Of people and pages: a database that was only migrated has rows in others."""
    models = [get_user_model(), AuditEntry, *publishable_models()]
    there = set(connection.introspection.table_names())
    return [name for name in (model._meta.db_table for model in models) if name in there]


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
        return cursor.fetchone() is not None


def _is_there(archive: Reader, name: str) -> bool:
    try:
        return media.digest(name) == archive.files[MEDIA + name]["sha256"]
    except FileNotFoundError:
        return False


def _others(archive: Reader) -> Iterable[str]:
    """Names that the store has something else under."""
    there = set(media.names())
    return (name for name in archive.media if name in there and not _is_there(archive, name))


def _store(archive: Reader) -> list[str]:
    """Return what was stored; what is there already as it should be stays."""
    stored: list[str] = []
    there = set(media.names())
    try:
        for name in archive.media:
            if name in there and _is_there(archive, name):
                continue
            stored.append(name)
            media.store(name, archive.chunks(MEDIA + name))
    except BaseException:
        media.remove(stored)
        raise
    return stored


def _differences(about: dict[str, Any], tables: dict[str, Any]) -> list[str]:
    found = []
    for name in sorted(about["tables"].keys() | tables.keys()):
        was, is_now = about["tables"].get(name, (0, 0)), tables.get(name, (0, 0))
        if was[0] != is_now[0]:
            found.append(f"{name} has {is_now[0]} rows instead of {was[0]}")
        elif tuple(was) != tuple(is_now):
            found.append(f"{name} has other rows")
    return found


def _lost(archive: Reader) -> list[str]:
    return [
        f"{name} is not in the store as it should be"
        for name in archive.media
        if not _is_there(archive, name)
    ]


def begin_a_new_history() -> None:
    """Let every process and every mirror make anew what it kept, whatever it knows.

    The ledger of a backup counts changes as they were counted then, so a number that somebody knows
    may soon stand for something else. No count comes near the milliseconds of the clock.
    """
    with transaction.atomic():
        now = time.time_ns() // 1_000_000
        Ledger.objects.filter(pk=1).update(generation=now)
        changes.stamp(None, pages=None, generation=now)
        if ServerIndex._meta.db_table in connection.introspection.table_names():
            ServerIndex.objects.all().delete()  # a search server followed another history


def audit_faults() -> list[str]:
    """What is wrong with the trail of audit; a database of an older release has to be migrated."""
    try:
        return list(faults())
    except DatabaseError:
        return ["It cannot be read before `manage.py migrate`: run `manage.py verify_audit` then."]
