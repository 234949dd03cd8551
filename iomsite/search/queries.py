"""What somebody typed, as the words, phrases and exclusions it asks for.

Nothing that is typed is an error: quotes that do not close, signs and operators of other search
engines are words or nothing. What is considered is bounded.
"""

import re
from dataclasses import dataclass, field, replace

from .words import COMMON, tokens

MOST_CHARACTERS = 200
MOST_WORDS = 12
PIECE = re.compile(
    r'(?P<minus>(?<!\S)-(?=[\w"“]))?'
    r'(?:["“”](?P<phrase>[^"“”]*)["“”]?|(?P<word>[^\s"“”]+))'
)


@dataclass(frozen=True)
class Clause:
    """Words that stand side by side; one word in most cases."""

    stems: tuple[str, ...]
    typed: str
    folded: tuple[str, ...]
    is_phrase: bool = False
    # What does as well, each in stems: how a word may go on, or what a partner is called besides.
    others: tuple[tuple[str, ...], ...] = ()

    @property
    def longest(self) -> int:
        """How many words stand side by side in it."""
        return max(map(len, (self.stems, *self.others)))


@dataclass(frozen=True)
class Query:
    """All of `wanted` and none of `unwanted`."""

    typed: str = ""
    wanted: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()
    is_cut: bool = field(default=False, compare=False)
    # The entries of what is called by just these words.
    called: tuple[int, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def phrases(self) -> dict[tuple[str, ...], int]:
        """Each that answers a part of the question, and which part."""
        return {
            phrase: part
            for part, clause in enumerate(self.wanted)
            for phrase in (clause.stems, *clause.others)
        }

    @property
    def longest(self) -> int:
        return max((one.longest for one in (*self.wanted, *self.unwanted)), default=0)

    @property
    def has_phrases(self) -> bool:
        return self.longest > 1

    def without(self, clause: Clause) -> "Query":
        rest = tuple(one for one in self.wanted if one != clause)
        return replace(self, wanted=rest, typed=_written(rest, self.unwanted))

    def corrected(self, words: dict[str, str]) -> "Query":
        """With some of its folded words replaced."""
        typed = _written(
            tuple(replace(one, typed=_exchange(one, words)) for one in self.wanted), self.unwanted
        )
        return parse(typed)


def _exchange(clause: Clause, words: dict[str, str]) -> str:
    if not any(one in words for one in clause.folded):
        return clause.typed
    inside = " ".join(words.get(one, one) for one in clause.folded)
    return f'"{inside}"' if clause.is_phrase else inside


def _written(wanted: tuple[Clause, ...], unwanted: tuple[Clause, ...]) -> str:
    return " ".join([*(one.typed for one in wanted), *(f"-{one.typed}" for one in unwanted)])


def parse(typed: str) -> Query:
    """Common words count only inside a phrase, or where nothing else is typed."""
    text = typed.replace("\0", " ")[:MOST_CHARACTERS]
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    left = MOST_WORDS
    for found in PIECE.finditer(text):
        piece, is_phrase = (found["word"], False) if found["word"] else (found["phrase"], True)
        words = list(tokens(piece))[:left]
        if not words:
            continue
        left -= len(words)
        # A word with a hyphen or a stroke inside is words side by side.
        clause = Clause(
            tuple(one.stem for one in words),
            f'"{piece.strip()}"' if is_phrase else piece,
            tuple(one.folded for one in words),
            is_phrase,
        )
        (unwanted if found["minus"] else wanted).append(clause)
    telling = [one for one in wanted if one.is_phrase or not COMMON.issuperset(one.folded)]
    chosen = tuple(dict.fromkeys(telling or wanted))
    is_cut = left <= 0 or len(typed) > MOST_CHARACTERS
    return Query(text.strip(), chosen, tuple(dict.fromkeys(unwanted)), is_cut)
