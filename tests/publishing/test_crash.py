"""A server that dies in the middle of a publication leaves the old page or the new one, whole."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from iomsite.publishing import actions
from programmes.models import Objective, Programme

# Dies before its statement number argv[2]; ends by itself when there are fewer.
CHILD = """
import os, signal, sys
import django
from django.conf import settings
django.setup()
from django.db import connection
from iomsite.publishing import actions
from iomsite.accounts.models import User
from programmes.models import Programme

count = 0
def die(execute, sql, params, many, context):
    global count
    count += 1
    if count == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

copy = Programme.objects.working_copies().get()
by = User.objects.get(username="reviewer")
with connection.execute_wrapper(die):
    actions.publish(copy, by=by)
"""

# Each kill starts a process anew; this many statements lie between one and the next.
EVERY = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(tmp_path):
    """The address of a database that another process can open, with what this one holds."""
    if connection.vendor == "postgresql":
        values = connection.settings_dict
        place = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
        return f"postgres://{values['USER']}:{values['PASSWORD']}@{place}"
    return f"sqlite:///{tmp_path / 'crash.sqlite3'}"


def handed_over(address):
    """Copy the tests' database, which is in memory, into the file; PostgreSQL needs nothing."""
    if connection.vendor == "sqlite":
        with sqlite3.connect(address.removeprefix("sqlite:///")) as file:
            connection.connection.backup(file)
        file.close()


def read(address):
    """The page as another process reads it: its words, its objectives and its old editions."""
    if connection.vendor == "postgresql":
        page = Programme.objects.published().get()
        texts = list(Objective.objects.filter(programme=page).values_list("text", flat=True))
        return page.body, texts, Programme.objects.superseded().count()
    file = sqlite3.connect(address.removeprefix("sqlite:///"))
    key, body = file.execute(
        "SELECT id, body FROM programmes_programme WHERE edition_of_id IS NULL"
    ).fetchone()
    rows = file.execute(
        'SELECT text FROM programmes_objective WHERE programme_id = ? ORDER BY "order"', [key]
    )
    texts = [text for (text,) in rows]
    old = file.execute("SELECT count(*) FROM programmes_programme WHERE state = 'superseded'")
    found = body, texts, old.fetchone()[0]
    file.close()
    return found


def publish_and_die(address, at):
    environment = os.environ | {"DATABASE_URL": address, "DEBUG": "true"}
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(at)],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode in (0, -signal.SIGKILL), child.stderr
    return child.returncode == 0


def test_kill_in_the_middle_leaves_one_page_whole(programme, writer, reviewer, address):
    actions.submit(programme, by=writer)
    page = actions.publish(programme, by=reviewer)
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    Objective.objects.filter(programme=copy, order=2).update(text="New objective.")
    actions.submit(copy, by=writer)
    handed_over(address)
    old = ("Old words.", ["First objective.", "Second objective."], 0)
    new = ("New words.", ["First objective.", "New objective."], 1)
    assert read(address) == old
    killed = 0
    while not publish_and_die(address, 1 + killed * EVERY):
        assert read(address) == old, f"killed at statement {1 + killed * EVERY}"
        killed += 1
    assert killed * EVERY > 50
    assert read(address) == new
