"""PostgreSQL: the words of an entry as a `tsvector` with weights, in a column of its row (GIN)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection, connections

from iomsite import sources
from iomsite.search.queries import Query

from .base import SIMILAR, Engine, Fields, expression, sql_of

CREATE = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "ALTER TABLE search_entry ADD COLUMN words tsvector",
    # What is new is found at once, and no visitor pays for putting it in its place.
    "CREATE INDEX search_entry_words ON search_entry USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX search_word_near ON search_word USING gin (word gin_trgm_ops)",
)
DROP = (
    "DROP INDEX search_word_near",
    "DROP INDEX search_entry_words",
    "ALTER TABLE search_entry DROP COLUMN words",
)
# Of text, lead, names and title.
WEIGHTS = "'{0.1, 0.3, 0.6, 1.0}'"
# Stems of titles and names stand there once more with this sign, which no stem has: the index knows
# no weights, and each entry would have to be unpacked to find them.
NAMED = "="
# Long texts count less; the distance between words does not.
BY_LENGTH = 1
# What PostgreSQL keeps of a text, and of a word in it.
LAST_PLACE = 16_000
MOST_PLACES = 200
# Between title, names, lead and text: no phrase reaches over it.
GAP = 100


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

    def index(self, documents: Sequence[tuple[int, Fields]]) -> None:
        rows = [(_vector(fields), key) for key, fields in documents]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE search_entry SET words = %s::tsvector WHERE id = %s", rows)

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
        only_named: bool = False,
    ) -> list[int]:
        quoted = f"'{NAMED}{{}}'" if only_named else "'{}'"
        asked = expression(query, "<->", "&", "|", "& !", quoted)
        wanted = f"({asked})" + "".join(f" & {_signed(mark)}" for mark in marks)
        inside, parameters = sql_of(within) if within is not None else ("", ())
        # PostgreSQL takes what it looks for to be spread evenly, and would walk to it from the end.
        order = "id + 0" if of_one_time else "id"
        # Weighed last: the words of an entry are unpacked for that, which takes the most time.
        statement = (
            "SELECT id FROM (SELECT id, words FROM search_entry WHERE words @@ %s::tsquery"
            + (f" AND id IN ({inside})" if inside else "")
            + f" ORDER BY {order} DESC LIMIT %s) AS found"
            f" ORDER BY ts_rank({WEIGHTS}, words, %s::tsquery, {BY_LENGTH}) DESC, id DESC"
        )
        return [key for (key,) in _rows(statement, [wanted, *parameters, most, asked])]

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        _rows("SELECT set_limit(%s)", [SIMILAR])
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


def _vector(fields: Fields) -> str:
    """The literal of a tsvector: each stem with its places and their weights."""
    places: dict[str, list[str]] = defaultdict(list)
    for stem, place, weight in _placed(fields):
        for word in (stem, f"{NAMED}{stem}") if weight in "AB" else (stem,):
            if len(places[word]) < MOST_PLACES:
                places[word].append(f"{min(place, LAST_PLACE)}{weight}")
    words = [f"'{stem}':{','.join(found)}" for stem, found in places.items()]
    return " ".join([*words, *map(_signed, fields.marks)])


def _signed(mark: str) -> str:
    """With a sign that nothing has that is typed."""
    return f"'~{mark}'"


def _placed(fields: Fields) -> Iterator[tuple[str, int, str]]:
    place = 0
    for words, weight in zip(fields[:4], "ABCD", strict=True):
        for stem in words:
            place += 1
            yield stem, place, weight
        place += GAP


def _rows(statement: str, parameters: Sequence[Any]) -> list[Any]:
    with connections[sources.current()].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
