"""Highlights, and data and research: the menu's pages that open the newsroom."""

import pytest

from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.publishing import HIDDEN_STATES, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def highlights():
    our_work = PageFactory(slug="our-work", title="Our work", published=True)
    return PageFactory(slug="highlights", title="Highlights", parent=our_work, published=True)


@pytest.fixture
def data_and_research():
    page = PageFactory(
        slug="data-and-research", title="Data and research", lead="We count.", published=True
    )
    page.sources.add(SourceFactory())
    return page


def test_highlights_show_the_newest_of_each(client, highlights):
    NewsReleaseFactory(title="The headline", published=True)
    CampaignFactory(title="The campaign", published=True)
    PublicationFactory(title="The publication", published=True)

    response = client.get("/our-work/highlights/")
    page = response.content.decode()

    assert response.context["trail"] == [("Our work", "/our-work/")]
    assert all(title in page for title in ("The headline", "The campaign", "The publication"))


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_highlights_show_nothing_hidden(client, highlights, state):
    NewsReleaseFactory(title="Secret headline", **{state: True})
    CampaignFactory(title="Secret campaign", **{state: True})
    PublicationFactory(title="Secret publication", **{state: True})

    assert "Secret" not in client.get("/our-work/highlights/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_highlights_take_the_same_queries_for_any_number(
    client, highlights, django_assert_num_queries, count
):
    for factory in (NewsReleaseFactory, CampaignFactory, PublicationFactory):
        factory.create_batch(count, published=True)

    with django_assert_num_queries(7):
        client.get("/our-work/highlights/")


def test_data_and_research_quotes_its_figures(client, data_and_research):
    figure = FigureFactory(value=61, unit="%", label="of the migrant stock", published=True)
    figure.sources.add(SourceFactory(title="The document"))
    data_and_research.figures.add(figure)
    FigureFactory(label="of another page", published=True)
    PublicationFactory(title="The publication", published=True)

    page = client.get("/data-and-research/").content.decode()

    assert "We count." in page
    assert "61%" in page
    assert "of the migrant stock" in page
    assert "The document" in page
    assert "The publication" in page
    assert "of another page" not in page


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_data_and_research_shows_nothing_hidden(client, data_and_research, state):
    data_and_research.figures.add(FigureFactory(label="secret things", **{state: True}))
    PublicationFactory(title="Secret publication", **{state: True})

    assert "secret" not in client.get("/data-and-research/").content.decode().lower()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_data_and_research_takes_the_same_queries_for_any_number(
    client, data_and_research, django_assert_num_queries, count
):
    data_and_research.figures.set(FigureFactory.create_batch(count, published=True))
    PublicationFactory.create_batch(count, published=True)

    with django_assert_num_queries(7):
        client.get("/data-and-research/")


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
@pytest.mark.parametrize(
    ("slug", "address"),
    [("highlights", "/our-work/highlights/"), ("data-and-research", "/data-and-research/")],
)
def test_section_goes_with_its_page(client, slug, address, state, status):
    PageFactory(slug=slug, title="Secret", **{state: True})

    response = client.get(address)

    assert response.status_code == status
    assert "Secret" not in response.content.decode()
