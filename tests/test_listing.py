"""A listing offers, counts and finds what the database would, whatever has been published."""

import datetime
import random
from dataclasses import replace
from html import unescape

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pyroaring import BitMap

from iomsite import listing, remembered
from iomsite.publishing import changes
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import State
from iomsite.publishing.timetable import look
from news.filters import RELEASES, ReleaseFilter, ReleaseOfYearFilter
from news.models import NewsRelease
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import CountryFactory, TopicFactory

pytestmark = [pytest.mark.django_db]
NUMBER = 7
DAY = datetime.timedelta(days=1)
QUESTIONS = (
    *("", "year=2016", "topic=a", "topic=a&country=c", "country=d&year=2017&month=4"),
    *("type=statement&topic=b", "campaign=one", "year=1999", "topic=nobody", "month=x"),
)
OPERATIONS = (
    "redate",
    "rename",
    "retag",
    "lose",
    "hide",
    "show",
    "add",
    "end",
    "wait",
    "of_others",
    "load",
)


class World:
    def __init__(self):
        self.now = timezone.now()
        self.topics = [TopicFactory(name=name, slug=name) for name in "ab"]
        self.countries = [CountryFactory(name=name, slug=name, published=True) for name in "cd"]
        self.campaign = CampaignFactory(slug="one", title="One", published=True)
        self.releases = [self.release(number) for number in range(NUMBER)]
        tell(None)

    def release(self, number):
        row = NewsReleaseFactory(
            slug=f"release-{number}",
            published=True,
            released_on=datetime.date(2016 + number % 2, 4 + number % 3, 1 + number % 2),
            kind="statement" if number % 3 == 0 else "news-release",
            campaign=self.campaign if number % 2 else None,
        )
        row.topics.set(self.topics[number % 2 :])
        row.countries.set(self.countries[: number % 3])
        return row

    def change(self, number, **fields):
        row = self.releases[number]
        type(row).objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
        tell([row])

    def redate(self, number):
        self.change(number, released_on=self.releases[number].released_on + 300 * DAY)

    def rename(self, number):
        row = self.releases[number]
        self.change(number, slug=f"{'az'[number % 2]}-{row.slug}", title=f"New {row.title}")

    def retag(self, number):
        row = self.releases[number]
        row.topics.set(self.topics[: number % 3])
        row.countries.set(self.countries[number % 2 :])
        self.change(number, kind="message")

    def lose(self, number):
        """What no release has any more is no choice."""
        topic = self.topics[number % 2]
        rows = [row for row in self.releases if topic in row.topics.all()]
        for row in rows:
            row.topics.remove(topic)
        tell(rows)

    def hide(self, number):
        self.change(number, state=State.DRAFT)

    def show(self, number):
        self.change(number, state=State.PUBLISHED)

    def add(self, number):
        self.releases.append(self.release(len(self.releases)))
        tell([self.releases[-1]])

    def end(self, number):
        row = self.releases[number]
        ends = max(self.now, row.published_at) + number * DAY
        self.change(number, expires_at=ends)

    def wait(self, number):
        """The clock goes on; whoever asks first tells what has gone."""

    def of_others(self, number):
        """Countries, topics and campaigns come, go and are renamed: no release changes."""
        country, topic = self.countries[number % 2], self.topics[number % 2]
        state = State.DRAFT if country.state == State.PUBLISHED else State.PUBLISHED
        type(country).objects.filter(pk=country.pk).update(state=state)
        country.refresh_from_db()
        type(topic).objects.filter(pk=topic.pk).update(name=f"{topic.name}{number}")
        topic.refresh_from_db()
        type(self.campaign).objects.filter(pk=self.campaign.pk).update(title=f"One {number}")
        tell([country, topic, self.campaign])

    def load(self, number):
        """As a whole database is loaded: nobody says which rows there are."""
        NewsRelease.objects.filter(pk=self.releases[number].pk).update(kind="statement")
        tell(None)


