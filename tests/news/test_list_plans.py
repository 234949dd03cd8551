"""The list of releases is read in its order from its index, and never sorted."""

import datetime
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from iomsite import listing
from iomsite.publishing.states import State
from news.filters import RELEASES
from news.models import NewsRelease

PAGES, LENGTH = 6_000, 20
DAY = datetime.timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("swept")]


@pytest.fixture
def long_list():
    """One page in ten has an earlier edition, which no list may cost more for."""
    now = timezone.now()
    pages = [_release(number, now) for number in range(PAGES)]
    NewsRelease.objects.bulk_create(pages, batch_size=500)
    earlier = [
        _release(number, now, edition_of=page, edition=2, state=State.SUPERSEDED)
        for number, page in enumerate(pages[::10])
    ]
    NewsRelease.objects.bulk_create(earlier, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_newsrelease")


def _release(number, now, **different):
    return NewsRelease(
        **{
            "slug": f"release-{number}",
            "uid": uuid.UUID(int=number + 1),
            "title": "A release",
            "lead": "Words " * 40,
            "released_on": (now - number * DAY / 4).date(),
            "published_at": now - number * DAY / 4,
            "state": State.PUBLISHED,
        }
        | different
    )


def plan_of(rows):
    sql, parameters = rows.query.sql_with_params()
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", parameters)
        return "\n".join(str(row) for row in cursor.fetchall())


def part_of_the_list_and_what_follows_a_release_read_the_index_in_its_order():
    public = NewsRelease.objects.published()
    middle = public[PAGES // 2]
    for rows in (public[:LENGTH], public.filter(middle.stands_before())[:1]):
        plan = plan_of(rows)
        assert "newsrelease_in_order" in plan or "newsrelease_desk" in plan, plan
        assert "Sort" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def listing_reads_its_rows_from_an_index_alone():
    """A page is long, and at 200,000 of them they fill gigabytes. PostgreSQL does so with tables
    that it has vacuumed, which no test has.
    """
    if connection.vendor == "postgresql":
        return
    plan = plan_of(NewsRelease.objects.published().values_list("pk", *RELEASES.columns))
    assert "COVERING INDEX newsrelease_in_order" in plan, plan


def page_anywhere_is_read_by_its_keys(django_assert_num_queries):
    known = listing._read(1, RELEASES)
    read = listing.reader(RELEASES, ("slug",), LENGTH)
    pages = listing.ListingPaginator(read, LENGTH, known, known.everything)
    for number in (1, pages.num_pages // 2, pages.num_pages):
        with django_assert_num_queries(1):
            page = pages.page(number)
        start = (number - 1) * LENGTH
        expected = NewsRelease.objects.published()[start : start + LENGTH]
        assert [row.pk for row in page.object_list] == [row.pk for row in expected]
    plan = plan_of(NewsRelease.objects.published().order_by().filter(pk__in=list(known.keys[:20])))
    assert "SCAN" not in plan.upper() or "INDEX SCAN" in plan.upper(), plan
    assert "SEQ SCAN" not in plan.upper(), plan


@pytest.mark.usefixtures("long_list")
def test_a_long_list_is_read_by_its_indexes(django_assert_num_queries):
    """One after the other, as it takes long to make so many pages."""
    part_of_the_list_and_what_follows_a_release_read_the_index_in_its_order()
    listing_reads_its_rows_from_an_index_alone()
    page_anywhere_is_read_by_its_keys(django_assert_num_queries)
