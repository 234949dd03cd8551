"""What is asked when Prometheus reads: how the site stands, and this server.

The database may be frozen: what it does not say within two seconds is left out.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min
from django.utils import timezone

from iomsite.alerts.models import Message
from iomsite.publishing.models import AuditEntry, Ledger
from iomsite.search.models import Unsent

from .bounded import LIMIT, Question
from .questions import Told
from .readiness import Readiness


class Facts:
    """A collector of the library's. Audit entries are counted once, and then only the new ones."""

    def __init__(self, readiness: Readiness) -> None:
        self.readiness = readiness
        self._question = Question("facts", self._asked)
        self._counted: Counter[str] = Counter()
        self._last = 0
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        told = self.readiness.told()
        check = GaugeMetricFamily("iomsite_check", "1 where /readyz is content.", labels=["check"])
        for name, one in told.items():
            check.add_metric([name], float(one.is_well))
        yield check
        for name, words, value in _numbers(told):
            yield GaugeMetricFamily(f"iomsite_{name}", words, value=value)
        words = "How long ago a task last ended well on this server."
        tasks = GaugeMetricFamily("iomsite_task_age_seconds", words, labels=["task"])
        for name, age in _ages():
            tasks.add_metric([name], age)
        yield tasks
        with self._lock:  # two readers at once would count the same entries twice
            self._question.begin()
            found = self._question.answer(time.monotonic() + LIMIT)
        if found is None:
            return
        for name, words, value in found:
            yield GaugeMetricFamily(f"iomsite_{name}", words, value=value)
        entries = CounterMetricFamily(
            "iomsite_audit_entries", "What was done to pages.", labels=["action"]
        )
        for action in AuditEntry.Action.values:
            entries.add_metric([action], self._counted[action])
        yield entries

    def _asked(self) -> list[tuple[str, str, float]]:
        """Five statements."""
        self._count()
        row = Ledger.objects.values_list("generation", "told_until").first()
        generation, told_until = row or (0, None)
        waiting = Message.objects.filter(fate=Message.Fate.WAITING)
        mails, oldest = waiting.aggregate(Count("pk"), Min("created_at")).values()
        found = [
            ("generation", "How often what the public sees has changed.", generation),
            ("mails_waiting", "Mails of alerts that wait.", mails),
            ("mails_oldest_seconds", "How long the oldest of them has waited.", _age(oldest)),
        ]
        unsent = "Entries that the search server has not got as they are."
        found.append(("search_unsent", unsent, Unsent.objects.count()))
        if told_until:
            words = "How long ago something was published, or the schedule moved on."
            found.append(("generation_age_seconds", words, _age(told_until)))
        return found

    def _count(self) -> None:
        """Entries are added under one lock and never taken away: numbers follow each other."""
        new = AuditEntry.objects.filter(pk__gt=self._last).order_by().values_list("action")
        for action, number, last in new.annotate(Count("pk"), Max("pk")):
            self._counted[action] += number
            self._last = max(self._last, last)


def _age(moment: Any) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0.0


def _ages() -> Iterator[tuple[str, float]]:
    """Of each task that has ever ended well here: systemd makes a file of its name anew then."""
    with suppress(OSError), os.scandir(settings.TASKS_ROOT) as noted:
        for note in noted:
            with suppress(FileNotFoundError):  # just being made anew
                yield note.name, time.time() - note.stat().st_mtime


def _numbers(told: dict[str, Told]) -> Iterator[tuple[str, str, float]]:
    shown = {
        "migrations": ("migrations_missing", "Migrations that have not been run."),
        "clock": ("clock_ahead_seconds", "How far this clock is ahead of the database's."),
        "changes": ("read_only", "1 while nothing may be changed."),
        "storage": ("storage_free_bytes", "What is free on the disk of uploads."),
        "mirror": ("mirror_age_seconds", "How old the static copy of the site is."),
    }
    yield "ready", "1 where all checks are content.", float(all(t.is_well for t in told.values()))
    for name, (called, words) in shown.items():
        if name in told and (number := told[name].number) is not None:
            yield called, words, number