def tell(rows):
    with locked_ledger():
        changes.settle(rows)


def public():
    return NewsRelease.objects.published()


def kept():
    token = remembered.current.set(look(timezone.now()).shown)
    try:
        return listing.kept(RELEASES)
    finally:
        remembered.current.reset(token)


def shown(filterset, pages):
    facets = [(f.name, [(o.value, o.label, o.count) for o in f.options]) for f in filterset.facets]
    chosen = [(one.facet_label, one.label) for one in filterset.selected]
    return facets, chosen, filterset.notices, pages


def by_database(question, filters=ReleaseFilter, rows=None):
    found = filters(QueryDict(question), rows or public())
    slugs = list(found.qs.values_list("slug", flat=True))
    return shown(found, [slugs[start : start + 3] for start in range(0, len(slugs), 3)])


def by_listing(question, filters=ReleaseFilter, within=None):
    narrowing = listing.Narrowing(kept(), within or {})
    request = RequestFactory().get("/news/")
    found = filters(QueryDict(question), public(), request=request, counting=narrowing)
    places = narrowing.found(found.accepted)
    read = listing.reader(RELEASES, ("slug",), 3)
    pages = listing.ListingPaginator(read, 3, narrowing.listing, places)
    parts = [[row.slug for row in page.object_list] for page in pages]
    return shown(found, [part for part in parts if part])


# By chance of our own: with so few, the examples of hypothesis are its simplest.
@pytest.mark.parametrize("seed", range(3))
def test_listing_says_what_the_database_would(seed):
    chance = random.Random(seed)
    steps = [(chance.choice(OPERATIONS), chance.randrange(NUMBER)) for _step in range(12)]
    with transaction.atomic():
        listing._kept.clear()
        world, days = World(), 0
        with time_machine.travel(world.now, tick=False) as clock:
            kept()
            for operation, number in steps:
                getattr(world, operation)(number)
                if operation == "wait":
                    days += number
                    clock.move_to(world.now + days * DAY + datetime.timedelta(seconds=1))
                    tell(())
                for question in QUESTIONS:
                    why = (operation, number, question)
                    assert by_listing(question) == by_database(question), why
        transaction.set_rollback(True)


def test_list_of_a_year_offers_what_the_year_has():
    World()
    for question in ("", "topic=a", "type=message", "month=4&country=c"):
        of_year = public().filter(released_on__year=2016)
        expected = by_database(question, ReleaseOfYearFilter, of_year)
        assert by_listing(question, ReleaseOfYearFilter, {"year": "2016"}) == expected


def test_page_is_the_same_with_a_listing_and_without_one(
    client, settings, django_assert_num_queries
):
    """Once one has been drawn, two statements: the generation, and the rows of the page."""
    World()
    NewsRelease.objects.update(title="Us & <them>", lead="As ever.")
    tell(None)
    for address in ("/news/", "/news/2016/", "/news/?page=1"):
        for question in QUESTIONS:
            asked = f"{address}{'&' if '?' in address else '?'}{question}"
            settings.PAGE_CACHE_MB = 0
            plain = client.get(asked).content
            settings.PAGE_CACHE_MB = 1
            assert client.get(asked).content == plain, asked
            with django_assert_num_queries(2 if b"entry__title" in plain else 1):
                assert client.get(asked).content == plain, asked


def test_entry_is_drawn_anew_when_its_release_says_something_else(client, settings):
    """Also where somebody writes past everything that tells of it."""
    settings.PAGE_CACHE_MB = 1
    world = World()
    NewsRelease.objects.filter(pk=world.releases[0].pk).update(title="Before", lead="As it was.")
    assert "Before" in client.get("/news/").content.decode()
    for column, words in (("title", "Us &amp; &lt;them&gt;"), ("lead", "As it is.")):
        NewsRelease.objects.filter(pk=world.releases[0].pk).update(**{column: unescape(words)})
        assert words in client.get("/news/").content.decode()


