"""So that each size is asked for as much: `python -m bench.alike SIZE` says what there is to ask.

Fills the database first, if it is empty. Prints, as JSON, for each page that is chosen: what fills
its address, how many entries that brings, and how long they are. `chosen` takes one of each size.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from .worker import Site, prepare

FOLDER = Path(__file__).resolve().parent.parent / ".bench"
PAGE, FEED = 20, 50
YEARS = range(1998, 2027, 2)  # see `bench.fill`
WORDS = 12
TOTAL = re.compile(rb'<strong class="number">(\d+)')


class Choice(NamedTuple):
    values: dict[str, Any]
    number: int
    length: int

    def __str__(self) -> str:
        values = ", ".join(str(value)[:30] for value in self.values.values())
        return f"{values} ({self.number}, {self.length:,})"


def chosen(found: list[list[Choice]]) -> list[Choice]:
    """One of each database: with as many entries first of all, then as long."""
    if not all(found):
        raise SystemExit("A database has too little to show.")

    def apart(one: Choice, other: Choice) -> float:
        number = abs(one.number - other.number) / one.number
        return 1_000 * number + abs(one.length - other.length) / one.length

    def nearest(one: Choice, some: list[Choice]) -> Choice:
        return min(some, key=lambda other: apart(one, other))

    first, *rest = found
    best = min(first, key=lambda one: sum(apart(one, nearest(one, some)) for some in rest))
    return [best, *(nearest(best, some) for some in rest)]


def fill_once(releases: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    if "news_newsrelease" not in connection.introspection.table_names():
        filled = FOLDER / f"{releases}.sqlite3"
        if connection.vendor == "postgresql" and filled.exists():
            from .copied import copy

            copy(filled)
        else:
            from .fill import fill

            fill(releases)
    call_command("migrate", verbosity=0)


def choices() -> dict[str, Any]:
    from news.models import NewsRelease

    rows = NewsRelease.objects.published()
    return {
        "last": rows.count() // PAGE,  # the last that is full
        "release": list(_releases(rows)),
        "part": list(_parts(rows)),
        "topic": list(_topics(rows)),
        "topic and year": list(_topics_and_years(rows)),
        "words and year": list(_words_and_years(rows)),
    }


def _measured(rows: Any) -> Any:
    """With what a record of them prints, in characters."""
    from django.db.models.functions import Length

    return rows.annotate(length=Length("lead") + Length("body"))


def _releases(rows: Any) -> Iterator[Choice]:
    """From the middle of the newest, with what they are tied to."""
    some = _measured(rows).order_by("-released_on", "-pk").only("slug", "released_on")
    for row in some[200:300]:
        if ties := row.topics.count() + row.countries.count():
            yield Choice({"year": row.released_on.year, "slug": row.slug}, ties, row.length)


def _parts(rows: Any) -> Iterator[Choice]:
    """Of the whole feed, each after another release."""
    from iomsite.formats.paging import in_order, mark_of

    some = list(in_order(_measured(rows)).defer("body")[:500])
    for place in range(len(some) - FEED):
        shown = some[place + 1 : place + 1 + FEED]
        yield Choice({"after": mark_of(some[place])}, FEED, sum(row.length for row in shown))


def _topics(rows: Any) -> Iterator[Choice]:
    from iomsite.formats.paging import in_order
    from programmes.models import Topic

    for topic in Topic.objects.all():
        own = in_order(_measured(rows.filter(topics=topic)))[:FEED]
        lengths = list(own.values_list("length", flat=True))
        if len(lengths) == FEED:
            yield Choice({"topic": topic.slug}, FEED, sum(lengths))


def _topics_and_years(rows: Any) -> Iterator[Choice]:
    from django.db.models import Count, Sum

    grouped = _measured(rows).order_by().values("topics__slug", "released_on__year")
    for row in grouped.annotate(number=Count("pk"), whole=Sum("length")):
        values = {"topic": row["topics__slug"], "year": row["released_on__year"]}
        if values["topic"] and row["number"] >= PAGE:
            yield Choice(values, row["number"], row["whole"])


def _words_and_years(rows: Any) -> Iterator[Choice]:
    """Two words at a time: such as most texts have, and such as stand in one sentence each, which
    together are rare enough where there are very many texts."""
    leads = rows.filter(slug__startswith="release-").order_by("slug").values_list("lead", flat=True)
    sentences = sorted({one for lead in leads[:300] for one in lead.split(". ")})
    found = [words for one in sentences if (words := re.findall("[a-z]{7,}", one))]
    counted = Counter(word for words in found for word in set(words))
    common = [word for word, _times in counted.most_common(WORDS)]
    rare = [min(words, key=lambda word: (counted[word], word)) for words in found]
    site = Site()
    for asked in map("+".join, [*pairwise(common), *pairwise(rare[:: len(rare) // WORDS or 1])]):
        for year in YEARS:
            _status, body = site.get(f"/search/?q={asked}&year={year}&exact=1")
            total = TOTAL.search(body)
            if total and int(total[1]) >= PAGE:
                yield Choice({"q": asked, "year": year}, int(total[1]), len(body))


def main() -> None:
    prepare()
    fill_once(int(sys.argv[1]))
    print(json.dumps(choices()))  # noqa: T201


if __name__ == "__main__":
    main()
