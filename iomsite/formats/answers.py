"""Answers in the forms, and what goes wrong in the form that it was asked for in."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from .addresses import FORMS, HTML, Form
from .answer import Answer
from .atom import as_atom
from .markdown import as_markdown
from .programs import as_json
from .spreadsheets import as_csv

__all__ = ["Answer", "Problem", "problem", "response_of"]

Response = TypeVar("Response", bound=HttpResponseBase)

WRITERS: dict[str, Callable[[Answer], Any]] = {
    "atom": as_atom,
    "json": as_json,
    "md": as_markdown,
}


def response_of(answer: Answer, form: Form, is_head: bool = False) -> HttpResponseBase:
    response: HttpResponseBase
    if form.ending == "csv":
        response = StreamingHttpResponse(iter(()) if is_head else as_csv(answer.records))
        name = answer.address.partition("?")[0].rstrip("/").rpartition("/")[2]
        is_home = answer.address.count("/") < 4 or not name
        filename = f"{'index' if is_home else name}.csv"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    else:
        response = HttpResponse(WRITERS[form.ending](answer))
        response["ETag"] = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    is_entry = form.ending == "atom" and not answer.is_list
    response["Content-Type"] = f"{form.media}{';type=entry' if is_entry else ''}; charset=utf-8"
    response["Link"] = ", ".join(_links(answer))
    return opened(response)


def opened(response: Response) -> Response:
    """Programs of other sites may read it: it holds nothing that is not public."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _links(answer: Answer) -> Iterator[str]:
    yield f'<{answer.address}>; rel="alternate"; type="{HTML}"'
    if answer.following:
        yield f'<{answer.following}>; rel="next"'


WORDS = {
    400: _("This cannot be asked for."),
    404: _("There is nothing at this address, or not in this form."),
    405: _("This can only be read."),
    410: _("This page has been taken down."),
    503: _("The site is busy. Try again in a moment."),
}


class Problem(HttpResponse):
    """A refusal that is said in its form already."""


def problem(status: int, detail: str, ending: str) -> Problem:
    """What went wrong, as the form can say it: RFC 9457 for JSON, else one or two sentences."""
    words = str(WORDS.get(status, WORDS[404]))
    if ending == "json":
        body = {"type": "about:blank", "status": status, "title": words}
        content = json.dumps({**body, **({"detail": detail} if detail else {})}, ensure_ascii=False)
        media = "application/problem+json"
    else:
        content, media = f"{words} {detail}".strip() + "\n", "text/plain"
        media = FORMS["md"].media if ending == "md" else media
    response = Problem(content, status=status, content_type=f"{media}; charset=utf-8")
    return opened(response)
