"""What is noted of a request while it is answered, for its line in the log and for the metrics.

Whoever comes to know something of it writes it down here, and need not know who reads it.
"""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

KEY = "iomsite.measured"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Measured:
    """One request. `cache` is what the page cache did: hit, collapsed, miss, refused or nothing.

    `seconds` and `statements` are those of the database. Answers that are told bit by bit, such as
    a spreadsheet, are counted until their first bit.
    """

    __slots__ = ("_id", "_start", "cache", "seconds", "statements", "status", "view")

    def __init__(self, start: Callable[..., Any], given: str = "") -> None:
        """`given` is the number that a proxy of ours gave it."""
        self._start = start
        self._id = given
        self.cache = self.view = ""
        self.status = self.statements = 0
        self.seconds = 0.0

    @property
    def id(self) -> str:
        if not WELL_FORMED.fullmatch(self._id):
            self._id = secrets.token_hex(8)
        return self._id

    def begin(self, status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        """As `start_response`. Whatever somebody may keep says nothing of one request."""
        self.status = int(status[:3])
        if self.cache in ("", "refused"):
            headers = [*headers, ("X-Request-ID", self.id)]
        return self._start(status, headers, *error)


current: ContextVar[Measured | None] = ContextVar("measured", default=None)
# Called with the name of what has happened, and of which kind: see `operation.metrics`.
counters: list[Callable[[str, str], None]] = []


def noted(environ: dict[str, Any], how: str) -> None:
    """What the page cache did, in one word or as it stands in `Cache-Status`."""
    request = environ.get(KEY)
    if request is not None:
        request.cache = _in_a_word(how)


@lru_cache(maxsize=16)
def _in_a_word(how: str) -> str:
    return how.rpartition("=")[2].partition(";")[0]


def count(name: str, kind: str) -> None:
    for counter in counters:
        counter(name, kind)
