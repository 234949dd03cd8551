"""Texts as the words they are found by, the same for every engine.

A word is folded (no case, no accents, no vowel signs) and cut to its stem: “Côte” is found by
“cote”, “migrants” by “migrant”. The engines store and match such words and know nothing of
languages, so the same question has the same answers on every database (but for what decision 15
says of very long texts).
"""

import re
import threading
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

WORD = re.compile(r"[^\W_]+")
LONGEST = 60
# So many words of texts, most of which are the same few; each takes half a kilobyte.
MOST_AT_HAND = 3_000
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
# It holds the word it is at, so threads that ask at once would mix up theirs. `_parts` remembers
# what it says, so it need not.
_stemmer = Stemmer.Stemmer("english", 0)
_asking = threading.Lock()


class Token(NamedTuple):
    """A word of a text: where it stands, how it is folded, and its stem."""

    start: int
    end: int
    folded: str
    stem: str


def fold(word: str) -> str:
    """Without case, accents, signs of vowels and what only some people write."""
    # Some signs come apart into capitals.
    apart = unicodedata.normalize("NFKD", word.casefold().translate(ALIKE)).casefold()
    return "".join(one for one in apart if not unicodedata.combining(one)).translate(ALIKE)


def stem(folded: str) -> str:
    if not (folded.isascii() and folded.isalpha()):
        return folded
    with _asking:
        return str(_stemmer.stemWord(folded))


def tokens(text: str) -> Iterator[Token]:
    """The words of a text, with their places in it: signs of vowels and apostrophes stay inside."""
    for found in RUN.finditer(text):
        for cut, own in _parts(found[0]):
            yield Token(found.start(), found.end(), cut, own)


# Letters with the marks that stand on them, and apostrophes between letters.
RUN = re.compile(r"[^\W_]+(?:(?:[\u0300-\u036f\u064b-\u0655\u0640]|['’‘](?=[^\W_]))[^\W_]*)*")


@lru_cache(MOST_AT_HAND)
def _parts(run: str) -> tuple[tuple[str, str], ...]:
    """The words of a run, folded, each with its stem."""
    cuts = (part[:LONGEST] for part in WORD.findall(fold(run)))
    return tuple((cut, stem(cut)) for cut in cuts)


def tokens_of(text: str, wanted: Collection[str]) -> Iterator[Token]:
    """Those with one of these stems. Only what stands between spaces and has one is taken apart."""
    chunks = {chunk for chunk in set(text.split()) if not _stems_in(chunk).isdisjoint(wanted)}
    for start, end in sorted(place for chunk in chunks for place in _places(chunk, text)):
        for found in RUN.finditer(text, start, end):
            for cut, own in _parts(found[0]):
                if own in wanted:
                    yield Token(found.start(), found.end(), cut, own)


@lru_cache(MOST_AT_HAND)
def _stems_in(chunk: str) -> frozenset[str]:
    return frozenset(stems(chunk))


def _places(chunk: str, text: str) -> Iterator[tuple[int, int]]:
    """Where it stands between spaces."""
    start = text.find(chunk)
    while start >= 0:
        end = start + len(chunk)
        if not (text[start - 1 : start].strip() or text[end : end + 1].strip()):
            yield start, end
        start = text.find(chunk, start + 1)


def stems(text: str) -> list[str]:
    """Those of `tokens`, without their places: in two fifths of the time."""
    return [own for run in RUN.findall(text) for _cut, own in _parts(run)]


def vocabulary(text: str) -> set[str]:
    """The words that somebody may type again: in letters, neither short nor long."""
    words = (word for run in set(RUN.findall(text)) for word, _stem in _parts(run))
    return {word for word in words if 3 <= len(word) <= 40 and word.isalpha()}
