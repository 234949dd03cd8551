"""From what somebody typed to the pages that fit, and to what helps where none does."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from .engines import engine
from .engines.base import Where, mark
from .filters import EntryFilter
from .models import CALLED, LONGEST_NAME, Entry
from .queries import Clause, Query, parse
from .spelling import corrections
from .words import fold, stem, stems, tokens

# Of more pages that fit, the newest are shown: those first whose title fits, then whose names do.
MOST = 200
MOST_SUGGESTED = 8
MOST_NAMED = 3
SHORTEST_PREFIX = 2
LONGEST_CODE = 3


@dataclass(frozen=True)
class Found:
    """What a question came to."""

    asked: Query
    query: Query  # what was looked for: the question, or a better spelling of it
    # What fits, the newest first: one more than `MOST` where there are more.
    newest: list[int] = field(default_factory=list)
    fewer: list[tuple[str, str, int]] = field(default_factory=list)
    # Of very many, what the filters ask for is looked for by the index itself.
    marks: tuple[str, ...] = ()
    of_one_time: bool = False

    @property
    def is_corrected(self) -> bool:
        return self.query is not self.asked

    @property
    def is_capped(self) -> bool:
        return len(self.newest) > MOST

    @cached_property
    def keys(self) -> list[int]:
        """What is called by just these words, then the best. At most two statements."""
        best = self._best()
        # Of too many that fit it may be too old to be among them, unless more than words is asked.
        is_left_out = self.is_capped and not (self.marks or self.query.unwanted)
        called = [key for key in self.query.called if is_left_out or key in best]
        return list(dict.fromkeys([*called, *best]))[:MOST]

    def _best(self) -> list[int]:
        if len(self.newest) < 2:
            return self.newest
        if not (self.is_capped or self.marks):
            return engine().best_first(self.query, self.newest)
        how: Any = {"marks": self.marks, "of_one_time": self.of_one_time}
        titled = engine().find(self.query, MOST, where=Where.TITLE, **how)
        is_enough = len(titled) == MOST
        named = [] if is_enough else engine().find(self.query, MOST, where=Where.NAMED, **how)
        return list(dict.fromkeys([*titled, *named, *self.newest]))[:MOST]

    def entries(self) -> Any:
        """What fits and is public this very moment."""
        return Entry.objects.current().filter(pk__in=self.keys)

    def narrowed(self, narrowing: EntryFilter) -> Self:
        """Of too many that fit, those that the filters ask for. One statement, if any."""
        if not (self.is_capped and narrowing.asked) or self.marks:
            return self
        return self.within(narrowing)

    def within(self, narrowing: EntryFilter) -> Self:
        marks = tuple(mark(name, value) for name, value in narrowing.asked.items())
        how: Any = {"marks": marks, "of_one_time": "year" in narrowing.asked}
        return replace(self, newest=engine().find(self.query, MOST + 1, **how), **how)


def find(typed: str, *, exact: bool = False, narrowing: EntryFilter | None = None) -> Found:
    """Two statements; more only where nothing fits, or where somebody asks for the best.

    What nothing fits is looked for in a better spelling, unless `exact`. What the filters leave is
    looked for at once: where that is too much already, nobody has to ask whether all is.
    """
    asked = with_names(parse(typed))
    if not asked:
        return Found(asked, asked)
    if narrowing and narrowing.asked and (found := Found(asked, asked).within(narrowing)).is_capped:
        return found
    if newest := engine().find(asked, MOST + 1):
        return Found(asked, asked, newest)
    if not exact and (better := corrections(asked)):
        query = asked.corrected(better)
        if newest := engine().find(query, MOST + 1):
            return Found(asked, query, newest)
        return Found(asked, asked, fewer=_with_fewer_words(query))
    return Found(asked, asked, fewer=_with_fewer_words(asked))


def fitting(typed: str, within: Any = None) -> list[int]:
    """The keys of what fits, or of those of these entries: the newest `MOST`. Two statements."""
    query = with_names(parse(typed))
    return engine().find(query, MOST, within=within) if query else []


def with_names(query: Query) -> Query:
    """“SADC” and “Southern African Development Community” ask for the same. One statement.

    Common words are part of a name: of the “Islamic Republic of Iran”, not of “the SADC”.
    """
    telling = tuple(word for clause in query.wanted for word in clause.folded)
    unwanted = {word for clause in query.unwanted for word in clause.folded}
    typed = (token.folded for token in tokens(query.typed))
    all_of_it = tuple(word for word in typed if word not in unwanted)
    names = {" ".join(words)[:LONGEST_NAME] for words in (telling, all_of_it) if words}
    named = Entry.objects.current().filter(tags__facet=CALLED, tags__value__in=names)
    found = [*named.values_list("pk", "called", "tags__value")[:3]] if names else []
    query = replace(query, called=tuple(key for key, _lines, _name in found))
    lines = [line for _key, lines, _name in found for line in lines.splitlines()]
    # Who asks for Austria does not ask for every “at”, nor for every “who” by a name of the WHO.
    lines = [line for line in lines if len(line) > LONGEST_CODE]
    # Of a line without letters nothing is left to look for.
    phrases = tuple(filter(None, dict.fromkeys(tuple(stems(line)) for line in lines)))
    if not phrases:
        return query
    folded = tuple(max((name for _key, _lines, name in found), key=len).split())
    whole = Clause(tuple(map(stem, folded)), query.typed, folded, others=phrases)
    return replace(query, wanted=(whole,))


def _with_fewer_words(query: Query) -> list[tuple[str, str, int]]:
    """The question without each of its words in turn, where something fits that: what is left,
    what was left out, and how many pages fit. Two statements a word."""
    if len(query.wanted) < 2:
        return []
    found = []
    for clause in query.wanted:
        rest = query.without(clause)
        newest = engine().among(engine().find(rest, MOST))
        if number := Entry.objects.current().filter(pk__in=newest).count():
            found.append((rest.typed, clause.typed, number))
    return sorted(found, key=lambda one: -one[2])


def suggestions(typed: str) -> tuple[list[str], list[Entry]]:
    """How the question may go on, and pages that are called so. At most four statements."""
    *before, last = typed.split() or [""]
    prefix = fold(last)
    if len(prefix) < SHORTEST_PREFIX or not prefix.isalnum() or typed[-1:].isspace():
        return [], _called(parse(typed), typed) if parse(typed) else []
    words = [word for word, _pages in engine().starting(prefix, MOST_SUGGESTED)]
    query = parse(typed)
    if not query:
        return [], []
    others = tuple((one,) for one in dict.fromkeys(stem(word) for word in words))
    going_on = Clause((stem(prefix),), last, (prefix,), others=others)
    wanted = tuple(one for one in query.wanted if one.folded != (prefix,))
    pages = _called(replace(query, wanted=(*wanted, going_on)), typed)
    return [" ".join([*before, word]) for word in words if word != prefix or before], pages


def _called(query: Query, typed: str) -> list[Entry]:
    """Countries and partners whose names begin so; of others the newest, those first whose title
    and not only their names hold the words."""
    shown = Entry.objects.current().only("title", "kind", "address")
    name = " ".join(token.folded for token in tokens(typed))[:LONGEST_NAME]
    begin = shown.filter(tags__facet=CALLED, tags__value__startswith=name).order_by("tags__value")
    named = {entry.pk: entry for entry in begin[:MOST_NAMED]}
    keys = engine().find(query, MOST_SUGGESTED, where=Where.NAMED)
    entries = shown.in_bulk(keys)
    others = [entries[key] for key in keys if key in entries and key not in named]
    others.sort(key=lambda entry: not _holds(entry.title, query))
    return [*named.values(), *others][:MOST_SUGGESTED]


def _holds(title: str, query: Query) -> bool:
    own = set(stems(title))
    return all(
        any(own.issuperset(phrase) for phrase in (clause.stems, *clause.others))
        for clause in query.wanted
    )
