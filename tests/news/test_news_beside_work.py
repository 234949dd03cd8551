"""Pages of the work show the news that belongs to them; the two meet in `iomsite.views`."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import (
    CountryFactory,
    GoalFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db

NEWS = (NewsReleaseFactory, PublicationFactory, CampaignFactory)


def about_country(state):
    country = CountryFactory(published=True)
    for factory in NEWS:
        factory(title="The news", **state).countries.add(country)
    return country.get_absolute_url()


def about_region(state):
    region = RegionFactory(published=True)
    country = CountryFactory(region=region, published=True)
    for factory in NEWS:
        factory(title="The news", **state).countries.add(country)
    return region.get_absolute_url()


def about_topic(state):
    topic = TopicFactory()
    ProgrammeFactory(published=True).topics.add(topic)
    for factory in NEWS:
        factory(title="The news", **state).topics.add(topic)
    return topic.get_absolute_url()


def about_partner(state):
    partner = PartnerFactory()
    NewsReleaseFactory(published=True).partners.add(partner)
    for factory in NEWS:
        factory(title="The news", **state).partners.add(partner)
    return partner.get_absolute_url()


def about_programme(state):
    programme = ProgrammeFactory(published=True)
    topics = TopicFactory.create_batch(2)
    programme.topics.set(topics)
    for factory in NEWS:
        factory(title="The news", **state).topics.set(topics)
    return programme.get_absolute_url()


def about_goal(state):
    goal = GoalFactory()
    PublicationFactory(title="The news", **state).goals.add(goal)
    return goal.get_absolute_url()


def about_agenda(state):
    PageFactory(slug="2030-agenda", published=True)
    PublicationFactory(title="The news", **state).goals.add(GoalFactory())
    return "/2030-agenda/"


SUBJECTS = [about_country, about_region, about_topic, about_partner, about_programme]


def shown(response, name):
    return [row.title for row in response.context[name] if row.title == "The news"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_page_shows_its_news(client, subject):
    response = client.get(subject({"published": True}))

    assert shown(response, "releases") == ["The news"]
    assert shown(response, "publications") == ["The news"]
    assert shown(response, "campaigns") == ["The news"]
    assert response.content.decode().count("The news") == 3


def test_goal_shows_the_publications_that_name_it(client):
    response = client.get(about_goal({"published": True}))

    assert shown(response, "publications") == ["The news"]
    assert response.content.decode().count("The news") == 1


def test_agenda_shows_the_publications_that_name_a_goal(client):
    PageFactory(slug="2030-agenda", published=True)
    publication = PublicationFactory(title="The news", published=True)
    publication.goals.set(GoalFactory.create_batch(2))
    PublicationFactory(title="On no goal", published=True)

    response = client.get("/2030-agenda/")

    assert list(response.context["publications"]) == [publication]
    assert response.content.decode().count("The news") == 1


@pytest.mark.parametrize("state", HIDDEN_STATES)
@pytest.mark.parametrize("subject", [*SUBJECTS, about_goal, about_agenda])
def test_page_shows_no_hidden_news(client, subject, state):
    response = client.get(subject({state: True}))

    assert response.status_code == 200
    assert "The news" not in response.content.decode()


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_region_shows_no_news_of_a_hidden_country(client, state):
    region = RegionFactory(published=True)
    country = CountryFactory(region=region, **{state: True})
    NewsReleaseFactory(title="The news", published=True).countries.add(country)

    assert "The news" not in client.get(region.get_absolute_url()).content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_news_takes_one_statement(client, django_assert_num_queries, subject, count):
    address = subject({"state": "draft"})
    with CaptureQueriesContext(connection) as without:
        client.get(address)

    address = [subject({"published": True}) for _ in range(count)][0]

    with django_assert_num_queries(len(without)):
        client.get(address)


def test_country_and_topic_lead_to_the_filtered_list(client):
    for subject, facet in ((about_country, "country"), (about_topic, "topic")):
        address = subject({"published": True})
        slug = address.rstrip("/").rpartition("/")[2]
        url = f"{reverse('news:release-list')}?{facet}={slug}"

        response = client.get(address)

        assert f'href="{url}"' in response.content.decode()
        assert [row.title for row in client.get(url).context["object_list"]] == ["The news"]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("programmes:country-detail", ["x"]),
        ("programmes:region-detail", ["x"]),
        ("programmes:topic-detail", ["x"]),
        ("programmes:partner-detail", ["x"]),
        ("programmes:programme-detail", ["x"]),
        ("programmes:goal-detail", ["x"]),
        ("programmes:agenda-2030", []),
    ],
)
def test_address_of_the_work_is_answered_with_news(name, args):
    """The patterns of the work stay as they are named; the ones with news stand before them."""
    assert resolve(reverse(name, args=args)).func.view_class.__module__ == "iomsite.views"
