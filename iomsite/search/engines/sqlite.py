"""SQLite: full-text tables (FTS5) beside the entries and the words, kept together by triggers."""

import json
from collections.abc import Collection, Sequence
from itertools import product
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from iomsite.search.models import Entry
from iomsite.search.queries import Clause, Query

from .base import SAID, SIMILAR, Engine, Fields, Where, expression, in_runs, runs, sql_of, tied

# The words come folded and stemmed; the tokeniser has only to part them.
PARTED = "tokenize = 'unicode61 remove_diacritics 0'"
# What no stem has: it ties words to a run, and says that something stands in the title, in title or
# names, or is a mark.
TIE, TITLED, NAMED, MARK = "_^=~"
# Words that stand side by side are there as one word as well, so that a phrase is found as fast as
# a word is: SQLite would look at each page that has all of them.
LONGEST_RUN = 3


def _runs(column: str) -> str:
    """The words of a column and their runs, some of them twice. Columns hold letters and digits.

    Each list parts the words anew after so many, and begins at another word than the others.
    """
    lists = " || ' ' || ".join(
        f"group_concat(value, iif(key % {length} = {first}, ' ', '{TIE}'))"
        for length in range(2, LONGEST_RUN + 1)
        for first in range(length)
    )
    words = f"""json_each('["' || replace({column}, ' ', '","') || '"]')"""
    return f"(SELECT {column} || ' ' || {lists} FROM {words}) AS {column}"


def _signed(column: str, sign: str) -> str:
    return f"'{sign}' || replace({column}, ' ', ' {sign}')"


