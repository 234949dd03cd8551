"""`make bench`: what pages cost at 2,000, 20,000 and 200,000 releases, in one run, by turns.

Each page is made anew for each request: the page cache stands outside of what is asked here. Each
size is asked for as much: see `bench.alike`, and the last column of the table.
Databases are made once, in `.bench`, which takes most of an hour for the largest. With
BENCH_POSTGRES=postgres://user@host/ they are copied to empty ones there: bench2000 and so on.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

from .alike import FOLDER, Choice, chosen

SIZES = (2_000, 20_000, 200_000)


class Page(NamedTuple):
    """`of` names the choices that fill the address. Costs are those of `per` entries, where it
    is given: the smaller site has fewer in all. What `is_drawn` is drawn before it is asked for.
    """

    address: str
    equal: str
    of: str = ""
    per: int = 0
    is_drawn: bool = False
    cookie: str = ""


PAGES = {
    "home": Page("/", "the newest of each kind"),
    "a release, drawn": Page(
        "/news/{year}/{slug}/", "topics and countries; length of the text", "release", is_drawn=True
    ),
    # Who has a cookie of this site gets nothing that was drawn.
    "a release, as it is made": Page(
        "/news/{year}/{slug}/",
        "topics and countries; length of the text",
        "release",
        cookie="__Host-csrftoken=1",
    ),
    "a release, in plain Django": Page(
        "/plain/{year}/{slug}/", "topics and countries; length of the text", "release"
    ),
    "list": Page("/news/", "a full page"),
    "list of a year": Page("/news/?year=2016", "a full page"),
    "list of a year, in plain Django": Page("/plain/?year=2016", "a full page"),
    "list of a topic and a year": Page(
        "/news/?topic={topic}&year={year}",
        "releases on all its pages; their length",
        "topic and year",
    ),
    "last full page of the list": Page("/news/?page={last}", "a full page"),
    "search": Page("/search/?q=cholera+kits", "200 found"),
    "search for two words in a year": Page(
        "/search/?q={q}&year={year}&exact=1", "pages found; length of the answer", "words and year"
    ),
    "search for a phrase": Page("/search/?q=%22health+system%22", "200 found"),
    "search for common words that are never side by side": Page(
        "/search/?q=%22of+the+achieve%22&exact=1", "nothing is found"
    ),
    "common word in a year": Page(
        "/search/?q=malaria&year=2016", "nothing: more is found, up to 200"
    ),
    "suggestions": Page("/search/suggest?q=mal", "the question"),
    "feed": Page("/news.atom?after={after}", "entries; their length", "part"),
    "feed of a topic": Page("/news.json?topic={topic}", "entries; their length", "topic"),
    "feed of a topic and a year": Page(
        "/news.json?topic={topic}&year={year}", "entries; their length", "topic and year"
    ),
    "a thousand addresses of a sitemap": Page(
        "/sitemap-newsrelease.xml?p=1", "the part of each, divided", per=1_000
    ),
    "oembed": Page(
        "/oembed?url=https://bench.example.org/news/{year}/{slug}/", "as a release", "release"
    ),
}
TIMES, ROUNDS = 8, 5
# What a worker holds after an hour, `bench.hour` says.
DESK = ("work", "look")
ENVIRONMENT = {
    "SECRET_KEY": "measured-on-this-machine-alone-and-never-served-to-anybody",
    "ALLOWED_HOSTS": "bench.example.org",
    "EMAIL_URL": "smtp://127.0.0.1",
    "EMAIL_FROM": "staff@bench.example.org",
    "LOG_LEVEL": "ERROR",
    "STATIC_ROOT": str(FOLDER / "static"),
    "DJANGO_SETTINGS_MODULE": "iomsite.settings",
}


class Database:
    """A process that answers requests on it; `places` fills the addresses of each page."""

    def __init__(self, engine: str, releases: int) -> None:
        self.environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": address(engine, releases)}
        told = self._run("bench.alike", str(releases)).communicate()[0]
        if not told:
            raise SystemExit(f"{engine} with {releases} releases could not be prepared.")
        self.choices: dict[str, Any] = json.loads(told)
        self.places: dict[str, dict[str, Any]] = {"": {"last": self.choices.pop("last")}}

    def _run(self, *module: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self.process = self._run("bench.worker")
        return self

    def __exit__(self, *_error: Any) -> None:
        self.process.communicate()  # it ends with its input

    def ask(self, page: Page, times: int, *, published: bool = False) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        wanted = page.address.format(**self.places[page.of])
        asked = {"address": wanted, "times": times, "published": published}
        asked |= {"drawn": page.is_drawn, "cookie": page.cookie}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        if not told:
            raise SystemExit(f"The process that was asked for {wanted} has ended.")
        answer: dict[str, Any] = json.loads(told)
        answer["share"] = page.per / answer["entries"] if page.per else 1
        return answer


def choose(databases: list[Database]) -> list[str]:
    """Fills the addresses, and says what of each size is alike."""
    told = []
    for of in databases[0].choices:
        found = [[Choice(*one) for one in database.choices[of]] for database in databases]
        picked = chosen(found)
        for database, choice in zip(databases, picked, strict=True):
            database.places[of] = choice.values
        told.append(f"Alike, {of}: {'; '.join(map(str, picked))}")
    return told


def address(engine: str, releases: int) -> str:
    if engine == "SQLite":
        return f"sqlite:///{FOLDER / str(releases)}.sqlite3"
    server = os.environ["BENCH_POSTGRES"].rstrip("/")
    return f"{server}/bench{releases}?options=-c%20statement_timeout%3D0"


def measure(engine: str, sizes: list[int]) -> None:
    """Rows of the table: CPU milliseconds of application and database together."""
    databases = [Database(engine, size) for size in sizes]
    told = choose(databases)
    with ExitStack() as stack:
        for database in databases:
            stack.enter_context(database)
        for name, page in PAGES.items():
            again: list[list[Any]] = [[] for _size in sizes]
            first: list[list[float]] = [[] for _size in sizes]
            for _round in range(ROUNDS):
                for place, database in enumerate(databases):
                    again[place].append(database.ask(page, TIMES))
                    first[place].append(spent(database.ask(page, 1, published=True)))
            print(row(engine, name, again, first), flush=True)  # noqa: T201
        memory = [database.ask(PAGES["home"], 1)["memory"] for database in databases]
    print("", *told, sep="\n")  # noqa: T201
    print(f"{engine}: {', '.join(f'{most} MB' for most in memory)} at most.\n", flush=True)  # noqa: T201


def row(engine: str, name: str, again: list[list[Any]], first: list[list[float]]) -> str:
    usual = [median(spent(answer) for answer in answers) for answers in again]
    anew = [median(found) for found in first]
    largest = again[-1]
    waited = sorted(wall for answer in largest for wall in answer["wall"])
    newest = [answers[-1] for answers in again]
    cells = [
        *(engine, name, str(largest[0]["queries"])),
        *(f"{figure:.1f}" for figure in usual),
        f"{usual[-1] / usual[0]:.2f}",
        *(f"{figure:.1f}" for figure in anew),
        f"{anew[-1] / anew[0]:.2f}",
        f"{median(waited):.1f} / {waited[int(len(waited) * 0.99)]:.1f}",
        " / ".join(str(answer["entries"]) for answer in newest),
        " / ".join(f"{answer['bytes'] / 1024:.0f}" for answer in newest),
        PAGES[name].equal,
    ]
    return f"| {' | '.join(cells)} |"


@contextmanager
def for_work(engine: str, releases: int) -> Iterator[str]:
    """Where staff may publish: of SQLite a copy, as the next run is to find what this one did."""
    if engine != "SQLite":
        yield address(engine, releases)
        return
    with TemporaryDirectory(dir=FOLDER) as folder:
        copy = shutil.copy(FOLDER / f"{releases}.sqlite3", folder)
        yield f"sqlite:///{copy}"


def spent(answer: dict[str, Any]) -> float:
    """Milliseconds of CPU a request; of SQLite, the application's own hold them all."""
    return float(median(answer["own"]) + answer["database"]) * answer["share"]


