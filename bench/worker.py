"""Answers requests in one process on one database, and says what each of them cost.

Reads one JSON object a line: `{"address": …, "times": …}`; `bench.rounds` starts it and asks.
"""

import gc
import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

STATIC = Path(__file__).resolve().parent.parent / ".bench" / "static"
HOST = "bench.example.org"
# Of a page, an Atom feed, a JSON feed and a sitemap.
ENTRIES = [
    re.compile(one) for one in (rb'<li class="entry\b', rb"<entry>", rb'"id": "urn:', rb"<url>")
]


def environ_of(address: str) -> dict[str, Any]:
    path, _mark, query = address.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


class Site:
    """The application as a server calls it, without a server and behind no page cache."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()

    def get(self, address: str, cookie: str = "") -> tuple[int, bytes]:
        status: list[str] = []
        environ = environ_of(address) | ({"HTTP_COOKIE": cookie} if cookie else {})
        found = self.application(environ, lambda line, *_rest: status.append(line))
        body = b"".join(found)
        found.close()
        return int(status[0][:3]), body


class Backend:
    """What the server of the database spends on this process, where it runs on this machine."""

    def __init__(self) -> None:
        from django.db import connection

        self.path = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.path = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def spent(self) -> int:
        """Nanoseconds of CPU."""
        return int(self.path.read_text().split()[0]) if self.path else 0


def cost(get: Callable[[], tuple[int, bytes]], times: int) -> dict[str, Any]:
    backend = Backend()
    own, wall = [], []
    before = backend.spent()
    for _ in range(times):
        start, began = time.process_time_ns(), time.perf_counter_ns()
        status, body = get()
        own.append((time.process_time_ns() - start) / 1e6)
        wall.append((time.perf_counter_ns() - began) / 1e6)
        if status != 200:
            raise SystemExit(f"It answers {status}.")
    of_database = (backend.spent() - before) / 1e6 / times
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "own": own,
        "database": of_database,
        "wall": wall,
        "bytes": len(body),
        "entries": max(len(one.findall(body)) for one in ENTRIES),
        "memory": memory,
    }


def queries(get: Callable[[], tuple[int, bytes]]) -> int:
    """Statements of a request that comes when others have come before."""
    from django.db import connection

    seen = []

    def note(execute, statement, *rest):
        seen.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        get()
    return len(seen)


def publish() -> None:
    """Tell everybody of a publication of the newest release and of the oldest, which stands behind
    all others."""
    from iomsite.publishing import changes
    from iomsite.publishing.ledger import locked_ledger
    from news.models import NewsRelease

    with locked_ledger():
        releases = NewsRelease.objects.published()
        changes.settle([releases.first(), releases.last()])


def draw(address: str) -> None:
    """What `manage.py draw_pages` does for the page at this address, unless one is there."""
    from iomsite.pagecache import drawing
    from iomsite.pagecache.models import DrawnPage
    from iomsite.pagecache.release import release
    from iomsite.visitor import Visitor

    DrawnPage.objects.exclude(release=release()).delete()
    for entry in drawing.waiting().filter(address=address):
        page = drawing.drawn(Visitor(HOST), entry)
        assert page
        assert page.packed
        drawing.store([page])


def prepare(*templates: Path) -> None:
    """Start Django as in production; `templates` are folders that are looked in first."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "iomsite.settings",
        "SECRET_KEY": "measured-on-this-machine-alone-and-never-served-to-anybody",
        "ALLOWED_HOSTS": HOST,
        "BEHIND_TLS_PROXY": "false",
        "EMAIL_URL": "smtp://127.0.0.1",
        "EMAIL_FROM": f"staff@{HOST}",
        "LOG_LEVEL": "ERROR",
    }
    os.environ.setdefault("STATIC_ROOT", str(STATIC))
    django.setup()
    assert not settings.DEBUG
    settings.ROOT_URLCONF = "bench.plain"
    settings.TEMPLATES[0]["DIRS"] = [*templates]
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    # One backend for all that is measured: what it spends is read from the system.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = None
    # As a worker does when it starts; garbage is looked for in the midst of requests all the same.
    from iomsite.operation.memory import settle

    settle(between_requests=False)


def main() -> None:
    prepare()
    site = Site()
    for line in sys.stdin:
        asked = json.loads(line)
        address = asked["address"]
        get = partial(site.get, address, asked.get("cookie", ""))
        if asked.get("published"):
            publish()
        else:
            get()
        if asked.get("drawn"):
            draw(address)
        answer = cost(get, asked["times"])
        answer["queries"] = queries(get)
        gc.collect()
        print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