@pytest.mark.parametrize(("operation", "number"), [("rename", 0), ("add", 1), ("redate", NUMBER)])
def test_change_of_one_release_reads_that_one_again(operation, number):
    """And what follows it, where it comes or moves; of related ones too where one has moved."""
    world = World()
    kept()
    getattr(world, operation)(3)
    with CaptureQueriesContext(connection) as statements:
        kept()
    # Generation, stamps, topics and countries of the rows, rows, names of campaigns.
    assert len(statements) == 1 + 1 + 2 + 1 + 1 + number


@pytest.mark.parametrize("days", [-9_999, 9_999])
def test_row_moves_past_one_that_went_without_a_word(days):
    World()
    known = kept()
    keys = list(known.keys)
    gone, moving = (NewsRelease.objects.get(pk=key) for key in keys[2:4][:: 1 if days > 0 else -1])
    NewsRelease.objects.filter(pk=gone.pk).update(state=State.DRAFT)
    moved = moving.released_on + datetime.timedelta(days)
    NewsRelease.objects.filter(pk=moving.pk).update(released_on=moved)
    changing = listing._Changing(known, RELEASES)
    changing.change({moving.pk})
    assert [key for key in changing.keys if key != gone.pk] == [row.pk for row in public()]


def test_what_is_kept_never_shows_what_is_not_public():
    """Also where somebody writes past everything that tells of it."""
    world = World()
    known = kept()
    NewsRelease.objects.filter(pk=world.releases[0].pk).update(state=State.DRAFT)
    read = listing.reader(RELEASES, ("slug",), 20)
    pages = listing.ListingPaginator(read, 20, known, known.everything)
    assert world.releases[0].slug not in {row.slug for row in pages.page(1).object_list}
    assert len(pages.page(1).object_list) == NUMBER - 1


def test_rows_of_no_moment_are_read_by_nobody():
    World()
    with transaction.atomic(), pytest.raises(DatabaseError):
        list(RELEASES.unread)


def test_older_generation_is_asked_of_the_database_and_a_database_put_back_is_read_again():
    world = World()
    known = kept()
    token = remembered.current.set(remembered.Shown(known.generation - 1, 0))
    try:
        assert listing.kept(RELEASES) is None
        assert listing._kept[RELEASES] is known

        listing._kept[RELEASES] = replace(known, made_at=known.made_at - listing.LATE - 1)
        NewsRelease.objects.filter(pk=world.releases[0].pk).update(state=State.DRAFT)
        again = listing.kept(RELEASES)
    finally:
        remembered.current.reset(token)
    assert len(again.keys) == NUMBER - 1


def test_list_that_was_read_ahead_is_not_read_by_the_first_who_comes(monkeypatch):
    World()
    monkeypatch.setattr(listing.connections, "close_all", lambda: None)
    listing.read_ahead(RELEASES)
    with CaptureQueriesContext(connection) as statements:
        assert len(kept().keys) == NUMBER
    assert len(statements) == 1
    assert remembered.current.get() is None


def test_database_that_does_not_answer_stops_nobody_from_serving(monkeypatch, caplog):
    def fail(at):
        raise OperationalError("It is away.")

    monkeypatch.setattr(listing, "look", fail)
    monkeypatch.setattr(listing.connections, "close_all", lambda: None)
    listing.read_ahead(RELEASES)
    assert "news.NewsRelease was not read ahead: It is away." in caplog.text
    assert not listing._kept


def test_nothing_is_kept_where_nobody_knows_the_generation():
    assert listing.kept(RELEASES) is None
    assert not listing._kept


def test_places_behind_what_comes_or_goes_move_by_one():
    """In a small world all rows are related, and read again whatever moved."""
    places = BitMap([0, 2, 3, 7])
    assert list(listing._moved(places, 3, -1, keep=2)) == [0, 2, 6]
    assert list(listing._moved(places, 2, 1, keep=2)) == [0, 3, 4, 8]
    assert listing._moved(places, 9, 1, keep=9) is places
