"""Real servers on the loopback interface, each with a folder of its own, for tests that break them.

    with Postgres(folder) as database, Site(folder, DATABASE_URL=database.url()) as site:
        database.freeze()
        assert site.get("/").status == 503

What `with` starts it stops, whatever state it is in. No server of the machine is touched.
"""

import contextlib
import http.client
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
# Seconds until a server that should answer does.
START = 60.0


# Below the ports that the system gives to connections, so that none takes one before its server
# does. None is given twice within a process, and other processes begin elsewhere.
PORTS = range(10_000, 32_000)
_ports = itertools.islice(itertools.cycle(PORTS), os.getpid() * 997 % len(PORTS), None)


def free_port() -> int:
    for port in _ports:
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.bind((HOST, port))
            return port
    raise AssertionError("the ports are a cycle")


def wait_for(is_so: Callable[[], Any], seconds: float = START, every: float = 0.05) -> Any:
    """The first true answer; TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        if found := is_so():
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{is_so} after {seconds} s")
        time.sleep(every)


def answers_at(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def descendants(process: int) -> list[int]:
    """Its number first, then those of its children and of theirs."""
    found = [process]
    for parent in found:
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{parent}/task/{parent}/children").read_text()
            found += map(int, told.split())
    return found


@dataclass
class Answer:
    """Of a request; `seconds` until its last byte."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


def get(
    port: int,
    path: str = "/",
    *,
    method: str = "GET",
    timeout: float = 30,
    body: bytes | None = None,
    **headers: str,
) -> Answer:
    """One request on a connection of its own; headers are named as in Python: `if_none_match`."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, headers={"Host": "www.example.org", **named})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    found = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, found, body, time.monotonic() - began)


class Process:
    """A server that is started, frozen, thawed, killed and stopped. Its words are in `log`."""

    name = "process"

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"{self.name}-{id(self):x}"
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.log = self.folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def is_ready(self) -> bool:
        return answers_at(self.port)

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=self.user(),
            )
        try:
            wait_for(self._is_ready_or_dead)
        except BaseException:
            self.kill()
            raise
        return self

    def _is_ready_or_dead(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.log.read_text(errors='replace')[-3000:]}")
        return self.is_ready()

    def user(self) -> str | None:
        """Who runs it, where the tests are run by root."""
        return None

    def signal(self, number: int) -> None:
        """To it and to whatever it started: some servers put each child in a group of its own."""
        assert self.process
        for process in descendants(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def stop(self, seconds: float = 20) -> int | None:
        """As an operator would: SIGTERM to the first process, and what it ends with."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.thaw()
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()


