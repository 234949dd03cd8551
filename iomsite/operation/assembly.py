"""Puts together what stands around the application of each process."""

from typing import Any

from django.conf import settings

from .access import AccessLog
from .entry import Entry, Observer, healthz
from .readiness import Readiness


def assembled(application: Any, page_cache: Any = None) -> Entry:
    """With metrics, a thread of its own serves them from now on."""
    readiness = Readiness()
    observers: list[Observer] = []
    of_hits: list[Observer] = []
    if settings.ACCESS_LOG != "off":
        observers.append(AccessLog())
    if settings.ACCESS_LOG == "all":  # a line costs more than the hit does
        of_hits.append(AccessLog())
    if settings.METRICS_PORT:
        from .metrics import Metrics  # which reads where its files lie when it is imported

        metrics = Metrics(page_cache, readiness)
        metrics.start()
        observers.append(metrics.observe)
        of_hits.append(metrics.observe)
    probes = {"/healthz": healthz, "/readyz": readiness}
    return Entry(application, probes, observers, page_cache, of_hits)
