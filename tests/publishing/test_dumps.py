"""What `dumpdata` writes, `loaddata` brings back: editions, schedules, sets, trail, redirects."""

import datetime
import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iomsite.publishing import actions, audit, sets, timetable
from iomsite.publishing.compare import describe
from iomsite.publishing.models import AuditEntry, Ledger, PublishingSet, Redirect
from programmes.models import Country, Programme

from .tampering import tampering

HOUR = datetime.timedelta(hours=1)
APPS = ("publishing", "images", "organisation", "programmes", "news")
NATURAL = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}


@pytest.fixture
def course_of_a_page(programme, writer, reviewer):
    """An old edition, a waiting one in a set with a first one, a redirect, and the trail of it."""
    actions.submit(programme, by=writer)
    page = actions.publish(programme, by=reviewer)
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.", slug="new")
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, change_note="New words.")
    waiting = actions.edit(page, by=writer)
    at = timezone.now() + HOUR
    together = PublishingSet.objects.create(slug="set", title="Set", published_at=at)
    Programme.objects.filter(pk=waiting.pk).update(body="Newest words.", publishing_set=together)
    country = programme.country
    type(country).objects.filter(pk=country.pk).update(publishing_set=together)
    for member in sets.members(together):
        actions.submit(member, by=writer)
    seen = sets.fingerprint(sets.members(together))
    sets.publish_set(together, by=reviewer, seen=seen)
    Programme.objects.create(slug="unfinished", kind="programme")
    return page


def dump(path, *labels, **options):
    call_command("dumpdata", *labels, output=str(path), verbosity=0, **options)
    # A moment is written with a thousandth of a second unless it is whole, and 0.4 of one is not.
    rows = json.loads(path.read_text().replace(".000Z", "Z"))
    for row in rows:  # to load is a change that is told too
        if row["model"] == "publishing.ledger":
            assert row["fields"].pop("told_until")
            assert row["fields"].pop("generation")
    return [row for row in rows if row["model"] != "publishing.stamp"]


def empty():
    """As a new database: children before what they point to."""
    for _again in range(3):
        for app in reversed(APPS):
            for model in apps.get_app_config(app).get_models():
                rows = model.objects.all()
                if hasattr(rows, "pages"):
                    rows.exclude(edition_of=None).delete()
                _try(rows)


def _try(rows):
    from django.db.models import ProtectedError

    try:
        rows.delete()
    except ProtectedError:
        return


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{}, NATURAL], ids=["numbers", "natural keys"])
def test_round_trip_loses_nothing(course_of_a_page, tmp_path, options):
    file = tmp_path / "all.json"
    written = dump(file, *APPS, **options)
    said = [describe(row) for row in Programme.objects.order_by("edition_of", "edition", "slug")]
    with tampering():
        empty()
    assert not Programme.objects.exists()
    assert not AuditEntry.objects.exists()
    call_command("loaddata", str(file), verbosity=0)
    assert dump(tmp_path / "again.json", *APPS, **options) == written
    rows = Programme.objects.order_by("edition_of", "edition", "slug")
    assert [describe(row) for row in rows] == said
    assert list(audit.faults()) == []
    assert Redirect.objects.get().is_automatic


@pytest.mark.django_db
def test_schedule_that_came_by_loaddata_alone_takes_place(course_of_a_page, tmp_path):
    file = tmp_path / "programmes.json"
    dump(file, "programmes", "publishing.publishingset", **NATURAL)
    Programme.objects.exclude(edition_of=None).delete()
    Ledger.objects.update(next_at=None)
    call_command("loaddata", str(file), verbosity=0)
    assert timetable.look(timezone.now() + 2 * HOUR).is_due
    assert not Country.objects.published(timezone.now() + 2 * HOUR).exists()
    assert timetable.replace_due(timezone.now() + 2 * HOUR) == 2
    assert Programme.objects.get(slug="new", edition_of=None).body == "Newest words."
    assert Country.objects.published(timezone.now() + 2 * HOUR).exists()


@pytest.mark.django_db
def test_loading_twice_changes_nothing(course_of_a_page, tmp_path):
    file = tmp_path / "all.json"
    written = dump(file, *APPS, **NATURAL)
    call_command("loaddata", str(file), verbosity=0)
    assert dump(tmp_path / "again.json", *APPS, **NATURAL) == written


@pytest.mark.django_db
def test_fixture_cannot_move_the_first_publication(course_of_a_page, tmp_path):
    file = tmp_path / "programmes.json"
    written = dump(file, "programmes.programme", **NATURAL)
    for entry in written:
        if entry["fields"]["first_published_at"]:
            entry["fields"]["first_published_at"] = "2020-01-01T00:00:00Z"
    file.write_text(json.dumps(written))
    with pytest.raises(CommandError, match="programme new: first_published_at: The public has"):
        call_command("loaddata", str(file), verbosity=0)
    assert dump(file, "programmes.programme", **NATURAL) != written


@pytest.mark.django_db
def test_loading_waits_for_whoever_publishes(tmp_path):
    """It takes the ledger before any row, as every verb does, so neither waits for the other."""
    file = tmp_path / "none.json"
    file.write_text(
        '[{"model": "publishing.publishingset", "fields": {"slug": "s", "title": "S"}}]'
    )
    with CaptureQueriesContext(connection) as context:
        call_command("loaddata", str(file), verbosity=0)
    tables = [query["sql"] for query in context if "publishing_" in query["sql"]]
    assert "publishing_ledger" in tables[0]
