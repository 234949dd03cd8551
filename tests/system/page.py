"""The blocks of docs/deploy.md, as tests/system/machine.py and .ci/debian carry them out.

python3 -m tests.system.page "1. Packages"
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/deploy.md"
BLOCK = re.compile(
    r"^## (?P<title>[^\n]+)|^```sh(?P<by_hand> by hand)?\n(?P<lines>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    title: str
    lines: str
    # Needs a machine, a name or a person.
    by_hand: bool

    @property
    def is_step(self) -> bool:
        return self.title[0].isdigit()


def blocks() -> list[Block]:
    """In their order, with the heading above each."""
    found: list[Block] = []
    title = ""
    for match in BLOCK.finditer(PAGE.read_text()):
        title = match["title"] or title
        if match["lines"]:
            found.append(Block(title, match["lines"], bool(match["by_hand"])))
    return found


if __name__ == "__main__":
    (wanted,) = sys.argv[1:]
    sys.stdout.write("".join(block.lines for block in blocks() if block.title == wanted))
