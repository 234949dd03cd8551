"""Long lists behind the scenes: counted by an index, and turned from either end."""

import datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iomsite.publishing import lists
from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import CountryFactory

pytestmark = pytest.mark.django_db
LIST = "admin:news_newsrelease_changelist"


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(role="publisher"))
    return client


@pytest.fixture
def pages():
    """Slugs of their own, in which a search for a number finds that number alone."""
    days = [datetime.date(2010 + n // 3, 1 + n, 1) for n in range(11)]
    return [
        NewsReleaseFactory(released_on=day, title=f"No. {n}", slug=f"no-{n}")
        for n, day in enumerate(days)
    ]


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(admin.site.get_model_admin(NewsRelease), "list_per_page", 3)


def shown(client, **asked):
    answer = client.get(reverse(LIST), asked)
    return [row.title for row in answer.context_data["cl"].result_list], answer


def test_pages_of_a_list_are_the_same_from_either_end(staff, pages, few):
    whole = list(NewsRelease.objects.order_by("-released_on", "slug", "-pk"))
    for order in ({}, {"o": "1"}, {"o": "-1"}):
        if order:
            whole = sorted(pages, key=lambda page: page.title, reverse=order["o"] == "-1")
        found = [shown(staff, p=number, **order)[0] for number in range(1, 5)]
        assert sum(found, []) == [page.title for page in whole]
        assert [len(some) for some in found] == [3, 3, 3, 2]


def test_a_list_that_was_narrowed_is_counted_as_far_as_somebody_looks(
    staff, pages, few, monkeypatch
):
    monkeypatch.setattr(lists, "MOST_FOUND", 5)
    titles, answer = shown(staff, q="No.")
    assert (answer.context_data["cl"].result_count, len(titles)) == (5, 3)
    assert "There are more: narrow the list" in answer.content.decode()
    assert "Show all" in answer.content.decode()
    titles, answer = shown(staff, q="No. 10")
    assert titles == ["No. 10"]
    assert "There are more" not in answer.content.decode()
    assert shown(staff)[1].context_data["cl"].result_count == 11
    assert "11 total" in shown(staff, kind__exact="message")[1].content.decode()


def test_years_months_and_days_are_offered_without_asking_each_page(staff, pages):
    with CaptureQueriesContext(connection) as queries:
        html = shown(staff)[1].content.decode()
    assert not [one for one in queries if "date_trunc" in one["sql"].lower()]
    assert all(f"?released_on__year={year}" in html for year in (2010, 2011, 2012, 2013))
    assert "released_on__year=2014" not in html
    months = shown(staff, released_on__year=2010)[1].content.decode()
    assert "released_on__month=12&amp;released_on__year=2010" in months
    days = shown(staff, released_on__year=2012, released_on__month=2)[1].content.decode()
    assert "released_on__day=29" in days
    assert "released_on__day=30" not in days
    for odd in ({"released_on__month": 13}, {"released_on__month": 1, "released_on__day": 1}):
        answer = staff.get(reverse(LIST), {"released_on__year": 2010, **odd})
        assert answer.status_code in (200, 302)


def test_filter_offers_what_the_list_refers_to(staff, pages):
    used, unused = CountryFactory(published=True), CountryFactory(published=True)
    pages[0].countries.set([used])
    html = shown(staff)[1].content.decode()
    assert f"countries__id__exact={used.pk}" in html
    assert f"countries__id__exact={unused.pk}" not in html


@pytest.mark.parametrize("end", [{}, {"p": "4"}])
@pytest.mark.parametrize(("order", "index"), [({}, "desk"), ({"o": "1"}, "titled")])
def test_each_end_of_a_list_is_read_in_its_order_by_an_index(staff, pages, few, end, order, index):
    with CaptureQueriesContext(connection) as queries:
        shown(staff, **end, **order)
    asked = [one["sql"] for one in queries if 'FROM "news_newsrelease"' in one["sql"]]
    counts = [sql for sql in asked if "COUNT(*)" in sql]
    [rows] = [sql for sql in asked if "LIMIT 3" in sql or "LIMIT 2" in sql]
    assert len(counts) == 1
    for sql, is_covered, used in ((rows, False, index), (counts[0], True, "")):
        plan = _plan(sql)
        assert f"newsrelease_{used}" in plan
        assert "SORT" not in plan.upper().replace("SORT_", "")
        assert "TEMP B-TREE" not in plan
        if is_covered and connection.vendor == "sqlite":
            assert "COVERING INDEX" in plan


def _plan(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())
