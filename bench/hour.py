"""What workers hold while visitors and staff use the site: `python -m bench.hour --minutes 60`.

Two applications of one worker each, as `deploy/` starts them, on the database of `DATABASE_URL`,
which `bench.fill` made. Visitors read all kinds of pages, the newest most; four press officers
write and publish. Each minute has a line: megabytes of each worker, and how its pages came.
"""

import argparse
import compileall
import http.client
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.system.load import Load
from tests.system.processes import HOST as LOOPBACK
from tests.system.processes import Production, Site, descendants

from .desk import LIST, VISITED, Answer, Person, Quiet, work
from .worker import HOST, prepare

# As in deploy/systemd/iomsite-web@.service.
OPTIONS = ("--http", "1", "--no-ws", "--backpressure", "128")
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, br", "X-Forwarded-Proto": "https"}
WRITERS = 4


def asked(port: int, method: str, path: str, body: bytes | None = None, **more: str) -> Answer:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    try:
        headers = {"Host": HOST, **BROWSER} | {k.replace("_", "-"): v for k, v in more.items()}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        found = response.read()
        return Answer(response.status, {k.title(): v for k, v in response.getheaders()}, found)
    finally:
        connection.close()


class Distant(Person):
    """At a server, and at another one with each request."""

    def __init__(self, name: str, ports: list[int]) -> None:
        super().__init__(name)
        self.ports = ports

    def _ask(self, environ: dict[str, Any]) -> Answer:
        body = environ["wsgi.input"].read() or None
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        more = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        more |= {"Accept_Encoding": "identity"}
        if body:
            more |= {"Content_Type": environ["CONTENT_TYPE"], "Referer": environ["HTTP_REFERER"]}
        path = environ["PATH_INFO"] + query
        return asked(random.choice(self.ports), environ["REQUEST_METHOD"], path, body, **more)


def visitor(ports: list[int], pages: list[str], ways: Counter[str]) -> Callable[[int], Any]:
    """Every third asks for what everybody does; the others for a page, a new one more often."""

    def ask(number: int) -> Any:
        place = int(len(pages) * random.random() ** 3)
        path = random.choice(VISITED) if number % 3 == 0 else pages[place]
        answer = asked(random.choice(ports), "GET", path)
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}.")
        how = answer.headers.get("Cache-Status", "")
        ways["hit" if "hit" in how else "made"] += 1
        return answer._replace(content=b"")

    return ask


def write(over: threading.Event, name: str, ports: list[int], pause: float) -> None:
    bill, writer = Quiet(), Distant(f"{name}-writer", ports)
    reviewer = Distant(f"{name}-reviewer", ports)
    while not over.wait(pause * random.random() * 2):
        work(bill, writer, reviewer)
        writer.get(f"{LIST}?q=malaria")
        writer.get(f"{LIST}?p={random.randrange(1, 30)}")


def held(process: int) -> str:
    """Millions of bytes that are resident, and of them its share: libraries lie there once."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    figures = (told.split(f"{name}:")[1].split()[0] for name in ("Rss", "Pss"))
    return " of which ".join(f"{int(figure) * 1024 / 1e6:.0f}" for figure in figures)


def minutes(number: int, sites: list[Site], ways: Counter[str]) -> Iterator[str]:
    workers = [descendants(site.process.pid)[-1] for site in sites if site.process]
    for minute in range(number + 1):
        yield f"| {minute} | {' | '.join(map(held, workers))} | {ways} |"
        time.sleep(60)


def served(folder: Path) -> Site:
    names = ("DATABASE_URL", "STATIC_ROOT", "SECRET_KEY", "ALLOWED_HOSTS", "PAGE_CACHE_MB")
    given = {name: os.environ[name] for name in names if name in os.environ}
    folder.mkdir()
    return Site(Production(folder, {**given, "LOG_LEVEL": "ERROR"}), *OPTIONS)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rate", type=float, default=10, help="visitors' requests a second")
    parser.add_argument("--pause", type=float, default=20, help="seconds between two releases")
    wanted = parser.parse_args()
    for package in ("iomsite", "news", "programmes"):  # as deploy/prepare does
        compileall.compile_dir(package, quiet=1)
    prepare()
    from news.models import NewsRelease

    rows = NewsRelease.objects.published().order_by("-released_on", "pk")[:5_000]
    pages = [row.get_absolute_url() for row in rows]
    over, ways = threading.Event(), Counter[str]()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        sites = [stack.enter_context(served(Path(folder) / name)) for name in "ab"]
        ports = [site.port for site in sites]
        writers = [
            threading.Thread(target=write, args=(over, f"w{number}", ports, wanted.pause))
            for number in range(WRITERS)
        ]
        for one in writers:
            one.start()
        with Load(visitor(ports, pages, ways), rate=wanted.rate) as load:
            for line in minutes(wanted.minutes, sites, ways):
                print(line, flush=True)  # noqa: T201
        over.set()
        for one in writers:
            one.join()
        print(load.outcomes())  # noqa: T201


if __name__ == "__main__":
    main()
