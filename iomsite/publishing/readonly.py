"""Whether anything may be changed now. Visitors read on; whoever would change something waits.

Three things hold the site still: the switch (`manage.py read_only`), a process that was told so by
READ_ONLY, and a database that takes no changes itself, such as a standby.
"""

import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, router
from django.db.models import CharField, Func, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from .ledger import locked_ledger
from .records import Ledger


class ReadOnly(NamedTuple):
    """`reason` is for staff; without `since` it is no switch that holds the site."""

    since: datetime.datetime | None = None
    reason: str = ""


def columns(database: str | None = None) -> tuple[Any, ...]:
    """What to ask of the ledger, for `state`; of the database that is read from, if none is named.

    A copy for reading takes no changes, which says nothing of the one that takes them.
    """
    database = database or router.db_for_read(Ledger)
    of_database: Any = Value("off", output_field=CharField())
    if database == writable() and connections[database].vendor == "postgresql":
        name = Value("transaction_read_only")
        of_database = Func(name, function="current_setting", output_field=CharField())
    return "read_only_since", "read_only_reason", of_database


def writable() -> str:
    return router.db_for_write(Ledger)


def state(since: datetime.datetime | None, reason: str, of_database: str) -> ReadOnly | None:
    """None where everything may be changed."""
    if since:
        return ReadOnly(since, reason)
    if settings.READ_ONLY:
        return ReadOnly(reason=_("This server was started for reading only."))
    if of_database == "on":
        return ReadOnly(reason=_("The database takes no changes."))
    return None


def asked() -> ReadOnly | None:
    """One statement on one row, of the database that takes changes."""
    database = writable()
    ledger = Ledger.objects.using(database).filter(pk=1)
    row = ledger.values_list(*columns(database)).first()
    return state(*row) if row else state(None, "", "off")


def hold(reason: str = "") -> None:
    """From now on nothing is changed. What is being published is finished first."""
    with locked_ledger():
        Ledger.objects.filter(pk=1).update(read_only_since=timezone.now(), read_only_reason=reason)


def let_go() -> None:
    with locked_ledger():
        Ledger.objects.filter(pk=1).update(read_only_since=None, read_only_reason="")


def changes_nothing(view: Any) -> Any:
    """Of a view that takes other methods than GET, and yet changes nothing."""
    view.changes_nothing = True
    return view
