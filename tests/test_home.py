"""The home page."""

import datetime

import pytest

from iomsite.publishing import changes
from iomsite.publishing.ledger import locked_ledger
from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    ProgrammeFactory,
    TopicFactory,
)
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db


@pytest.fixture
def about():
    return PageFactory(slug="who-we-are", title="Who we are", lead="We are.", published=True)


@pytest.fixture
def sections():
    our_work = PageFactory(slug="our-work", title="Our work", published=True)
    for slug, title in (("what-we-do", "What we do"), ("partnerships", "Partnerships")):
        PageFactory(slug=slug, title=title, parent=our_work, published=True)
    PageFactory(slug="where-we-work", title="Where we work", published=True)


def test_home_gathers_the_site(client, about, sections):
    figure = FigureFactory(value=175, label="member states", is_default=True, published=True)
    about.figures.add(figure)
    NewsReleaseFactory(title="The headline", published=True)
    mozambique = CountryFactory(name="Mozambique", m49="508", published=True)
    programme = ProgrammeFactory(title="The programme", country=mozambique, published=True)
    programme.topics.add(TopicFactory(name="The topic"))
    EngagementFactory(title="The engagement", published=True)

    response = client.get("/")
    page = response.content.decode()

    assert '<p class="hero__lead">We are.</p>' in page
    for words in ("member states", "The headline", "The programme", "The engagement", "The topic"):
        assert words in page
    assert [place.name for place in response.context["map"].places] == ["Mozambique"]
    assert response.context["map"].emphases == {"programme"}


def test_home_shows_one_value_of_each_measure(client, about):
    default = FigureFactory(measure="presence", is_default=True, published=True)
    about.figures.add(FigureFactory(measure="presence", published=True))
    about.figures.add(FigureFactory(measure="members", published=True, order=2))

    figures = client.get("/").context["figures"]

    assert [figure.measure for figure in figures] == ["presence", "members"]
    assert figures[0] == default


def test_newest_release_leads_with_its_photograph(client):
    older = NewsReleaseFactory(released_on=datetime.date(2016, 3, 4), published=True)
    newer = NewsReleaseFactory(released_on=datetime.date(2016, 4, 25), published=True)
    ReleasePhotoFactory(release=newer, photo=PhotoFactory(caption="What it shows", published=True))

    response = client.get("/")

    assert response.context["releases"] == [newer, older]
    assert "What it shows" in response.content.decode()


def test_topics_of_most_pages_come_first(client):
    rare, frequent, unused = (TopicFactory(name=name) for name in ("Rare", "Frequent", "Unused"))
    for factory in (NewsReleaseFactory, ProgrammeFactory, EngagementFactory):
        factory(published=True).topics.add(frequent)
    NewsReleaseFactory(published=True).topics.add(rare)
    NewsReleaseFactory(draft=True).topics.add(unused)

    assert [topic.name for topic in client.get("/").context["topics"]] == ["Frequent", "Rare"]


def test_country_programmes_come_first_by_the_name_of_their_country(client, sections):
    for name in ("Zambia", "Mali", ""):
        country = CountryFactory(name=name, published=True) if name else None
        ProgrammeFactory(title=f"In {name or 'all'}", country=country, published=True)

    programmes = client.get("/").context["programmes"]

    assert [programme.title for programme in programmes] == ["In Mali", "In Zambia", "In all"]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_home_shows_nothing_hidden(client, about, sections, state):
    hidden = {state: True}
    about.figures.add(FigureFactory(label="secret things", is_default=True, **hidden))
    country = CountryFactory(name="Secret country", m49="508", **hidden)
    release = NewsReleaseFactory(title="Secret headline", **hidden)
    programme = ProgrammeFactory(title="Secret programme", **hidden)
    engagement = EngagementFactory(title="Secret engagement", **hidden)
    for row in (release, programme, engagement):
        row.topics.add(TopicFactory(name=f"Topic of {row}"))
    public = NewsReleaseFactory(published=True)
    ReleasePhotoFactory(release=public, photo=PhotoFactory(caption="Secret caption", **hidden))
    EngagementFactory(title="Public engagement", country=country, published=True)
    ProgrammeFactory(title="Public programme", country=country, published=True)
    PageFactory(title="Secret page", **hidden)

    assert "secret" not in client.get("/").content.decode().lower()


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_map_does_not_tell_of_a_hidden_programme(client, state):
    country = CountryFactory(m49="508", published=True)
    ProgrammeFactory(country=country, **{state: True})

    assert client.get("/").context["map"].emphases == {"mention"}


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_home_leads_to_no_hidden_section(client, state):
    for slug in ("who-we-are", "where-we-work", "what-we-do", "partnerships"):
        PageFactory(slug=slug, title="Secret", lead="Secret", **{state: True})
    ProgrammeFactory(published=True)
    EngagementFactory(published=True)

    page = client.get("/").content.decode()

    assert "Secret" not in page
    for section in ("who-we-are", "where-we-work", "our-work/what-we-do", "our-work/partnerships"):
        assert f'href="/{section}/"' not in page


def test_home_stands_before_anything_is_published(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "International Organization for Migration" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_home_takes_the_same_queries_for_any_number(
    client, about, sections, django_assert_num_queries, count
):
    for _ in range(count):
        about.figures.add(FigureFactory(published=True))
        release = NewsReleaseFactory(published=True)
        ReleasePhotoFactory(release=release, photo=PhotoFactory(published=True))
        country = CountryFactory(published=True)
        ProgrammeFactory(country=country, published=True)
        EngagementFactory(country=country, published=True).topics.add(TopicFactory())
    CountryFactory(m49="508", published=True)

    with django_assert_num_queries(11):
        client.get("/")


def test_home_asks_for_news_alone_when_news_was_published(
    client, settings, about, sections, django_assert_num_queries
):
    settings.PAGE_CACHE_MB = 1
    ProgrammeFactory(published=True).topics.add(TopicFactory())
    # The first time it is also looked for among the drawn pages, where it never is.
    for title, number in (("The first", 18), ("The second", 10)):
        release = NewsReleaseFactory(published=True, title=title)
        with locked_ledger():
            changes.settle(None if number == 18 else [release])
        with django_assert_num_queries(number):
            assert title in client.get("/").content.decode()
        with django_assert_num_queries(1):
            client.get("/")
