"""What a process knows of how far the site has come, without asking for it in a request."""

import datetime
import logging
import os
import threading
import time
from dataclasses import dataclass, field, replace

from django.db import connections
from django.utils import timezone

from iomsite.patience import Patience, having
from iomsite.publishing import changes, readonly
from iomsite.publishing.records import Ledger, Stamp
from iomsite.sources import PRIMARY, reading_from

from .pulse import Pulses

Key = tuple[str, int]
# Seconds between two questions: what was withdrawn is shown no longer than that.
INTERVAL = 0.5
# Seconds without an answer, after which the database counts as late, and as not there.
LATE, PATIENCE = 1.0, 3.0
# Seconds that one question may take.
LONGEST_QUESTION = 2.5
# Seconds that the first visitor of a process waits for the first answer.
FIRST_ANSWER = 2.0
# So many stamps are remembered one by one; with more, everything older has to be made anew.
MOST_STAMPS = 10_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Known:
    """One moment of the ledger. `floor` is the generation that moved every page on.

    `history` is another after the ledger has gone back, as when a backup is put in place. `source`
    is the database that said so; pages that are to hold by it are read there.
    """

    history: int = 0
    generation: int = -1
    next_at: float = float("inf")
    changed_at: datetime.datetime | None = None
    floor: int = -1
    stamps: dict[Key, int] = field(default_factory=dict)
    source: str = PRIMARY

    def holds(self, made: "Known", row: Key | None) -> bool:
        """Whether what was made when that was known is still what would be made."""
        if made.history != self.history:
            return False
        if row is None:
            return made.generation == self.generation
        return made.generation >= max(self.floor, self.stamps.get(row, -1))


class Watch:
    """Asks the ledger from a thread of its own, so that a database in trouble holds up nobody.

    It is that of the database from which public pages are read.
    """

    def __init__(self, interval: float = INTERVAL, pulses: Pulses | None = None) -> None:
        self.interval = interval
        self.pulses = pulses
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
                if self.pulses:
                    self.pulses.start()
                threading.Thread(target=self._go_on, name="watch", daemon=True).start()
        self._answered.wait(max(0.0, self._until - time.monotonic()))

    @property
    def is_running(self) -> bool:
        """And has answered, or was given the time for it."""
        is_due = self._answered.is_set() or time.monotonic() > self._until
        return self._process == os.getpid() and is_due

    @property
    def is_late(self) -> bool:
        return time.monotonic() - self.asked_at > LATE

    @property
    def is_blind(self) -> bool:
        return time.monotonic() - self.asked_at > PATIENCE

    def is_away(self, source: str) -> bool:
        """Whether whoever waits for this database had better give up."""
        if self.pulses is None:
            return self.is_blind
        is_primary = source == PRIMARY
        return self.pulses.is_primary_away if is_primary else self.pulses.source() == PRIMARY

    def ask(self) -> None:
        """One statement; a second where something has changed. Whatever goes wrong passes."""
        source = self.pulses.source() if self.pulses else PRIMARY
        patience = Patience(
            time.monotonic() + LONGEST_QUESTION,
            lambda _silent: source != PRIMARY and self.is_away(source),
        )
        try:
            with having(patience), reading_from(source):
                known = replace(self._read(), source=source)
        except Exception as error:
            logger.warning("The ledger cannot be read: %s", error)
            connections[source].close()
        else:
            if known != self.known:  # of which whoever holds it sees at once that nothing changed
                self.known = known
            self.asked_at = time.monotonic()
            self._answered.set()

    def _read(self) -> Known:
        known = self.known
        asked = ("generation", "next_at", "told_until", *readonly.columns())
        row = Ledger.objects.values_list(*asked).first()
        generation, next_at, changed_at, *held = row or (0, None, None, None, "", "off")
        boundary = next_at.timestamp() if next_at else float("inf")
        if boundary <= time.time() and readonly.state(*held):
            return self._passed_by(known, generation, changed_at)
        told = {"next_at": boundary, "changed_at": changed_at or timezone.now()}
        if generation == known.generation:
            return replace(known, **told)
        if generation < known.generation:
            return Known(known.history + 1, generation, floor=generation, **told)
        floor, stamps = self._stamped(known)
        return Known(known.history, generation, floor=floor, stamps=stamps, **told)

    def _passed_by(
        self, known: Known, generation: int, changed_at: datetime.datetime | None
    ) -> Known:
        """While nothing may be changed nobody tells that a moment has passed.

        What needs nobody comes and goes all the same, so that everything is made anew at each.
        """
        if known.generation == generation and known.next_at > time.time():
            return known
        following = changes.next_after(timezone.now(), by_time=True)
        boundary = following.timestamp() if following else float("inf")
        return Known(known.history + 1, generation, boundary, changed_at, floor=generation)

    def _stamped(self, known: Known) -> tuple[int, dict[Key, int]]:
        """What has been touched since: by the row, or everything (see `changes.stamp`).

        Of very many, everything that is not newer than the oldest of the newest counts as touched.
        """
        moved = Stamp.objects.filter(generation__gt=known.generation).order_by("-generation")
        newest = moved.values_list("model", "row_id", "generation")[: MOST_STAMPS + 1]
        found = {(model, row): generation for model, row, generation in newest}
        floor = max(known.floor, found.pop(Stamp.EVERYTHING, -1))
        stamps = known.stamps | found
        if len(stamps) <= MOST_STAMPS:
            return floor, stamps
        latest = sorted(stamps.items(), key=lambda stamp: -stamp[1])[:MOST_STAMPS]
        return max(floor, latest[-1][1]), dict(latest)

    def _go_on(self) -> None:
        while True:
            self.ask()
            time.sleep(self.interval)
