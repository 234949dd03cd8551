"""Days in a text that cannot be right: they contradict themselves, or the page's own date."""

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

# English, French, Portuguese, Spanish.
MONTHS = (
    ("january", "jan", "janvier", "janeiro", "enero"),
    ("february", "feb", "février", "fevereiro", "febrero"),
    ("march", "mar", "mars", "março", "marzo"),
    ("april", "apr", "avril", "abril"),
    ("may", "mai", "maio", "mayo"),
    ("june", "jun", "juin", "junho", "junio"),
    ("july", "jul", "juillet", "julho", "julio"),
    ("august", "aug", "août", "agosto"),
    ("september", "sept", "sep", "septembre", "setembro", "septiembre"),
    ("october", "oct", "octobre", "outubro", "octubre"),
    ("november", "nov", "novembre", "novembro", "noviembre"),
    ("december", "dec", "décembre", "dezembro", "diciembre"),
)
WEEKDAYS = (
    ("monday", "lundi", "lunes", "segunda-feira"),
    ("tuesday", "mardi", "martes", "terça-feira"),
    ("wednesday", "mercredi", "miércoles", "quarta-feira"),
    ("thursday", "jeudi", "jueves", "quinta-feira"),
    ("friday", "vendredi", "viernes", "sexta-feira"),
    ("saturday", "samedi", "sábado"),
    ("sunday", "dimanche", "domingo"),
)
# How many days after the page's own date the named day is.
DAYS = {
    **dict.fromkeys(("today", "aujourd’hui", "aujourd'hui", "hoje", "hoy"), 0),
    **dict.fromkeys(("yesterday", "hier", "ontem", "ayer"), -1),
    **dict.fromkeys(("tomorrow", "demain", "amanhã", "mañana"), 1),
}
NUMBER_OF = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}
WEEKDAY_OF = {name: number for number, names in enumerate(WEEKDAYS) for name in names}


def _one_of(names: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


# Of words in small letters, which takes half as long as to ignore how large they are.
DATE = re.compile(
    rf"(?<!\w)(?=\w)(?:(?P<day>{_one_of(DAYS)})\b[\s,(–—-]{{1,4}}(?:on\s+)?)?"
    rf"(?:(?P<weekday>{_one_of(WEEKDAY_OF)})\b[\s,]{{1,3}}(?:the\s+|le\s+|el\s+)?)?"
    rf"(?:(?P<n1>\d{{1,2}})(?:st|nd|rd|th|er|º)?\s(?:of\s|de\s)?(?P<m1>{_one_of(NUMBER_OF)})\b\.?"
    r"(?:,?\s(?:de\s)?(?P<y1>\d{4})\b)?"
    rf"|(?P<m2>{_one_of(NUMBER_OF)})\b\.?\s(?P<n2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?[:%])"
    r"(?:,?\s(?P<y2>\d{4})\b)?)"
)


# The first and the last day that a date may be.
Span = tuple[datetime.date, datetime.date]


class Named(NamedTuple):
    """A day as a text names it, and what is wrong with it: `no such day`, `weekday`, `own`."""

    words: str
    wrong: str
    weekday: int = 0


def contradictions(text: str, own: Span | None) -> Iterator[Named]:
    """`own` is the page's own date."""
    for match in DATE.finditer(_in_small_letters(text)):
        words = text[match.start() : match.end()].rstrip(".")
        year, month, day = _numbers(match)
        date = _date(year or 2000, month, day)  # a leap year: 29 February may be
        if date is None:
            if year:
                yield Named(words, "no such day")
            continue
        weekday = WEEKDAY_OF.get(match["weekday"] or "")
        if year and weekday is not None and date.weekday() != weekday:
            yield Named(words, "weekday", date.weekday())
        elif own and match["day"] and not _may_be(date, year, match["day"], own):
            yield Named(words, "own")


def _in_small_letters(text: str) -> str:
    """Each in the place where it was: this is the one letter that becomes two when it is small."""
    return text.replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "I").lower()


def _numbers(match: re.Match[str]) -> tuple[int | None, int, int]:
    year = match["y1"] or match["y2"]
    month = NUMBER_OF[match["m1"] or match["m2"]]
    return int(year) if year else None, month, int(match["n1"] or match["n2"])


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _may_be(date: datetime.date, year: int | None, word: str, own: Span) -> bool:
    """Whether the page's own date may be the one that makes “today” this day."""
    first, last = own
    years = [year] if year else range(first.year - 1, last.year + 2)
    for one in years:
        named = _date(one, date.month, date.day)
        if named is None:
            continue
        meant = named - datetime.timedelta(DAYS[word])
        if first <= meant <= last:
            return True
    return False
