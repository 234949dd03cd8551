"""Lists of pages behind the scenes stay quick, however many pages there are."""

import calendar
import datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Of a list that was narrowed, so many are counted; nobody turns a hundred pages.
MOST_COUNTED = 5_000
# The same of one in which somebody searched: each row that is counted has to be read.
MOST_FOUND = 1_000


class PagePaginator(Paginator):
    """Counts the whole list, and of one that was narrowed as much as somebody will look through.

    `object_list.is_whole` says which it is, `number_found` how many rows were found already. The
    second half of a list is read from its end.
    """

    @property
    def is_whole(self) -> bool:
        return getattr(self.object_list, "is_whole", False)

    @cached_property
    def found(self) -> int:
        """One more than is counted, if there are more."""
        rows: Any = self.object_list
        if self.is_whole:
            return int(rows.count())
        if (number := getattr(rows, "number_found", None)) is not None:
            return int(number)
        return int(rows.order_by().values("pk")[: MOST_COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        if self.is_whole:
            return self.found
        is_searched = hasattr(self.object_list, "number_found")
        return min(self.found, MOST_FOUND if is_searched else MOST_COUNTED)

    @property
    def has_more(self) -> bool:
        return self.found > self.count

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        if self.has_more or first <= self.count // 2:
            return super().page(number)
        rows: Any = self.object_list
        from_end = list(rows.reverse()[self.count - last : self.count - first])
        return Page(from_end[::-1], number, self)


def only_found(rows: Any) -> Any:
    """These rows, looked for once: their keys are read, and by those the rest of each. Of more than
    are counted the first ones are met soon in any order. One statement."""
    keys = rows.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1]
    found = rows if len(keys) > MOST_FOUND else rows.filter(pk__in=[*keys])
    found.number_found = len(keys)
    return found


def date_choices(changes: Any) -> dict[str, Any] | None:
    """The years of a list, then the months of one, then its days, all of them: which have pages is
    not asked. Two statements. In place of Django's tag, which reads the date of every page."""
    name = changes.date_hierarchy
    keys = [f"{name}__{part}" for part in ("year", "month", "day")]
    typed = [changes.params.get(key, "") for key in keys]
    said = [int(value) for value in typed if value.isascii() and value.isdecimal()]
    if not said:
        years = _years(changes.root_queryset, name)
        choices = [_choice(changes, keys, [year], str(year)) for year in years]
        return {"show": len(choices) > 1, "choices": choices}
    back: dict[str, Any] = _choice(changes, keys, said[:-1], _words(said[:-1]))
    more = [[*said, number] for number in _parts(said)]
    choices = [_choice(changes, keys, one, _words(one)) for one in more]
    return {"show": True, "back": back, "choices": choices or [{"title": _words(said)}]}


def _years(rows: Any, name: str) -> range:
    dated = rows.filter(**{f"{name}__isnull": False}).values_list(name, flat=True)
    first = dated.order_by(name).first()
    last = dated.order_by(f"-{name}").first() if first else None
    return range(first.year, last.year + 1) if first and last else range(0)


def _parts(said: list[int]) -> range:
    """Of a year its months, of a month its days."""
    match said:
        case [_year]:
            return range(1, 13)
        case [year, month] if 1 <= month <= 12 and datetime.MINYEAR <= year <= datetime.MAXYEAR:
            return range(1, calendar.monthrange(year, month)[1] + 1)
    return range(0)


def _choice(changes: Any, keys: list[str], said: list[int], words: str) -> dict[str, Any]:
    asked = dict(zip(keys, said, strict=False))
    link = changes.get_query_string(asked, [f"{changes.date_hierarchy}__"])
    return {"link": link, "title": words}


def _words(said: list[int]) -> str:
    match said:
        case [year]:
            return str(year)
        case [year, month]:
            return f"{MONTHS.get(month, month)} {year}"
        case [year, month, day]:
            try:
                return date_format(datetime.date(year, month, day), "MONTH_DAY_FORMAT")
            except ValueError:
                return str(day)
    return _("All dates")
