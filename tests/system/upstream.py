"""What stands in place of the application where a test looks at nginx alone."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from .processes import HOST


class Upstream:
    """Answers as it is told, and writes down what reached it."""

    def __init__(self, cache_control: str = "", *, seconds: float = 0, size: int = 0) -> None:
        """`seconds` is how long each answer takes, `size` its bytes where they are many."""
        self.seconds = seconds
        self.size = size
        self.status = 200
        self.cache_control = cache_control
        self.requests: list[BaseHTTPRequestHandler] = []
        self.done: list[BaseHTTPRequestHandler] = []
        self.server = ThreadingHTTPServer((HOST, 0), self._handler())
        self.address = f"{HOST}:{self.server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                upstream.requests.append(self)
                body = f"answer {len(upstream.requests)}".encode().ljust(upstream.size)
                time.sleep(upstream.seconds)
                self.send_response(upstream.status)
                if upstream.cache_control and upstream.status == 200:
                    self.send_header("Cache-Control", upstream.cache_control)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                upstream.done.append(self)

            def log_message(self, *_words: Any) -> None:
                pass

        return Handler

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
