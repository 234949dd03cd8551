"""Dates that are only as precise as what is known: `1994`, `October 2018`, `25 April 2016`.

A partial date is one text column in the notation of ISO 8601-2 (EDTF):

    1994          a year
    2018-10       a month
    2016-04-25    a day
    2019/2023     from one to the other, both included
    2014/..       since 2014
    ../2021-07    until July 2021

Text, because it is the only form that holds all of these without inventing a day, reads the same
in a fixture, a form and the database, and sorts by itself. The first and the last day it may mean
are transforms of the column, so filters and indexes use them on both databases:

    Event.objects.filter(overlaps("date", PartialDate.parse("2018")))
    Event.objects.order_by("date__first")
"""

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OPEN = ".."
POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_POINT_SQL = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
# The calendar itself (30 February) is checked in Python; the database holds the notation.
_COLUMN_PATTERN = rf"^({_POINT_SQL}|{_POINT_SQL}/({_POINT_SQL}|\.\.)|\.\./{_POINT_SQL})$"
FIRST_DAY_EVER = "0001-01-01"
LAST_DAY_EVER = "9999-12-31"


@dataclass(frozen=True, order=True)
class Point:
    """One year, month or day. `0` stands for a month or day that is not known."""

    year: int
    month: int = 0
    day: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; ValueError for anything else."""
        match = POINT.fullmatch(text)
        if not match:
            raise ValueError(text)
        point = cls(*(int(part or 0) for part in match.groups()))
        if match[2] == "00" or match[3] == "00":
            raise ValueError(text)
        datetime.date(point.year, point.month or 1, point.day or 1)
        return point

    @property
    def machine(self) -> str:
        """The value for `<time datetime>`."""
        parts = [f"{self.year:04}", f"{self.month:02}", f"{self.day:02}"]
        return "-".join(parts[: 1 + bool(self.month) + bool(self.day)])

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date:
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        words = [str(self.day or ""), str(MONTHS[self.month]) if self.month else "", str(self.year)]
        return " ".join(filter(None, words))


@dataclass(frozen=True)
class PartialDate:
    """A point in time, or an interval of which one side may be open (None)."""

    start: Point | None
    end: Point | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the notation of this module; ValueError with the offending text otherwise."""
        start, slash, end = text.partition("/")
        if not slash:
            point = Point.parse(start)
            return cls(point, point)
        date = cls(
            None if start == OPEN else Point.parse(start),
            None if end == OPEN else Point.parse(end),
        )
        if date.start == date.end or (date.start and date.end and date.end.last < date.start.first):
            raise ValueError(text)
        return date

    @property
    def is_interval(self) -> bool:
        return self.start != self.end

    @property
    def machine(self) -> str:
        if not self.is_interval and self.start:
            return self.start.machine
        return "/".join(point.machine if point else OPEN for point in (self.start, self.end))

    @property
    def first(self) -> datetime.date:
        """The earliest day this may mean; the first of all days where the start is open."""
        return self.start.first if self.start else datetime.date.min

    @property
    def last(self) -> datetime.date:
        return self.end.last if self.end else datetime.date.max

    @property
    def year(self) -> int:
        """The year to file this under: of its start, else of its end."""
        known = self.start or self.end
        return known.year if known else 0

    def __str__(self) -> str:
        if not self.is_interval:
            return str(self.start)
        if self.end is None:
            return gettext("since %(date)s") % {"date": self.start}
        if self.start is None:
            return gettext("until %(date)s") % {"date": self.end}
        return gettext("%(start)s to %(end)s") % {"start": self.start_words, "end": self.end}

    @property
    def start_words(self) -> str:
        """The start of a period without what its end says again: `14` to 15 October 2021."""
        start, end = self.start, self.end
        if not start or not end or start.year != end.year or not start.month or not end.month:
            return str(start)
        if start.month == end.month:
            return str(start.day) if start.day and end.day else str(start)
        return str(start).removesuffix(f" {start.year}")


MESSAGES = {
    "invalid": _(
        "“%(value)s” is not a date. Write what is known and no more: 1994, October 2018, "
        "25 April 2016, 2019/2023 for a period, 2014/.. for “since 2014”."
    ),
}


def parse(text: str) -> PartialDate:
    """As `PartialDate.parse`, with the ValidationError that forms and fixtures show."""
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise ValidationError(
            MESSAGES["invalid"], code="invalid", params={"value": text}
        ) from error


