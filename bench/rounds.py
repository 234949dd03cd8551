"""`make bench`: what pages cost at 2,000, 20,000 and 200,000 releases, in one run, by turns.

Each page is made anew for each request: the page cache stands outside of what is asked here.
Databases are made once, in `.bench`, which takes most of an hour for the largest. With
BENCH_POSTGRES=postgres://user@host/ they are made there as well, by the names bench2000 and so on.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / ".bench"
SIZES = (2_000, 20_000, 200_000)
ADDRESSES = {
    "home": "/",
    "a release": "/news/{year}/{slug}/",
    "list": "/news/",
    "list of a year": "/news/?year=2016",
    "list of a topic and a year": "/news/?topic=malaria&year=2016",
    "last page of it": "/news/?page={last}",
    "search": "/search/?q=cholera+kits",
    "search in a year": "/search/?q=malaria&year=2016",
    "suggestions": "/search/suggest?q=mal",
    "feed": "/news.atom",
    "feed of a topic": "/news.json?topic=malaria",
    "feed of a topic and a year": "/news.json?topic=malaria&year=2016",
    "sitemap": "/sitemap-newsrelease.xml?p=1",
    "oembed": "/oembed?url=https://bench.example.org/news/{year}/{slug}/",
}
TIMES, ROUNDS = 8, 5
ENVIRONMENT = {
    "SECRET_KEY": "measured-on-this-machine-alone-and-never-served-to-anybody",
    "ALLOWED_HOSTS": "bench.example.org",
    "EMAIL_URL": "smtp://127.0.0.1",
    "EMAIL_FROM": "staff@bench.example.org",
    "LOG_LEVEL": "ERROR",
    "STATIC_ROOT": str(FOLDER / "static"),
    "DJANGO_SETTINGS_MODULE": "iomsite.settings",
}
PREPARE = """
import sys, django; django.setup()
from django.core.management import call_command
from django.db import connection
if "news_newsrelease" not in connection.introspection.table_names():
    from bench.fill import fill
    fill(int(sys.argv[1]))
call_command("migrate", verbosity=0)
from news.models import NewsRelease
rows = NewsRelease.objects.published()
print(rows.count(), *rows.values_list("released_on__year", "slug")[len(rows[:500]) // 2])
"""


class Database:
    """A process that answers requests on it; `places` fills the addresses."""

    def __init__(self, engine: str, releases: int) -> None:
        self.environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": address(engine, releases)}
        told = subprocess.run(
            [sys.executable, "-c", PREPARE, str(releases)],
            env=self.environment, check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
        number, year, slug = told[-3:]
        self.places = {"last": -(-int(number) // 20), "year": year, "slug": slug}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker"],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, wanted: str, times: int, *, published: bool = False) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        asked = {"address": wanted.format(**self.places), "times": times, "published": published}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


def address(engine: str, releases: int) -> str:
    if engine == "SQLite":
        return f"sqlite:///{FOLDER / str(releases)}.sqlite3"
    server = os.environ["BENCH_POSTGRES"].rstrip("/")
    return f"{server}/bench{releases}?options=-c%20statement_timeout%3D0"


def measure(engine: str) -> None:
    """Rows of the table: CPU milliseconds of application and database together."""
    databases = [Database(engine, size) for size in SIZES]
    for name, wanted in ADDRESSES.items():
        again: list[list[Any]] = [[] for _size in SIZES]
        first: list[list[float]] = [[] for _size in SIZES]
        for _round in range(ROUNDS):
            for place, database in enumerate(databases):
                again[place].append(database.ask(wanted, TIMES))
                first[place].append(spent(database.ask(wanted, 1, published=True)))
        print(row(engine, name, again, first), flush=True)  # noqa: T201
    memory = [database.ask("/", 1)["memory"] for database in databases]
    print(f"\n{engine}: {', '.join(f'{most} MB' for most in memory)} at most.\n")  # noqa: T201


def row(engine: str, name: str, again: list[list[Any]], first: list[list[float]]) -> str:
    usual = [median(spent(answer) for answer in answers) for answers in again]
    anew = [median(found) for found in first]
    largest = again[-1]
    waited = sorted(wall for answer in largest for wall in answer["wall"])
    cells = [
        *(engine, name, str(largest[0]["queries"]), f"{largest[0]['bytes'] / 1024:.0f}"),
        *(f"{figure:.1f}" for figure in usual),
        f"{usual[-1] / usual[0]:.2f}",
        *(f"{figure:.1f}" for figure in anew),
        f"{anew[-1] / anew[0]:.2f}",
        f"{median(waited):.1f} / {waited[int(len(waited) * 0.99)]:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def spent(answer: dict[str, Any]) -> float:
    """Milliseconds of CPU a request; of SQLite, the application's own hold them all."""
    return float(median(answer["own"]) + answer["database"])


HEAD = (
    "| engine | page | statements | kB | 2,000 | 20,000 | 200,000 | ratio "
    "| after a publication: 2,000 | 20,000 | 200,000 | ratio | p50 / p99 at 200,000 |\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", action="append", choices=["SQLite", "PostgreSQL"])
    asked = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "static").mkdir(exist_ok=True)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": address("SQLite", SIZES[0])}
    subprocess.run(collect, env=environment, check=True)
    both = ["SQLite", *(["PostgreSQL"] if os.environ.get("BENCH_POSTGRES") else [])]
    print(HEAD + "|" + "---|" * 13)  # noqa: T201
    for engine in asked.engine or both:
        measure(engine)
    for engine in asked.engine or both:  # what staff wait for, and the memory of a worker
        there = {**environment, "DATABASE_URL": address(engine, SIZES[-1])}
        media = {"MEDIA_ROOT": str(FOLDER / "media")}
        subprocess.run([sys.executable, "-m", "bench.desk"], env={**there, **media}, check=True)


if __name__ == "__main__":
    main()
