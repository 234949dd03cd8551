"""What two lists of lines or words have in common, in a time that can be waited for.

The matcher takes hours over a few pages that say the same word again and again. So each comparison
has so much work to spend: what is too much for it is told apart at its beginning and its end, and
what lies between counts as replaced where that is too much as well.
"""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

Opcode = tuple[str, int, int, int, int]
# About three seconds of a processor at the very worst; of the pages of the site none needs a
# hundredth of it.
MOST = 300_000_000


class Matching:
    """The work of one comparison."""

    def __init__(self, most: int = MOST) -> None:
        self._left = most

    def opcodes(self, old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
        """As `SequenceMatcher.get_opcodes`; of what is replaced, one side may be empty."""
        if self._affords(old, new):
            return _matched(old, new)
        most = min(len(old), len(new))
        start = next((place for place in range(most) if old[place] != new[place]), most)
        rest = most - start
        end = next((place for place in range(rest) if old[-place - 1] != new[-place - 1]), rest)
        old_end, new_end = len(old) - end, len(new) - end
        within = old[start:old_end], new[start:new_end]
        between: list[Opcode] = [("replace", 0, len(within[0]), 0, len(within[1]))]
        if self._affords(*within):
            between = _matched(*within)
        moved = [
            (tag, a1 + start, a2 + start, b1 + start, b2 + start) for tag, a1, a2, b1, b2 in between
        ]
        first, last = (0, start, 0, start), (old_end, len(old), new_end, len(new))
        found = [("equal", *first), *moved, ("equal", *last)]
        return [one for one in found if one[1] < one[2] or one[3] < one[4]]

    def _affords(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether there is enough left for that, which is then spent."""
        counts = Counter(new)
        pairs = sum(number * counts[item] for item, number in Counter(old).items())
        work = pairs * min(len(old), len(new))
        if work > self._left:
            return False
        self._left -= work
        return True


def _matched(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
