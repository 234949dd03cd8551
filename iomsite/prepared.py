"""Statements that many requests make, put into words once.

Django words a statement anew whenever it is asked. For one that finds its rows by their keys, that
takes several times as long as the database needs to answer it.

    MOMENT = Given("at", DateTimeField())
    OPEN = Prepared(lambda: Door.objects.filter(opens_at__lte=MOMENT).values_list("pk", "name"))
    OPEN(at=timezone.now())

`iomsite.sources` says which database is asked, as for any statement.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from django.db import connections
from django.db.models import Expression, Model, QuerySet

from iomsite.sources import current

M = TypeVar("M", bound=Model)


class Given(Expression):
    """What is filled in each time, or the one at `place` of it; `output_field` says how a database
    wants it.
    """

    def __init__(self, name: str, output_field: Any, place: int | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name, self.place = name, place

    def of(self, given: dict[str, Any], connection: Any) -> Any:
        value = given[self.name] if self.place is None else given[self.name][self.place]
        return self.output_field.get_db_prep_value(value, connection)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


def several(name: str, output_field: Any, most: int) -> list[Given]:
    """For `__in`: as many as `filled` gives."""
    return [Given(name, output_field, place) for place in range(most)]


def filled(values: Collection[Any], most: int) -> list[Any]:
    """At least one value, and the first of them again for each that is missing."""
    first, *others = values
    return [first, *others, *[first] * (most - len(values))]


class Prepared:
    """A queryset of `values_list`; `rows` is called once for each connection, which keeps it."""

    def __init__(self, rows: Callable[[], QuerySet[Any]]) -> None:
        self._rows = rows

    def __call__(self, **given: Any) -> list[Any]:
        connection: Any = connections[current()]
        sql, parameters, converters = self._worded(connection)
        values = [
            one.of(given, connection) if isinstance(one, Given) else one for one in parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows: list[Any] = cursor.fetchall()
        return [_converted(row, converters, connection) for row in rows] if converters else rows

    def _worded(self, connection: Any) -> Any:
        known = connection.__dict__.setdefault("prepared", {})
        if self not in known:
            compiler = self._rows().query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            columns = [column for column, _sql, _alias in compiler.select]
            known[self] = sql, parameters, compiler.get_converters(columns)
        return known[self]


def columns_of(model: type[Model]) -> list[str]:
    """For `values_list`, where `made_of` is to have whole rows."""
    return [field.attname for field in model._meta.concrete_fields]


def made_of(model: type[M], row: Sequence[Any]) -> M:
    """What a queryset would have made of such a row; what is behind its columns is left out."""
    names = columns_of(model)
    return model.from_db(current(), names, row[: len(names)])


def _converted(row: Any, converters: Any, connection: Any) -> tuple[Any, ...]:
    values = list(row)
    for place, (converts, column) in converters.items():
        for convert in converts:
            values[place] = convert(values[place], column, connection)
    return tuple(values)
