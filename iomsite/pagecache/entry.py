"""An answer as it is kept: packed in each encoding, made once, and what it depends on."""

import datetime
import gzip
import hashlib
import sys
from collections.abc import Iterable
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

    `packed` has its bytes in each encoding, and as they are only where that is the shortest: few
    take no other, and plain bytes need more room than both others. `names` are the parameters of
    its address that it depends on.
    """

    headers: Headers
    packed: dict[str, bytes]
    etag: str
    vary: str
    made: Known
    row: Key | None
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, response: Any, known: Known) -> "Kept":
        """`known` is what was known before the response was made."""
        negotiated = "accept" in response.get("Vary", "").lower().split(", ")
        body = response.content
        return cls(
            headers=headers_of(item for item in response.items() if item[0].lower() not in OWN),
            packed=packed(body, getattr(response, "brotli", b"")),
            etag=f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
            vary="Accept, Accept-Encoding" if negotiated else "Accept-Encoding",
            made=replace(known, stamps={}),  # which are not asked of the past
            row=response.kept_by.row,
            names=response.kept_by.names,
        )

    @cached_property
    def last_modified(self) -> str:
        moment = max(self.made.changed_at or STARTED_AT, STARTED_AT)
        return format_datetime(moment.astimezone(datetime.UTC), usegmt=True)

    @cached_property
    def validators(self) -> Headers:
        return [("ETag", self.etag), ("Last-Modified", self.last_modified), ("Vary", self.vary)]

    def as_sent(self, encoding: str) -> tuple[bytes, Headers]:
        """The bytes, and the headers that follow from them."""
        body = self.packed.get(encoding) if encoding else None
        if body is None:
            body = self._unpacked()
            return body, [("Content-Length", str(len(body)))]
        return body, [("Content-Encoding", encoding), ("Content-Length", str(len(body)))]

    def _unpacked(self) -> bytes:
        body = self.packed.get("")
        return gzip.decompress(self.packed["gzip"]) if body is None else body

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return OVERHEAD + sum(map(len, self.packed.values()))


def packed(body: bytes, brotli_of_it: bytes = b"") -> dict[str, bytes]:
    """In both encodings; as they are where that is shorter than either. One may be at hand."""
    if len(body) >= SHORTEST_PACKED:
        tried = {
            "br": brotli_of_it or brotli.compress(body, quality=BROTLI_QUALITY),
            "gzip": gzip.compress(body, GZIP_LEVEL, mtime=0),
        }
        if max(map(len, tried.values())) < len(body):
            return tried
    return {"": body}


def may_be_kept(answer: Any) -> bool:
    """Django may have made of it what is for one person alone, or for now."""
    is_whole = answer.status_code == 200 and not answer.streaming and not answer.cookies
    varies = answer.get("Vary", "").lower()
    return is_whole and "Cache-Control" not in answer and "cookie" not in varies


def headers_of(told: Iterable[tuple[str, str]]) -> Headers:
    """Most are those of all pages, of which one copy is enough."""
    return [(sys.intern(name), sys.intern(value)) for name, value in told]


def cache_control(next_at: float, now: float) -> str:
    """Never beyond the moment at which the schedule makes it another page. Seconds since 1970.

    What may be given out stale begins where `s-maxage` ends.
    """
    left = max(0.0, next_at - now)
    fresh = int(min(SHARED, left))
    stale = int(min(ON_ERROR, left - fresh))
    return (
        f"public, max-age=0, must-revalidate, s-maxage={fresh}, "
        f"stale-while-revalidate={min(WHILE_ASKING, stale)}, stale-if-error={stale}"
    )


def control_holds_until(next_at: float, now: float) -> float:
    """Until when `cache_control` says the same as now."""
    return next_at - int(min(SHARED + ON_ERROR, next_at - now))
