"""SQLite: full-text tables (FTS5) beside the entries and the words, kept together by triggers."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from iomsite.search.queries import Query

from .base import SIMILAR, Engine, Fields, Where, expression, sql_of

# The words come folded and stemmed; the tokeniser has only to part them.
PARTED = "tokenize = 'unicode61 remove_diacritics 0'"
# Titles and names once more: whoever looks for a phrase there would else have to look at each page
# whose text has its words. What is saved goes into both by one statement, through a view.
TITLES = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS search_titles USING fts5(title, names, marks, {PARTED})",
    "CREATE TRIGGER IF NOT EXISTS search_title_forgotten AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_titles WHERE rowid = old.id; END",
    "CREATE VIEW IF NOT EXISTS search_saved AS"
    " SELECT 0 AS id, '' AS title, '' AS names, '' AS lead, '' AS text, '' AS marks",
    "CREATE TRIGGER IF NOT EXISTS search_saved_came INSTEAD OF INSERT ON search_saved BEGIN"
    " INSERT OR REPLACE INTO search_index(rowid, title, names, lead, text, marks)"
    " VALUES (new.id, new.title, new.names, new.lead, new.text, new.marks);"
    " INSERT OR REPLACE INTO search_titles(rowid, title, names, marks)"
    " VALUES (new.id, new.title, new.names, new.marks); END",
)
WITHOUT_TITLES = (
    "DROP VIEW IF EXISTS search_saved",
    "DROP TRIGGER IF EXISTS search_title_forgotten",
    "DROP TABLE IF EXISTS search_titles",
)
CREATE = (
    f"CREATE VIRTUAL TABLE search_index USING fts5(title, names, lead, text, marks, {PARTED})",
    "CREATE TRIGGER search_entry_forgotten AFTER DELETE ON search_entry BEGIN"
    " DELETE FROM search_index WHERE rowid = old.id; END",
    # With spaces around, as PostgreSQL has them, so that beginnings weigh more.
    "CREATE VIRTUAL TABLE search_near USING fts5(word, tokenize = 'trigram')",
    "CREATE TRIGGER search_word_learnt AFTER INSERT ON search_word BEGIN"
    " INSERT INTO search_near(rowid, word) VALUES (new.id, '  ' || new.word || ' '); END",
    "CREATE TRIGGER search_word_forgotten AFTER DELETE ON search_word BEGIN"
    " DELETE FROM search_near WHERE rowid = old.id; END",
    *TITLES,
)
DROP = (
    *WITHOUT_TITLES,
    *(
        f"DROP TRIGGER search_{name}"
        for name in ("entry_forgotten", "word_learnt", "word_forgotten")
    ),
    "DROP TABLE search_near",
    "DROP TABLE search_index",
)
WEIGHTS = "10, 6, 3, 1, 0"
COLUMNS = {
    Where.TITLE: "title",
    Where.NAMED: "{title names}",
    Where.ANYWHERE: "{title names lead text}",
}


class SQLite(Engine):
    learn = (
        "INSERT INTO search_word (word, pages) SELECT key, value FROM json_each(%s) WHERE true"
        " ON CONFLICT (word) DO UPDATE SET pages = search_word.pages + excluded.pages"
    )
    unlearn = (
        "UPDATE search_word SET pages = search_word.pages + gone.value"
        " FROM json_each(%s) AS gone WHERE search_word.word = gone.key RETURNING pages"
    )

    def create(self, execute: Any) -> None:
        for statement in CREATE:
            execute(statement)

    def drop(self, execute: Any) -> None:
        for statement in DROP:
            execute(statement)

    def index(self, documents: Sequence[tuple[int, Fields]]) -> None:
        rows: list[Any] = [(key, *map(" ".join, fields)) for key, fields in documents]
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_saved(id, title, names, lead, text, marks)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                rows,
            )

    def forget(self, entries: Sequence[int] | None) -> None:
        """A trigger does, when the entries go."""
        if entries is None:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM search_index")
                cursor.execute("DELETE FROM search_titles")

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
        inside, parameters = sql_of(within) if within is not None else ("", ())
        is_in_titles = where is not Where.ANYWHERE and not query.unwanted
        table = "search_titles" if is_in_titles else "search_index"
        # With its sign, so that the words are not looked for once for each of those keys.
        statement = (
            f"SELECT rowid FROM {table} WHERE {table} MATCH %s"
            + (f" AND +rowid IN ({inside})" if inside else "")
            + " ORDER BY rowid DESC LIMIT %s"
        )
        wanted = _asked(where, query, marks)
        return [key for (key,) in _rows(statement, [wanted, *parameters, most])]

    def best_first(self, query: Query, keys: Collection[int]) -> list[int]:
        """`bm25` counts all pages of each word anew for each statement that calls it."""
        statement = (
            "SELECT rowid FROM search_index WHERE search_index MATCH %s"
            f" ORDER BY bm25(search_index, {WEIGHTS}), rowid DESC LIMIT %s"
        )
        return [key for (key,) in _rows(statement, [_asked(Where.ANYWHERE, query), len(keys)])]

    def among(self, keys: Collection[int]) -> RawSQL:
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps([*keys])])

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """Those that PostgreSQL would call similar: as many triples are common."""
        asked = _triples(word)
        rows = _rows(
            "SELECT w.word, w.pages FROM search_near n JOIN search_word w ON w.id = n.rowid"
            " WHERE search_near MATCH %s ORDER BY n.rank LIMIT %s",
            [" OR ".join(f'"{one}"' for one in sorted(asked)), most],
        )
        triples = ((row, _triples(row[0])) for row in rows)
        return [row for row, own in triples if len(own & asked) >= SIMILAR * len(own | asked)]

    def starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        return _rows(
            "SELECT word, pages FROM search_word WHERE word >= %s AND word < %s"
            " ORDER BY pages DESC, word LIMIT %s",
            [prefix, prefix + chr(0x10FFFF), most],
        )


def _asked(where: Where, query: Query, marks: Collection[str] = ()) -> str:
    """Words may be anywhere that are not to occur."""
    wanted = expression(query.wanted, "+", "OR", "AND", '"{}"')
    parts = [f"{COLUMNS[where]}: ({wanted})", *(f"marks: {mark}" for mark in marks)]
    unwanted = expression(query.unwanted, "+", "OR", "OR", '"{}"')
    but = f" NOT {COLUMNS[Where.ANYWHERE]}: ({unwanted})" if unwanted else ""
    return " AND ".join(parts) + but


def _triples(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def _rows(statement: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
