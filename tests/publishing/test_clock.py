"""The moment that a form shows is the moment that happens, in whatever zone the site keeps.

The hours that a change of clocks repeats or leaves out, for schedules, are in `test_timetable`.
"""

import datetime
from datetime import UTC

import pytest
import time_machine

from iomsite.publishing import actions
from iomsite.publishing.states import State
from news.models import Campaign
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.submission import change_of, errors_of, fields_of, say, submit, verb_of

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = datetime.timedelta(seconds=1)
DAY, TIME = "2026-12-01", "08:30:15"
# When it is that time on that day.
ZONES = {
    "Africa/Maputo": "2026-12-01T06:30:15Z",
    "Europe/Zurich": "2026-12-01T07:30:15Z",
    "America/New_York": "2026-12-01T13:30:15Z",
    "Asia/Tehran": "2026-12-01T05:00:15Z",
}
# Hours that a change of clocks leaves out, then those that it repeats.
UNCLEAR = [
    ("Europe/Zurich", "2027-03-28", "02:30:15"),
    ("Europe/Zurich", "2026-10-25", "02:30:15"),
    ("America/New_York", "2027-03-14", "02:30:15"),
    ("America/New_York", "2026-11-01", "01:30:15"),
]

pytestmark = pytest.mark.django_db


def utc(words):
    return datetime.datetime.fromisoformat(words)


@pytest.fixture(params=ZONES)
def moment(request, settings):
    """What the clock of this zone shows as DAY and TIME."""
    settings.TIME_ZONE = request.param
    return utc(ZONES[request.param])


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def in_review(page):
    writer = UserFactory()
    copy = actions.edit(page, by=writer)
    Campaign.objects.filter(pk=copy.pk).update(lead="New words.")
    actions.submit(copy, by=writer)
    return copy


def test_replacement_happens_at_the_second_that_the_form_showed(
    admin_client, client, settings, moment, noon
):
    page = CampaignFactory(published=True, lead="Old words.")
    copy = in_review(page)
    asked = admin_client.get(verb_of("publish", copy)).content.decode()
    assert f"in the time zone {settings.TIME_ZONE}" in asked

    say(admin_client, "publish", copy, at_0=DAY, at_1=TIME, importance="minor")

    copy.refresh_from_db()
    assert copy.published_at == moment
    shown = {}
    for at in (moment - SECOND, moment):
        noon.move_to(at)
        shown[at] = "New words." in client.get(page.get_absolute_url()).content.decode()
    assert shown == {moment - SECOND: False, moment: True}
    noon.move_to(moment)
    page.refresh_from_db()
    assert page.published_at == moment


def test_expiry_happens_at_the_second_that_the_form_shows(
    admin_client, client, settings, moment, noon
):
    copy = actions.edit(CampaignFactory(published=True), by=UserFactory())
    assert submit(admin_client, copy, expires_at_0=DAY, expires_at_1=TIME).status_code == 302

    form = admin_client.get(change_of(copy))
    assert f"Time zone: {settings.TIME_ZONE}." in form.content.decode()
    fields = fields_of(form)
    assert fields["expires_at_1"] == TIME
    # What is saved again as it was drawn has not changed.
    assert admin_client.post(change_of(copy), fields).status_code == 302
    copy.refresh_from_db()
    assert copy.expires_at == moment

    page = actions.publish(copy, by=UserFactory(), emergency_reason="Test.")
    noon.move_to(moment - SECOND)
    assert client.get(page.get_absolute_url()).status_code == 200
    noon.move_to(moment)
    assert client.get(page.get_absolute_url()).status_code == 410


@pytest.mark.parametrize(("zone", "day", "time"), UNCLEAR)
def test_hour_that_is_never_or_twice_is_refused_in_words(
    admin_client, settings, noon, zone, day, time
):
    settings.TIME_ZONE = zone
    copy = in_review(CampaignFactory(published=True))
    scheduled = say(admin_client, "publish", copy, at_0=day, at_1=time, importance="minor")
    expiring = submit(admin_client, copy, expires_at_0=day, expires_at_1=time)

    reasons = [scheduled.context["form"].errors["at"], errors_of(expiring)["expires_at"]]
    for [reason] in reasons:
        assert f"in time zone {zone}" in reason
    copy.refresh_from_db()
    assert (copy.state, copy.expires_at) == (State.IN_REVIEW, None)


def test_hour_that_a_country_no_longer_leaves_out_is_a_moment(admin_client, settings, noon):
    settings.TIME_ZONE = "Asia/Tehran"  # without summer time since 2022
    copy = in_review(CampaignFactory(published=True))
    say(admin_client, "publish", copy, at_0="2027-03-22", at_1="00:30:15", importance="minor")
    copy.refresh_from_db()
    assert copy.published_at == utc("2027-03-21T21:00:15Z")


@pytest.mark.parametrize(
    ("zone", "before", "day"),
    [
        ("Africa/Maputo", "2026-06-01", "2026-06-02"),
        ("Europe/Zurich", "2026-06-01", "2026-06-02"),
        ("America/New_York", "2026-05-31", "2026-06-01"),
        ("Asia/Tehran", "2026-06-01", "2026-06-02"),
    ],
)
def test_past_day_is_that_of_the_site(admin_client, settings, zone, before, day):
    settings.TIME_ZONE = zone
    page = CampaignFactory(published=True)
    Campaign.objects.update(published_at=utc("2026-06-01T22:30:00Z"))
    answers = [
        admin_client.get(f"{page.get_absolute_url()}?as-of={one}").status_code
        for one in (before, day)
    ]
    assert answers == [404, 200]


@pytest.mark.parametrize(
    ("published", "is_of_that_day"),
    [("2027-03-28T21:59:59Z", True), ("2027-03-28T22:00:00Z", False)],
)
def test_day_on_which_the_clocks_go_on_ends_an_hour_early(
    admin_client, settings, published, is_of_that_day
):
    settings.TIME_ZONE = "Europe/Zurich"
    page = CampaignFactory(published=True)
    Campaign.objects.update(published_at=utc(published))
    answer = admin_client.get(f"{page.get_absolute_url()}?as-of=2027-03-28")
    assert (answer.status_code == 200) == is_of_that_day
