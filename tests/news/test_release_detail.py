"""The page of one release."""

import datetime

import pytest
from django.utils.html import strip_tags

from iomsite.partialdate import PartialDate
from iomsite.search.index import rebuild
from tests.factories.images import PhotoFactory
from tests.factories.news import (
    CampaignFactory,
    NewsReleaseFactory,
    PublicationFactory,
    ReleaseContactFactory,
    ReleasePhotoFactory,
)
from tests.factories.programmes import (
    CountryFactory,
    PartnerFactory,
    ProgrammeFactory,
    TopicFactory,
)
from tests.factories.publishing import HIDDEN_STATES, SourceFactory

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(strip_tags(response.content.decode().partition("<main")[2]).split())


def in_order(text, parts):
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def full_release(**related):
    """A release with one of everything, to which the tests give hidden or public things."""
    release = NewsReleaseFactory(
        title="A headline",
        slug="a-headline",
        kind="statement",
        dateline="Calais",
        released_on=datetime.date(2016, 3, 4),
        lead="The lead.",
        body="First paragraph.\n\nSecond paragraph.",
        published=True,
        **related,
    )
    release.sources.add(SourceFactory(title="The document"))
    return release


def test_page_tells_the_release_in_order(client):
    release = full_release(
        campaign=CampaignFactory(title="The campaign", published=True),
        publication=PublicationFactory(title="The publication", published=True),
    )
    ReleasePhotoFactory(
        release=release,
        photo=PhotoFactory(
            caption="What it shows.",
            credit_person="Amanda Nero",
            credit_year=2015,
            taken=PartialDate.parse("2015-08"),
            published=True,
        ),
    )
    ReleaseContactFactory(release=release, name="Ann Other", email="ann@example.org")
    topic = TopicFactory(name="The topic")
    release.topics.add(topic)
    release.countries.add(CountryFactory(name="The country", published=True))
    release.partners.add(PartnerFactory(name="The partner"))
    other = NewsReleaseFactory(title="Another headline", published=True)
    other.topics.add(topic)
    rebuild()

    text = words(client.get("/news/2016/a-headline/"))

    assert in_order(
        text,
        [
            "Statement",
            "A headline",
            "What it shows.",
            "© IOM/Amanda Nero 2015",
            "Calais, 4 March 2016",
            "The lead.",
            "First paragraph.",
            "Second paragraph.",
            "Ann Other",
            "ann@example.org",
            "The campaign",
            "The publication",
            "The topic",
            "The country",
            "The partner",
            "The document",
            "Another headline",
        ],
    )


def test_way_to_the_page_leads_over_its_year(client):
    full_release()

    response = client.get("/news/2016/a-headline/")

    assert response.context["trail"] == [("News", "/news/"), ("2016", "/news/2016/")]


def test_address_holds_the_true_year(client):
    full_release()

    assert client.get("/news/2015/a-headline/").status_code == 404


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_nothing_hidden_is_named(client, state):
    hidden = {state: True}
    release = full_release(
        campaign=CampaignFactory(title="Secret campaign", **hidden),
        publication=PublicationFactory(title="Secret publication", **hidden),
    )
    ReleasePhotoFactory(release=release, photo=PhotoFactory(caption="Secret caption", **hidden))
    release.countries.add(CountryFactory(name="Secret country", **hidden))
    topic = TopicFactory()
    release.topics.add(topic)
    NewsReleaseFactory(title="Secret headline", **hidden).topics.add(topic)
    ProgrammeFactory(title="Secret programme", **hidden).topics.add(topic)

    assert "Secret" not in client.get("/news/2016/a-headline/").content.decode()


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
def test_hidden_release_has_no_page(client, state, status):
    release = NewsReleaseFactory(title="Secret", **{state: True})

    response = client.get(release.get_absolute_url())

    assert response.status_code == status
    assert "Secret" not in response.content.decode()


def test_work_on_the_same_topics_stands_beside_the_news(client):
    release = full_release()
    topics = TopicFactory.create_batch(2)
    release.topics.set(topics)
    for title, shared in (("A little", topics[:1]), ("Much", topics), ("Nothing", [])):
        ProgrammeFactory(title=title, published=True).topics.set(shared)

    response = client.get("/news/2016/a-headline/")

    assert [programme.title for programme in response.context["programmes"]] == ["Much", "A little"]


@pytest.mark.parametrize("count", [1, 3, 50])
def test_page_takes_the_same_queries_for_any_number(client, django_assert_num_queries, count):
    topic = TopicFactory()
    release = full_release(
        campaign=CampaignFactory(published=True), publication=PublicationFactory(published=True)
    )
    for number in range(count):
        ReleasePhotoFactory(release=release, photo=PhotoFactory(published=True), order=number)
        ReleaseContactFactory(release=release)
        release.countries.add(CountryFactory(published=True))
        release.partners.add(PartnerFactory())
        release.topics.add(TopicFactory())
        NewsReleaseFactory(published=True).topics.add(topic)
        ProgrammeFactory(published=True).topics.add(topic)
    release.topics.add(topic)

    with django_assert_num_queries(11):
        response = client.get("/news/2016/a-headline/")

    assert len(response.context["programmes"]) == min(count, 3)
