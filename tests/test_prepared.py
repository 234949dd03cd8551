"""A prepared statement asks and answers as the queryset that it was made of."""

import datetime

import pytest
from django.db.models import BigAutoField, DateTimeField
from django.utils import timezone

from iomsite.prepared import Given, Prepared, columns_of, made_of
from iomsite.publishing.states import State
from news.models import NewsRelease
from tests.factories.news import NewsReleaseFactory

pytestmark = pytest.mark.django_db
COLUMNS = ("pk", "slug", "state", "published_at", "released_on")
WHOLE = columns_of(NewsRelease)
AT = Given("at", DateTimeField())
KEYS = [Given("keys", BigAutoField(), place) for place in range(3)]


def test_prepared_statement_finds_what_the_queryset_does(django_assert_num_queries):
    keys = [row.pk for row in NewsReleaseFactory.create_batch(3, published=True)]
    made = []

    def public(at=AT, some=KEYS):
        made.append(at)
        return NewsRelease.objects.published(at).filter(pk__in=some).values_list(*COLUMNS)

    ask = Prepared(public)
    now = timezone.now()
    for moment in (now, now - datetime.timedelta(days=36_500)):
        with django_assert_num_queries(1):
            found = ask(at=moment, keys=keys)
        assert found == list(public(moment, keys))
        assert found or moment < now
    NewsRelease.objects.filter(pk=keys[1]).update(state=State.DRAFT)
    assert {key for key, *_rest in ask(at=now, keys=keys)} == {keys[0], keys[2]}
    assert made.count(AT) == 1


def test_whole_row_is_what_a_queryset_makes_of_it():
    release = NewsReleaseFactory(published=True)
    ask = Prepared(lambda: NewsRelease.objects.filter(pk=KEYS[0]).values_list(*WHOLE, "slug"))
    (row,) = ask(keys=[release.pk])
    found, asked = made_of(NewsRelease, row), NewsRelease.objects.get(pk=release.pk)
    assert [getattr(found, name) for name in WHOLE] == [getattr(asked, name) for name in WHOLE]
    assert (found, found._state.adding, found._state.db) == (asked, False, asked._state.db)
    assert row[-1] == release.slug
