"""Asks the application for pages as everybody would, in this process and without a network."""

import io
import sys
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase


class Visitor:
    """Everybody: without a cookie, over TLS where the site wants that.

    `host` has to be one of those that the site answers to.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
        self.root = f"{self.scheme}://{host}"
        self._application: Any = WSGIHandler()

    def ask(self, address: str, **told: Any) -> tuple[HttpResponseBase, bytes]:
        """The answer and its bytes. `told` stands in the environment of the request besides."""
        response = self._application(self.environ(address, **told), lambda *_, **__: None)
        try:
            return response, b"".join(response)
        finally:
            response.close()

    def environ(self, address: str, **told: Any) -> dict[str, Any]:
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
            **told,
        }
