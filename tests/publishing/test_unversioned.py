"""Forms of what has no version: nobody writes over what somebody else has saved meanwhile."""

import datetime

import pytest
from django.utils import timezone

from iomsite.publishing import actions, sets
from iomsite.publishing.editions import members
from iomsite.publishing.models import PublishingSet, Redirect
from iomsite.publishing.states import State
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.programmes import GoalFactory, PartnerFactory, TopicFactory
from tests.factories.publishing import SourceFactory
from tests.submission import change_of, errors_of, fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(
    ("make", "first", "second"),
    [
        (TopicFactory, "lead", "name"),
        (PartnerFactory, "aliases", "name"),
        (GoalFactory, "order", "name"),
        (SourceFactory, "note", "title"),
        (lambda: Redirect.objects.create(old_path="/a/", new_path="/b/"), "new_path", "old_path"),
    ],
)
def test_what_nobody_has_touched_stays_as_it_was_saved_meanwhile(admin_client, make, first, second):
    row = make()
    opened = fields_of(admin_client.get(change_of(row)))
    one, other = {first: "/7/" if first == "new_path" else "7"}, {second: "/Other/"}
    assert admin_client.post(change_of(row), {**opened, **one}).status_code == 302
    assert admin_client.post(change_of(row), {**opened, **other}).status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, first)) == one[first]
    assert getattr(row, second) == other[second]


def test_who_writes_where_somebody_else_has_written_is_told_once(admin_client):
    topic = TopicFactory(name="Health", lead="Before.\nAnd more. ")
    opened = fields_of(admin_client.get(change_of(topic)))
    admin_client.post(change_of(topic), {**opened, "lead": "By one."})
    refused = admin_client.post(change_of(topic), {**opened, "lead": "By another."})
    (said,) = errors_of(refused)["lead"]
    assert "“By one.”" in said
    again = fields_of(refused)
    assert again["lead"] == "By another."
    assert admin_client.post(change_of(topic), again).status_code == 302
    topic.refresh_from_db()
    assert topic.lead == "By another."


def test_set_that_was_scheduled_meanwhile_stays_scheduled(admin_client):
    chosen = PublishingSet.objects.create(slug="s", title="S")
    member = CampaignFactory(publishing_set=chosen)
    actions.submit(member, by=UserFactory())
    opened = fields_of(admin_client.get(change_of(chosen)))
    moment = timezone.now() + datetime.timedelta(hours=1)
    PublishingSet.objects.filter(pk=chosen.pk).update(published_at=moment)
    chosen.refresh_from_db()
    sets.publish_set(chosen, by=UserFactory(), seen=sets.fingerprint(members(chosen)))
    assert admin_client.post(change_of(chosen), {**opened, "title": "T"}).status_code == 302
    chosen.refresh_from_db()
    member.refresh_from_db()
    assert (chosen.title, chosen.published_at) == ("T", moment)
    assert member.state == State.PUBLISHED
