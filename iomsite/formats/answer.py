"""What there is to say at an address, before it takes a form."""

from collections.abc import Iterator
from dataclasses import dataclass

from .records import Record


@dataclass(frozen=True)
class Answer:
    """All addresses are whole. `records` are read once; `following` is empty at the end."""

    title: str
    address: str
    own_address: str
    records: Iterator[Record]
    following: str = ""
    is_list: bool = True
