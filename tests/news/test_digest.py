"""The newest news about something, in one statement."""

import datetime

import pytest

from iomsite.partialdate import PartialDate
from news.digest import digest
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.programmes import TopicFactory
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db


def about(topic, row):
    row.topics.add(topic)
    return row


def test_everything_about_a_topic_takes_one_statement(django_assert_num_queries):
    topic = TopicFactory()
    release = about(topic, NewsReleaseFactory(published=True, kind="message", lead="The lead."))
    publication = about(
        topic, PublicationFactory(published=True, date=PartialDate.parse("2022"), kind="study")
    )
    campaign = about(topic, CampaignFactory(published=True, date=None))
    NewsReleaseFactory(published=True)

    with django_assert_num_queries(1):
        found = digest(topics=topic)

    assert found == {
        "releases": [release],
        "publications": [publication],
        "campaigns": [campaign],
    }


def test_rows_carry_what_lists_print():
    topic = TopicFactory()
    release = about(topic, NewsReleaseFactory(published=True, kind="message", lead="The lead."))
    publication = about(
        topic, PublicationFactory(published=True, date=PartialDate.parse("2019/2023"))
    )

    found = digest(topics=topic)
    row, report = found["releases"][0], found["publications"][0]

    assert row.get_absolute_url() == release.get_absolute_url()
    assert (row.title, row.get_kind_display(), row.lead) == (release.title, "Message", "The lead.")
    assert row.released_on == release.released_on
    assert report.date == publication.date


def test_newest_come_first_and_five_at_most():
    topic = TopicFactory()
    for day in range(1, 8):
        on = datetime.date(2016, 4, day)
        about(topic, NewsReleaseFactory(title=f"Day {day}", released_on=on, published=True))
    about(topic, CampaignFactory(title="Undated", published=True))
    about(topic, CampaignFactory(title="Dated", date=PartialDate.parse("2016"), published=True))

    found = digest(topics=topic)

    assert [row.title for row in found["releases"]] == ["Day 7", "Day 6", "Day 5", "Day 4", "Day 3"]
    assert [row.title for row in found["campaigns"]] == ["Dated", "Undated"]


def test_row_that_matches_twice_is_found_once():
    topics = TopicFactory.create_batch(2)
    release = NewsReleaseFactory(published=True)
    release.topics.set(topics)

    assert digest(topics__in=topics)["releases"] == [release]


def test_nothing_to_match_is_nothing_found():
    NewsReleaseFactory(published=True)

    assert digest(topics__in=[]) == {"releases": [], "publications": [], "campaigns": []}


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_nothing_hidden_is_found(state):
    topic = TopicFactory()
    for factory in (NewsReleaseFactory, PublicationFactory, CampaignFactory):
        about(topic, factory(**{state: True}))

    assert digest(topics=topic) == {"releases": [], "publications": [], "campaigns": []}
