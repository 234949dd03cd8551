"""The list of publications and the page of one."""

import pytest

from iomsite.partialdate import PartialDate
from tests.factories.news import NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import CountryFactory, GoalFactory, PartnerFactory, TopicFactory
from tests.factories.publishing import HIDDEN_STATES, SourceFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/data-and-research/publications/"


def titles(response):
    return [publication.title for publication in response.context["object_list"]]


@pytest.fixture
def publications():
    for title, date, kind, series in (
        ("Undated", None, "articles", ""),
        ("Report 2022", "2022", "flagship-report", "World Migration Report"),
        ("Report 2020", "2020", "flagship-report", "World Migration Report"),
        ("Factsheet", "2016-04", "factsheet", ""),
    ):
        date = date and PartialDate.parse(date)
        PublicationFactory(title=title, date=date, kind=kind, series=series, published=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Report 2022", "Report 2020", "Factsheet", "Undated"]),
        ("?year=2016", ["Factsheet"]),
        ("?series=World+Migration+Report", ["Report 2022", "Report 2020"]),
        ("?kind=articles", ["Undated"]),
        ("?series=World+Migration+Report&year=2022", ["Report 2022"]),
        ("?kind=factsheet&year=2022", []),
    ],
)
def test_newest_comes_first_and_filters_combine(client, publications, query, found):
    assert titles(client.get(f"{ADDRESS}{query}")) == found


def test_topic_is_a_filter(client, publications):
    malaria = TopicFactory(slug="malaria")
    PublicationFactory(title="On malaria", published=True).topics.add(malaria)

    assert titles(client.get(f"{ADDRESS}?topic=malaria")) == ["On malaria"]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_publication_is_in_no_list_and_no_count(client, publications, state):
    hidden = PublicationFactory(
        title="Secret", series="Secret series", date=PartialDate.parse("1999"), **{state: True}
    )
    hidden.topics.add(TopicFactory(name="Secret topic"))

    page = client.get(ADDRESS)

    assert len(titles(page)) == 4
    assert "Secret" not in page.content.decode()
    assert "1999" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_list_takes_the_same_queries_for_any_number(client, django_assert_num_queries, count):
    PublicationFactory.create_batch(count, published=True)

    with django_assert_num_queries(5):
        response = client.get(ADDRESS)

    assert response.context["paginator"].count == count


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
def test_hidden_publication_has_no_page(client, state, status):
    publication = PublicationFactory(title="Secret", **{state: True})

    response = client.get(publication.get_absolute_url())

    assert response.status_code == status
    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_page_names_nothing_hidden(client, state):
    publication = PublicationFactory(published=True)
    NewsReleaseFactory(title="Secret headline", publication=publication, **{state: True})
    publication.countries.add(CountryFactory(name="Secret country", **{state: True}))
    publication.figures.add(FigureFactory(label="secret things", **{state: True}))
    PageFactory(slug="data-and-research", title="Secret section", **{state: True})

    page = client.get(publication.get_absolute_url()).content.decode()

    assert "secret" not in page.lower()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_page_takes_the_same_queries_for_any_number(client, django_assert_num_queries, count):
    publication = PublicationFactory(published=True)
    for _ in range(count):
        NewsReleaseFactory(publication=publication, published=True)
        publication.topics.add(TopicFactory())
        publication.goals.add(GoalFactory())
        publication.countries.add(CountryFactory(published=True))
        publication.partners.add(PartnerFactory())
        publication.figures.add(FigureFactory(published=True))
        publication.sources.add(SourceFactory())

    with django_assert_num_queries(12):
        client.get(publication.get_absolute_url())


def test_way_to_the_page_leads_over_the_section(client):
    PageFactory(slug="data-and-research", title="Data and research", published=True)
    publication = PublicationFactory(published=True)

    response = client.get(publication.get_absolute_url())

    assert response.context["trail"] == [
        ("Data and research", "/data-and-research/"),
        ("Publications", ADDRESS),
    ]
