"""An answer as it is kept: its bytes in each encoding, made once, and what it depends on."""

import datetime
import gzip
import hashlib
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import cached_property
from typing import Any

import brotli

from .watch import Key, Known

Headers = list[tuple[str, str]]
# What follows from the bytes, or is said anew with each answer.
OWN = {
    *("content-length", "content-encoding", "etag", "last-modified"),
    *("cache-control", "expires", "vary", "cache-status"),
}
# Another version of the site may say the same facts in other words.
STARTED_AT = datetime.datetime.now(datetime.UTC)
OVERHEAD = 3000
# Shorter ones fit into a packet as they are.
SHORTEST_PACKED = 500
# Brotli's 11 makes a page of 40 kB 4 % smaller than 6 does, and takes thirty times as long.
BROTLI_QUALITY, GZIP_LEVEL = 6, 6
# Seconds that a cache between here and the visitor may keep it, and then use it while it asks
# again, or while nobody answers. Browsers ask each time: what was withdrawn must not come back.
SHARED, WHILE_ASKING, ON_ERROR = 2, 30, 3600


@dataclass(frozen=True)
class Kept:
    """`row` is the page whose own stamp says whether it holds; None where any change may end it.

    `names` are the parameters of its address that it depends on.
    """

    headers: Headers
    body: bytes
    vary: str
    made: Known
    row: Key | None
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, response: Any, known: Known) -> "Kept":
        """`known` is what was known before the response was made."""
        negotiated = "accept" in response.get("Vary", "").lower().split(", ")
        return cls(
            headers=[(name, value) for name, value in response.items() if name.lower() not in OWN],
            body=response.content,
            vary="Accept, Accept-Encoding" if negotiated else "Accept-Encoding",
            made=replace(known, stamps={}),  # which are not asked of the past
            row=response.kept_by.row,
            names=response.kept_by.names,
        )

    @cached_property
    def etag(self) -> str:
        """Weak, as it stands for the words in each encoding."""
        return f'W/"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'

    @cached_property
    def last_modified(self) -> str:
        moment = max(self.made.changed_at or STARTED_AT, STARTED_AT)
        return format_datetime(moment.astimezone(datetime.UTC), usegmt=True)

    @cached_property
    def validators(self) -> Headers:
        return [("ETag", self.etag), ("Last-Modified", self.last_modified), ("Vary", self.vary)]

    @cached_property
    def packed(self) -> dict[str, bytes]:
        """Without those that would be longer than the bytes themselves."""
        if len(self.body) < SHORTEST_PACKED:
            return {}
        tried = {
            "br": brotli.compress(self.body, quality=BROTLI_QUALITY),
            "gzip": gzip.compress(self.body, GZIP_LEVEL, mtime=0),
        }
        return {name: data for name, data in tried.items() if len(data) < len(self.body)}

    def as_sent(self, encoding: str) -> tuple[bytes, Headers]:
        """The bytes, and the headers that follow from them."""
        body = self.packed.get(encoding)
        if body is None:
            return self.body, [("Content-Length", str(len(self.body)))]
        return body, [("Content-Encoding", encoding), ("Content-Length", str(len(body)))]

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return OVERHEAD + len(self.body) + sum(map(len, self.packed.values()))


def cache_control(next_at: float, now: float) -> str:
    """Never beyond the moment at which the schedule makes it another page. Seconds since 1970."""
    left = max(0, min(int(next_at - now), ON_ERROR)) if next_at != float("inf") else ON_ERROR
    return (
        f"public, max-age=0, must-revalidate, s-maxage={min(SHARED, left)}, "
        f"stale-while-revalidate={min(WHILE_ASKING, left)}, stale-if-error={left}"
    )
