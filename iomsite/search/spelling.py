"""The word that somebody may have meant: of those that public pages use, the nearest one."""

from .engines import engine
from .queries import Query
from .words import COMMON

MOST_WORDS = 4
CANDIDATES = 60
SHORT = 6


def corrections(query: Query) -> dict[str, str]:
    """For words that no page uses, one that some do. One or two statements a word."""
    typed = [word for clause in query.wanted for word in clause.folded]
    asked = [word for word in dict.fromkeys(typed) if len(word) >= 3 and word not in COMMON]
    found = ((word, nearest(word)) for word in asked[:MOST_WORDS] if not _is_used(word))
    return {word: better for word, better in found if better}


def _is_used(word: str) -> bool:
    return any(known == word for known, _pages in engine().starting(word, 1))


def nearest(word: str) -> str:
    """The word that fewest slips of the finger lead to; of several, the most used."""
    most = 1 if len(word) < SHORT else 2
    ranked = sorted(
        (slips, -pages, known)
        for known, pages in engine().near(word, CANDIDATES)
        if (slips := distance(word, known, most)) <= most
    )
    return ranked[0][2] if ranked else ""


def distance(one: str, other: str, most: int) -> int:
    """How many letters were left out, added, mistaken or exchanged with their neighbour.

    Counted up to `most`; one more than that stands for all others.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
