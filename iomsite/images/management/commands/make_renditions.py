"""Make the sizes of photographs that are missing."""

import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from django.core.management.base import BaseCommand, CommandError

from iomsite.images import library, renditions


class Command(BaseCommand):
    help = (
        "Make the sizes of photographs that have none, several at a time. What is made is written "
        "down at once, so a run that was stopped is continued by the next one."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--check",
            action="store_true",
            help="Open every stored file first; make anew what is gone or damaged.",
        )
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)

    def handle(self, *, check, workers, **options):
        failed = []
        with ThreadPoolExecutor(max(1, workers)) as pool:
            names = library.without_sizes()
            if check:
                names += [name for name in self._damaged(pool) if name not in names]
            work = {pool.submit(renditions.make, n, library.focuses_of(n)): n for n in names}
            try:
                for future in self._shown(work):
                    failed += self._note(work[future], future)
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
                raise
        self.stdout.write(f"{len(names) - len(failed)} of {len(names)} photographs made.")
        if failed:
            raise CommandError("\n".join(failed))

    def _damaged(self, pool):
        """The photographs of which a file is gone or broken."""
        needed = library.needed()
        work = {pool.submit(_is_whole, files): name for name, files in needed.items()}
        return sorted(work[future] for future in as_completed(work) if not future.result())

    def _note(self, name: str, future: Future) -> list[str]:
        """Write down what was made; return what went wrong, if anything did."""
        error = future.exception()
        if error is None:
            library.note(name, future.result())
            return []
        library.note_lost(name)
        reason = "the file is gone" if isinstance(error, FileNotFoundError) else repr(error)
        return [f"{name}: {reason}. Pages draw a pattern in its place."]

    def _shown(self, work):
        """A bar on a terminal; in a log, a line for each tenth."""
        total, tenth = len(work), 0
        for number, future in enumerate(as_completed(work), 1):
            yield future
            done = 10 * number // total
            bar = f"[{'#' * done:10}] {number} of {total}"
            if self.stdout.isatty():
                self.stdout.write(f"\r{bar}", ending="\n" if number == total else "")
                self.stdout.flush()
            elif done > tenth:
                self.stdout.write(bar)
            tenth = done


def _is_whole(files: set[str]) -> bool:
    return all(renditions.is_whole(name) for name in files)
