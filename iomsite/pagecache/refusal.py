"""What is answered without Django while the database says nothing, or too many wait."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from iomsite import busy
from iomsite.measured import noted

Environ = dict[str, Any]
Start = Callable[..., Any]
Answer = Iterable[bytes]


def refused(environ: Environ, start: Start) -> Answer:
    """503: nobody else is made to wait."""
    noted(environ, "refused")
    was_sent = busy.is_form_of_staff(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    body = _with_form(environ) if was_sent else _busy_page()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Retry-After", busy.TRY_AGAIN_AFTER),
        ("Cache-Control", "no-store"),
    ]
    start("503 Service Unavailable", headers)
    return [body] if environ["REQUEST_METHOD"] != "HEAD" else []


@lru_cache
def _busy_page() -> bytes:
    return busy.page().encode()


def _with_form(environ: Environ) -> bytes:
    """What was sent stands on the page, as when Django answers; no file is waited for."""
    length = environ.get("CONTENT_LENGTH", "")
    is_small = length.isdecimal() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    form = busy.held(WSGIRequest(environ)) if is_small else {}
    return busy.page(was_sent=True, **form).encode()
