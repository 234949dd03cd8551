"""Keeps a worker small: it holds what it uses, and little more (docs/decisions/0019)."""

import ctypes
import gc
import os
from contextlib import suppress

from django.urls import get_resolver

# Names of glibc's malloc.h, with a number or bytes.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
WANTED = {ARENA_MAX: 1, MMAP_THRESHOLD: 64 * 1024, TRIM_THRESHOLD: 128 * 1024}
# When Python looks for garbage by itself: after so many objects, and every so many times for what
# was there once or twice before. `iomsite.pagecache.places` looks for the former between requests.
GARBAGE = (700, 100, 10)


def tighten() -> None:
    """Before any threads: left alone, the C library gives each a heap of its own, and keeps ever
    larger blocks for later. Variables called `MALLOC_…` win; other libraries do without.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        for name, value in WANTED.items():
            mallopt(name, value)


def settle(between_requests: bool) -> None:
    """What is loaded stays for good: from now on garbage is looked for in what has come since, and
    so a good deal sooner; hardly in the midst of requests, where it is `between_requests`. All
    addresses are loaded first, as else with the first request.
    """
    _addresses = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    if between_requests:
        gc.set_threshold(*GARBAGE)
