"""What a kept page costs: the site, a constant view on the same server, and nginx with a file.

The same bytes and headers from each, two processes of each, by turns, asked for over the loopback
interface from the same cores; `python -m bench.served`. Needs wrk and nginx.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.system.processes import (
    HOST,
    Nginx,
    Process,
    Production,
    Site,
    descendants,
    get,
    wait_for,
)

PAGE = "/"
PROCESSES, CONNECTIONS, SECONDS, ROUNDS = 2, 32, 3, 5
THREADS = 64
ASKED = {"accept_encoding": "br", "x_forwarded_proto": "https"}
NGINX = """
{user} worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events { worker_connections 512; }
http {
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; etag off;
    if_modified_since off; open_file_cache max=10; server_tokens off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {
        listen 127.0.0.1:{port}; root {answer}; default_type "text/html; charset=utf-8";
        location / { rewrite ^ /body break; {headers} }
    }
}
"""


class Round(NamedTuple):
    rate: float
    cpu: float  # milliseconds a request
    p50: float  # milliseconds
    p99: float


class Constant(Site):
    name = "constant"

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "BENCH_ANSWER": str(self.production.folder)}

    def command(self) -> list[str]:
        return [*super().command()[:-1], "bench.constant:application"]


class Gunicorn(Site):
    """The same application under the other server that was weighed."""

    name = "gunicorn"

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{self.port}"),
            *("--workers", str(self.workers), "--worker-class", "gthread", *self.options),
            *("--worker-connections", "512", "--log-level", "error"),
            "iomsite.wsgi:application",
        ]


@contextmanager
def site(options: list[str]) -> Iterator[Site]:
    """A seeded one of its own."""
    with tempfile.TemporaryDirectory() as folder:
        production = Production(Path(folder), {"LOG_LEVEL": "ERROR"})
        for words in (["migrate"], ["seed"], ["collectstatic", "--noinput"]):
            production.manage(*words, "-v0")
        with Site(production, *options, workers=PROCESSES) as running:
            wait_for(lambda: all(is_hit(running) for _time in range(12)))
            yield running


def is_hit(running: Site) -> bool:
    return "hit" in running.get(PAGE, **ASKED).headers["cache-status"]


def write_answer(running: Site) -> None:
    """What the others are to send: the page as it is kept."""
    answer = running.get(PAGE, **ASKED)
    of_server = {"server", "date", "connection"}
    headers = [(name, value) for name, value in answer.headers.items() if name not in of_server]
    folder = running.production.folder
    (folder / "body").write_bytes(answer.body)
    (folder / "headers").write_text(json.dumps(headers))


def nginx(folder: Path) -> Nginx:
    headers = json.loads((folder / "headers").read_text())
    own = {"content-length", "content-type", "last-modified"}  # which nginx says itself
    lines = " ".join(
        f'add_header {name} "{value.replace(chr(34), chr(92) + chr(34))}";'
        for name, value in headers
        if name not in own
    )
    # Its processes read the folder of whoever starts it, which is for him alone.
    filled = {"user": "user root;" if os.getuid() == 0 else "", "headers": lines, "answer": folder}
    configuration = NGINX
    for name, value in filled.items():
        configuration = configuration.replace(f"{{{name}}}", str(value))
    return Nginx(folder, configuration)


def spent(server: Process) -> float:
    """Seconds of CPU of all its processes so far."""
    assert server.process
    ticks = 0
    for process in descendants(server.process.pid):
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(server: Process, seconds: int, etag: str = "") -> Round:
    headers = {"Host": "www.example.org", "Accept-Encoding": "br", "X-Forwarded-Proto": "https"}
    if etag:
        headers["If-None-Match"] = etag
    before = spent(server)
    told = subprocess.run(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"),
            *("--latency", *(part for one in headers.items() for part in ("-H", ": ".join(one)))),
            f"http://{HOST}:{server.port}{PAGE}",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if "Non-2xx" in told and not etag:
        raise SystemExit(f"{server.name} refused:\n{told}")
    number = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]
    cpu = (spent(server) - before) / number * 1000
    return Round(rate, cpu, _latency(told, "50%"), _latency(told, "99%"))


def _latency(told: str, which: str) -> float:
    found = re.search(rf"{which}\s+([\d.]+)(us|ms|s)", told)
    assert found
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def rounds(seconds: int, number: int) -> dict[str, list[Round]]:
    options = ["--no-log"]
    with ExitStack() as stack:
        running = stack.enter_context(site(options))
        write_answer(running)
        constant = stack.enter_context(Constant(running.production, *options, workers=PROCESSES))
        of_threads = ["--threads", str(THREADS)]
        gunicorn = Gunicorn(running.production, *of_threads, workers=PROCESSES)
        other = stack.enter_context(gunicorn)
        wait_for(lambda: all(is_hit(other) for _time in range(12)))
        file = stack.enter_context(nginx(running.production.folder))
        etag = running.get(PAGE, **ASKED).headers["etag"]
        asked: dict[str, tuple[Process, str]] = {
            "nginx, a file": (file, ""),
            "a constant view": (constant, ""),
            "a kept page": (running, ""),
            "a kept page, 304": (running, etag),
            "a kept page, gunicorn": (other, ""),
        }
        for server, _etag in asked.values():
            sent = get(server.port, PAGE, **ASKED)
            assert len(sent.body) == len(get(file.port, PAGE, **ASKED).body)
        found: dict[str, list[Round]] = {name: [] for name in asked}
        for _round in range(number):
            for name, (server, tag) in asked.items():
                found[name].append(measure(server, seconds, tag))
        return found


def table(found: dict[str, list[Round]]) -> Iterator[str]:
    yield "| what | requests a second | of nginx | CPU ms | p50 ms | p99 ms |"
    yield "|---|---|---|---|---|---|"
    first = next(iter(found.values()))
    for name, some in found.items():
        # Of each round with its neighbour, as the machine is not the same from one to the next.
        ratio = median(one.rate / other.rate for one, other in zip(some, first, strict=True))
        rate, cpu, p50, p99 = (median(figures) for figures in zip(*some, strict=True))
        yield f"| {name} | {rate:,.0f} | {ratio:.2f} | {cpu:.4f} | {p50:.2f} | {p99:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    if missing := [name for name in ("wrk", "nginx") if not shutil.which(name)]:
        sys.exit(f"Missing: {', '.join(missing)}. Remedy: apt-get install wrk nginx")
    for line in table(rounds(asked.seconds, asked.rounds)):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
