"""What the pages of the work cost: as many statements for 50 things as for one, at most 12."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iomsite.organisation.models import Page
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import FigureFactory
from tests.factories.programmes import (
    AreaOfInterventionFactory,
    CountryFactory,
    EngagementFactory,
    EngagementPartnerFactory,
    EngagementPhotoFactory,
    EngagementRoleFactory,
    GoalFactory,
    KeyResultFactory,
    ObjectiveFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    RegionalOfficeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import SourceFactory

COSTS = {
    "/where-we-work/": 9,
    "/where-we-work/regions/first/": 9,
    "/where-we-work/countries/first/": 9,
    "/our-work/": 9,
    "/our-work/what-we-do/": 9,
    "/our-work/what-we-do/?country=first&year=abc": 9,
    "/our-work/programmes/first/": 12,
    "/our-work/partnerships/": 9,
    "/our-work/partnerships/?region=first&year=abc": 10,
    "/our-work/partnerships/first/": 11,
    "/our-work/partnerships/outcomes/first/": 5,
    "/our-work/partnerships/partners/": 3,
    "/our-work/partnerships/partners/first/": 7,
    "/our-work/topics/": 3,
    "/our-work/topics/first/": 7,
    "/2030-agenda/": 9,
    "/2030-agenda/goals/first/": 9,
}


def batch(factory, number, **fields):
    """The first of them has the slug "first"."""
    return [factory(slug="first", **fields), *factory.create_batch(number - 1, **fields)]


def tie(page, **relations):
    for relation, rows in relations.items():
        getattr(page, relation).set(rows)


@pytest.fixture(params=[1, 3, 50])
def number(request):
    return request.param


@pytest.fixture
def places(menu, number):
    regions = batch(RegionFactory, number, published=True)
    countries = batch(CountryFactory, number, region=regions[0], published=True)
    offices = [RegionalOfficeFactory(region=regions[0], country=country) for country in countries]
    return {"region": regions[0], "countries": countries, "office": offices[0]}


@pytest.fixture
def subjects(number, places):
    goal = GoalFactory(slug="first")
    targets = GoalFactory.create_batch(number, framework="sdg-target", parent=goal)
    return {
        "topics": batch(TopicFactory, number),
        "partners": batch(PartnerFactory, number, country=places["countries"][0]),
        "goals": [goal, *targets],
    }


@pytest.fixture
def figures(number):
    figures = FigureFactory.create_batch(number, published=True)
    for figure in figures:
        figure.sources.set(SourceFactory.create_batch(number % 4))
    for page in Page.objects.all():
        tie(page, figures=figures, sources=SourceFactory.create_batch(number % 4))
    return figures


@pytest.fixture
def programmes(number, places, subjects, figures):
    """Country programmes, and initiatives that are parts of the first; all tied to everything."""
    country = places["countries"][0]
    own = batch(ProgrammeFactory, number, country=country, published=True)
    parts = ProgrammeFactory.create_batch(number, parent=own[0], all_goals=True, published=True)
    for programme in [*own, *parts]:
        tie(
            programme,
            topics=subjects["topics"],
            goals=subjects["goals"],
            countries=places["countries"],
            figures=figures,
        )
    for partner in subjects["partners"]:
        ProgrammePartnerFactory(programme=own[0], partner=partner)
    for order in range(number):
        for factory in (ObjectiveFactory, KeyResultFactory, AreaOfInterventionFactory):
            factory(programme=own[0], order=order)


@pytest.fixture
def engagements(number, places, subjects):
    where = {name: places[name] for name in ("region", "office")}
    where["country"] = places["countries"][0]
    held = batch(EngagementFactory, number, **where, published=True)
    parts = EngagementFactory.create_batch(number, parent=held[0], **where, published=True)
    for engagement in [*held, *parts]:
        tie(engagement, topics=subjects["topics"], countries=places["countries"])
        EngagementRoleFactory(engagement=engagement)
    batch(OutcomeDocumentFactory, number, engagement=held[0], published=True)
    for partner in subjects["partners"]:
        EngagementPartnerFactory(engagement=held[0], partner=partner)
        EngagementPhotoFactory(engagement=held[0], photo=PhotoFactory(published=True))


@pytest.fixture
def news(number, places, subjects):
    for factory in (NewsReleaseFactory, CampaignFactory, PublicationFactory):
        for page in factory.create_batch(number, published=True):
            tie(
                page,
                topics=subjects["topics"],
                partners=subjects["partners"],
                countries=places["countries"],
            )


@pytest.mark.any_database
@pytest.mark.usefixtures("programmes", "engagements", "news")
def test_pages_cost_the_same_however_much_they_show(client):
    costs = {}
    for address in COSTS:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200
        costs[address] = len(statements)

    assert costs == COSTS
