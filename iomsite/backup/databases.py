"""The database as one file, of one moment, and back: PostgreSQL and SQLite."""

import glob
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from django.db import connection

from iomsite.publishing.records import Ledger

from .archive import CHUNK
from .refusals import Refused

# Rows of a table, and the sum of their checksums, whatever their order.
Table = tuple[int, int]
# No statement of these is one that a visitor waits for.
PATIENT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=60s"


class Database(Protocol):
    engine: str
    is_packed: bool

    def dumped(self) -> Iterator[bytes]:
        """Inside of `one_moment`, of which it is."""

    def tables(self) -> dict[str, Table]: ...

    def refuse_to_load(self, tables: Iterable[str]) -> None:
        """Raises Refused where a backup with these tables cannot be put in place."""

    def load(self, chunks: Iterable[bytes]) -> None:
        """Put it in place of what is there: all of it, or nothing where Refused is raised."""


def database() -> Database:
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


def written(chunks: Iterable[bytes], path: Path) -> None:
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)


class PostgreSQL:
    engine, is_packed = "postgresql", True

    def dumped(self) -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        command = ["pg_dump", "--format=custom", f"--snapshot={snapshot}"]
        command += ["--no-owner", "--no-privileges"]
        with tempfile.TemporaryFile() as told:
            with self._started(command, stdout=subprocess.PIPE, stderr=told) as process:
                while chunk := process.stdout.read(CHUNK):
                    yield chunk
            if process.returncode:
                raise Refused(f"pg_dump gave up: {_last_words(told)}")

    def tables(self) -> dict[str, Table]:
        summed = "sum(('x' || substr(md5(row::text), 1, 8))::bit(32)::bigint)"
        found = {}
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            names = connection.introspection.table_names(cursor)
            for name in sorted(names):
                quoted = connection.ops.quote_name(name)
                cursor.execute(f"SELECT count(*), coalesce({summed}, 0)::bigint FROM {quoted} row")
                found[name] = tuple(cursor.fetchone())
        return found

    def refuse_to_load(self, tables: Iterable[str]) -> None:
        self._program("pg_restore")
        if others := set(connection.introspection.table_names()) - set(tables):
            raise Refused(
                f"The database has tables that the backup does not know, such as {min(others)}. "
                "Make an empty database (createdb) and restore into that."
            )

    def load(self, chunks: Iterable[bytes]) -> None:
        """One transaction of `pg_restore`, which goes on to its end if this process dies."""
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as told:
            dump, wanted = Path(folder, "dump"), Path(folder, "list")
            written(chunks, dump)
            wanted.write_text(self._list_of(dump))
            connection.close()
            process = self._started(
                [
                    *("pg_restore", "--dbname", self._environment()["PGDATABASE"]),
                    *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
                    *("--clean", "--if-exists", "--use-list", str(wanted), str(dump)),
                ],
                stderr=told,
            )
            if process.wait():
                raise Refused(f"pg_restore gave up, and nothing was changed: {_last_words(told)}")

    def _list_of(self, dump: Path) -> str:
        """All but the extensions, which often belong to somebody else: they are made if missing."""
        process = self._started(
            ["pg_restore", "--list", str(dump)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        said, _nothing = process.communicate()
        if process.returncode:
            raise Refused("pg_restore cannot read the database in the archive.")
        lines = said.decode().splitlines(keepends=True)
        with connection.cursor() as cursor:
            for line in lines:
                if " EXTENSION - " in line and " COMMENT " not in line:
                    name = connection.ops.quote_name(line.split()[-1])
                    cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        return "".join(line for line in lines if " EXTENSION " not in line)

    def _started(self, command: list[str], **how: Any) -> subprocess.Popen[bytes]:
        program = self._program(command[0])
        return subprocess.Popen([program, *command[1:]], env=self._environment(), **how)

    def _program(self, name: str) -> str:
        if found := shutil.which(name):
            return found
        raise Refused(
            f"{name} was not found. It comes with the client programs of PostgreSQL: "
            "apt-get install postgresql-client."
        )

    def _environment(self) -> dict[str, str]:
        """Where the database is: by variables, as anybody may read the words of a command."""
        said = connection.settings_dict
        options = said.get("OPTIONS", {})
        own = {
            "PGHOST": said["HOST"],
            "PGPORT": str(said["PORT"] or ""),
            "PGUSER": said["USER"],
            "PGPASSWORD": said["PASSWORD"],
            "PGDATABASE": said["NAME"],
            "PGSSLMODE": options.get("sslmode"),
            "PGSSLROOTCERT": options.get("sslrootcert"),
            "PGSSLCERT": options.get("sslcert"),
            "PGSSLKEY": options.get("sslkey"),
            "PGSERVICE": options.get("service"),
            "PGOPTIONS": PATIENT,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return kept | {name: value for name, value in own.items() if value}


class SQLite:
    engine, is_packed = "sqlite", False

    def dumped(self) -> Iterator[bytes]:
        """A copy of its pages by SQLite itself: whoever writes meanwhile does not wait."""
        with _beside(self._path) as path:
            with _opened(path) as copy:
                connection.connection.backup(copy)
                self._check(copy)
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk

    def tables(self) -> dict[str, Table]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND sql NOT LIKE 'CREATE VIRTUAL%%' ORDER BY name"
            )
            names = [name for (name,) in cursor.fetchall()]
        return {name: self._counted(name) for name in names}

    def refuse_to_load(self, tables: Iterable[str]) -> None:
        """The whole file is replaced; there may be none, nor its folder."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        there = connection.introspection.table_names() if self._path.exists() else []
        if there and Ledger._meta.db_table not in there:
            raise Refused(
                f"The database is another program's: it has tables such as {min(there)}, and none "
                "that every site has. Name another file in DATABASE_URL."
            )

    def load(self, chunks: Iterable[bytes]) -> None:
        """One transaction of SQLite's: whoever has the file open goes on with what is new."""
        with _beside(self._path) as path:
            written(chunks, path)
            connection.close()
            try:
                with _opened(path) as copy, _opened(self._path) as target:
                    self._check(copy)
                    copy.backup(target)
            except sqlite3.Error as error:
                raise Refused(f"SQLite gave up, and nothing was changed: {error}.") from error

    @property
    def _path(self) -> Path:
        return Path(connection.settings_dict["NAME"]).absolute()

    def _counted(self, name: str) -> Table:
        rows = total = 0
        quoted = connection.ops.quote_name(name)
        for row in connection.connection.execute(f"SELECT * FROM {quoted}"):
            rows += 1
            total += int.from_bytes(hashlib.md5(repr(row).encode()).digest()[:4], "big")
        return rows, total

    def _check(self, copy: sqlite3.Connection) -> None:
        copy.execute("PRAGMA ignore_check_constraints = ON")  # some are in functions of Django's
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise Refused(f"The database is damaged: {said}.")


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file for its owner alone that is gone afterwards. So are those of who died meanwhile."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
        number = left.suffixes[-2][1:]
        if number.isdecimal() and not Path("/proc", number).exists():
            _remove(left)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    _remove(part)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    """With what SQLite puts beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=60)) as opened:
        yield opened


def _last_words(told: IO[bytes]) -> str:
    told.seek(0)
    lines = told.read().decode(errors="replace").strip().splitlines()
    return " ".join(lines[-3:]) or "it did not say why."
