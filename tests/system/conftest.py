"""One seeded database for all; each process has a server with it, each test a copy of its own."""

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from .processes import Postgres, Production

HERE = Path(__file__).parent
# The pages need no cluster: somebody has work while it is made. What can be shared out comes after
# what cannot.
LONGEST = (
    *("shared_pages", "faults", "mirror", "rolling"),
    *("backup", "operation", "replica", "nginx", "several", "point_in_time"),
)
# Their tests have servers of their own, so that each may go to another process.
APART = ("backup", "operation")
_numbers = count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.system)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Those of the longest files first, so that no process is left alone with one at the end."""
    name = item.path.stem.removeprefix("test_")
    return LONGEST.index(name) if HERE in item.path.parents and name in LONGEST else len(LONGEST)


class Sharing(LoadFileScheduling):
    """A file for one process, or a test where each has servers of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if Path(file).stem.removeprefix("test_") in APART else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return Sharing(config, log)


class CopiedPostgres(Postgres):
    """Begins with the data of another one, which does not run."""

    def __init__(self, folder: Path, original: Path, **settings: str) -> None:
        self.original = original
        super().__init__(folder, **settings)

    def fill(self) -> None:
        _copy(self.original, self.data)


@pytest.fixture(scope="session")
def for_all(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def cluster(
    for_all: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Postgres, Production]]:
    """A server, and the site whose seeded database and static files others copy."""
    seeded = made_once(for_all / "seeded", _seed)
    given = {"STATIC_ROOT": str(seeded / "static"), "MEDIA_ROOT": str(seeded / "media")}
    folder = tmp_path_factory.mktemp("cluster")
    with CopiedPostgres(folder, seeded / "data", max_connections="200") as server:
        yield server, Production(folder, {"DATABASE_URL": server.url("postgres"), **given})


@pytest.fixture(scope="session")
def migrated(for_all: Path) -> Path:
    """An SQLite database that others copy."""
    return made_once(for_all / "migrated", _migrate) / "site.sqlite3"


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, in which the first process that asks has made something for all."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            make(folder)
            (folder / "whole").touch()
    return folder


def _migrate(folder: Path) -> None:
    Production(folder).manage("migrate", "-v0")


def _seed(folder: Path) -> None:
    with ThreadPoolExecutor(1) as beside, Postgres(folder) as server:
        production = Production(folder, {"DATABASE_URL": server.url("postgres")})
        files = beside.submit(_collect, production)
        _make_tables(server, production)
        production.manage("seed", "-v0")
        files.result()
        server.stop()
        _copy(server.data, folder / "data")


# What `.ci/run` has done need not be done again: where it has collected static files, and migrated
# an empty database.
COLLECTED, MIGRATED = "COLLECTED_STATIC", "MIGRATED_POSTGRES"


def _collect(production: Production) -> None:
    if collected := os.environ.get(COLLECTED):
        _copy(Path(collected), Path(production.variables()["STATIC_ROOT"]))
    else:
        production.manage("collectstatic", "--noinput", "-v0")


def _make_tables(server: Postgres, production: Production) -> None:
    if migrated := os.environ.get(MIGRATED):
        dump = subprocess.run(["pg_dump", migrated], check=True, capture_output=True)
        _ask(server, dump.stdout.decode(), database="postgres")
    else:
        production.manage("migrate", "-v0")


def _copy(folder: Path, there: Path) -> None:
    """With its owner, whom PostgreSQL insists on."""
    subprocess.run(["cp", "--archive", folder, there], check=True)


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


def _ask(server: Postgres, statements: str, database: str = "template1") -> None:
    subprocess.run(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.url(database)],
        input=statements.encode(),
        check=True,
        capture_output=True,
    )
