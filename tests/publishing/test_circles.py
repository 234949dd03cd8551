"""No page is ever part of itself: two working copies may each be right, both would be a circle."""

import datetime

import pytest
from django.utils import timezone

from iomsite.publishing import actions, editions, sets, timetable
from iomsite.publishing.models import PublishingSet
from iomsite.publishing.states import State
from programmes.models import Programme
from tests.factories.organisation import PageFactory
from tests.factories.programmes import EngagementFactory

HOUR = datetime.timedelta(hours=1)
CIRCLE = "would be part of itself"

pytestmark = pytest.mark.django_db


def copy_below(page, parent, writer, **content):
    """A working copy, in review, that makes the page part of another."""
    copy = actions.edit(page, by=writer)
    type(page).objects.filter(pk=copy.pk).update(parent=parent, **content)
    actions.submit(copy, by=writer)
    copy.refresh_from_db()
    return copy


@pytest.fixture
def pair(country, writer, reviewer):
    rows = [
        Programme.objects.create(slug=slug, title=slug.title(), kind="network")
        for slug in ("first", "second")
    ]
    for row in rows:
        actions.submit(row, by=writer)
        actions.publish(row, by=reviewer)
    return rows


def test_second_half_of_a_circle_is_refused_beside_its_field(pair, writer, reviewer):
    first, second = pair
    upper = copy_below(first, second, writer)
    lower = copy_below(second, first, writer)
    actions.publish(upper, by=reviewer)
    with pytest.raises(actions.Refused) as refusal:
        actions.publish(lower, by=reviewer)
    assert refusal.value.errors == {
        "parent": ["The page would be part of itself. Choose another one, or change “First” first."]
    }
    assert Programme.objects.get(slug="second", edition_of=None).parent is None


@pytest.mark.parametrize("factory", [PageFactory, EngagementFactory])
def test_every_kind_of_page_with_a_parent_is_asked(factory, writer, reviewer):
    first, second = factory(published=True), factory(published=True)
    lower = copy_below(second, first, writer)
    actions.publish(copy_below(first, second, writer), by=reviewer)
    assert CIRCLE in editions.publication_errors(lower)["parent"][0]


def test_circle_over_several_steps_is_found(pair, writer, reviewer):
    first, second = pair
    third = Programme.objects.create(slug="third", title="Third", kind="network", parent=second)
    actions.publish(copy_below(second, first, writer), by=reviewer)
    copy = actions.edit(first, by=writer)
    copy.parent = third
    assert CIRCLE in editions.publication_errors(copy)["parent"][0]
    copy.parent = None
    assert editions.publication_errors(copy) == {}


def test_replacement_that_would_close_a_circle_goes_back_at_its_moment(pair, writer, reviewer):
    first, second = pair
    at = timezone.now() + HOUR
    upper, lower = copy_below(first, second, writer), copy_below(second, first, writer)
    actions.publish(upper, by=reviewer, at=at)
    actions.publish(lower, by=reviewer, at=at + HOUR)
    assert timetable.replace_due(at) == 1
    assert timetable.replace_due(at + HOUR) == 0
    lower.refresh_from_db()
    assert lower.state == State.DRAFT
    assert CIRCLE in lower.remark
    assert Programme.objects.get(slug="first", edition_of=None).parent == second


@pytest.mark.parametrize("moment", [None, HOUR])
def test_set_that_is_a_circle_is_refused(pair, writer, reviewer, moment):
    chosen = PublishingSet.objects.create(
        slug="set", title="Set", published_at=moment and timezone.now() + moment
    )
    first, second = pair
    for page, parent in ((first, second), (second, first)):
        copy_below(page, parent, writer, publishing_set=chosen)
    seen = sets.fingerprint(sets.members(chosen))
    with pytest.raises(actions.Refused, match="“First”: .*part of itself"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert Programme.objects.in_review().count() == 2
