"""From what somebody typed to the pages that fit, and to what helps where none does."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Self

from .engines import engine
from .engines.base import mark
from .filters import EntryFilter
from .models import CALLED, LONGEST_NAME, Entry
from .queries import Clause, Query, parse
from .spelling import corrections
from .words import fold, stem, stems

# Of more pages that fit, the newest are weighed, and those first whose title or names fit.
MOST = 500
MOST_SUGGESTED = 8
SHORTEST_PREFIX = 2
LONGEST_CODE = 3


@dataclass(frozen=True)
class Found:
    """What a question came to."""

    asked: Query
    query: Query  # what was looked for: the question, or a better spelling of it
    keys: list[int] = field(default_factory=list)
    is_capped: bool = False
    fewer: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def is_corrected(self) -> bool:
        return self.query is not self.asked

    def entries(self) -> Any:
        """What fits and is public this very moment."""
        return Entry.objects.current().filter(pk__in=self.keys)

    def narrowed(self, narrowing: EntryFilter) -> Self:
        """Of too many that fit, those that the filters ask for. One statement, if any."""
        if not (self.is_capped and narrowing.asked):
            return self
        marks = [mark(name, value) for name, value in narrowing.asked.items()]
        keys, is_capped = _keys(self.query, marks, of_one_time="year" in narrowing.asked)
        return replace(self, keys=keys, is_capped=is_capped)


def find(typed: str, *, exact: bool = False) -> Found:
    """Two statements; more only where there are very many results, or none.

    What nothing fits is looked for in a better spelling, unless `exact`.
    """
    asked = with_names(parse(typed))
    if not asked:
        return Found(asked, asked)
    keys, is_capped = _keys(asked)
    if keys:
        return Found(asked, asked, keys, is_capped)
    if not exact and (better := corrections(asked)):
        query = asked.corrected(better)
        keys, is_capped = _keys(query)
        if keys:
            return Found(asked, query, keys, is_capped)
        return Found(asked, asked, fewer=_with_fewer_words(query))
    return Found(asked, asked, fewer=_with_fewer_words(asked))


def fitting(typed: str, within: Any) -> list[int]:
    """The keys of those of these entries that fit, at most `MOST`. Two statements."""
    query = with_names(parse(typed))
    return engine().find(query, MOST, within=within) if query else []


def with_names(query: Query) -> Query:
    """“SADC” and “Southern African Development Community” ask for the same. One statement."""
    name = " ".join(word for clause in query.wanted for word in clause.folded)
    named = Entry.objects.current().filter(tags__facet=CALLED, tags__value=name[:LONGEST_NAME])
    lines = [line for entry in named[:3] for line in entry.called.splitlines()] if name else []
    # Who asks for Austria does not ask for every “at”, nor for every “who” by a name of the WHO.
    lines = [line for line in lines if len(line) > LONGEST_CODE]
    phrases = tuple(dict.fromkeys(tuple(stems(line)) for line in lines))
    if not phrases:
        return query
    folded = tuple(word for clause in query.wanted for word in clause.folded)
    whole = Clause(tuple(map(stem, folded)), query.typed, folded, others=phrases)
    return replace(query, wanted=(whole,))


def _keys(
    query: Query, marks: Collection[str] = (), *, of_one_time: bool = False
) -> tuple[list[int], bool]:
    how: dict[str, Any] = {"marks": marks, "of_one_time": of_one_time}
    keys = engine().find(query, MOST + 1, **how)
    if len(keys) <= MOST:
        return keys, False
    named = engine().find(query, MOST, only_named=True, **how)
    return list(dict.fromkeys([*named, *keys]))[:MOST], True


def _with_fewer_words(query: Query) -> list[tuple[str, str, int]]:
    """The question without each of its words in turn, where something fits that: what is left,
    what was left out, and how many pages fit. A statement or two a word."""
    if len(query.wanted) < 2:
        return []
    found = []
    for clause in query.wanted:
        rest = query.without(clause)
        keys, _is_capped = _keys(rest)
        if number := Entry.objects.current().filter(pk__in=keys).count():
            found.append((rest.typed, clause.typed, number))
    return sorted(found, key=lambda one: -one[2])


def suggestions(typed: str) -> tuple[list[str], list[Entry]]:
    """How the question may go on, and pages that are called so. At most three statements."""
    *before, last = typed.split() or [""]
    prefix = fold(last)
    if len(prefix) < SHORTEST_PREFIX or not prefix.isalnum() or typed[-1:].isspace():
        return [], _called(parse(typed)) if parse(typed) else []
    words = [word for word, _pages in engine().starting(prefix, MOST_SUGGESTED)]
    query = parse(typed)
    if not query:
        return [], []
    others = tuple((one,) for one in dict.fromkeys(stem(word) for word in words))
    going_on = Clause((stem(prefix),), last, (prefix,), others=others)
    wanted = tuple(one for one in query.wanted if one.folded != (prefix,))
    pages = _called(replace(query, wanted=(*wanted, going_on)))
    return [" ".join([*before, word]) for word in words if word != prefix or before], pages


def _called(query: Query) -> list[Entry]:
    keys = engine().find(query, MOST_SUGGESTED, only_named=True)
    entries = Entry.objects.current().only("title", "kind", "address").in_bulk(keys)
    return [entries[key] for key in keys if key in entries]
