"""What `manage.py check --deploy --database default` says besides: it asks the database."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import Error as DatabaseFailed
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from .questions import missing_migrations


@register(Tags.database, deploy=True)
def all_migrations_have_been_run(databases: Any, **_kwargs: Any) -> list[Error]:
    """Of deployment alone: `migrate` runs the other checks of databases, and must not stop."""
    if "default" not in (databases or ()):
        return []
    try:
        applied = frozenset(MigrationRecorder(connection).applied_migrations())
    except DatabaseFailed as error:
        return [Error(f"The database does not answer: {error}", id="operation.E002")]
    missing = missing_migrations(applied)
    hint = "Run manage.py migrate before this version serves anybody."
    said = f"Migrations have not been run: {', '.join(missing)}"
    return [Error(said, hint=hint, id="operation.E001")] if missing else []
