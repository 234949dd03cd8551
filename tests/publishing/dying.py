"""Says a verb of publishing in processes that are killed, each one step later than the last.

    python -m tests.publishing.dying publish|due

A process of its own: a test runner has threads, and those do not survive a fork. After each death
it prints what is in the database then, as one line of JSON, until a process has come to its end.
"""

import datetime
import itertools
import json
import os
import signal
import sys

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from iomsite.accounts.models import User  # noqa: E402
from iomsite.publishing import actions, audit, timetable  # noqa: E402
from iomsite.publishing.models import AuditEntry  # noqa: E402
from iomsite.search.engines import engine  # noqa: E402
from iomsite.search.models import Entry  # noqa: E402
from iomsite.search.queries import parse  # noqa: E402
from programmes.models import Country, Objective, Programme  # noqa: E402

TOMORROW = timezone.now() + datetime.timedelta(days=1)


def publish():
    reviewer = User.objects.get(username="reviewer")
    for edition in Programme.objects.in_review():
        actions.publish(edition, by=reviewer)


def due():
    timetable.replace_due(TOMORROW)


VERBS = {"publish": publish, "due": due}


def rehearse(verb):
    """Do once what Python does only once, such as imports, so that each fork need not."""
    with transaction.atomic():
        verb()
        transaction.set_rollback(True)


def killed_before(number, verb):
    """Say the verb in another process that dies at its step `number`; True if it died.

    Steps are before each statement that writes, and before and after each commit. What is only read
    leaves the database as it was: to die before that is to have died after the last step.
    """
    connection.close()  # no connection is shared
    child = os.fork()
    if not child:
        _die_before(number, verb)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def _die_before(number, verb):
    left, commit = iter(range(number - 1)), connection.commit

    def step():
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(execute, sql, *more):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            step()
        return execute(sql, *more)

    def committed():
        step()
        commit()
        step()

    connection.commit = committed
    try:
        with connection.execute_wrapper(execute):
            verb()
    except BaseException as fault:
        os.write(2, repr(fault).encode())
        os._exit(1)
    os._exit(0)


def found():
    """What visitors read tomorrow, and what the trail says now."""
    return {
        "public": _said(Programme.objects.published(TOMORROW)),
        "countries": _said(Country.objects.published(TOMORROW)),
        "old": _said(Programme.objects.superseded()),
        "copies": _said(Programme.objects.working_copies()),
        "indexed": sorted(Entry.objects.values_list("title", "lead", "text")),
        "unsearchable": [one.title for one in Entry.objects.all() if not _finds(one)],
        "entries": list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)),
        "faults": list(audit.faults()),
    }


def _finds(entry):
    return entry.pk in engine().find(parse(entry.title), 9)


def _said(pages):
    """The words of each page and of its parts."""
    parts = Objective.objects.order_by("order").values_list("text", flat=True)
    return [
        [page.lead, *(parts.filter(programme=page) if isinstance(page, Programme) else ())]
        for page in pages
    ]


def say(words):
    sys.stdout.write(f"{json.dumps(words)}\n")


if __name__ == "__main__":
    said = VERBS[sys.argv[1]]
    rehearse(said)
    say(found())
    for number in itertools.count(1):
        died = killed_before(number, said)
        say(found())
        if not died:
            break
