"""What a process knows of how far the site has come, without asking for it in a request."""

import datetime
import logging
import os
import threading
import time
from dataclasses import dataclass, field, replace

from django.db import Error, connection
from django.utils import timezone

from iomsite.publishing.records import Ledger, Stamp

Key = tuple[str, int]
# Seconds between two questions: what was withdrawn is shown no longer than that.
INTERVAL = 0.5
# Seconds without an answer, after which the database counts as not there.
PATIENCE = 3.0
# Seconds that the first visitor of a process waits for the first answer.
FIRST_ANSWER = 2.0
# So many stamps are remembered one by one; with more, everything older has to be made anew.
MOST_STAMPS = 10_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Known:
    """One moment of the ledger. `floor` is the generation that moved every page on.

    `history` is another after the ledger has gone back, as when a backup is put in place.
    """

    history: int = 0
    generation: int = -1
    next_at: float = float("inf")
    changed_at: datetime.datetime | None = None
    floor: int = -1
    stamps: dict[Key, int] = field(default_factory=dict)

    def holds(self, made: "Known", row: Key | None) -> bool:
        """Whether what was made when that was known is still what would be made."""
        if made.history != self.history:
            return False
        if row is None:
            return made.generation == self.generation
        return made.generation >= max(self.floor, self.stamps.get(row, -1))


class Watch:
    """Asks the ledger from a thread of its own, so that a database in trouble holds up nobody."""

    def __init__(self, interval: float = INTERVAL) -> None:
        self.interval = interval
        self.known = Known()
        self.asked_at = 0.0
        self._process, self._until = 0, 0.0
        self._answered = threading.Event()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Once in each process: threads do not go along when a server forks.

        Whoever comes before the first answer waits for it, and is not refused for want of one.
        """
        with self._lock:
            if self._process != os.getpid():
                self._process, self._until = os.getpid(), time.monotonic() + FIRST_ANSWER
                threading.Thread(target=self._go_on, name="watch", daemon=True).start()
        self._answered.wait(max(0.0, self._until - time.monotonic()))

    @property
    def is_running(self) -> bool:
        """And has answered, or was given the time for it."""
        is_due = self._answered.is_set() or time.monotonic() > self._until
        return self._process == os.getpid() and is_due

    @property
    def is_blind(self) -> bool:
        return time.monotonic() - self.asked_at > PATIENCE

    def ask(self) -> None:
        """One statement; a second where something has changed."""
        try:
            self.known = self._read()
        except Error as error:
            logger.warning("The ledger cannot be read: %s", error)
            connection.close()
        else:
            self.asked_at = time.monotonic()
            self._answered.set()

    def _read(self) -> Known:
        known = self.known
        row = Ledger.objects.values_list("generation", "next_at", "told_until").first()
        generation, next_at, changed_at = row or (0, None, None)
        boundary = next_at.timestamp() if next_at else float("inf")
        told = {"next_at": boundary, "changed_at": changed_at or timezone.now()}
        if generation == known.generation:
            return replace(known, **told)
        if generation < known.generation:
            return Known(known.history + 1, generation, floor=generation, **told)
        floor, stamps = self._stamped(known)
        return Known(known.history, generation, floor=floor, stamps=stamps, **told)

    def _stamped(self, known: Known) -> tuple[int, dict[Key, int]]:
        """What has been touched since: by the row, or everything (see `changes.stamp`)."""
        if known.generation < 0:
            return -1, {}
        moved = Stamp.objects.filter(generation__gt=known.generation)
        found = {
            (model, row): generation
            for model, row, generation in moved.values_list("model", "row_id", "generation")[
                :MOST_STAMPS
            ]
        }
        floor = found.pop(Stamp.EVERYTHING, known.floor)
        stamps = known.stamps | found
        if len(stamps) < MOST_STAMPS:
            return floor, stamps
        return max(floor, *stamps.values()), {}

    def _go_on(self) -> None:
        while True:
            self.ask()
            time.sleep(self.interval)
