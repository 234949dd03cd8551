"""What publishing has to do around a request."""

import datetime
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone

from iomsite import remembered
from iomsite.sources import PRIMARY, current, reading_from

from . import preview
from .models import Redirect
from .targets import is_target
from .timetable import look, replace_due

logger = logging.getLogger(__name__)


class ReplaceDueMiddleware:
    """Puts scheduled replacements in place before anybody sees the page; one cheap statement.

    What it reads there says also which generation the request shows, for `remembered`, and whether
    anything may be changed, for `request.read_only`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.read_only = None
        seen, source = self._replace(request, timezone.now())
        token = remembered.current.set(None if preview.is_asked(request) else seen)
        try:
            with reading_from(source):
                return self.get_response(request)
        finally:
            remembered.current.reset(token)

    def _replace(self, request: Any, now: datetime.datetime) -> tuple[remembered.Shown | None, str]:
        """While the database is busy, visitors read what is there; the next one asks again.

        Nothing is remembered then, nor where pages are not kept at all, nor of a preview, which
        shows what is not public. What has been put in place is read where that was done.
        """
        source = current()
        try:
            seen = look(now)
            request.read_only = seen.read_only
            if seen.is_due:
                if seen.read_only:
                    return None, source  # time brings pages, and no generation tells of it
                with reading_from(PRIMARY):
                    replace_due(now)
                    source, seen = PRIMARY, look(now)
        except OperationalError:
            logger.warning("What is due has to wait: the database is busy.")
            return None, source
        except Exception:  # by a mistake of ours: nobody is refused the whole site for one page
            logger.exception("What is due could not be put in place.")
            return None, source
        return (seen.shown if settings.PAGE_CACHE_MB else None), source


class RedirectMiddleware:
    """Where there is nothing, or nothing any more, looks for where it went.

    The query string goes along: campaign parameters do not break a redirect.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_nothing = response.status_code in (404, 410) and "\0" not in request.path
        if not is_nothing or preview.is_asked(request):
            return response
        target = Redirect.objects.filter(old_path=request.path).values_list("new_path", flat=True)
        new_path = target.first()
        if not new_path or not is_target(new_path):
            return response
        answer = HttpResponsePermanentRedirect(_with_query(new_path, request))
        # Browsers would keep it for good, and a page may come back to where it was, at any moment
        # of the schedule. What stands before the site keeps it as it does a page.
        answer["Cache-Control"] = "public, max-age=0, must-revalidate, s-maxage=2"
        return answer


def _with_query(path: str, request: HttpRequest) -> str:
    """The address with what it asks for itself, then with what the visitor asked for."""
    parts = urlsplit(path)
    query = "&".join(filter(None, [parts.query, request.META.get("QUERY_STRING", "")]))
    return urlunsplit(parts._replace(query=query))
