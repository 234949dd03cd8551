"""Asks the application for pages as a visitor would, in this process and without a network."""

import io
import re
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.template.loader import render_to_string

Key = tuple[str, int]
NEXT = re.compile(r'<([^>]*)>; rel="next"')
# Stand in a page for what is known when its file is written, so that the moment of the copy alone
# makes no page another one.
MOMENT, WORDS, REMARK = "@@copied-moment@@", "@@copied-words@@", "@@copied-remark@@"


@dataclass(frozen=True)
class Answer:
    """`row` is the page whose stamp says whether it holds (see `publishing.keeping`)."""

    status: int
    kind: str
    body: bytes
    location: str = ""
    following: str = ""
    row: Key | None = None
    has_filters: bool = False


class Visitor:
    """Everybody: without a cookie, over TLS where the site wants that."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
        self.root = f"{self.scheme}://{host}"
        self._application: Any = WSGIHandler()

    def get(self, address: str) -> Answer:
        """What fails leaves the transaction around it as it was."""
        with transaction.atomic():
            answer = self._asked(address)
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
        return answer

    def drawn(self, template: str, address: str, **context: Any) -> bytes:
        """A page of the copy that the site itself does not have."""
        request = WSGIRequest(self._environ(address))
        return render_to_string(template, context, request).encode()

    def _asked(self, address: str) -> Answer:
        said: list[Any] = []
        response = self._application(self._environ(address), lambda *told, **_: said.append(told))
        try:
            body = b"".join(response)
        finally:
            response.close()
        kept_by = getattr(response, "kept_by", None)
        following = NEXT.search(response.get("Link", ""))
        return Answer(
            status=int(said[0][0][:3]),
            kind=response.get("Content-Type", "").partition(";")[0],
            body=body,
            location=response.get("Location", ""),
            following=following[1] if following else "",
            row=kept_by.row if kept_by else None,
            has_filters=bool(kept_by and kept_by.names - {"page"}),
        )

    def _environ(self, address: str) -> dict[str, Any]:
        path, _mark, query = address.partition("?")
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": self.host,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "443" if self.scheme == "https" else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            # For templates; no header of a visitor's gets a name without HTTP_ before it.
            "COPY": {"site": self.host, "moment": MOMENT, "words": WORDS, "remark": REMARK},
        }
