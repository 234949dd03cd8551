"""What operation has to do around a request that reaches Django."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

from iomsite import busy
from iomsite.measured import KEY

from .statements import Statements

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class MeasureMiddleware:
    """Notes which view answers, and what it asks of each database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        measured = request.META.get(KEY)
        if measured is None:  # nobody reads it
            return self.get_response(request)
        statements = Statements(measured)
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(statements))
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if (measured := request.META.get(KEY)) and (match := request.resolver_match):
            measured.view = match.view_name or view.__name__


class ReadOnlyMiddleware:
    """While nothing may be changed, whoever would change something is asked to wait.

    Sessions stay as they are as well: what they would note, such as a message that has been read,
    is noted the next time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "read_only", None):
            request.session.modified = False
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.read_only or request.method in SAFE:
            return None
        if getattr(view, "changes_nothing", False):
            return None
        return busy.read_only(request, request.read_only.reason)
