"""What all processes and servers keep together, in Redis: asked where this process has nothing.

Whoever can write to that Redis can write anything there, so what comes from it is signed with the
secret of the site, read without running anything, and bounded; what does not fit is ignored. A
Redis that fails or is slow costs one request `PATIENCE`, and is left alone for some seconds.
"""

import datetime
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import redis
from django.conf import settings

from .asked import Asked
from .entry import Kept, headers_of
from .watch import Known

Found = TypeVar("Found")
# Seconds: for one question, without questions after one that failed, of an entry, of a lease.
PATIENCE, LEFT_ALONE, LIFETIME, LEASE = 0.04, 5.0, 6 * 3600, 3.0
LARGEST = 4 * 1024 * 1024
SIGNATURE = hashlib.sha256().digest_size

logger = logging.getLogger(__name__)


class Shared:
    """Entries of one `release` of the code alone: another may say the same in other words."""

    def __init__(self, url: str, release: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self._release = release
        self._secret = hashlib.sha256(f"pages:{settings.SECRET_KEY}".encode()).digest()
        self._me = secrets.token_hex(8)
        self._alone_until = 0.0

    def get(self, asked: Asked, known: Known) -> Kept | None:
        key = self._key("page", asked)
        data = self._ask(lambda: self._redis.get(key), None)
        if not isinstance(data, bytes) or len(data) > LARGEST:
            return None
        try:
            kept = self._read(key, data, known)
        except (ValueError, KeyError, TypeError):
            logger.warning("A page in the shared cache is spoiled: %s", asked.path)
            return None
        return kept if kept and known.holds(kept.made, kept.row) else None

    def put(self, asked: Asked, kept: Kept) -> None:
        key = self._key("page", asked)
        data = self._written(key, kept)
        if len(data) <= LARGEST:
            self._ask(lambda: self._redis.set(key, data, ex=LIFETIME), None)

    def leads(self, asked: Asked, known: Known) -> bool:
        """Whether this process is the one that makes the page now."""
        key = self._key("lease", asked, known.generation)
        took = self._ask(
            lambda: self._redis.set(key, self._me, px=int(LEASE * 1000), nx=True), True
        )
        return bool(took)

    def done(self, asked: Asked, known: Known) -> None:
        self._ask(lambda: self._redis.delete(self._key("lease", asked, known.generation)), None)

    def _key(self, kind: str, *what: Any) -> str:
        name = hashlib.sha256(json.dumps(what).encode()).hexdigest()
        return f"iomsite:{kind}:{self._release}:{name}"

    def _ask(self, question: Callable[[], Any], otherwise: Found) -> Any | Found:
        if time.monotonic() < self._alone_until:
            return otherwise
        try:
            return question()
        except redis.RedisError as error:
            self._alone_until = time.monotonic() + LEFT_ALONE
            logger.warning("The shared cache is left alone for %s s: %s", LEFT_ALONE, error)
            return otherwise

    def _signed(self, key: str, words: bytes) -> bytes:
        return hmac.digest(self._secret, key.encode() + words, "sha256")

    def _written(self, key: str, kept: Kept) -> bytes:
        parts = kept.packed
        told = {
            "etag": kept.etag,
            "headers": kept.headers,
            "vary": kept.vary,
            "row": kept.row,
            "names": sorted(kept.names),
            "generation": kept.made.generation,
            "changed_at": kept.made.changed_at and kept.made.changed_at.isoformat(),
            "parts": {name: len(data) for name, data in parts.items()},
        }
        words = json.dumps(told).encode() + b"\n" + b"".join(parts.values())
        return self._signed(key, words) + words

    def _read(self, key: str, data: bytes, known: Known) -> Kept | None:
        """None for what was made before the ledger went back, or after what is known here."""
        signature, words = data[:SIGNATURE], data[SIGNATURE:]
        if not hmac.compare_digest(signature, self._signed(key, words)):
            raise ValueError("not signed by this site")
        told, _line, rest = words.partition(b"\n")
        said = json.loads(told)
        changed_at = said["changed_at"] and datetime.datetime.fromisoformat(said["changed_at"])
        if said["generation"] > known.generation or _is_after(changed_at, known.changed_at):
            return None
        parts, start = {}, 0
        for name, length in said["parts"].items():
            parts[name] = rest[start : start + length]
            start += length
        return Kept(
            headers=headers_of(said["headers"]),
            packed=parts,
            etag=said["etag"],
            vary=said["vary"],
            made=replace(known, generation=said["generation"], changed_at=changed_at, stamps={}),
            row=tuple(said["row"]) if said["row"] else None,
            names=frozenset(said["names"]),
        )


def _is_after(one: datetime.datetime | None, other: datetime.datetime | None) -> bool:
    return bool(one and other and one > other)
