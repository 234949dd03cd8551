"""The lock that every change of state takes first."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from .models import Ledger


@contextmanager
def locked_ledger() -> Iterator[Ledger]:
    """A transaction in which nobody else changes the state of any page.

    May be nested. Two statements; one more the first time ever.
    """
    with transaction.atomic():
        ledger = Ledger.objects.select_for_update().filter(pk=1).first()
        if ledger is None:
            Ledger.objects.get_or_create(pk=1)
            ledger = Ledger.objects.select_for_update().get(pk=1)
        yield ledger
