"""What it costs to note a request that the page cache answers: `python -m bench.noted`.

One process and no server; microseconds of CPU, the best of five rounds.
"""

import logging
import os
import time
from io import BytesIO
from typing import Any

import django
from django.http import HttpResponse

ROUNDS, TIMES = 5, 20_000


def page(environ: dict[str, Any], start: Any) -> Any:
    from iomsite.publishing.keeping import keep

    answer = keep(HttpResponse("<p>" + "x" * 40_000), ())
    start("200 OK", list(answer.items()))
    return answer


def cost(application: Any, environ: dict[str, Any]) -> float:
    def once() -> float:
        began = time.process_time()
        for _time in range(TIMES):
            application({**environ}, lambda status, headers: None)  # which notes things in it
        return (time.process_time() - began) / TIMES * 1_000_000

    return min(once() for _round in range(ROUNDS))


def told(words: str, spent: float) -> None:
    print(f"| {words} | {spent:.1f} µs |", flush=True)  # noqa: T201


def rounds() -> None:
    from django.conf import settings

    from bench.worker import environ_of
    from iomsite.logs import JsonLines
    from iomsite.operation.assembly import assembled
    from iomsite.pagecache.application import PageCache
    from iomsite.pagecache.watch import Known, Watch

    class Still(Watch):
        is_running, is_blind, is_late = True, False, False

    watch = Still()
    watch.known = Known(generation=1)
    cache = PageCache(page, most=10**7, watch=watch)
    handler = logging.FileHandler(os.devnull)
    handler.setFormatter(JsonLines())
    logging.getLogger("iomsite.access").handlers = [handler]
    logging.getLogger("iomsite.access").propagate = False
    environ = environ_of("/news/") | {"HTTP_ACCEPT_ENCODING": "gzip, br", "wsgi.input": BytesIO()}
    told("the page cache alone", cost(cache, environ))
    for words, access, port in (
        ("with probes, and a line for what is made", "made", 0),
        ("and with metrics", "made", 9464),
        ("with a line for each hit", "all", 0),
    ):
        settings.ACCESS_LOG, settings.METRICS_PORT = access, port
        told(words, cost(assembled(cache, cache), environ))


if __name__ == "__main__":
    os.environ |= {"DJANGO_SETTINGS_MODULE": "iomsite.settings", "DEBUG": "true"}
    django.setup()
    rounds()
