"""PostgreSQL: the words of an entry as a `tsvector` with weights, in a column of its row (GIN)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count, repeat
from typing import Any
from zlib import crc32

from django.db import connection, connections
from django.db.models.expressions import RawSQL

from iomsite import sources
from iomsite.indexes import BY_THE_DOZEN
from iomsite.search.models import Entry
from iomsite.search.queries import Query

from .base import (
    SAID,
    SIMILAR,
    Engine,
    Fields,
    Phrase,
    Where,
    expression,
    in_runs,
    runs,
    sql_of,
    tied,
)

# Words of the title as the index has them once more, with a sign that no stem has.
TITLED = "^"
TITLES = f"replace(' ' || strip(ts_filter(words, '{{a}}'))::text, ' ''', ' ''{TITLED}')::tsvector"
# The index has no order, and the newest of very many that fit stand anywhere in it. So it knows of
# each entry roughly where it stands, by words that nobody types: one for each size of a place.
SIZES = {"#a": 1_024, "#b": 4_096, "#c": 16_384, "#d": 65_536}
PLACES = ", ".join(f"'{sign}' || id / {size}" for sign, size in SIZES.items())
PLACED = f"(words || {TITLES} || array_to_tsvector(ARRAY[{PLACES}]))"
INDEX = f"search_entry_newest ON search_entry USING gin ({PLACED}) WITH ({BY_THE_DOZEN})"
# Words that stand side by side are there as one word as well, so that a phrase is found as fast as
# a word is: each two by themselves; each three, which are as many as there are words in a text, as
# one of 16 million numbers, after which few entries are left to be looked through. An entry that
# was saved like that says so. Those that were saved before, or have too many, all are.
TRIPLE, KNOWN = "+", "#runs"
LOOSE = f"NOT words @@ '''{KNOWN}'''::tsquery"
LOOSE_INDEX = f"search_entry_loose ON search_entry (id) WHERE {LOOSE}"
# The version before asks for that, and has no numbers.
PAIRED = "#pairs"
CREATE = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "ALTER TABLE search_entry ADD COLUMN words tsvector",
    f"CREATE INDEX {INDEX}",
    f"CREATE INDEX {LOOSE_INDEX}",
    "CREATE INDEX search_word_near ON search_word USING gin (word gin_trgm_ops)",
)
DROP = (
    "DROP INDEX search_word_near",
    "ALTER TABLE search_entry DROP COLUMN words",
)
# What is written of an entry, and of how many by a statement: the words of long texts are longer.
AT_ONCE = 50
COLUMNS = ("model", "row_id", *SAID, "words")
INTO = ", ".join(f'"{name}"' for name in ("id", *COLUMNS))
SAID_ROW = ", ".join(["%s"] * len(COLUMNS))
KNOWN_ROW, NEW_ROW = f"(%s, {SAID_ROW})", f"(DEFAULT, {SAID_ROW})"
ANEW = "ON CONFLICT (model, row_id) DO UPDATE SET {} RETURNING id".format(
    ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS[2:])
)
# Of text, lead, names and title.
WEIGHTS = "'{0.1, 0.3, 0.6, 1.0}'"
# Stems of titles and names stand there once more with this sign, which no stem has: the index knows
# no weights, and each entry would have to be unpacked to find them.
NAMED = "="
SIGNS = {Where.TITLE: TITLED, Where.NAMED: NAMED, Where.ANYWHERE: ""}
# Long texts count less; the distance between words does not.
BY_LENGTH = 1
# What PostgreSQL keeps of a text, and of a word in it. An entry of which it keeps not all places
# says so, and is believed what its pairs and triples say.
LAST_PLACE = 16_000
MOST_PLACES = 200
CUT = "#cut"
# PostgreSQL refuses 1,048,576 bytes of words and places. Its own take so many of each.
MOST_BYTES = 1_000_000
PER_WORD, PER_PLACE = 4, 2
# Between title, names, lead and text: no phrase reaches over it.
GAP = 100
BY_PLACE, ANYWHERE = tied("<->", "'{}'"), tied("&", "'{}'")


class PostgreSQL(Engine):
    learn = (
        "INSERT INTO search_word (word, pages)"
        " SELECT key, value::int FROM json_each_text(%s::json)"
        " ON CONFLICT (word) DO UPDATE SET pages = search_word.pages + excluded.pages"
    )
    unlearn = (
        "UPDATE search_word SET pages = search_word.pages + gone.value::int"
        " FROM json_each_text(%s::json) AS gone WHERE search_word.word = gone.key"
        " RETURNING search_word.pages"
    )

    def create(self, execute: Any) -> None:
        for statement in CREATE:
            execute(statement)

    def drop(self, execute: Any) -> None:
        for statement in DROP:
            execute(statement)

    def save(self, documents: Sequence[tuple[Entry, Fields]]) -> None:
        """Each row is written once: every time its words would be put into the index anew.

        One statement for each `AT_ONCE`.
        """
        for start in range(0, len(documents), AT_ONCE):
            self._save(documents[start : start + AT_ONCE])

    def _save(self, documents: Sequence[tuple[Entry, Fields]]) -> None:
        # A number is taken of the sequence for each row without one, even where the row is there
        # and is only changed. `_newest` looks too far back where many are missing.
        rows = ", ".join(KNOWN_ROW if entry.pk else NEW_ROW for entry, _fields in documents)
        values = [value for entry, fields in documents for value in _values(entry, fields)]
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO search_entry ({INTO}) VALUES {rows} {ANEW}", values)
            for (entry, _fields), (key,) in zip(documents, cursor.fetchall(), strict=True):
                entry.pk = key

    def forget(self, entries: Sequence[int] | None) -> None:
        """They go with the rows of the entries."""

    def find(
        self,
        query: Query,
        most: int,
        *,
        marks: Collection[str] = (),
        of_one_time: bool = False,
        within: Any = None,
        where: Where = Where.ANYWHERE,
    ) -> list[int]:
        also = "".join(f" & {_signed(mark)}" for mark in marks)
        quoted = f"'{SIGNS[where]}{{}}'"
        exact = _asked(query, EXACT[where]) + also
        if within is not None:
            inside, parameters = sql_of(within)
            return _keys(
                f"SELECT id FROM search_entry WHERE words @@ %s::tsquery AND id IN ({inside})"
                " ORDER BY id DESC LIMIT %s",
                [exact, *parameters, most],
            )
        sizes = {} if of_one_time else SIZES
        if not query.has_phrases:
            return _keys(_newest(most, sizes), [_asked(query, tied("&", quoted)) + also])
        known = _asked(_in_index(query, SIGNS[where]), ANYWHERE) + f"{also} & '{KNOWN}'"
        # Of those that are looked through, the index tells which have the words.
        loose = _asked(replace(query, unwanted=()), tied("&", quoted)) + also
        checks = [exact] * (len(sizes) + 1) if query.longest > 2 else []
        statement = _newest(most, sizes, " AND words @@ %s::tsquery" if checks else "")
        statement = (
            f"SELECT id FROM (({statement}) UNION ALL (SELECT id FROM search_entry WHERE {LOOSE}"
            f" AND {PLACED} @@ %s::tsquery AND words @@ %s::tsquery ORDER BY id DESC LIMIT {most}))"
            f" AS found ORDER BY id DESC LIMIT {most}"
        )
        return _keys(statement, [known, *checks, loose, exact])

    def best_first(self, query: Query, keys: Collection[int]) -> list[int]:
        """The words of each entry are unpacked for that, which takes the most time of a search."""
        statement = (
            "SELECT id FROM search_entry WHERE id = ANY(%s)"
            f" ORDER BY ts_rank({WEIGHTS}, words, %s::tsquery, {BY_LENGTH}) DESC, id DESC"
        )
        return _keys(statement, [[*keys], _asked(query, BY_PLACE)])

    def among(self, keys: Collection[int]) -> RawSQL:
        return RawSQL("SELECT unnest(%s::bigint[])", [[*keys]])

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        _rows("SELECT set_limit(%s::real)", [SIMILAR])
        return _rows(
            "SELECT word, pages FROM search_word WHERE word %% %s"
            " ORDER BY similarity(word, %s) DESC, word LIMIT %s",
            [word, word, most],
        )

    def starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        return _rows(
            "SELECT word, pages FROM search_word WHERE word LIKE %s"
            " ORDER BY pages DESC, word LIMIT %s",
            [f"{prefix}%", most],
        )


def _asked(query: Query, phrase: Phrase) -> str:
    """Words may be anywhere that are not to occur."""
    wanted = expression(query.wanted, phrase, "|", "&")
    unwanted = expression(query.unwanted, _side_by_side, "|", "|")
    return f"({wanted})" + (f" & !({unwanted})" if unwanted else "")


def _side_by_side(words: Sequence[str]) -> str:
    """By their places, or by their runs where not all places were kept."""
    by_place = BY_PLACE(words)
    return by_place if len(words) == 1 else f"{by_place} | '{CUT}' & {ANYWHERE(_cut('', words))}"


# Places of titles and names come first, so all are there.
EXACT = {
    Where.TITLE: tied("<->", "'{}':A"),
    Where.NAMED: tied("<->", f"'{NAMED}{{}}'"),
    Where.ANYWHERE: _side_by_side,
}


def _in_index(query: Query, sign: str) -> Query:
    """Each phrase as the pairs and the triples in it."""
    signed, plain = (in_runs(query, partial(_cut, one), 2) for one in (sign, ""))
    return replace(signed, unwanted=plain.unwanted)


def _cut(sign: str, words: Sequence[str]) -> list[str]:
    pairs = runs(words, min(len(words), 2), " ")
    return [*(f"{sign}{pair}" for pair in pairs), *_triples(words)]


def _triples(words: Sequence[str]) -> list[str]:
    return [f"{TRIPLE}{crc32(three.encode()) >> 8:x}" for three in runs(words, 3, " ")]


def _newest(most: int, sizes: Mapping[str, int], also: str = "") -> str:
    """Parameters: what is looked for, and those of `also` for each size of a place and the rest.

    From the two last places of each size, and then from anywhere: PostgreSQL takes these parts one
    after the other, and no more of them once it has enough. What is looked for is hidden from its
    plan, in which common words would stand everywhere: it would unpack all entries on its way back.
    """
    parts, before = [], ""
    for sign, size in sizes.items():
        places = f"' & ({sign}' || last / {size} || '|{sign}' || last / {size} - 1 || ')'"
        parts.append(f"(SELECT (words || {places})::tsquery FROM asked){before}")
        before = f" AND id + 0 < (SELECT (last / {size} - 1) * {size} FROM asked)"
    parts.append(f"(SELECT words::tsquery FROM asked){before}")
    found = " UNION ALL ".join(
        f"(SELECT id FROM search_entry WHERE {PLACED} @@ {part}{also}"
        f" ORDER BY id + 0 DESC LIMIT {most})"
        for part in parts
    )
    return (
        "WITH asked AS (SELECT %s AS words, max(id) AS last FROM search_entry)"
        f" SELECT id FROM ({found}) AS found LIMIT {most}"
    )


def _values(entry: Entry, fields: Fields) -> list[Any]:
    """As a row of `INTO` has them."""
    own: Any = map(Entry._meta.get_field, COLUMNS[:-1])
    said = [one.get_db_prep_save(getattr(entry, one.attname), connection) for one in own]
    return [*([entry.pk] if entry.pk else []), *said, _vector(fields)]


def _vector(fields: Fields) -> str:
    """The literal of a tsvector: each stem with its places and their weights.

    What is more than PostgreSQL takes is left out: the runs first, then stems that come late.
    """
    places: dict[str, list[str]] = defaultdict(list)
    place = 0
    for stem, place, weight in _placed(fields):
        at = [f"{place}{weight}"] if place <= LAST_PLACE else []
        places[stem] += at
        if weight in "AB":
            places[f"{NAMED}{stem}"] += at
    left, words = MOST_BYTES, []
    for stem, found in places.items():
        kept = found[:MOST_PLACES]
        left -= len(stem.encode()) + PER_WORD + PER_PLACE * len(kept)
        if left < 0:
            break
        words.append(f"'{stem}':{','.join(kept)}" if kept else f"'{stem}'")
    is_cut = place > LAST_PLACE or max(map(len, places.values()), default=0) > MOST_PLACES
    return " ".join([*words, *_runs(fields, left, is_cut), *map(_signed, fields.marks)])


def _runs(fields: Fields, most_bytes: int, is_cut: bool) -> list[str]:
    """Pairs and triples, or nothing where they take too much."""
    found = {*_pairs(fields), *(three for some in fields[:4] for three in _triples(some))}
    if len("".join(found).encode()) + PER_WORD * len(found) > most_bytes:
        return []
    return [f"'{one}'" for one in (*found, KNOWN, PAIRED, *([CUT] if is_cut else []))]


def _pairs(fields: Fields) -> Iterator[str]:
    """With the signs of where they stand, as each word has them."""
    signs = ("", TITLED, NAMED), ("", NAMED), ("",), ("",)
    for words, some in zip(fields[:4], signs, strict=True):
        pairs = runs(words, 2, " ")
        for sign in some:
            yield from map(sign.__add__, pairs) if sign else pairs


def _signed(mark: str) -> str:
    """With a sign that nothing has that is typed."""
    return f"'~{mark}'"


def _placed(fields: Fields) -> Iterator[tuple[str, int, str]]:
    place = 0
    for words, weight in zip(fields[:4], "ABCD", strict=True):
        yield from zip(words, count(place + 1), repeat(weight), strict=False)
        place += len(words) + GAP


def _keys(statement: str, parameters: Sequence[Any]) -> list[int]:
    return [key for (key,) in _rows(statement, parameters)]


def _rows(statement: str, parameters: Sequence[Any]) -> list[Any]:
    with connections[sources.current()].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
