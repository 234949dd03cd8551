"""`body__mentions=True`: the texts that may refer to something, in words that an index can have.

A pattern would be a parameter within a function: SQLite does not see then that the rows of such an
index are those which a statement asks for.
"""

from typing import Any

from django.db.models import BooleanField, TextField, Transform

from .sanitise import SCHEME

SIGNS = (f'="{SCHEME}', "<data ")


# Of any text: to migrations a rich one is a plain column.
@TextField.register_lookup
class Mentions(Transform):
    lookup_name = "mentions"
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **how: Any) -> tuple[str, Any]:
        text, params = compiler.compile(self.lhs)
        place = "instr" if connection.vendor == "sqlite" else "strpos"
        either = " OR ".join(f"{place}({text}, '{sign}') > 0" for sign in SIGNS)
        return f"({either})", [*params] * len(SIGNS)
