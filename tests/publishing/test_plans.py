"""What everybody asks most stays cheap, however many old editions there are."""

import re

import pytest
from django.db import connection

from news.models import Campaign

# SQLite may also choose the index of the column that tells editions from pages.
INDEX = "campaign_public" if connection.vendor == "postgresql" else "USING INDEX"
PAGES, EDITIONS = (200_000, 500_000) if connection.vendor == "postgresql" else (2_000, 5_000)

pytestmark = pytest.mark.django_db


def fill(number, first, **different):
    """Insert rows by one statement, each like a published campaign of its own slug."""
    count = (
        f"generate_series({first}, {first + number - 1}) AS n(i)"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {first + number - 1}) SELECT i FROM n) AS n"
    )
    pattern = Campaign(slug="x", title="A campaign", kind="campaign", state="published")
    fields = [field for field in Campaign._meta.concrete_fields if field.name != "id"]
    values = {
        field.column: field.get_db_prep_save(getattr(pattern, field.attname), connection)
        for field in fields
    }
    made = {"id": "i", "slug": "'page-' || i", "published_at": MOMENT, **different}
    columns = ["id", *values]
    words = [made.get(column, "%s") for column in columns]
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO news_campaign ({quoted}) SELECT {', '.join(words)} FROM {count}",
            [values[column] for column in columns if column not in made],
        )


MOMENT = (
    "timestamptz '2020-01-01' + i * interval '1 second'"
    if connection.vendor == "postgresql"
    else "datetime('2020-01-01', i || ' seconds')"
)


def newest():
    return Campaign.objects.published().order_by("-published_at")[:20]


def plan():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_campaign")
    return newest().explain()


def cost(text):
    return float(re.search(r"cost=[\d.]+\.\.([\d.]+)", text)[1])


def test_published_uses_its_index_and_old_editions_cost_nothing(django_assert_num_queries):
    fill(PAGES, 1)
    before = plan()
    assert INDEX in before
    fill(
        EDITIONS,
        PAGES + 1,
        state="'superseded'",
        superseded_at=MOMENT,
        edition_of_id=f"1 + i %% {PAGES}",
        edition="i",
    )
    after = plan()
    assert INDEX in after
    assert Campaign.objects.count() == PAGES + EDITIONS
    if connection.vendor == "postgresql":
        assert cost(after) <= cost(before) * 1.2
    with django_assert_num_queries(1):
        assert len(newest()) == 20
