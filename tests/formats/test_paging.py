"""Long lists in parts: complete, without doubles, and at the same cost wherever a part begins."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iomsite import remembered
from iomsite.formats import paging
from iomsite.publishing import actions, changes
from iomsite.publishing.ledger import locked_ledger
from news.models import Campaign, NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import (
    CountryFactory,
    ObjectiveFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import LONG_AGO, SourceFactory
from tests.publishing.test_plans import PAGES, drop_rules, fill

from . import feeds

pytestmark = pytest.mark.django_db

# Of each address: with no filter, the filters cost nothing.
COSTS = {
    "/news.json": 7,
    "/news.atom": 7,
    "/news.csv": 7,
    "/news.md": 7,
    "/news.json?country=first": 8,
    "/news/2016/first.json": 7,
    "/our-work/what-we-do.json": 13,
    "/our-work/programmes/first.json": 11,
    "/where-we-work.json": 5,
    "/our-work/topics.json": 3,
    "/index.json": 9,
}


def follow(client, address):
    """The titles of all parts, and how many parts there are."""
    found, parts = [], 0
    while address:
        answer = client.get(address.removeprefix("http://testserver"))
        found += [one["title"] for one in answer.json()["items"]]
        address, parts = answer.json()["next"], parts + 1
        assert ('rel="next"' in answer["Link"]) == bool(address)
    return found, parts


def some_releases(number, first=0):
    """Half of them became public at the same moment."""
    for n in range(first, first + number):
        moment = LONG_AGO + datetime.timedelta(days=n // 2)
        NewsReleaseFactory(title=f"R{n}", published=True, published_at=moment)


def test_parts_hold_each_row_once_while_others_are_published(client, monkeypatch):
    monkeypatch.setattr(paging, "PART", 3)
    monkeypatch.setattr(paging.part, "__defaults__", (3,))
    monkeypatch.setattr(paging, "STREAMED", 2)
    some_releases(8)
    assert follow(client, "/news.json") == ([f"R{n}" for n in reversed(range(8))], 3)
    first = client.get("/news.json?type=news-release").json()
    assert "type=news-release" in first["next"]
    # Meanwhile one appears, one is published anew, and one that comes later is taken down.
    some_releases(1, first=8)
    again = NewsRelease.objects.get(title="R1")
    copy = actions.edit(again, by=UserFactory())
    NewsRelease.objects.filter(pk=copy.pk).update(title="R1 again")
    copy.refresh_from_db()
    actions.submit(copy, by=UserFactory())
    actions.publish(copy, by=UserFactory())
    NewsRelease.objects.filter(title="R3").update(state="draft", published_at=None)
    rest, _parts = follow(client, first["next"])
    assert rest == ["R4", "R2", "R1 again", "R0"]
    rows = client.get("/news.csv").getvalue().decode().splitlines()[2:]
    assert [re.search(r"R\d", row)[0] for row in rows] == [
        f"R{n}" for n in (8, 7, 6, 5, 4, 2, 1, 0)
    ]
    feed = feeds.read(client.get("/news.atom").content)
    following = [one for one in feed.findall(f"{feeds.ATOM}link") if one.get("rel") == "next"]
    assert "after=" in following[0].get("href")
    assert "[Next part](<http://testserver/news.md?after=" in client.get("/news.md").text


def test_rows_that_were_never_published_come_in_parts_too(client, monkeypatch):
    monkeypatch.setattr(paging.part, "__defaults__", (2,))
    programme = ProgrammeFactory(published=True)
    programme.topics.set(TopicFactory(name=f"T{n}") for n in range(5))
    assert follow(client, "/our-work/topics.json") == (["T4", "T3", "T2", "T1", "T0"], 3)
    mark = client.get("/our-work/topics.json").json()["next"].partition("after=")[2]
    assert client.get(f"/news.json?after={mark}").status_code == 400
    some_releases(3)
    mark = client.get("/news.json").json()["next"].partition("after=")[2]
    for other in ("/news/campaigns.json", "/our-work/topics.json", "/news/campaigns.csv"):
        answer = client.get(f"{other}?after={mark}")
        assert (answer.status_code, "another list" in answer.content.decode()) == (400, True)


def test_mark_of_a_part_cannot_be_made_up(client, monkeypatch):
    monkeypatch.setattr(paging.part, "__defaults__", (1,))
    some_releases(2)
    address = client.get("/news.json").json()["next"].removeprefix("http://testserver")
    assert client.get(address).status_code == 200
    place = address.index("after=") + 8
    other = "A" if address[place] != "A" else "B"
    tampered = client.get(address[:place] + other + address[place + 1 :])
    assert tampered.status_code == 400
    assert "“after” is not what the list before gave" in tampered.json()["detail"]


def build(number):
    work = PageFactory(slug="our-work", published=True)
    PageFactory(slug="what-we-do", parent=work, published=True)
    PageFactory(slug="where-we-work", published=True)
    region = RegionFactory(published=True)
    slugs = ["first", *(f"slug-{n}" for n in range(number - 1))]
    country = CountryFactory(slug="first", region=region, published=True)
    topic, source = TopicFactory(), SourceFactory()
    photo = PhotoFactory(with_file=True, published=True)
    for slug in slugs:
        release = NewsReleaseFactory(slug=slug, published=True)
        programme = ProgrammeFactory(slug=slug, kind="project", published=True)
        ReleasePhotoFactory(release=release, photo=photo)
        ObjectiveFactory(programme=programme)
        ProgrammePartnerFactory(programme=programme)
        for row in (release, programme):
            row.countries.set([country])
            row.topics.set([topic])
            row.sources.set([source])


@pytest.mark.parametrize("number", [1, 12])
def test_forms_cost_as_many_statements_for_one_row_as_for_many(client, number):
    build(number)
    counted = {}
    for address in COSTS:
        with CaptureQueriesContext(connection) as statements:
            response = client.get(address)
            assert response.getvalue()
        assert response.status_code == 200, address
        counted[address] = len(statements)
    assert counted == COSTS


def test_part_begins_anywhere_at_the_cost_of_the_first():
    """The index gives the rows in their order: nothing is sorted, nothing before is read."""
    drop_rules()
    fill(PAGES, 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_campaign")
    rows = paging.in_order(Campaign.objects.published())
    middle = rows[PAGES - 200]
    later = rows.filter(paging._behind(Campaign, paging.mark_of(middle)))[:50]
    for part in (rows[:50], later):
        plan = part.explain()
        assert "campaign_newest" in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
    assert [row.pk for row in later] == list(range(middle.pk - 1, middle.pk - 51, -1))


def test_counts_are_asked_for_once_a_generation(client, settings, django_assert_num_queries):
    """And never of a request that does not know its generation."""
    settings.PAGE_CACHE_MB = 1
    release = NewsReleaseFactory(published=True)
    with locked_ledger():
        changes.settle([release])
    client.get("/news/?year=2016")
    with django_assert_num_queries(2):  # the ledger and the rows: nothing is counted
        again = client.get("/news/?year=2016")
    assert '<strong class="number">1</strong>' in again.content.decode()
    other = NewsReleaseFactory(published=True)
    with locked_ledger():
        changes.settle([other])
    assert '<strong class="number">2</strong>' in client.get("/news/?year=2016").content.decode()
    assert remembered.remembered("anything", lambda: 1) == 1
    assert remembered.remembered("anything", lambda: 2) == 2
