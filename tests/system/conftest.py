"""One PostgreSQL and one seeded database for all; each test has a copy of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from .processes import Postgres, Production

_numbers = count(1)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, Production]]:
    """A server, and the site whose seeded database and static files others copy."""
    folder = tmp_path_factory.mktemp("cluster")
    with Postgres(folder, max_connections="200") as server:
        production = Production(folder, {"DATABASE_URL": server.url("postgres")})
        production.manage("migrate", "-v0")
        production.manage("seed", "-v0")
        production.manage("collectstatic", "--noinput", "-v0")
        yield server, production


@pytest.fixture
def production(cluster: tuple[Postgres, Production], tmp_path: Path) -> Iterator[Production]:
    """A seeded site of this test alone, on PostgreSQL."""
    with _copy_of(cluster, tmp_path) as production:
        yield production


@pytest.fixture(scope="module")
def shared_production(
    cluster: tuple[Postgres, Production], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    """The same for all tests of a module, which only read."""
    with _copy_of(cluster, tmp_path_factory.mktemp("shared")) as production:
        yield production


@contextmanager
def _copy_of(cluster: tuple[Postgres, Production], folder: Path) -> Iterator[Production]:
    server, seeded = cluster
    name = f"site{next(_numbers)}"
    _ask(server, f"CREATE DATABASE {name} TEMPLATE postgres")
    static = seeded.variables()["STATIC_ROOT"]
    yield Production(folder, {"DATABASE_URL": server.url(name), "STATIC_ROOT": static})
    _ask(server, f"DROP DATABASE {name} WITH (FORCE)")


def _ask(server: Postgres, statement: str) -> None:
    subprocess.run(
        ["psql", "-X", "-q", "-d", server.url("template1"), "-c", statement],
        check=True,
        capture_output=True,
    )
