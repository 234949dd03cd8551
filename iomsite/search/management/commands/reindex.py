"""Make the search index anew. Nobody needs this day by day: every publication keeps it right."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction

from iomsite.indexes import LOCK_NOT_AVAILABLE
from iomsite.publishing.ledger import locked_ledger
from iomsite.search.index import rebuild

# Milliseconds in which whoever saves a page is through. Another run takes minutes.
SHORT = 3000
# What SQLite says when that was not long enough.
BUSY = 5


class Command(BaseCommand):
    help = "Make the search index anew, while the site serves what was there."

    def handle(self, *, verbosity, **options):
        def tell(kind, number):
            if verbosity >= 1:
                self.stdout.write(f"{kind}: {number}")

        try:
            with _locked_soon():
                number = rebuild(tell)
        except OperationalError as error:
            if not _is_busy(error):
                raise
            raise CommandError(
                "Somebody else is changing pages and does not come to an end, most likely another "
                "reindex. Nothing was changed here: wait for that one, which makes this one "
                "needless, or end it."
            ) from error
        self.stdout.write(f"Indexed: {number}.")


@contextmanager
def _locked_soon() -> Iterator[None]:
    """With the ledger, or with an error soon. Whatever else is waited for is as long as ever."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with transaction.atomic():
                cursor.execute(f"SET LOCAL lock_timeout = {SHORT}")
                with locked_ledger():
                    cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
                    yield
            return
        # Its one lock is taken with the transaction: there is nothing else to wait for.
        (as_ever,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {SHORT}")
        try:
            with locked_ledger():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {as_ever}")


def _is_busy(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return state == LOCK_NOT_AVAILABLE or (code is not None and code & 0xFF == BUSY)
