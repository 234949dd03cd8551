"""Whether each database answers, where there is a replica, and which of them public pages read."""

import logging
import threading
import time

from django.db import connections

from iomsite.patience import Patience, having
from iomsite.publishing.records import Ledger
from iomsite.sources import PRIMARY, REPLICA

# Seconds between two questions, and that one may take.
INTERVAL, QUESTION = 0.3, 0.3
# Seconds without an answer after which the replica is not read, and the primary counts as away.
SILENT, AWAY = 0.7, 3.0
# Seconds that the replica may be behind the primary before it is not read.
LONGEST_LAG = 5.0

logger = logging.getLogger(__name__)


class Pulse:
    """Asks one database for the generation, from a thread of its own."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.asked_at = float("-inf")
        self.generation = -1

    @property
    def silence(self) -> float:
        """Seconds since it answered."""
        return time.monotonic() - self.asked_at

    def start(self) -> None:
        threading.Thread(target=self._go_on, name=f"pulse of {self.alias}", daemon=True).start()

    def ask(self) -> None:
        try:
            with having(Patience(time.monotonic() + QUESTION, connecting=AWAY)):
                rows = Ledger.objects.using(self.alias).values_list("generation", flat=True)
                self.generation = rows.first() or 0
        except Exception:
            connections[self.alias].close()
        else:
            self.asked_at = time.monotonic()

    def _go_on(self) -> None:
        while True:
            self.ask()
            time.sleep(INTERVAL)


class Pulses:
    """Of the primary and its replica."""

    def __init__(self) -> None:
        self.primary, self.replica = Pulse(PRIMARY), Pulse(REPLICA)
        self._source = PRIMARY
        self._even_at = time.monotonic()
        self._began_at = float("-inf")

    def start(self) -> None:
        self._began_at = time.monotonic()
        self.primary.start()
        self.replica.start()

    def source(self) -> str:
        """For public pages. A replica that comes back has to have caught up first."""
        is_even = self.replica.generation >= self.primary.generation
        if is_even:
            self._even_at = time.monotonic()
        is_behind = time.monotonic() - self._even_at > LONGEST_LAG
        is_away = self.replica.silence > SILENT
        may_be_read = not (is_away or is_behind)
        chosen = (REPLICA if is_even else self._source) if may_be_read else PRIMARY
        if chosen != self._source:
            logger.warning("Public pages are read from the %s database now.", chosen)
            self._source = chosen
        return chosen

    @property
    def is_primary_away(self) -> bool:
        """Not before it has had the time to answer: a process begins with its first request."""
        return min(self.primary.silence, time.monotonic() - self._began_at) > AWAY
