"""The words that were looked for, in the sentence they stand in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .words import WORD, Token, tokens_of

# Words that stand side by side, in stems, and which part of the question they answer.
Phrases = Mapping[tuple[str, ...], int]
LENGTH = 220
BEFORE = 60


class Piece(NamedTuple):
    """A run of a text; `is_found` where it is one of the words. Not escaped yet."""

    text: str
    is_found: bool = False


class Match(NamedTuple):
    """Where words stand as they were asked for."""

    start: int
    end: int
    part: int


def matches(text: str, phrases: Phrases) -> Iterator[Match]:
    tokens = [*tokens_of(text, {stem for phrase in phrases for stem in phrase})]
    for place, first in enumerate(tokens):
        for phrase, part in phrases.items():
            if phrase[0] != first.stem:
                continue
            run = tokens[place : place + len(phrase)]
            if phrase == tuple(one.stem for one in run) and _side_by_side(run, text):
                yield Match(first.start, run[-1].end, part)


def _side_by_side(run: list[Token], text: str) -> bool:
    pairs = zip(run, run[1:], strict=False)
    return not any(WORD.search(text, one.end, other.start) for one, other in pairs)


def marked(text: str, phrases: Phrases) -> list[Piece]:
    """The whole text, taken apart at the words."""
    pieces, place = [], 0
    for match in matches(text, phrases):
        if match.start >= place:
            pieces += [Piece(text[place : match.start]), Piece(text[match.start : match.end], True)]
            place = match.end
    return [piece for piece in (*pieces, Piece(text[place:])) if piece.text]


def drawn(pieces: Iterable[Piece]) -> SafeString:
    """As HTML. A template takes its time for each of many small pieces."""
    texts = ((escape(text), is_found) for text, is_found in pieces)
    return mark_safe(  # escaped piece by piece
        "".join(f"<mark>{text}</mark>" if is_found else text for text, is_found in texts)
    )


def excerpt(texts: list[str], phrases: Phrases) -> list[Piece]:
    """Of these texts, the stretch that answers most of the question; else the beginning."""
    best, stretch = 0, next(filter(None, texts), "")
    start = 0
    for text in texts:
        if best == len({*phrases.values()}):
            break
        found = [*matches(text, phrases)]
        for place, match in enumerate(found):
            number = len({one.part for one in found[place:] if one.end - match.start <= LENGTH})
            if number > best:
                best, stretch, start = number, text, _beginning(text, match.start)
    return _cut(stretch, start, phrases)


def _beginning(text: str, place: int) -> int:
    """The start of the sentence, or of a word not far before."""
    if place <= BEFORE:
        return 0
    near = place - BEFORE
    sentence = max(text.rfind(sign, near, place) for sign in (". ", "\n", "? ", "! "))
    return sentence + 1 if sentence >= 0 else text.find(" ", near) + 1 or near


def _cut(text: str, start: int, phrases: Phrases) -> list[Piece]:
    end = min(len(text), start + LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + LENGTH // 2)
    words = " ".join(text[start:end].split())
    before, after = ("… " if start else ""), ("…" if end < len(text) else "")
    ends = [Piece(before)] if before else []
    return [*ends, *marked(words, phrases), *([Piece(after)] if after else [])]
