"""What makes somebody wait too long, or is not there, is said so: 503, try again.

SQLite waits twenty seconds for another writer, PostgreSQL as long for a lock (see the settings).
Whatever the request had begun to write is rolled back by then. The same goes for a disk that has
no room for the database, for a store of files that is full or away, for the cache in which attempts
to sign in are counted, and for a database that takes no changes (see `publishing.readonly`).
"""

import errno
import logging
import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.template import loader
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import defaults

from iomsite.doubt import is_in_doubt

# Results of SQLite: BUSY, LOCKED, FULL, CANTOPEN, PROTOCOL (too many were at the file at once).
# Others, as for a table that is not there, are faults.
PASSING = {5, 6, 13, 14, 15}
# What PostgreSQL and SQLite say where nothing may be changed.
READ_ONLY_STATE, READ_ONLY_CODE = "25006", 8
TRY_AGAIN_AFTER = "30"  # seconds
# What a file system says that takes nothing more.
WITHOUT_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
# What Django says of a form that is broken, too large, cut off, or half read already.
UNREADABLE = (
    OSError,
    BadRequest,
    SuspiciousOperation,
    MultiPartParserError,
    RawPostDataException,
)
ACCOUNT, ALERTS = "/account/", "/alerts/"
# Packages whose every error means that what they speak to is away or full, and what that is.
SERVICES = {"redis": "attempts", "botocore": "files", "boto3": "files", "s3transfer": "files"}

logger = logging.getLogger(__name__)


class BusyMiddleware:
    """Answers for a view that the database kept waiting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _answer(request, error)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to what went wrong outside of any view; Django calls it while it handles that."""
    return _answer(request, sys.exception()) or defaults.server_error(request)


def _answer(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    if is_refusal(error):
        logger.warning("The database takes no changes: %s", error)
        return read_only(request)
    return _busy(request, error, away) if (away := _away(error)) else None


def _away(error: BaseException | None) -> str:
    """Which of `database`, `files` and `attempts` is; empty for a fault of ours."""
    if isinstance(error, OperationalError | InterfaceError):
        code = getattr(error.__cause__, "sqlite_errorcode", None)
        return "database" if code is None or code & 0xFF in PASSING else ""
    if isinstance(error, OSError) and error.errno in WITHOUT_ROOM:
        return "files"
    return SERVICES.get(type(error).__module__.partition(".")[0], "")


def is_refusal(error: BaseException | None) -> bool:
    """Whether the database takes no changes."""
    if not isinstance(error, DatabaseError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    state = getattr(error.__cause__, "sqlstate", None)
    return state == READ_ONLY_STATE or (code is not None and code & 0xFF == READ_ONLY_CODE)


def is_form_of_staff(method: str, path: str) -> bool:
    return method == "POST" and path.startswith(reverse("admin:index"))


def page(**said: Any) -> str:
    """Arguments: see the template."""
    return loader.get_template("503.html").render(said)


def held(request: HttpRequest) -> dict[str, Any]:
    """The form that was sent, for `includes/held_form.html`; nothing where it cannot be read.

    It is sent again with the token that came with it, so that nobody else's page can use this one.
    """
    try:
        fields = [(name, value) for name, some in request.POST.lists() for value in some]
        had_files = bool(request.FILES)
    except UNREADABLE:
        return {}
    return {"address": request.get_full_path(), "fields": fields, "had_files": had_files}


def _busy(request: HttpRequest, error: BaseException | None, away: str) -> HttpResponse:
    """Drawn without a database."""
    logger.warning("The %s cannot be reached, or too late: %s", away, error)
    was_sent = is_form_of_staff(request.method or "", request.path)
    if away == "attempts" and not request.path.startswith(ACCOUNT):
        away = ""  # readers who ask for alerts are counted too
    # A form that brought files is read again only where they have not failed.
    can_be_read = was_sent and (away != "files" or hasattr(request, "_post"))
    form = held(request) if can_be_read else {}
    were_many = any(name == "_selected_action" for name, _value in form.get("fields", ()))
    in_doubt = was_sent and is_in_doubt(error)
    said = {"was_sent": was_sent, "were_many": were_many, "in_doubt": in_doubt, "away": away}
    return _unavailable(page(**said, **form))


def read_only(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to whoever would change something. Staff are given back what they sent, and so is
    whoever asks for alerts: these forms have no token, as they change nothing that a mailbox does
    not confirm.
    """
    form = held(request)
    is_of_staff = is_form_of_staff(request.method or "", request.path)
    was_sent = is_of_staff or (bool(form.get("fields")) and request.path.startswith(ALERTS))
    is_for_staff = bool(reason) and getattr(request.user, "is_staff", False)
    context = {
        "reason": reason if is_for_staff else "",
        "was_sent": was_sent,
        **form,
        "is_sign_in": request.path.startswith(reverse("account_login")),
    }
    return _unavailable(loader.get_template("read_only.html").render(context))


def _unavailable(body: str) -> HttpResponse:
    response = HttpResponse(body, status=503)
    response["Retry-After"] = TRY_AGAIN_AFTER
    add_never_cache_headers(response)
    return response
