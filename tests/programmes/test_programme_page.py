"""The page of a programme: what it opens with, and what it says once."""

import re

import pytest

from tests.factories.organisation import FigureFactory
from tests.factories.programmes import (
    AreaOfInterventionFactory,
    EngagementFactory,
    KeyResultFactory,
    ObjectiveFactory,
    PartnerFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    TopicFactory,
)
from tests.factories.publishing import SourceFactory

pytestmark = pytest.mark.django_db

TITLE = re.compile(r'<h2 class="part__title" id="([\w-]+)">(.*?)</h2>', re.DOTALL)
LINK = re.compile(r'<a class="contents__link" href="#([\w-]+)">(.*?)</a>')


@pytest.fixture
def programme():
    return ProgrammeFactory(published=True)


def fill(programme):
    """Give it every part that a programme may have."""
    programme.topics.add(topic := TopicFactory())
    programme.figures.add(FigureFactory(published=True))
    for factory in (ObjectiveFactory, KeyResultFactory, AreaOfInterventionFactory):
        factory(programme=programme)
    ProgrammePartnerFactory(programme=programme)
    ProgrammeFactory(parent=programme, published=True)
    EngagementFactory(published=True).topics.add(topic)
    type(programme).objects.filter(pk=programme.pk).update(all_goals=True)


def page_of(client, programme):
    return client.get(programme.get_absolute_url()).content.decode()


def test_long_page_opens_with_links_to_its_parts(client, programme):
    fill(programme)
    html = page_of(client, programme)
    assert len(LINK.findall(html)) == 9
    assert LINK.findall(html) == TITLE.findall(html)


def test_short_page_opens_with_its_text(client, programme):
    ObjectiveFactory(programme=programme)
    assert "On this page" not in page_of(client, programme)


def test_source_of_all_figures_stands_once(client, programme):
    document, other = SourceFactory(title="Document"), SourceFactory(title="Other")
    for figure in FigureFactory.create_batch(3, published=True):
        programme.figures.add(figure)
        figure.sources.add(document)
    assert page_of(client, programme).count("Source: Document") == 1
    figure.sources.add(other)
    html = page_of(client, programme)
    assert html.count("Source: Document</span>") == 2
    assert html.count("Source: Document; Other</span>") == 1


def test_partners_that_are_no_more_than_partners_stand_under_one_heading(client, programme):
    ProgrammePartnerFactory(programme=programme, partner=PartnerFactory(name="Ministry"))
    html = page_of(client, programme)
    assert 'id="partners">Partners</h2>' in html
    assert "Partner</p>" not in html
    ProgrammePartnerFactory(programme=programme, role="funder")
    html = page_of(client, programme)
    assert "Partner</p>" in html
    assert "Funder</p>" in html
