"""What Prometheus reads, on a port of its own, added up over the workers of a server.

Each worker keeps its numbers in files of one folder (the library's multiprocess mode); whichever
has the port adds them up, and another takes the port when that one ends. What is the same for all,
such as what the database says, is asked when Prometheus reads (see `facts`).
"""

import errno
import logging
import os
import threading
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from iomsite import measured
from iomsite.measured import Measured

from .facts import Facts
from .folder import forget_the_dead, make_folder, written
from .readiness import Readiness

# The library looks for it once, when it is imported.
FOLDER = os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(make_folder(settings.METRICS_PORT))

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector

# Seconds between two looks at whether the port is free, and at what this process keeps.
INTERVAL = 2.0
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

logger = logging.getLogger(__name__)


class Metrics:
    """`observe` is told of each request; `count` of what has happened elsewhere."""

    def __init__(self, page_cache: Any, readiness: Readiness) -> None:
        self.page_cache = page_cache
        self.facts = Facts(readiness)
        self._server: Any = None
        self._complained = False
        self._define()
        if page_cache is not None:
            self._define_kept()
        self._hit = self.answers.labels("hit")
        # From 0 on: Prometheus sees no growth of what first comes as 300.
        self.answers.labels("refused")

    def _define(self) -> None:
        """Without a registry: what is shown is read from the files of all workers."""
        own: dict[str, Any] = {"registry": None, "namespace": "iomsite"}
        self.requests = Counter(
            "requests", "Requests that the page cache did not answer.", ["view", "status"], **own
        )
        self.duration = Histogram(
            "request_seconds", "How long those took.", ["view"], buckets=BUCKETS, **own
        )
        self.statements = Counter("statements", "Statements for those.", ["view"], **own)
        self.database = Counter(
            "statement_seconds", "Seconds in which the database carried them out.", ["view"], **own
        )
        self.answers = Counter(
            "page_cache_answers", "Requests, by what the page cache did.", ["result"], **own
        )
        self.happened = {
            "sign_in_failures": Counter(
                "sign_in_failures", "Attempts to sign in that failed.", ["step"], **own
            ),
            "slow_statements": Counter(
                "slow_statements", "Statements slower than SLOW_QUERY_MS.", ["view"], **own
            ),
        }
        self.workers = Gauge(
            "workers", "Workers that are alive.", multiprocess_mode="livesum", **own
        )

    def _define_kept(self) -> None:
        """Only where pages are kept: a gauge that nobody sets says 0."""
        own: dict[str, Any] = {"registry": None, "namespace": "iomsite"}
        kept = {"multiprocess_mode": "livesum", **own}
        self.kept_bytes = Gauge("page_cache_bytes", "Bytes that are kept.", **kept)
        self.kept_pages = Gauge("page_cache_pages", "Answers that are kept.", **kept)
        words = "The generation that the last worker to hear of it knows."
        self.known = Gauge("known_generation", words, multiprocess_mode="livemin", **own)
        words = "How long ago the ledger answered the worker that has waited longest."
        self.silence = Gauge("ledger_silence_seconds", words, multiprocess_mode="livemax", **own)

    def observe(self, environ: dict[str, Any], request: Measured, seconds: float) -> None:
        if request.cache == "hit":
            self._hit.inc()
            return
        self.answers.labels(request.cache or "passed").inc()
        view = label(request.view, environ["PATH_INFO"])
        self.requests.labels(view, f"{request.status // 100}xx").inc()
        self.duration.labels(view).observe(seconds)
        self.statements.labels(view).inc(request.statements)
        self.database.labels(view).inc(request.seconds)

    def count(self, name: str, kind: str) -> None:
        self.happened[name].labels(label(kind) if name == "slow_statements" else kind).inc()

    def start(self) -> None:
        measured.counters.append(self.count)
        threading.Thread(target=self._go_on, name="metrics", daemon=True).start()

    def _go_on(self) -> None:
        while True:
            self._look()
            if self._server is None:
                self._serve()
            time.sleep(INTERVAL)

    def _look(self) -> None:
        self.workers.set(1)
        if self.page_cache is None:
            return
        store, watch = self.page_cache.store, self.page_cache.watch
        if not watch.is_running:
            watch.start()
        self.kept_bytes.set(store.size)
        self.kept_pages.set(len(store))
        self.known.set(watch.known.generation)
        self.silence.set(time.monotonic() - watch.asked_at)

    def _serve(self) -> None:
        """One worker of a server has the port; the others try again."""
        registry = CollectorRegistry()
        registry.register(_OfAllWorkers())
        registry.register(self.facts)
        host, port = settings.METRICS_HOST, settings.METRICS_PORT
        try:
            self._server, _thread = start_http_server(port, host, registry)
        except OSError as error:
            if error.errno != errno.EADDRINUSE and not self._complained:
                logger.error("Metrics cannot be served at %s:%d: %s", host, port, error)
                self._complained = True


class _OfAllWorkers:
    """Their numbers added up, without the gauges of those that have ended."""

    def collect(self) -> Iterable[Metric]:
        forget_the_dead(FOLDER)
        return MultiProcessCollector.merge(written(FOLDER))


def label(view: str, path: str = "") -> str:
    """One of a few words. The forms of staff differ by table, which makes hundreds."""
    if view.startswith("admin:"):
        return f"admin:{view.rpartition('_')[2].removeprefix('admin:')}"
    if not view:
        return "static" if path.startswith(settings.STATIC_URL) else "none"
    return view
