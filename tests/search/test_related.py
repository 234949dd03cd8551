"""What a page leads on to."""

import datetime
import random

import pytest
from django.utils import timezone

from iomsite.publishing import actions, changes
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import Withdrawal
from iomsite.search import related
from iomsite.search.index import rebuild
from iomsite.search.models import Entry, Related, Tag
from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import CountryFactory, ProgrammeFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def malaria():
    return TopicFactory(name="Malaria")


def release(*topics, day=1, **fields):
    row = NewsReleaseFactory(published=True, released_on=datetime.date(2016, 4, day), **fields)
    row.topics.set(topics)
    return row


def told(*rows):
    with locked_ledger():
        changes.settle([(type(row), row.pk) for row in rows])


def related_to(row):
    found = Related.objects.filter(
        entry__model=row._meta.label_lower, entry__row_id=row.pk
    ).select_related("other")
    return [one.other.title for one in found]


def test_rarer_ties_and_nearer_days_come_first(malaria):
    common = TopicFactory(name="Migration")
    page = release(malaria, common, title="Nets", day=20)
    rows = [
        release(common, title="Far", day=1),
        release(common, title="Near", day=19),
        release(malaria, title="Rare", day=1),
        CampaignFactory(published=True, title="Another kind"),
        release(title="Stranger", day=20),
    ]
    rows[3].topics.set([malaria, common])
    told(page, *rows)

    assert related_to(page) == ["Another kind", "Rare", "Near", "Far"]
    assert related_to(rows[4]) == []


def test_it_follows_each_change_and_is_the_same_made_anew(malaria):
    first, second = release(malaria, title="One"), release(malaria, title="Two")
    told(first, second)
    assert (related_to(first), related_to(second)) == (["Two"], ["One"])
    third = release(malaria, title="Three")
    told(third)
    assert set(related_to(first)) == {"Two", "Three"}
    kept = {row: related_to(row) for row in (first, second, third)}
    rebuild()
    assert kept == {row: related_to(row) for row in kept}
    actions.withdraw(second, by=UserFactory(is_superuser=True), kind=Withdrawal.GONE, note="Wrong.")
    assert related_to(first) == ["Three"]


def test_who_loses_one_is_given_the_next(malaria):
    rows = [release(malaria, title=f"{day}", day=day) for day in range(1, 12)]
    told(*rows)
    assert related_to(rows[0]) == [str(day) for day in range(2, 10)]
    actions.withdraw(
        rows[1], by=UserFactory(is_superuser=True), kind=Withdrawal.GONE, note="Wrong."
    )
    assert related_to(rows[0]) == [str(day) for day in range(3, 11)]


def test_page_shows_the_nearest_and_nothing_that_has_expired(malaria, client):
    page = release(malaria, title="Nets", day=10)
    others = [release(malaria, title=f"Other {day}", day=day) for day in (9, 8, 7, 6, 5)]
    others[0].expires_at = timezone.now() + datetime.timedelta(hours=1)
    others[0].save()
    told(page, *others)
    words = client.get(page.get_absolute_url()).content.decode()
    assert [f"Other {day}" in words for day in (9, 8, 7, 6, 5)] == [True] * 4 + [False]
    NewsRelease.objects.filter(pk=others[0].pk).update(expires_at=timezone.now())
    Entry.objects.filter(title="Other 9").update(public_until=timezone.now())
    words = client.get(page.get_absolute_url()).content.decode()
    assert [f"Other {day}" in words for day in (9, 8, 7, 6, 5)] == [False] + [True] * 4


def test_programme_and_release_of_a_country_lead_to_each_other(client):
    country = CountryFactory(published=True, name="Iran")
    work = ProgrammeFactory(published=True, title="Health posts", country=country)
    page = release(title="Kits arrived")
    page.countries.set([country])
    told(page, work)
    assert "Kits arrived" in client.get(work.get_absolute_url()).content.decode()
    assert "Health posts" in related_to(page)


