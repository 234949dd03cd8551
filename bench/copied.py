"""A database of PostgreSQL as `bench.fill` made it on SQLite, in a quarter of the time.

Everything of the site is the same there but for the words of search, which each engine keeps in its
own way: their stems are taken from where SQLite has them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection

from iomsite.search.engines import engine
from iomsite.search.engines.base import Fields
from iomsite.search.models import Entry

AT_ONCE = 2_000


def copy(source: Path) -> None:
    """Into an empty database. Its user must be allowed to put foreign keys aside."""
    call_command("migrate", verbosity=0)
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    tables = {model._meta.db_table: model for model in models if not model._meta.proxy}
    with sqlite3.connect(source) as rows, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")  # 30 s may be too little for an index
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute(f"TRUNCATE {names}")
        with _indexed_afterwards(cursor):
            for table, model in tables.items():
                _copy_table(rows, cursor, table, model)
        for statement in connection.ops.sequence_reset_sql(no_style(), [*tables.values()]):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        with _indexed_afterwards(cursor):
            _copy_words(rows)
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _indexed_afterwards(cursor: Any) -> Iterator[None]:
    """All but what constraints stand on: it takes much longer to put each row in its place."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = format('%I', indexname)::regclass)"
    )
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _name, statement in found:
        cursor.execute(statement)


def _copy_table(rows: sqlite3.Connection, cursor: Any, table: str, model: Any) -> None:
    fields = model._meta.local_concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters = [_converter(field) for field in fields]
    with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copying:
        for row in rows.execute(f'SELECT {columns} FROM "{table}"'):
            copying.write_row(
                [
                    value if value is None else of(value)
                    for of, value in zip(converters, row, strict=True)
                ]
            )


def _converter(field: Any) -> Any:
    """From what SQLite holds to what PostgreSQL reads."""
    kind = field.get_internal_type()
    if kind in ("ForeignKey", "OneToOneField"):
        return _converter(field.target_field)
    if kind == "BooleanField":
        return bool
    return (lambda value: f"{value}+00") if kind == "DateTimeField" else (lambda value: value)


def _copy_words(rows: sqlite3.Connection) -> None:
    found = rows.execute("SELECT rowid, title, names, lead, text, marks FROM search_index")
    for some in _in_batches(found):
        entries = Entry.objects.in_bulk([key for key, *_words in some])
        engine().save([(entries[key], Fields(*map(str.split, words))) for key, *words in some])


def _in_batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := [*islice(rows, AT_ONCE)]:
        yield some