_TOKENS = " || ' ' || ".join(
    (
        *("title", _signed("title", TITLED), _signed("title", NAMED)),
        *("names", _signed("names", NAMED), "lead", "text", _signed("marks", MARK)),
    )
)
_FORGET = (
    "INSERT INTO search_runs(search_runs, rowid, words) SELECT 'delete', id, words"
    " FROM search_tokens WHERE id = {0}.id AND id IN (SELECT id FROM search_runs_docsize)"
)
# Whatever is not ASCII is a letter there: without places, a word in two parts is no question.
# What is looked for is looked for here. It keeps no text, only which entry has which word, so what
# is to be forgotten is made again from `search_index`. Everybody saves by this view and these
# triggers, the version before too. `search_titles` is there for that one alone.
RUNS = (
    f"CREATE VIRTUAL TABLE search_runs USING fts5(words, content = '', detail = none,"
    f""" tokenize = "ascii tokenchars '{TIE}{TITLED}{NAMED}{MARK}'")""",
    f"CREATE VIEW search_tokens AS SELECT id, {_TOKENS} AS words FROM (SELECT rowid AS id,"
    f" {', '.join(map(_runs, ('title', 'names', 'lead', 'text')))}, marks FROM search_index)",
    "CREATE TRIGGER search_entry_forgotten AFTER DELETE ON search_entry BEGIN"
    f" {_FORGET.format('old')};"
    " DELETE FROM search_index WHERE rowid = old.id;"
    " DELETE FROM search_titles WHERE rowid = old.id; END",
    f"CREATE TRIGGER search_saved_came INSTEAD OF INSERT ON search_saved BEGIN"
    f" {_FORGET.format('new')};"
    " INSERT OR REPLACE INTO search_index(rowid, title, names, lead, text, marks)"
    " VALUES (new.id, new.title, new.names, new.lead, new.text, new.marks);"
    " INSERT OR REPLACE INTO search_titles(rowid, title, names, marks)"
    " VALUES (new.id, new.title, new.names, new.marks);"
    " INSERT INTO search_runs(rowid, words)"
    " SELECT id, words FROM search_tokens WHERE id = new.id; END",
)
CREATE = (
    f"CREATE VIRTUAL TABLE search_index USING fts5(title, names, lead, text, marks, {PARTED})",
    f"CREATE VIRTUAL TABLE search_titles USING fts5(title, names, marks, {PARTED})",
    "CREATE VIEW search_saved AS"
    " SELECT 0 AS id, '' AS title, '' AS names, '' AS lead, '' AS text, '' AS marks",
    *RUNS,
    # With spaces around, as PostgreSQL has them, so that beginnings weigh more.
    "CREATE VIRTUAL TABLE search_near USING fts5(word, tokenize = 'trigram')",
    "CREATE TRIGGER search_word_learnt AFTER INSERT ON search_word BEGIN"
    " INSERT INTO search_near(rowid, word) VALUES (new.id, '  ' || new.word || ' '); END",
    "CREATE TRIGGER search_word_forgotten AFTER DELETE ON search_word BEGIN"
    " DELETE FROM search_near WHERE rowid = old.id; END",
)
WITHOUT_RUNS = (
    "DROP TRIGGER IF EXISTS search_saved_came",
    "DROP TRIGGER IF EXISTS search_entry_forgotten",
    "DROP VIEW IF EXISTS search_tokens",
    "DROP TABLE IF EXISTS search_runs",
)
DROP = (
    *WITHOUT_RUNS,
    "DROP VIEW IF EXISTS search_saved",
    *(f"DROP TRIGGER search_word_{name}" for name in ("learnt", "forgotten")),
    *(f"DROP TABLE IF EXISTS search_{name}" for name in ("near", "titles", "index")),
)
WEIGHTS = {"title": 10, "names": 6, "lead": 3, "text": 1}
# As SQLite's `bm25` has them: how soon words that come again add no more, and what length counts.
SOON, BY_LENGTH = 1.2, 0.75
SIGNS = {Where.TITLE: TITLED, Where.NAMED: NAMED, Where.ANYWHERE: ""}
COLUMNS = {
    Where.TITLE: ["title"],
    Where.NAMED: ["title", "names"],
    Where.ANYWHERE: [*WEIGHTS],
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
            execute(statement, None)  # else a sign of percent would ask for a parameter

    def drop(self, execute: Any) -> None:
        for statement in DROP:
            execute(statement)

    def save(self, documents: Sequence[tuple[Entry, Fields]]) -> None:
        for entry, _fields in documents:
            entry.pk = None  # else it would be a statement of its own
        Entry.objects.bulk_create(
            [entry for entry, _fields in documents],
            update_conflicts=True,
            unique_fields=["model", "row_id"],
            update_fields=SAID,
        )
        rows: list[Any] = [(entry.pk, *map(" ".join, fields)) for entry, fields in documents]
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
                cursor.execute("INSERT INTO search_runs(search_runs) VALUES ('delete-all')")
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
        checks, phrases = _checks(where, query)
        # With its sign, so that the words are not looked for once for each of those keys.
        statement = (
            "SELECT rowid FROM search_runs WHERE search_runs MATCH %s"
            + (f" AND +rowid IN ({inside})" if inside else "")
            + checks
            + " ORDER BY rowid DESC LIMIT %s"
        )
        wanted = _asked(SIGNS[where], query, marks)
        return [key for (key,) in _rows(statement, [wanted, *parameters, *phrases, most])]

    def best_first(self, query: Query, keys: Collection[int]) -> list[int]:
        """As `bm25` but that all words weigh alike: it counts all pages of each word, or phrase."""
        found = _rows(
            f"SELECT rowid, {', '.join(WEIGHTS)} FROM search_index"
            " WHERE rowid IN (SELECT value FROM json_each(%s))",
            [json.dumps([*keys])],
        )
        lengths = {key: sum(map(len, fields)) for key, *fields in found}
        usual = sum(lengths.values()) / max(1, len(lengths))
        worth = {key: _worth(query, fields, lengths[key] / usual) for key, *fields in found}
        return sorted(worth, key=lambda key: (worth[key], key), reverse=True)

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


def _asked(sign: str, query: Query, marks: Collection[str] = ()) -> str:
    """Words may be anywhere that are not to occur."""
    cut = in_runs(query, lambda words: runs(words, min(len(words), LONGEST_RUN), TIE), LONGEST_RUN)
    wanted = expression(cut.wanted, tied("AND", f'"{sign}{{}}"'), "OR", "AND")
    unwanted = expression(cut.unwanted, tied("AND", '"{}"'), "OR", "OR")
    parts = [f"({wanted})", *(f'"{MARK}{mark}"' for mark in marks)]
    return " AND ".join(parts) + (f" NOT ({unwanted})" if unwanted else "")


def _checks(where: Where, query: Query) -> tuple[str, list[str]]:
    """What runs do not tell: whether more words than they have stand side by side."""
    checks, asked = "", []
    for start, columns, clauses in (
        ("EXISTS", COLUMNS[where], query.wanted),
        ("NOT EXISTS", COLUMNS[Where.ANYWHERE], query.unwanted),
    ):
        for clause in (one for one in clauses if one.longest > LONGEST_RUN):
            pairs = [*product(columns, _phrases(clause))]
            held = " OR ".join(f"instr(' ' || {column} || ' ', %s)" for column, _phrase in pairs)
            checks += (
                f" AND {start} (SELECT 1 FROM search_index AS own"
                f" WHERE own.rowid = search_runs.rowid AND ({held}))"
            )
            asked += [phrase for _column, phrase in pairs]
    return checks, asked


def _worth(query: Query, fields: Sequence[str], length: float) -> float:
    """How well an entry fits that is so many times as long as others are."""
    dampened = SOON * (1 - BY_LENGTH + BY_LENGTH * length)
    worth = 0.0
    for clause in query.wanted:
        times = sum(
            weight * f" {field} ".count(phrase)
            for weight, field in zip(WEIGHTS.values(), fields, strict=True)
            for phrase in _phrases(clause)
        )
        worth += times / (times + dampened)
    return worth


def _phrases(clause: Clause) -> list[str]:
    """As they stand in a field that has a space before and after its words."""
    return [f" {' '.join(words)} " for words in (clause.stems, *clause.others)]


def _triples(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def _rows(statement: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