def head(sizes: list[int]) -> str:
    figures = [f"{size:,}" for size in sizes]
    cells = [
        *("engine", "page", "statements", *figures, "ratio"),
        *(f"after a publication: {figures[0]}", *figures[1:], "ratio"),
        f"p50 / p99 at {figures[-1]}",
        *("entries", "kB", "equal at each size"),
    ]
    return f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", action="append", choices=["SQLite", "PostgreSQL"])
    parser.add_argument(
        "--sizes",
        type=lambda given: [int(size) for size in given.split(",")],
        default=list(SIZES),
        help="2000,20000 for a shorter run",
    )
    asked = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "static").mkdir(exist_ok=True)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": address("SQLite", asked.sizes[0])}
    subprocess.run(collect, env=environment, check=True)
    both = ["SQLite", *(["PostgreSQL"] if os.environ.get("BENCH_POSTGRES") else [])]
    print(head(asked.sizes), flush=True)  # noqa: T201
    for engine in asked.engine or both:
        measure(engine, asked.sizes)
    for engine in asked.engine or both:
        with for_work(engine, asked.sizes[-1]) as database:
            there = {**environment, "DATABASE_URL": database, "MEDIA_ROOT": str(FOLDER / "media")}
            for part in DESK:
                asking = [sys.executable, "-m", "bench.desk", "--only", part]
                subprocess.run(asking, env=there, check=True)


if __name__ == "__main__":
    main()
