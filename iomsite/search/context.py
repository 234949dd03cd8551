"""The words that were looked for, in the sentence they stand in."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .words import Token, tokens_of

LENGTH = 220
BEFORE = 60


class Piece(NamedTuple):
    """A run of a text; `is_found` where it is one of the words. Not escaped yet."""

    text: str
    is_found: bool = False


def marked(text: str, stems: set[str]) -> list[Piece]:
    """The whole text, taken apart at the words."""
    pieces, place = [], 0
    for token in tokens_of(text, stems):
        if token.start >= place:
            pieces += [Piece(text[place : token.start]), Piece(text[token.start : token.end], True)]
            place = token.end
    return [piece for piece in (*pieces, Piece(text[place:])) if piece.text]


def drawn(pieces: Iterable[Piece]) -> SafeString:
    """As HTML. A template takes its time for each of many small pieces."""
    texts = ((escape(text), is_found) for text, is_found in pieces)
    return mark_safe(  # escaped piece by piece
        "".join(f"<mark>{text}</mark>" if is_found else text for text, is_found in texts)
    )


def excerpt(texts: list[str], stems: set[str]) -> list[Piece]:
    """Of these texts, the stretch with most of the words; the beginning where there is none."""
    best, stretch = 0, next(filter(None, texts), "")
    start = 0
    for text in texts:
        if best == len(stems):
            break
        found = list(tokens_of(text, stems))
        for place, token in enumerate(found):
            number = len({one.stem for one in found[place:] if one.end - token.start <= LENGTH})
            if number > best:
                best, stretch, start = number, text, _beginning(text, token)
    return _cut(stretch, start, stems)


def _beginning(text: str, token: Token) -> int:
    """The start of the sentence, or of a word not far before."""
    if token.start <= BEFORE:
        return 0
    near = token.start - BEFORE
    sentence = max(text.rfind(sign, near, token.start) for sign in (". ", "\n", "? ", "! "))
    return sentence + 1 if sentence >= 0 else text.find(" ", near) + 1 or near


def _cut(text: str, start: int, stems: set[str]) -> list[Piece]:
    end = min(len(text), start + LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + LENGTH // 2)
    words = " ".join(text[start:end].split())
    before, after = ("… " if start else ""), ("…" if end < len(text) else "")
    ends = [Piece(before)] if before else []
    return [*ends, *marked(words, stems), *([Piece(after)] if after else [])]
