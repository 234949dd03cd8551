"""What is answered without Django while the database says nothing, or too many wait."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from iomsite import busy
from iomsite.measured import noted

Environ = dict[str, Any]
Start = Callable[..., Any]
Answer = Iterable[bytes]


def refused(environ: Environ, start: Start) -> Answer:
    """503: nobody else is made to wait."""
    noted(environ, "refused")
    was_sent = busy.is_form_of_staff(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    body = _busy_page(was_sent)
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Retry-After", busy.TRY_AGAIN_AFTER),
        ("Cache-Control", "no-store"),
    ]
    start("503 Service Unavailable", headers)
    return [body] if environ["REQUEST_METHOD"] != "HEAD" else []


@lru_cache
def _busy_page(was_sent: bool) -> bytes:
    return busy.page(was_sent=was_sent).encode()
