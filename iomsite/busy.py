"""A database that makes somebody wait too long, or is not there, is said so: 503, try again.

SQLite waits twenty seconds for another writer, PostgreSQL as long for a lock (see the settings).
Whatever the request had begun to write is rolled back by then.
"""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import defaults

# Results of SQLite: BUSY, LOCKED, CANTOPEN. Others, as for a table that is not there, are faults.
PASSING = {5, 6, 14}
TRY_AGAIN_AFTER = "30"  # seconds

logger = logging.getLogger(__name__)


class BusyMiddleware:
    """Answers for a view that the database kept waiting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _busy(request, error) if _is_busy(error) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to what went wrong outside of any view; Django calls it while it handles that."""
    error = sys.exception()
    return _busy(request, error) if _is_busy(error) else defaults.server_error(request)


def _is_busy(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in PASSING


def _busy(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Drawn without a database."""
    logger.warning("The database is busy or cannot be reached: %s", error)
    is_staff = request.path.startswith(reverse("admin:index"))
    context = {
        "was_sent": is_staff and request.method == "POST",
        "were_many": is_staff and "_selected_action" in request.POST,
    }
    response = HttpResponse(loader.get_template("503.html").render(context), status=503)
    response["Retry-After"] = TRY_AGAIN_AFTER
    add_never_cache_headers(response)
    return response
