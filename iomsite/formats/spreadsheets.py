"""CSV, for spreadsheets and humanitarian tools: a row of words, a row of HXL tags, then the rows.

The tags are those of the Humanitarian Exchange Language 1.1 where it has one. A list is sent whole.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from iomsite.publishing.export import inert

from .records import Link, Record

# Spreadsheets read UTF-8 only when the file says so.
BOM = "\ufeff"


def _joined(values: Iterable[str]) -> str:
    return "; ".join(filter(None, values))


def _of(name: str, part: str = "name") -> Callable[[Record], str]:
    def cell(record: Record) -> str:
        links: list[Link] = getattr(record, name)
        return _joined(getattr(link, part) for link in links)

    return cell


def _picture(part: str) -> Callable[[Record], str]:
    return lambda record: getattr(record.pictures[0], part) if record.pictures else ""


def _codes(part: str) -> Callable[[Record], str]:
    """Of the countries it is about; of the page of a country, its own."""

    def cell(record: Record) -> str:
        return _joined(getattr(one, part) for one in (record, *record.countries))

    return cell


COLUMNS: tuple[tuple[Any, str, Callable[[Record], Any]], ...] = (
    (_("Number"), "#meta+id", lambda record: record.id),
    (_("Type"), "#meta+type", lambda record: record.type),
    (_("Kind"), "#meta+kind", lambda record: record.kind),
    (_("Title"), "#meta+title", lambda record: record.title),
    (_("Address"), "#meta+url", lambda record: record.address),
    (_("Language"), "#meta+lang", lambda record: record.language),
    (_("Date"), "#date", lambda record: record.date.value if record.date else ""),
    (_("Published"), "#date+published", lambda record: record.published),
    (_("Updated"), "#date+updated", lambda record: record.updated),
    (_("Countries"), "#country+name+list", _of("countries")),
    (_("ISO codes, 3 letters"), "#country+code+v_iso3+list", _codes("iso3")),
    (_("ISO codes, 2 letters"), "#country+code+v_iso2+list", _codes("iso2")),
    (_("UN M49 codes"), "#country+code+v_m49+list", _codes("m49")),
    (_("Region"), "#region+name", _of("regions")),
    (_("Topics"), "#subject+topic+list", _of("topics")),
    (_("Goals"), "#subject+goal+list", _of("goals")),
    (_("Partners"), "#org+partner+name+list", _of("partners")),
    (_("Lead"), "#description+lead", lambda record: record.lead),
    (_("Picture"), "#meta+picture+url", _picture("address")),
    (_("Caption"), "#meta+picture+caption", _picture("caption")),
    (_("Credit"), "#meta+picture+credit", _picture("credit")),
    (
        _("Sources"),
        "#meta+source+list",
        lambda record: _joined(origin.title for origin in record.sources),
    ),
)


class _Line:
    """What a writer of CSV writes to: a line is handed on and not kept."""

    def write(self, line: str) -> str:
        return line


def as_csv(records: Iterable[Record]) -> Iterator[str]:
    # All in quotes: some spreadsheets part cells at semicolons as well.
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    yield BOM + writer.writerow([str(title) for title, _tag, _cell in COLUMNS])
    yield writer.writerow([tag for _title, tag, _cell in COLUMNS])
    for record in records:
        yield writer.writerow([inert(cell(record)) for _title, _tag, cell in COLUMNS])
