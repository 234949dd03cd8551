"""Nobody is refused because a process has only just begun."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from iomsite.pagecache.watch import Watch


class Slow(Watch):
    """The ledger answers when it is let."""

    def __init__(self):
        super().__init__(interval=3600)
        self.may_answer = threading.Event()

    def ask(self):
        self.may_answer.wait(10)
        self.asked_at = time.monotonic()
        self._answered.set()


def test_all_who_come_before_the_first_answer_wait_for_it():
    watch = Slow()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(watch.start)
        while not watch._process:
            pass
        assert not watch.is_running
        later = pool.submit(watch.start)
        assert not later.done()
        watch.may_answer.set()
        later.result(5)
        assert watch.is_running
        assert not watch.is_blind
        first.result(5)
