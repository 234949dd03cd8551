"""What everybody asks most stays cheap, however many old editions there are."""

import re

import pytest
from django.db import connection

from iomsite.publishing.editions import publishable_models
from news.models import Campaign

# SQLite may also choose the index of the column that tells editions from pages.
INDEX = "campaign_public" if connection.vendor == "postgresql" else "USING INDEX"
PAGES, EDITIONS = (200_000, 500_000) if connection.vendor == "postgresql" else (2_000, 5_000)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("swept")]


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
    own = {"id": "i", "uid": UID, "slug": "'page-' || i", "published_at": MOMENT}
    made = own | different
    columns = ["id", *values]
    words = [made.get(column, "%s") for column in columns]
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")  # so many rows take their time
        cursor.execute(
            f"INSERT INTO news_campaign ({quoted}) SELECT {', '.join(words)} FROM {count}",
            [values[column] for column in columns if column not in made],
        )


MOMENT = (
    "timestamptz '2020-01-01' + i * interval '1 second'"
    if connection.vendor == "postgresql"
    else "datetime('2020-01-01', i || ' seconds')"
)
UID = (
    "lpad(to_hex(i), 32, '0')::uuid" if connection.vendor == "postgresql" else "printf('%%032x', i)"
)


def drop_rules():
    """Until the end of the test: to ask them of each row takes longer than the rest.

    The indexes stay, with the uniqueness that they keep.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname FROM pg_constraint"
                " WHERE contype IN ('c', 'f') AND conrelid = 'news_campaign'::regclass"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE news_campaign DROP CONSTRAINT "{name}"')


def newest():
    return Campaign.objects.published().order_by("-published_at")[:20]


def plan():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_campaign")
    return newest().explain()


def cost(text):
    return float(re.search(r"cost=[\d.]+\.\.([\d.]+)", text)[1])


def test_published_uses_its_index_and_old_editions_cost_nothing(django_assert_num_queries):
    drop_rules()
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


def _definition_of(index):
    """As the database has it; an empty string where there is none of this name."""
    statement = (
        "SELECT indexdef FROM pg_indexes WHERE indexname = %s"
        if connection.vendor == "postgresql"
        else "SELECT sql FROM sqlite_master WHERE name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [index])
        return (cursor.fetchone() or [""])[0]


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model.__name__)
def test_every_kind_of_page_has_this_index_and_uses_it(model):
    index = f"{model._meta.model_name}_public"
    definition = _definition_of(index)
    columns, condition = definition.split(" WHERE ")
    assert "published_at" in columns
    assert "edition_of_id" in condition
    assert "'published'" in condition
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # So few rows are read quicker from the table, or through any index and sorted.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        assert index in model.objects.published().order_by("-published_at")[:20].explain()