def test_what_is_read_is_bounded(malaria, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(related, "NEAREST", 10)
    rows = [release(malaria, title=f"{day}", day=day) for day in range(1, 29)]
    told(*rows)
    entry = Entry.objects.get(title="20")
    with django_assert_num_queries(1):
        about = list(related._about([(("topic", malaria.slug), (entry.date, entry.date))]))
    assert sorted(date.day for _entry, _facet, _value, date in about) == [*range(10, 29)]
    Related.objects.filter(other=entry.pk).delete()
    with django_assert_num_queries(5):
        related.relate([entry.pk], [])
    assert set(related_to(rows[19])) == {*map(str, range(16, 25))} - {"20"}


@pytest.mark.any_database
@pytest.mark.parametrize("seed", range(3))
def test_who_comes_takes_the_place_that_all_made_anew_would_give(seed, monkeypatch):
    """Where tags weigh the same as before; and the nearest of each are few enough."""
    monkeypatch.setattr(related, "MOST_COUNTED", 1)
    monkeypatch.setattr(related, "AT_ONCE", 7)
    chance = random.Random(seed)
    topics = TopicFactory.create_batch(3)
    rows = []
    for number in range(related.NEIGHBOURS):
        shared = chance.sample(topics, chance.randrange(4))
        if number % 4:
            row = release(*shared, title=f"{number}", day=chance.randrange(1, 28))
        else:
            row = CampaignFactory(published=True, title=f"{number}", date="")
            row.topics.set(shared)
        rows.append(row)
        told(row)
    found = [related_to(row) for row in rows]
    related.relate_all()
    assert found == [related_to(row) for row in rows]
    assert max(map(len, found)) == related.KEPT


@pytest.mark.any_database
def test_page_among_many_of_its_day_knows_what_it_shares(malaria, monkeypatch):
    monkeypatch.setattr(related, "NEAREST", 2)
    rows = [release(malaria, title=f"{number}") for number in range(5)]
    for row in rows:
        told(row)
    assert related_to(rows[-1]) == ["1", "0"]


def test_what_has_no_score_gives_way_to_who_comes(malaria):
    rows = [release(malaria, title=f"{number}") for number in range(related.KEPT + 1)]
    told(*rows)
    own = Related.objects.filter(entry__title="0")
    for order, one in enumerate(own):
        Related.objects.filter(pk=one.pk).update(score=None, order=order)
    before = related_to(rows[0])
    told(release(malaria, title="New"))
    assert related_to(rows[0]) == ["New", *before[:-1]]


@pytest.mark.any_database
def test_many_at_once_are_each_weighed_by_their_own_years(malaria, monkeypatch):
    monkeypatch.setattr(related, "NEAREST", 3)
    days = datetime.date(2001, 1, 1)
    rows = [release(malaria, title=f"{number}") for number in range(40)]
    for number, row in enumerate(rows):
        NewsRelease.objects.filter(pk=row.pk).update(released_on=days.replace(year=2001 + number))
    told(*rows)
    found = {number: related_to(rows[number]) for number in (0, 20, 39)}
    assert found == {0: ["1", "2"], 20: ["21", "19"], 39: ["38", "37"]}
    keys = [Entry.objects.get(title=f"{number}").pk for number in found]
    related.relate(keys[2:], keys[:2])
    assert found == {number: related_to(rows[number]) for number in found}


def test_programme_that_a_release_has_shown_is_not_related_again(client, malaria):
    work = ProgrammeFactory(published=True, title="Health posts")
    other = CampaignFactory(published=True, title="Malaria Day")
    page = release(malaria, title="Nets")
    for row in (work, other):
        row.topics.add(malaria)
    told(page, work, other)
    assert set(related_to(page)) == {"Health posts", "Malaria Day"}
    words = client.get(page.get_absolute_url()).content.decode()
    assert words.count(f'href="{work.get_absolute_url()}"') == 1
    assert words.count(f'href="{other.get_absolute_url()}"') == 1


@pytest.mark.any_database
def test_page_that_the_version_before_has_saved_is_found_when_it_is_saved_again(malaria):
    first, second, third = (release(malaria, title=title) for title in ("One", "Two", "Three"))
    told(first, second)
    Tag.objects.filter(entry__title="Two").update(date=None)
    told(second)
    told(third)
    assert related_to(third) == ["Two", "One"]
