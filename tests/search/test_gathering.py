"""A page that gathers news is another one with each that comes, goes, or is tied elsewhere."""

from importlib import import_module

import pytest
from django.apps import apps

from iomsite.publishing import changes
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.records import Stamp
from iomsite.publishing.states import State
from iomsite.search import related
from iomsite.search.models import Tag
from news.models import NewsRelease
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.programmes import (
    CountryFactory,
    GoalFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def told(*rows):
    with locked_ledger():
        changes.settle(rows or None)


def tied_by(name):
    def tie(news, *rows):
        getattr(news, name).set(rows)

    return tie


def belongs_by(name):
    def tie(news, *rows):
        setattr(news, name, rows[0] if rows else None)
        news.save()

    return tie


def country():
    page = CountryFactory(published=True)
    return page, page


def region():
    page = RegionFactory(published=True)
    return page, CountryFactory(published=True, region=page)


def country_of_partner():
    page = CountryFactory(published=True)
    return page, PartnerFactory(country=page)


def programme():
    page, topic = ProgrammeFactory(published=True), TopicFactory()
    page.topics.add(topic)
    return page, topic


def itself(factory, **fields):
    def make():
        row = factory(**fields)
        return row, row

    return make


WAYS = {
    "country": (NewsReleaseFactory, tied_by("countries"), country),
    "region": (NewsReleaseFactory, tied_by("countries"), region),
    "partner": (NewsReleaseFactory, tied_by("partners"), itself(PartnerFactory)),
    "country of a partner": (NewsReleaseFactory, tied_by("partners"), country_of_partner),
    "topic": (CampaignFactory, tied_by("topics"), itself(TopicFactory)),
    "programme": (NewsReleaseFactory, tied_by("topics"), programme),
    "goal": (PublicationFactory, tied_by("goals"), itself(GoalFactory)),
    "campaign": (
        NewsReleaseFactory,
        belongs_by("campaign"),
        itself(CampaignFactory, published=True),
    ),
    "publication": (
        NewsReleaseFactory,
        belongs_by("publication"),
        itself(PublicationFactory, published=True),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_page_is_another_with_what_it_gathers(way, monkeypatch):
    monkeypatch.setattr(related, "NEIGHBOURS", 0)  # a page is moved on with its related ones too
    factory, tie, make = WAYS[way]
    page, tied = make()
    news, other = factory(published=True), NewsReleaseFactory(published=True)
    told()

    def is_moved(*rows):
        told(*rows)
        stamps = Stamp.objects.filter(model=page._meta.label_lower, row_id=page.pk)
        moved = stamps.filter(generation=changes.generation()).exists()
        everything = Stamp.objects.filter(model="all", generation=changes.generation())
        assert not everything.exists()
        return moved

    tie(news, tied)
    assert is_moved(news)
    assert not is_moved(other)
    news.title = "Said otherwise"
    news.save()
    assert is_moved(news)
    tie(news)
    assert is_moved(news)
    assert not is_moved(news)
    tie(news, tied)
    told(news)
    news.state = State.DRAFT
    news.save()
    assert is_moved(news)
    assert not is_moved(news)


def test_index_of_before_learns_what_its_releases_belong_to():
    campaign, hidden = CampaignFactory(published=True), CampaignFactory()
    publication = PublicationFactory(published=True)
    NewsReleaseFactory(published=True, campaign=campaign, publication=publication)
    NewsReleaseFactory(published=True, campaign=hidden)
    NewsReleaseFactory(campaign=campaign)
    told()

    def gathered():
        tags = Tag.objects.filter(facet__in=("campaign", "report"))
        return sorted(tags.values_list("entry__row_id", "facet", "value", "label"))

    first = NewsRelease.objects.order_by("pk")[0].pk
    said = gathered()
    assert said == [
        (first, "campaign", str(campaign.pk), ""),
        (first, "report", str(publication.pk), ""),
    ]
    migration = import_module("iomsite.search.migrations.0006_tag_what_is_gathered")
    migration.untag(apps, None)
    assert gathered() == []
    migration.tag(apps, None)
    assert gathered() == said
