"""Texts as the words they are found by, the same for every engine.

A word is folded (no case, no accents, no vowel signs) and cut to its stem: “Côte” is found by
“cote”, “migrants” by “migrant”. The engines store and match such words and know nothing of
languages, so the same question has the same answers on every database.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

WORD = re.compile(r"[^\W_]+")
LONGEST = 60
# Letters that have no accent to lose, and those that Arabic writes in several ways.
ALIKE = str.maketrans(
    {
        **{"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"},
        **{"ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": "", "’": "", "'": "", "‘": ""},
    }
)
# Words that nearly every text holds: they do not say what somebody looks for.
COMMON_WORDS = (
    "a an and are as at be by for from has have in into is it its of on or that the their this to"
    " was were which will with who what how"
)
COMMON = frozenset(COMMON_WORDS.split())
stemmer = snowballstemmer.stemmer("english")


class Token(NamedTuple):
    """A word of a text: where it stands, how it is folded, and its stem."""

    start: int
    end: int
    folded: str
    stem: str


@lru_cache(maxsize=10_000)
def fold(word: str) -> str:
    """Without case, accents, signs of vowels and what only some people write."""
    apart = unicodedata.normalize("NFKD", word.casefold().translate(ALIKE))
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(ALIKE)


@lru_cache(maxsize=10_000)
def stem(folded: str) -> str:
    return stemmer.stemWord(folded) if folded.isascii() and folded.isalpha() else folded


def tokens(text: str) -> Iterator[Token]:
    """The words of a text, with their places in it: signs of vowels and apostrophes stay inside."""
    for found in _runs(text):
        for part in WORD.findall(fold(found[0])):
            cut = part[:LONGEST]
            yield Token(found.start(), found.end(), cut, stem(cut))


# Letters with the marks that stand on them, and apostrophes between letters.
RUN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u064b-\u0655\u0640]|['’‘](?=[^\W_]))*")


def _runs(text: str) -> Iterator[re.Match[str]]:
    return RUN.finditer(text)


def stems(text: str) -> list[str]:
    return [token.stem for token in tokens(text)]


def vocabulary(text: str) -> set[str]:
    """The words that somebody may type again: in letters, neither short nor long."""
    return {
        token.folded
        for token in tokens(text)
        if 3 <= len(token.folded) <= 40 and token.folded.isalpha()
    }