class PartialDateFormField(forms.Field):
    """Accepts the notation, and the dates as English pages print them (`25 April 2016`)."""

    def to_python(self, value: Any) -> PartialDate | None:
        if isinstance(value, PartialDate):
            return value
        text = str(value or "").strip()
        return parse(_from_words(text)) if text else None

    def prepare_value(self, value: Any) -> Any:
        return value.machine if isinstance(value, PartialDate) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _from_words(text: str) -> str:
    """Turn `25 April 2016` and `2019 to 2023` into the notation; leave the rest as it is."""
    months = {str(name).lower(): number for number, name in MONTHS.items()}
    said = re.split(r"\s*/\s*|\s+to\s+|\s*–\s*", text.strip())
    if len(said) == 2:
        said[0] = _completed(*said)
    points = []
    for point in said:
        match = re.fullmatch(r"(?:(\d{1,2})\s+)?([^\W\d]+)\s+(\d{4})", point)
        if match and (month := months.get(match[2].lower())):
            day = f"-{int(match[1]):02}" if match[1] else ""
            point = f"{match[3]}-{month:02}{day}"
        points.append(point)
    return "/".join(points)


def _completed(start: str, end: str) -> str:
    """Give the start of a period what only its end says: `14` to 15 October 2021."""
    words = end.split()
    if len(words) == 3 and re.fullmatch(r"\d{1,2}", start):
        return " ".join([start, *words[1:]])
    if len(words) > 1 and re.fullmatch(r"(\d{1,2}\s+)?[^\W\d]+", start):
        return f"{start} {words[-1]}"
    return start


class PartialDateField(models.Field):
    """A column of partial dates; `None` where nothing is known. At most 21 characters."""

    description = _("Partial date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "CharField"

    def db_type(self, connection: Any) -> str:
        # Collation "C" makes PostgreSQL compare the characters, as SQLite does by itself.
        return 'varchar(21) COLLATE "C"' if connection.vendor == "postgresql" else "varchar(21)"

    def db_check(self, connection: Any) -> str:
        """`loaddata` and raw SQL pass no form: the database refuses other notations itself."""
        operator = "~" if connection.vendor == "postgresql" else "REGEXP"
        column = connection.ops.quote_name(self.column)
        return f"{column} {operator} '{_COLUMN_PATTERN}'"

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        return parse(str(value)) if value else None

    def from_db_value(self, value: str | None, *args: Any) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def get_prep_value(self, value: Any) -> str | None:
        date = self.to_python(super().get_prep_value(value))
        return date.machine if date else None

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(
        self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any
    ) -> Any:
        return super().formfield(
            form_class=form_class or PartialDateFormField,
            choices_form_class=choices_form_class,
            **kwargs,
        )


class _Edge(models.Transform):
    """The first or last day a column may mean, as text `YYYY-MM-DD` that compares like a date.

    `padding` completes a year or a month. A month ends on 31 here: as a bound it is as good as
    the true last day, and needs no calendar in the database.
    """

    output_field = models.CharField()
    padding = ""
    ever = ""
    edge_sql = ""

    def as_sql(  # type: ignore[override]  # the other arguments are those of function templates
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.lhs)
        slash = (
            f"strpos({column}, '/')"
            if connection.vendor == "postgresql"
            else (f"instr({column}, '/')")
        )
        point = self.edge_sql.format(column=column, slash=slash)
        sql = (
            f"(CASE WHEN {point} = '{OPEN}' THEN '{self.ever}' "
            f"ELSE {point} || substr('{self.padding}', length({point}) + 1) END)"
        )
        return sql, [*params] * sql.count(column)


@PartialDateField.register_lookup
class FirstDay(_Edge):
    lookup_name = "first"
    padding = "0000-01-01"
    ever = FIRST_DAY_EVER
    edge_sql = "(CASE WHEN {slash} = 0 THEN {column} ELSE substr({column}, 1, {slash} - 1) END)"


@PartialDateField.register_lookup
class LastDay(_Edge):
    lookup_name = "last"
    padding = "0000-12-31"
    ever = LAST_DAY_EVER
    edge_sql = "substr({column}, {slash} + 1)"


def overlaps(field: str, period: PartialDate) -> Q:
    """Rows whose date may fall in the period: `2018` finds October 2018 and 2016 to 2020."""
    return Q(
        **{
            f"{field}__first__lte": period.last.isoformat(),
            f"{field}__last__gte": period.first.isoformat(),
        }
    )
