"""With very many pages a search reads an index, and never all of them."""

import re

import pytest
from django.db import connection

from iomsite.search.engines import engine
from iomsite.search.filters import Tally
from iomsite.search.finding import MOST, find
from iomsite.search.models import CALLED, Entry, Tag
from iomsite.search.queries import parse

IS_POSTGRESQL = connection.vendor == "postgresql"
# SQLite plans the same for fewer, and takes minutes for as many.
PAGES = 200_000 if IS_POSTGRESQL else 20_000

pytestmark = [pytest.mark.django_db, pytest.mark.own_engine, pytest.mark.usefixtures("swept")]


@pytest.fixture
def many():
    """Each page has a word of all, one of a thousandth of them, and one of its own."""
    count = (
        f"generate_series(1, {PAGES}) AS n(i)"
        if IS_POSTGRESQL
        else "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {PAGES}) SELECT i FROM n) AS n"
    )
    words = "'word' || i || ' rare' || (i % 1000) || ' common'"
    entry = "id, model, row_id, kind, title, called, lead, text, names, address, date_words, year"
    values = f"i, 'x.y', i, 'news', {words}, '', '', '', '', '/x/', '', '2016'"
    with connection.cursor() as cursor:
        if IS_POSTGRESQL:
            cursor.execute("SET LOCAL statement_timeout = 0")
            vector = "array_to_tsvector(string_to_array(" + words + ", ' '))"
            cursor.execute(
                f"INSERT INTO search_entry ({entry}, words) SELECT {values}, {vector} FROM {count}"
            )
            known = f"SELECT left(md5(i::text), 12), 1 FROM {count}"
            cursor.execute(f"INSERT INTO search_word (word, pages) {known}")
        else:
            cursor.execute(f"INSERT INTO search_entry ({entry}) SELECT {values} FROM {count}")
            cursor.execute(
                "INSERT INTO search_saved (id, title, names, lead, text, marks)"
                f" SELECT i, {words}, '', '', '', '' FROM {count}"
            )
            known = f"SELECT lower(hex(randomblob(6))), 1 FROM {count}"
            cursor.execute(f"INSERT INTO search_word (word, pages) {known}")
        tags = f"SELECT i, 'called', 'name' || i, '' FROM {count}"
        cursor.execute(f"INSERT INTO search_tag (entry_id, facet, value, label) {tags}")
        cursor.execute("ANALYZE")


def plan(statement, parameters):
    explain = "EXPLAIN" if IS_POSTGRESQL else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}", parameters)
        return "\n".join(str(row) for row in cursor.fetchall())


def plans_of(action):
    """What the database would do for each statement of an action."""
    seen = []

    def keep(execute, statement, parameters, many, context):
        seen.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(keep):
        outcome = action()
    return outcome, [plan(*one) for one in seen]


SCANS = ("Seq Scan on search_", "SCAN search_entry", "SCAN search_word")


def shown(typed):
    """What is found, in order and counted."""
    found = find(typed, exact=True)
    Tally(found.keys)
    return found


def search_reads_its_index():
    for typed, number in (
        ("word17777", 1),
        ("rare77", PAGES // 1_000),
        ("rare78 word77", 0),
        ("common", MOST),
    ):
        found, plans = plans_of(lambda typed=typed: shown(typed))
        assert len(found.keys) == number, typed
        assert found.is_capped == (typed == "common")
        for text in plans:
            assert not any(scan in text for scan in SCANS), text
    assert find("common", exact=True).newest == list(range(PAGES, PAGES - MOST - 1, -1))
    assert find("rare77", exact=True).newest == list(range(PAGES - 923, 0, -1_000))
    text = "\n".join(plans_of(lambda: find("rare77", exact=True))[1])
    assert ("search_entry_newest" if IS_POSTGRESQL else "VIRTUAL TABLE INDEX") in text


def filter_of_very_many_results_asks_for_the_words_once():
    """And not once for each page that the filter leaves, which takes minutes here."""
    chosen = Tag.objects.filter(facet=CALLED, value="name77")
    few = Entry.objects.current().filter(pk__in=chosen.values("entry"))
    keys, plans = plans_of(lambda: engine().find(parse("common"), MOST, within=few))
    assert keys == [77]
    for text in plans:
        assert not any(scan in text for scan in SCANS), text
        assert IS_POSTGRESQL or re.search(r"VIRTUAL TABLE INDEX \d+:M", text), text


def suggestion_and_correction_read_indexes():
    for action in (lambda: engine().starting("c4ca", 8), lambda: engine().near("c4ca4238a0b9", 60)):
        for text in plans_of(action)[1]:
            assert not any(scan in text for scan in SCANS), text


def test_questions_among_very_many_pages_read_indexes(many):
    """One after the other, as it takes long to make so many pages."""
    search_reads_its_index()
    filter_of_very_many_results_asks_for_the_words_once()
    suggestion_and_correction_read_indexes()
