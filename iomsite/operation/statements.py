"""What a request asks of the database, and which statements made somebody wait."""

import hashlib
import logging
import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings

from iomsite.measured import Measured, count

LONGEST = 400
# What differs among statements that are the same: texts, numbers, how many of them; and long lists
# of columns, which say nothing.
LITERALS = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
LISTS = re.compile(r"\((?:\s*(?:%s|\?)\s*,?)+\)")
COLUMNS = re.compile(r"^(SELECT(?: DISTINCT)?) .{60,}? FROM ", re.DOTALL)

logger = logging.getLogger(__name__)


class Statements:
    """An execute wrapper: counts statements and the seconds in which they are carried out.

    SQLite finds many of its rows later, while they are read; that is not in it.
    """

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        self.slow = settings.SLOW_QUERY_MS / 1000 or float("inf")

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - began
            self.measured.statements += 1
            self.measured.seconds += seconds
            if seconds >= self.slow:
                self._told(str(sql), seconds)

    def _told(self, sql: str, seconds: float) -> None:
        digest, shape = fingerprint(sql)
        view = self.measured.view or "none"
        count("slow_statements", view)
        fields = {"view": view, "ms": round(seconds * 1000), "statement": digest}
        logger.warning("Slow statement: %s", shape, extra={"fields": fields})


@lru_cache(maxsize=50)
def fingerprint(sql: str) -> tuple[str, str]:
    """Its digest and its shape: the same for all values, and holding none."""
    shape = LITERALS.sub("?", " ".join(sql.split()))
    shape = COLUMNS.sub(r"\1 … FROM ", LISTS.sub("(…)", shape))
    return hashlib.blake2b(shape.encode(), digest_size=6).hexdigest(), shape[:LONGEST]
