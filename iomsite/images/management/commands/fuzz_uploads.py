"""Try what no person uploads, until the time is over or something breaks."""

import multiprocessing
import time
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from iomsite.images import fuzzing
from iomsite.images.measuring import peak_megabytes

STUCK_AFTER = 60


class Command(BaseCommand):
    help = (
        "Send drawn and spoiled pictures through the check of uploads. Each must be refused in a "
        "sentence or stored clean; whatever else happens ends the run with the number of the input."
    )

    def add_arguments(self, parser):
        parser.add_argument("--minutes", type=float, default=1)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--only", type=int, help="Try the one input of this number again.")
        parser.add_argument(
            "--corpus",
            type=Path,
            help="Try every file of this folder instead, such as Tests/images.",
        )

    def handle(self, *, minutes, seed, only, corpus, **options):
        if corpus and not fuzzing.files_below(corpus):
            raise CommandError(f"There is no file in {corpus}.")
        until = time.monotonic() + 60 * minutes
        # A decoder that crashes takes its process with it: the tries have one of their own.
        context = multiprocessing.get_context("spawn")
        tried, told = context.Value("q", -1), context.SimpleQueue()
        arguments = (until, seed, only, corpus, tried, told)
        child = context.Process(target=_try_all, args=arguments)
        child.start()
        self._wait(child, tried)
        what = fuzzing.files_below(corpus)[tried.value] if corpus else f"--only {tried.value}"
        if child.exitcode != 0 or told.empty():
            raise CommandError(f"Broke at {what} (seed {seed}, exit code {child.exitcode}).")
        found, slowest, megabytes = told.get()
        self.stdout.write(
            f"{found.total()} uploads: {fuzzing.in_words(found)}. "
            f"Slowest {slowest[0]:.2f} s of CPU (number {slowest[1]}); peak {megabytes} MB."
        )

    def _wait(self, child, tried):
        """End a child that makes no progress."""
        number, since = -1, time.monotonic()
        while child.is_alive():
            child.join(1)
            if tried.value != number:
                number, since = tried.value, time.monotonic()
            elif time.monotonic() - since > STUCK_AFTER:
                child.kill()
                child.join()


def _try_all(until, seed, only, corpus, tried, told):
    """Runs in a process of its own."""
    import django

    django.setup()
    found, slowest = Counter(), (0.0, -1)
    for number, content in _inputs(until, seed, only, corpus):
        tried.value = number
        start = time.process_time()
        found[fuzzing.judge(content)] += 1
        slowest = max(slowest, (time.process_time() - start, number))
    told.put((found, slowest, peak_megabytes()))


def _inputs(until, seed, only, corpus):
    if corpus:
        for number, path in enumerate(fuzzing.files_below(corpus)):
            yield number, path.read_bytes()
    elif only is not None:
        yield only, fuzzing.upload_of(seed, only)
    else:
        number = 0
        while time.monotonic() < until:
            yield number, fuzzing.upload_of(seed, number)
            number += 1
