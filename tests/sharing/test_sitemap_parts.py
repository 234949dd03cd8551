"""The parts of a sitemap: the last is read like the first, and each holds something."""

import re
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from iomsite.publishing.states import State
from iomsite.sharing.sitemaps import PageSitemap
from news.models import NewsRelease

PAGES, IN_A_PART = 3_000, 100

pytestmark = pytest.mark.django_db


@pytest.fixture
def releases(monkeypatch):
    """One page in ten is a draft; the keys of a part in the middle belong to nobody."""
    monkeypatch.setattr(PageSitemap, "limit", IN_A_PART)
    now = timezone.now()
    made = [
        NewsRelease(
            pk=number,
            slug=f"release-{number}",
            uid=uuid.UUID(int=number),
            title="A release",
            lead="Words " * 40,
            released_on=now.date(),
            published_at=now if number % 10 else None,
            state=State.PUBLISHED if number % 10 else State.DRAFT,
        )
        for number in range(1, PAGES + 1)
        if not IN_A_PART < number <= 2 * IN_A_PART
    ]
    NewsRelease.objects.bulk_create(made, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_newsrelease")
    return [row for row in made if row.state == State.PUBLISHED]


def addresses_in(client, address):
    return re.findall("<loc>http://testserver(.*?)</loc>", client.get(address).text)


def test_parts_name_each_page_once_and_none_is_empty(client, releases):
    parts = [part for part in addresses_in(client, "/sitemap.xml") if "newsrelease" in part]
    assert len(parts) == PAGES // IN_A_PART - 1
    assert client.get("/sitemap-newsrelease.xml?p=2").status_code == 404
    found = [address for part in parts for address in addresses_in(client, part)]
    assert sorted(found) == sorted(row.get_absolute_url() for row in releases)


def test_last_part_reads_its_range_of_keys_and_passes_nothing_over(client, releases):
    for part in (1, PAGES // IN_A_PART):
        seen = []

        def keep(execute, statement, parameters, many, context, seen=seen):
            seen.append((statement, parameters))
            return execute(statement, parameters, many, context)

        with connection.execute_wrapper(keep):
            assert len(addresses_in(client, f"/sitemap-newsrelease.xml?p={part}")) == 90
        assert len(seen) == 3  # what is due, how far the parts go, the addresses
        statement, parameters = seen[-1]
        assert "OFFSET" not in statement
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        with connection.cursor() as cursor:
            cursor.execute(f"{explain} {statement}", parameters)
            plan = "\n".join(str(row) for row in cursor.fetchall())
        assert "newsrelease_pkey" in plan or "PRIMARY KEY (rowid>? AND rowid<?)" in plan, plan


@pytest.mark.parametrize("part", ["0", "31", "-1", "x", "9" * 400, "%00", "1.5", ""])
def test_part_that_is_not_there_is_told(client, releases, part):
    assert client.get(f"/sitemap-newsrelease.xml?p={part}").status_code in (400, 404)
