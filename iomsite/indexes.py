"""Indexes on tables that are in use: on PostgreSQL nobody waits for them, or for a second.

A migration with one of these says `atomic = False`.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.core.management import CommandError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations import AddIndex, RemoveIndex
from django.db.models import Count

logger = logging.getLogger(__name__)

# Of an index of hundreds of words a row (GIN on PostgreSQL): what is saved lies before it, in its
# *pending list*, where searches look too, until a timer puts it into its place (`put_into_place`),
# or else whoever saves when 256 kB lie there. Those are some seven to thirteen releases, and
# together they cost half as much.
BY_THE_DOZEN = "fastupdate = on, gin_pending_list_limit = 256"

# Seconds that a change of an index waits for those who read its table, who would all wait behind
# it; and how many times it tries, with as long a pause.
SHORT, TRIES = 1, 90
LOCK_NOT_AVAILABLE = "55P03"  # what PostgreSQL says then


def by_the_dozen(index: str) -> Any:
    """What a migration runs to have an index kept up like that."""
    return _changed([f"ALTER INDEX IF EXISTS {index} SET ({BY_THE_DOZEN})"])


def one_by_one(index: str) -> Any:
    """What a migration runs to have an index as it was before that."""
    return _changed(
        [
            f"ALTER INDEX IF EXISTS {index} SET (fastupdate = off)",
            f"ALTER INDEX IF EXISTS {index} RESET (gin_pending_list_limit)",
            f"SELECT gin_clean_pending_list(to_regclass('{index}'))",
        ]
    )


def _changed(statements: Sequence[str]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            _among_readers(schema_editor, statements)

    return run


def _among_readers(schema_editor: Any, statements: Sequence[str]) -> None:
    """All or none of it, as soon as nobody has the index for longer."""
    for _try in range(TRIES):
        try:
            with transaction.atomic(schema_editor.connection.alias):
                schema_editor.execute(f"SET LOCAL lock_timeout = '{SHORT}s'")
                for statement in statements:
                    schema_editor.execute(statement)
                schema_editor.execute("SET LOCAL lock_timeout TO DEFAULT")
                return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
        time.sleep(SHORT)
    raise CommandError(
        "Somebody reads this table for long, most likely a backup or the mirror. Nothing was "
        "changed by this migration: wait for that, and migrate again."
    )


def put_into_place() -> None:
    """What was saved since, in the indexes that are kept up by the dozen. One statement; where that
    fails, it is logged, and whoever saves puts it into place.
    """
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT gin_clean_pending_list(oid) FROM pg_class"
                " WHERE relkind = 'i' AND 'fastupdate=on' = ANY(reloptions)"
                " AND pg_table_is_visible(oid) AND pg_has_role(relowner, 'USAGE')"
            )
    except DatabaseError as error:
        logger.warning("What was saved stays before its index: %s", error)


class _Besides:
    """As `concurrently` does it on PostgreSQL, and as `plain` does on other databases."""

    concurrently: type
    plain: type

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._way(schema_editor).database_forwards(self, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._way(schema_editor).database_backwards(self, app_label, schema_editor, *states)

    def _way(self, schema_editor: Any) -> Any:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return self.concurrently if is_postgresql else self.plain


class AddIndexBesides(_Besides, AddIndexConcurrently):
    concurrently, plain = AddIndexConcurrently, AddIndex


class RemoveIndexBesides(_Besides, RemoveIndexConcurrently):
    concurrently, plain = RemoveIndexConcurrently, RemoveIndex


def one_working_copy_again(app_label: str, *names: str) -> Any:
    """What a migration runs to have that rule on these tables, where PostgreSQL has lost it.

    Django takes every index of a column away that `db_index=False` is said of, those of
    constraints too: so did the migrations that are called `index_editions_alone`.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for name in names:
                _make_beside(apps.get_model(app_label, name), schema_editor)

    return run


def _make_beside(model: Any, schema_editor: Any) -> None:
    rule = f"{model._meta.db_table}_one_working_copy"
    (constraint,) = (one for one in model._meta.constraints if one.name == rule)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [rule])
        if (found := cursor.fetchone()) == (True,):
            return
    copies = model.objects.filter(constraint.condition, edition_of__isnull=False)
    several = copies.values("edition_of").annotate(copies=Count("pk")).filter(copies__gt=1)
    if pages := sorted(several.values_list("edition_of", flat=True)):
        raise CommandError(
            f"More than one working copy have the rows {pages} of {model._meta.db_table}. Nothing "
            "was changed. Discard all but one of each in the administration, and migrate again."
        )
    if found:  # of a run that was broken off
        schema_editor.execute(f"DROP INDEX CONCURRENTLY {rule}")
    words = str(constraint.create_sql(model, schema_editor))
    schema_editor.execute(words.replace("UNIQUE INDEX", "UNIQUE INDEX CONCURRENTLY", 1), None)
