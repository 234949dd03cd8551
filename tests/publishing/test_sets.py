"""A set of pages goes live in one instant or not at all, and is approved as a set."""

import datetime

import pytest
from django.utils import timezone

from iomsite.publishing import actions, audit, sets
from iomsite.publishing.models import AuditEntry, PublishingSet
from programmes.models import Country, Programme


@pytest.fixture
def chosen(programme, country):
    row = PublishingSet.objects.create(slug="malaria-day", title="Malaria day")
    Programme.objects.filter(pk=programme.pk).update(publishing_set=row)
    Country.objects.filter(pk=country.pk).update(publishing_set=row)
    return row


def submit_all(chosen, writer):
    for member in sets.members(chosen):
        actions.submit(member, by=writer)
    return sets.fingerprint(sets.members(chosen))


def public():
    return [*Programme.objects.published(), *Country.objects.published()]


def test_set_goes_live_together(chosen, writer, reviewer):
    seen = submit_all(chosen, writer)
    sets.publish_set(chosen, by=reviewer, seen=seen)
    assert len(public()) == 2


def test_set_with_one_unready_member_stays_whole(chosen, programme, writer, reviewer):
    actions.submit(programme, by=writer)
    seen = sets.fingerprint(sets.members(chosen))
    with pytest.raises(actions.Refused, match="“Iran” is not in review yet"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == []


def test_set_that_the_reviewer_wrote_in_stays_whole(chosen, programme, writer, reviewer):
    audit.record(programme, AuditEntry.Action.EDITED, by=reviewer)
    seen = submit_all(chosen, writer)
    with pytest.raises(actions.Refused, match="somebody else has to publish it"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == []


def test_change_of_a_member_asks_for_approval_again(chosen, programme, writer, reviewer):
    seen = submit_all(chosen, writer)
    Programme.objects.filter(pk=programme.pk).update(version=99)
    with pytest.raises(actions.Refused, match="has changed since you opened it"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == []


def test_scheduled_set_appears_in_the_same_instant(chosen, writer, reviewer):
    moment = timezone.now() + datetime.timedelta(hours=1)
    PublishingSet.objects.filter(pk=chosen.pk).update(published_at=moment)
    chosen.refresh_from_db()
    sets.publish_set(chosen, by=reviewer, seen=submit_all(chosen, writer))
    before, after = moment - datetime.timedelta(seconds=1), moment
    assert not Programme.objects.published(before).exists()
    assert not Country.objects.published(before).exists()
    assert Programme.objects.published(after).exists()
    assert Country.objects.published(after).exists()


def test_unscheduling_one_member_unschedules_all(chosen, programme, writer, reviewer):
    moment = timezone.now() + datetime.timedelta(hours=1)
    PublishingSet.objects.filter(pk=chosen.pk).update(published_at=moment)
    chosen.refresh_from_db()
    sets.publish_set(chosen, by=reviewer, seen=submit_all(chosen, writer))
    actions.unschedule(programme, by=writer)
    assert not Country.objects.scheduled().exists()
    assert not Programme.objects.scheduled().exists()


def test_empty_set_is_refused(reviewer):
    empty = PublishingSet.objects.create(slug="empty", title="Empty")
    with pytest.raises(actions.Refused, match="nothing in this set"):
        sets.publish_set(empty, by=reviewer, seen="")
