"""A server that dies in the middle of a publication leaves the old page or the new one, whole.

Killed before each statement that writes, and before and after each commit.
"""

import datetime
import itertools
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from iomsite.publishing import actions, sets
from iomsite.publishing.models import PublishingSet
from programmes.models import Objective, Programme

HOUR = datetime.timedelta(hours=1)

pytestmark = pytest.mark.django_db(transaction=True)


def address():
    """The address of the tests' own database."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    place = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{place}"


def killed_everywhere(verb):
    """What is in the database before, and after each death; the last comes to its end."""
    dying = subprocess.run(
        [sys.executable, "-m", "tests.publishing.dying", verb],
        env=os.environ | {"DATABASE_URL": address()},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert dying.returncode == 0, dying.stderr
    found = [json.loads(line) for line in dying.stdout.splitlines()]
    assert [one["faults"] for one in found if one["faults"]] == []
    return [state for state, _all in itertools.groupby(found)], len(found)


def rewrite(page, writer):
    """A working copy with other words in the page and in one of its parts, in review."""
    copy = actions.edit(page, by=writer)
    type(page).objects.filter(pk=copy.pk).update(lead="New words.")
    Objective.objects.filter(programme__lead="New words.", order=2).update(text="New objective.")
    actions.submit(copy, by=writer)
    return copy


@pytest.fixture
def draft(programme, reviewer):
    Programme.objects.filter(pk=programme.pk).update(lead="Old words.")
    programme.refresh_from_db()
    return programme


OLD = ["Old words.", "First objective.", "Second objective."]
NEW = ["New words.", "First objective.", "New objective."]


def test_killed_first_publication_leaves_none_or_all(draft, writer):
    actions.submit(draft, by=writer)

    (before, after), times = killed_everywhere("publish")

    assert times > 5
    assert (before["public"], after["public"]) == ([], [OLD])
    assert "Old words." not in str(before["indexed"])
    assert "Old words." in str(after["indexed"])
    assert after["unsearchable"] == []
    assert after["entries"] == [*before["entries"], "published"]


def test_killed_publication_leaves_the_old_page_or_the_new_one(draft, writer, reviewer):
    actions.submit(draft, by=writer)
    rewrite(actions.publish(draft, by=reviewer), writer)

    (before, after), times = killed_everywhere("publish")

    assert times >= 18
    assert (before["public"], before["old"], before["copies"]) == ([OLD], [], [NEW])
    assert (after["public"], after["old"], after["copies"]) == ([NEW], [OLD], [])
    assert after["entries"] == [*before["entries"], "published"]


def test_killed_replacement_of_a_set_replaces_all_or_none(draft, country, writer, reviewer):
    together = PublishingSet.objects.create(
        slug="set", title="Set", published_at=timezone.now() + HOUR
    )
    for page in (draft, country):
        actions.submit(page, by=writer)
        copy = rewrite(actions.publish(page, by=reviewer), writer)
        type(page).objects.filter(pk=copy.pk).update(publishing_set=together)
    sets.publish_set(together, by=reviewer, seen=sets.fingerprint(sets.members(together)))

    (before, after), times = killed_everywhere("due")

    assert times >= 27
    assert (before["public"], before["countries"]) == ([OLD], [[""]])
    assert (after["public"], after["countries"]) == ([NEW], [["New words."]])
    assert after["entries"] == [*before["entries"], "published", "published"]
