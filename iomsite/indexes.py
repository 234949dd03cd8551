"""Indexes on tables that are in use: on PostgreSQL nobody waits for them.

A migration with one of these says `atomic = False`.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import AddIndex, RemoveIndex


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
