"""A WSGI application with one answer for everything: what a server costs without a site."""

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["BENCH_ANSWER"])
BODY = (FOLDER / "body").read_bytes()
HEADERS = [(name, value) for name, value in json.loads((FOLDER / "headers").read_text())]


def application(_environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", HEADERS)
    return [BODY]
