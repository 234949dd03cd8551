"""`published_at__already_at=now`: as `lte`, and SQLite is told that it holds for almost every row.

Without knowing, it takes such a condition for a narrow one: it reads the index of moments, and then
sorts nearly all there is, where the index of the list would have given a page of it in order.
"""

from typing import Any

from django.db.models import DateTimeField
from django.db.models.lookups import LessThanOrEqual


@DateTimeField.register_lookup
class AlreadyAt(LessThanOrEqual):
    lookup_name = "already_at"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"<= {rhs}"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.as_sql(compiler, connection)
        return f"likely({sql})", params
