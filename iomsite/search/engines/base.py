"""What search asks of an engine. Engines get stems and folded words, never what was typed."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from enum import Enum
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from iomsite.search.models import Entry
from iomsite.search.queries import Clause, Query

# Of all the triples of letters that two words have, so many are common before they are compared
# letter by letter: two letters exchanged in a word of five leave as many.
SIMILAR = 0.18


# The stems of a phrase in the syntax of an engine.
Phrase = Callable[[Sequence[str]], str]

# What an entry says of its row.
SAID = [
    field.name
    for field in Entry._meta.concrete_fields
    if field.name not in ("id", "model", "row_id")
]


class Fields(NamedTuple):
    """The stems of an entry, by how much it matters that a word stands there."""

    title: list[str]
    names: list[str]
    lead: list[str]
    text: list[str]
    # What it can be narrowed by, each as one word that nobody types: see `mark`.
    marks: list[str]


class Where(Enum):
    """The fields that words are looked for in."""

    TITLE = "title"
    NAMED = "title and names"
    ANYWHERE = "all but the marks"


def mark(facet: str, value: str) -> str:
    """One word of letters and digits that stands for a value of a filter."""
    return f"x{blake2b(f'{facet}={value}'.encode(), digest_size=8).hexdigest()}"


class Engine:
    # Statements that take words and numbers as an object of JSON.
    learn = unlearn = ""

    def create(self, execute: Any) -> None:
        """Make tables and indexes; `execute` takes a statement. Called by the migration."""
        raise NotImplementedError

    def drop(self, execute: Any) -> None:
        raise NotImplementedError

    def save(self, documents: Sequence[tuple[Entry, Fields]]) -> None:
        """Keep entries and their words, in place of those of the same rows, whose keys they have or
        get; others get a new one.

        One statement or two, for each so many as the engine writes at once.
        """
        raise NotImplementedError

    def forget(self, entries: Sequence[int] | None) -> None:
        """Take the words of these entries out, or of all. Before the entries themselves go."""
        raise NotImplementedError

    def keep_up(self, generation: int) -> None:
        """Note that all changes up to this generation have been told, in their transaction."""

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
        """The keys of the newest entries that fit, at most so many, newest first. One statement.

        They have all `marks`, which the index itself looks for; `of_one_time` says that what has
        them stands together. They are among `within`, a queryset of entries, which may take long
        where many fit.
        """
        raise NotImplementedError

    def best_first(self, query: Query, keys: Collection[int]) -> list[int]:
        """All that fit, and that are few, by how well they do. One statement."""
        raise NotImplementedError

    def among(self, keys: Collection[int]) -> RawSQL:
        """For `pk__in`: as one parameter, where Django would handle hundreds one by one."""
        raise NotImplementedError

    def count(self, changes: dict[str, int]) -> None:
        """How many pages more, or fewer, use each word. At most three statements."""
        more = {word: number for word, number in changes.items() if number > 0}
        fewer = {word: number for word, number in changes.items() if number < 0}
        with connection.cursor() as cursor:
            if more:
                cursor.execute(self.learn, [json.dumps(more)])
            if fewer:
                cursor.execute(self.unlearn, [json.dumps(fewer)])
                if not all(pages for (pages,) in cursor.fetchall()):
                    cursor.execute("DELETE FROM search_word WHERE pages = 0")

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """Words with many of the same three letters in a row, and how many pages have them."""
        raise NotImplementedError

    def starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        """Words that begin so, the most used first."""
        raise NotImplementedError


def expression(clauses: Iterable[Clause], phrase: Phrase, either: str, between: str) -> str:
    """Clauses in the syntax of an engine. Stems are letters and digits: nothing can get out."""

    def one(clause: Clause) -> str:
        found = map(phrase, (clause.stems, *clause.others))
        return "(" + f" {either} ".join(f"({words})" for words in found) + ")"

    return f" {between} ".join(map(one, clauses))


def tied(side_by_side: str, quoted: str) -> Phrase:
    return lambda words: f" {side_by_side} ".join(map(quoted.format, words))


def runs(words: Sequence[str], length: int, tie: str) -> list[str]:
    """All that stand side by side, so many at a time."""
    return [*map(tie.join, zip(*(words[start:] for start in range(length)), strict=False))]


def in_runs(query: Query, cut: Callable[[tuple[str, ...]], Iterable[str]], longest: int) -> Query:
    """Each phrase as what the index has of it; what is unwanted if it is there as a whole."""

    def exchanged(clause: Clause) -> Clause:
        first, *others = (tuple(cut(words)) for words in (clause.stems, *clause.others))
        return replace(clause, stems=first, others=tuple(others))

    few = (clause for clause in query.unwanted if clause.longest <= longest)
    wanted, unwanted = (tuple(map(exchanged, some)) for some in (query.wanted, few))
    return replace(query, wanted=wanted, unwanted=unwanted)


def sql_of(entries: Any) -> tuple[str, tuple[Any, ...]]:
    """The keys of a queryset as a statement of its own."""
    return entries.order_by().values("pk").query.sql_with_params()
