"""The list of campaigns and the page of one."""

import pytest

from iomsite.partialdate import PartialDate
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import CountryFactory, PartnerFactory, TopicFactory
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db


def titles(response):
    return [campaign.title for campaign in response.context["object_list"]]


@pytest.fixture
def campaigns():
    for title, date, kind in (
        ("Undated", None, "campaign"),
        ("Malaria Day", "2016-04-25", "observance"),
        ("Community", "2020", "campaign"),
    ):
        date = date and PartialDate.parse(date)
        CampaignFactory(title=title, date=date, kind=kind, published=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Community", "Malaria Day", "Undated"]),
        ("?kind=observance", ["Malaria Day"]),
        ("?year=2020", ["Community"]),
        ("?kind=observance&year=2020", []),
    ],
)
def test_newest_comes_first_and_filters_combine(client, campaigns, query, found):
    assert titles(client.get(f"/news/campaigns/{query}")) == found


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_campaign_is_in_no_list_and_no_count(client, campaigns, state):
    hidden = CampaignFactory(title="Secret", date=PartialDate.parse("1999"), **{state: True})
    hidden.topics.add(TopicFactory(name="Secret topic"))

    page = client.get("/news/campaigns/")

    assert titles(page) == ["Community", "Malaria Day", "Undated"]
    assert "Secret" not in page.content.decode()
    assert "1999" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_list_takes_the_same_queries_for_any_number(client, django_assert_num_queries, count):
    CampaignFactory.create_batch(count, published=True)

    with django_assert_num_queries(5):
        response = client.get("/news/campaigns/")

    assert response.context["paginator"].count == count


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
def test_hidden_campaign_has_no_page(client, state, status):
    campaign = CampaignFactory(title="Secret", **{state: True})

    response = client.get(campaign.get_absolute_url())

    assert response.status_code == status
    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_page_names_nothing_hidden(client, state):
    campaign = CampaignFactory(published=True)
    NewsReleaseFactory(title="Secret headline", campaign=campaign, **{state: True})
    campaign.countries.add(CountryFactory(name="Secret country", **{state: True}))

    assert "Secret" not in client.get(campaign.get_absolute_url()).content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_page_takes_the_same_queries_for_any_number(client, django_assert_num_queries, count):
    campaign = CampaignFactory(published=True)
    for _ in range(count):
        NewsReleaseFactory(campaign=campaign, published=True)
        campaign.topics.add(TopicFactory())
        campaign.countries.add(CountryFactory(published=True))
        campaign.partners.add(PartnerFactory())

    with django_assert_num_queries(9):
        response = client.get(campaign.get_absolute_url())

    assert len(response.context["releases"]) == min(count, 20)
    assert response.context["trail"] == [("News", "/news/"), ("Campaigns", "/news/campaigns/")]
