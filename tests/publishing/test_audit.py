"""The trail is a chain: whatever is changed, taken away, added or moved in it is noticed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from iomsite.publishing import actions, audit
from iomsite.publishing.models import AuditEntry, Ledger

from .tampering import tampering


@pytest.fixture
def trail(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    page = actions.publish(programme, by=reviewer)
    actions.discard(actions.edit(page, by=writer), by=writer)
    assert AuditEntry.objects.count() == 4
    assert list(audit.faults()) == []
    return AuditEntry.objects.order_by("pk")


def another(field):
    return {
        "at": timezone.now(),
        "changes": [{"field": "Title", "from": "a", "to": "b"}],
        "actor_id": 999_999,
        "page_id": 999_999,
        "edition": 99,
    }.get(field, "tampered")


@pytest.mark.parametrize("field", [*audit.COVERED, "digest"])
def test_database_refuses_to_change_an_entry(trail, field):
    with (
        pytest.raises(IntegrityError, match="neither changed nor deleted"),
        transaction.atomic(),
    ):
        AuditEntry.objects.filter(pk=trail[1].pk).update(**{field: another(field)})
    assert list(audit.faults()) == []


def test_database_lets_the_same_entry_be_loaded_again(trail):
    for entry in trail:
        entry.save(force_update=True)
    assert list(audit.faults()) == []


def test_deletion_of_an_entry_is_refused_where_it_can_be_and_noticed_elsewhere(trail):
    """SQLite empties whole tables by DELETE, so there it cannot be refused: see the migration."""
    refused = False
    try:
        with transaction.atomic():
            trail[1].delete()
    except IntegrityError:
        refused = True
    assert refused is (connection.vendor == "postgresql")
    assert bool(list(audit.faults())) is not refused


@pytest.mark.parametrize("field", audit.COVERED)
def test_change_of_any_field_is_noticed(trail, field):
    first = trail[1]
    with tampering():
        AuditEntry.objects.filter(pk=first.pk).update(**{field: another(field)})
    assert len(list(audit.faults())) == 1


@pytest.mark.parametrize("which", [0, 1, 3])
def test_entry_that_was_taken_away_is_noticed(trail, which):
    with tampering():
        trail[which].delete()
    assert list(audit.faults())


def test_emptied_trail_is_noticed(trail):
    with tampering():
        trail.delete()
    assert list(audit.faults()) == ["The trail holds 0 entries; 4 were written."]


def test_trail_without_its_end_is_noticed(trail):
    Ledger.objects.all().delete()
    assert list(audit.faults()) == ["The end of the chain is missing."]


def test_entry_that_was_slipped_in_is_noticed(trail):
    entry = trail.last()
    forged = AuditEntry(**{name: getattr(entry, name) for name in audit.COVERED})
    forged.title = "Slipped in"
    forged.digest = audit.digest(forged, entry.digest)
    forged.save()
    assert list(audit.faults()) == ["The trail holds 5 entries; 4 were written."]