class Postgres(Process):
    """A cluster of its own that waits for no disk. `settings` are those of postgresql.conf."""

    name = "postgres"

    def __init__(self, folder: Path, **settings: str) -> None:
        """Another user cannot come through pytest's folders, which it keeps to their owner."""
        self.own = Path(tempfile.mkdtemp(prefix="postgres-")) if self.user() else None
        super().__init__(self.own or folder)
        self.data = self.folder / "data"
        quick = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self.settings = {
            "listen_addresses": HOST,
            "unix_socket_directories": str(self.folder),
            **quick,
            **settings,
        }
        self._make()

    def _make(self) -> None:
        if (user := self.user()) and self.own:
            shutil.chown(self.own, user)
            shutil.chown(self.folder, user)
        self.fill()

    def fill(self) -> None:
        subprocess.run(
            [
                *(str(self.programs() / "initdb"), "-D", str(self.data), "--username=postgres"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            user=self.user(),
            cwd="/",
        )

    @staticmethod
    def programs() -> Path:
        """Debian keeps those of each version in a folder; the newest."""
        found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        return max(found, key=lambda path: int(path.parts[4])).parent

    def user(self) -> str | None:
        return "postgres" if os.getuid() == 0 else None

    def command(self) -> list[str]:
        settings = [f"-c{name}={value}" for name, value in self.settings.items()]
        return [
            str(self.programs() / "postgres"), "-D", str(self.data), "-p", str(self.port), *settings
        ]  # fmt: skip

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@{HOST}:{self.port}/{database}"

    def is_ready(self) -> bool:
        asked = [str(self.programs() / "pg_isready"), "-h", HOST, "-p", str(self.port)]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def stop(self, seconds: float = 20) -> int | None:
        """Without waiting for clients: SIGINT is its fast shutdown."""
        if self.process and self.process.poll() is None:
            self.thaw()
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.process.wait(seconds)
            self.kill()
        return self.process.returncode if self.process else None

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self.own:
            shutil.rmtree(self.own, ignore_errors=True)


class Replica(Postgres):
    """Follows another server from a copy of it."""

    def __init__(self, folder: Path, primary: Postgres) -> None:
        self.primary = primary
        super().__init__(folder, hot_standby="on", max_connections="200")

    def fill(self) -> None:
        copy = [str(self.programs() / "pg_basebackup"), "-d", self.primary.url("postgres")]
        subprocess.run(
            [*copy, "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "--no-sync"],
            check=True,
            capture_output=True,
            user=self.user(),
            cwd="/",
        )


class Redis(Process):
    name = "redis"

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder)
        self.settings = {"save": "", "appendonly": "no", **settings}

    def command(self) -> list[str]:
        named = [
            part
            for name, value in self.settings.items()
            for part in (f"--{name.replace('_', '-')}", value)
        ]
        return [
            *("redis-server", "--bind", HOST, "--port", str(self.port)),
            *("--dir", str(self.folder), *named),
        ]

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"


class Nginx(Process):
    """With a whole configuration, in which `{port}` and `{folder}` are filled in."""

    name = "nginx"

    def __init__(self, folder: Path, configuration: str) -> None:
        super().__init__(folder)
        self.file = self.folder / "nginx.conf"
        filled = configuration.replace("{port}", str(self.port))
        self.file.write_text(filled.replace("{folder}", str(self.folder)))

    def command(self) -> list[str]:
        return [
            *("nginx", "-p", str(self.folder), "-c", str(self.file)),
            *("-e", str(self.log), "-g", "daemon off;"),
        ]


@dataclass
class Production:
    """Variables of a site in production; what is not given has a value of the tests."""

    folder: Path
    given: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "iomsite.settings",
            "SECRET_KEY": "known-to-the-tests-of-real-servers-and-to-nobody-who-matters",
            "ALLOWED_HOSTS": "www.example.org",
            "BEHIND_TLS_PROXY": "true",
            "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": f"sqlite:///{self.folder}/site.sqlite3",
            "EMAIL_URL": "smtp://127.0.0.1",
            "EMAIL_FROM": "staff@www.example.org",
            "STATIC_ROOT": f"{self.folder}/static",
            "MEDIA_ROOT": f"{self.folder}/media",
            **self.given,
        }

    def manage(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.variables(),
            check=check,
            capture_output=True,
            text=True,
        )


def of_unit() -> dict[str, str]:
    """What systemd would tell the server, before what is said of one site."""
    lines = (ROOT / "deploy/systemd/iomsite-web@.service").read_text().splitlines()
    told = (line.removeprefix("Environment=") for line in lines if line.startswith("Environment="))
    return dict(line.split("=", 1) for line in told)


class Site(Process):
    """The application as production serves it. The database must be there and migrated.

    Requests come as from a proxy that ended TLS.
    """

    name = "site"

    def __init__(self, production: Production, *options: str, workers: int = 1) -> None:
        super().__init__(production.folder)
        self.production = production
        self.options = options
        self.workers = workers

    def environment(self) -> dict[str, str]:
        return of_unit() | self.production.variables()

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", HOST, "--port", str(self.port), "--workers", str(self.workers)),
            *("--blocking-threads", "64", *self.options),
            "iomsite.wsgi:application",
        ]

    def get(self, path: str = "/", **how: Any) -> Answer:
        return get(self.port, path, **{"x_forwarded_proto": "https", **how})


def nobody() -> str:
    """Whom servers that drop their rights run as."""
    return pwd.getpwnam("www-data").pw_name
