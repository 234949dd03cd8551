"""The list of all releases and the list of one year."""

import datetime

import pytest

from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import CountryFactory, TopicFactory
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db


def release(title, month, day, *, topics=(), countries=(), **fields):
    row = NewsReleaseFactory(
        title=title, released_on=datetime.date(2016, month, day), published=True, **fields
    )
    row.topics.set(topics)
    row.countries.set(countries)
    return row


@pytest.fixture
def spring_2016():
    """What the choices and their numbers are held against."""
    malaria, tuberculosis, women = (
        TopicFactory(slug=name.lower(), name=name) for name in ("Malaria", "Tuberculosis", "Women")
    )
    migration_health = TopicFactory(slug="migration-health", name="Migration health")
    france = CountryFactory(slug="france", name="France", published=True)
    malaria_day, tb_day = (
        CampaignFactory(slug=slug, title=title, kind="observance", published=True)
        for slug, title in (("malaria-day", "World Malaria Day"), ("tb-day", "World TB Day"))
    )
    return [
        release("Malaria", 4, 25, topics=[malaria, migration_health], campaign=malaria_day),
        release("Factsheet", 4, 19),
        release("Tuberculosis", 3, 24, topics=[tuberculosis, migration_health], campaign=tb_day),
        release("Women's Day", 3, 8, topics=[women], kind="message"),
        release("Calais", 3, 4, countries=[france], kind="statement"),
    ]


def titles(response):
    return [release.title for release in response.context["object_list"]]


def choices(response, name):
    facets = {facet.name: facet for facet in response.context["filter"].facets}
    return {option.label: option.count for option in facets[name].options} if name in facets else {}


def test_newest_comes_first(client, spring_2016):
    assert titles(client.get("/news/")) == [
        "Malaria",
        "Factsheet",
        "Tuberculosis",
        "Women's Day",
        "Calais",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("year=2016", ["Malaria", "Factsheet", "Tuberculosis", "Women's Day", "Calais"]),
        ("month=4", ["Malaria", "Factsheet"]),
        ("month=3", ["Tuberculosis", "Women's Day", "Calais"]),
        ("topic=malaria", ["Malaria"]),
        ("topic=migration-health", ["Malaria", "Tuberculosis"]),
        ("country=france", ["Calais"]),
        ("campaign=tb-day", ["Tuberculosis"]),
        ("type=message", ["Women's Day"]),
        ("month=3&topic=migration-health", ["Tuberculosis"]),
        ("month=4&country=france", []),
    ],
)
def test_filters_combine(client, spring_2016, query, found):
    assert titles(client.get(f"/news/?{query}")) == found


def test_choices_say_how_many_results_they_leave(client, spring_2016):
    response = client.get("/news/")

    assert choices(response, "year") == {"2016": 5}
    assert choices(response, "month") == {"March": 3, "April": 2}
    assert choices(response, "country") == {"France": 1}
    assert choices(response, "campaign") == {"World Malaria Day": 1, "World TB Day": 1}
    assert choices(response, "type") == {"News release": 3, "Statement": 1, "Message": 1}
    assert choices(client.get("/news/?month=3"), "topic") == {
        "Migration health": 1,
        "Tuberculosis": 1,
        "Women": 1,
    }


def test_combination_without_results_says_so(client, spring_2016):
    response = client.get("/news/?month=4&country=france")

    assert "Nothing matches this combination." in response.content.decode()
    assert [choice.remove_url for choice in response.context["filter"].selected] == [
        "?country=france",
        "?month=4",
    ]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_release_is_in_no_list_and_no_count(client, spring_2016, state):
    hidden = NewsReleaseFactory(
        title="Secret",
        released_on=datetime.date(2017, 12, 1),
        campaign=CampaignFactory(title="Only of the secret", published=True),
        **{state: True},
    )
    hidden.topics.add(TopicFactory(name="Secret topic"))
    hidden.countries.add(CountryFactory(name="Secret country", published=True))

    response = client.get("/news/")

    assert "Secret" not in titles(response)
    assert response.context["paginator"].count == 5
    assert choices(response, "year") == {"2016": 5}
    assert choices(response, "month") == {"March": 3, "April": 2}
    assert "Secret topic" not in choices(response, "topic")
    assert choices(response, "country") == {"France": 1}
    assert "Only of the secret" not in choices(response, "campaign")


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_what_is_hidden_is_no_choice(client, state):
    country = CountryFactory(name="Secret country", **{state: True})
    campaign = CampaignFactory(title="Secret campaign", **{state: True})
    NewsReleaseFactory(published=True, campaign=campaign).countries.add(country)

    response = client.get("/news/")

    assert choices(response, "country") == {}
    assert choices(response, "campaign") == {}
    assert titles(client.get(f"/news/?country={country.slug}")) == titles(response)
    assert titles(client.get(f"/news/?campaign={campaign.slug}")) == titles(response)


@pytest.mark.parametrize("count", [1, 3, 50])
@pytest.mark.parametrize(("address", "queries"), [("/news/", 5), ("/news/2016/", 6)])
def test_list_takes_the_same_queries_for_any_number(
    client, django_assert_num_queries, count, address, queries
):
    for release in NewsReleaseFactory.create_batch(count, published=True):
        release.topics.add(TopicFactory())

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.context["paginator"].count == count


def test_pages_keep_the_filter(client):
    NewsReleaseFactory.create_batch(21, published=True, kind="statement")

    page = client.get("/news/?type=statement").content.decode()

    assert "?type=statement&amp;page=2" in page
    assert len(titles(client.get("/news/?type=statement&page=2"))) == 1


def test_list_of_a_year_has_the_filters_but_the_year(client, spring_2016):
    NewsReleaseFactory(title="Later", released_on=datetime.date(2017, 4, 1), published=True)

    response = client.get("/news/2016/?month=4")

    assert titles(response) == ["Malaria", "Factsheet"]
    assert [facet.name for facet in response.context["filter"].facets] == [
        "month",
        "topic",
        "campaign",
        "type",
    ]
    assert response.context["trail"] == [("News", "/news/")]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_year_without_a_public_release_has_no_page(client, spring_2016, state):
    NewsReleaseFactory(released_on=datetime.date(2017, 1, 1), **{state: True})

    assert client.get("/news/2017/").status_code == 404
    assert client.get("/news/2015/").status_code == 404


@pytest.mark.parametrize(
    "year", ["0000", "0216", "99999", "99999999999999999999", "-1", "２０１６"]
)
def test_absurd_year_has_no_page(client, year):
    assert client.get(f"/news/{year}/").status_code == 404


def test_empty_newsroom_has_a_page(client):
    response = client.get("/news/")

    assert response.status_code == 200
    assert titles(response) == []
