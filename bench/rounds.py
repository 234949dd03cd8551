"""`make bench`: what pages cost at 2,000 and at 200,000 releases, in one run, by turns.

Databases are made once, in `.bench`, which takes half an hour for the larger one. With
BENCH_POSTGRES=postgres://user@host/ they are made there as well, by the names bench2000 and
bench200000.
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
SIZES = (2_000, 200_000)
LAST = "last page"
ADDRESSES = {
    "home": "/",
    "a release": "/news/{year}/{slug}/",
    "list": "/news/",
    "list of a year": "/news/?year=2016",
    "list of a topic and a year": "/news/?topic=malaria&year=2016",
    LAST: "/news/?page={last}",
    "search": "/search/?q=cholera+kits",
    "search in a year": "/search/?q=malaria&year=2016",
    "suggestions": "/search/suggest?q=mal",
    "feed": "/news.atom",
    "feed of a topic": "/news.json?topic=malaria",
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


def measure(engine: str) -> list[str]:
    """Rows of the table: CPU milliseconds of application and database, warm and cold."""
    small, large = (Database(engine, size) for size in SIZES)
    lines = []
    for name, wanted in ADDRESSES.items():
        warm: list[list[float]] = [[], []]
        cold: list[list[float]] = [[], []]
        for _round in range(ROUNDS):
            for place, database in enumerate((small, large)):
                warm[place].append(spent(database.ask(wanted, TIMES)))
                cold[place].append(spent(database.ask(wanted, 1, published=True)))
        statements = large.ask(wanted, 1)["queries"]
        figures = [median(found) for found in (*warm, *cold)]
        ratios = [figures[1] / figures[0], figures[3] / figures[2]]
        lines.append(
            f"| {engine} | {name} | {statements} | {figures[0]:.1f} | {figures[1]:.1f} "
            f"| {ratios[0]:.2f} | {figures[2]:.1f} | {figures[3]:.1f} | {ratios[1]:.2f} |"
        )
        print(lines[-1], flush=True)  # noqa: T201
    return lines


def spent(answer: dict[str, Any]) -> float:
    """Milliseconds of CPU a request; of SQLite, the application's own hold them all."""
    return float(median(answer["own"]) + answer["database"])


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
    print(  # noqa: T201
        "| engine | page | statements | 2,000 | 200,000 | ratio "
        "| after a publication: 2,000 | 200,000 | ratio |\n|" + "---|" * 9
    )
    for engine in asked.engine or both:
        measure(engine)


if __name__ == "__main__":
    main()
