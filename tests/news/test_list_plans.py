"""A page of the list of releases is read from its index, from either end, and never sorted."""

import datetime
import re
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from iomsite.formats.paging import FAR, LongPaginator
from iomsite.publishing.states import State
from news.models import NewsRelease

PAGES, LENGTH = 6_000, 20
DAY = datetime.timedelta(days=1)

pytestmark = pytest.mark.django_db


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


def readings_of(page):
    """Of each statement that this page takes: what it found, its plan, how many it passed over."""
    seen = []

    def keep(execute, statement, parameters, many, context):
        seen.append((statement, parameters))
        return execute(statement, parameters, many, context)

    rows = LongPaginator(NewsRelease.objects.published(), LENGTH, "news")
    rows.count = PAGES  # kept for a generation, and not what is asked about here
    with connection.execute_wrapper(keep):
        found = list(rows.page(page).object_list)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        for statement, parameters in seen:
            cursor.execute(f"{explain} {statement}", parameters)
            passed_over = re.search(r"OFFSET (\d+)", statement)
            plan = "\n".join(str(row) for row in cursor.fetchall())
            yield found, plan, int(passed_over[1]) if passed_over else 0


@pytest.mark.usefixtures("long_list")
def test_first_and_last_page_read_the_index_of_the_list_in_its_order():
    last = PAGES // LENGTH
    for page in (1, FAR // LENGTH, last):
        [(found, plan, passed_over)] = readings_of(page)
        assert len(found) == LENGTH
        assert passed_over <= FAR
        assert "newsrelease_listed" in plan, plan
        assert "Sort" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
    slugs = sorted(f"release-{number}" for number in range(PAGES - LENGTH, PAGES))
    assert sorted(row.slug for row in found) == slugs
