"""Words side by side are found where they stand so, and nowhere else, however they were saved."""

import random

import pytest
from django.db import connection

from iomsite.search.engines import Fields, engine
from iomsite.search.engines import postgresql as engine_of_postgresql
from iomsite.search.engines.base import Where
from iomsite.search.models import Entry
from iomsite.search.queries import Clause, Query

pytestmark = [pytest.mark.django_db, pytest.mark.own_engine]

WORDS = ["a1", "b2", "c3"]
IS_POSTGRESQL = connection.vendor == "postgresql"
READ = {
    Where.TITLE: ("title",),
    Where.NAMED: ("title", "names"),
    Where.ANYWHERE: Fields._fields[:4],
}


def some(chance, most):
    return [chance.choice(WORDS) for _word in range(chance.randint(0, most))]


def saved(chance, number):
    entries = {}
    for key in range(1, number + 1):
        Entry.objects.create(pk=key, model="x.y", row_id=key)
        entries[key] = Fields(*(some(chance, most) for most in (3, 4, 6, 9)), [])
    save(entries.items())
    return entries


def save(entries):
    engine().save([(Entry(model="x.y", row_id=key), words) for key, words in entries])


def asked(chance):
    def clause():
        first, *others = (
            tuple(some(chance, 5)) or ("a1",) for _phrase in range(chance.randint(1, 2))
        )
        return Clause(first, "", first, others=tuple(others))

    several = [clause() for _clause in range(chance.randint(1, 3))]
    return Query("", tuple(several[:2]), tuple(several[2:]))


def fits(fields, query, where):
    def has(clause, names):
        return any(
            f" {' '.join(words)} " in f" {' '.join(getattr(fields, name))} "
            for words in (clause.stems, *clause.others)
            for name in names
        )

    wanted = all(has(clause, READ[where]) for clause in query.wanted)
    return wanted and not any(has(clause, READ[Where.ANYWHERE]) for clause in query.unwanted)


def compare(chance, entries):
    for _time in range(200):
        query, where = asked(chance), chance.choice([*Where])
        truth = [key for key in entries if fits(entries[key], query, where)][::-1]
        assert engine().find(query, 100, where=where) == truth, (query, where)
        assert engine().find(query, 3, where=where) == truth[:3], (query, where)


def test_phrases_are_found_where_they_stand(monkeypatch):
    chance = random.Random(7)
    entries = saved(chance, 40)
    compare(chance, entries)
    # As all were saved before there were pairs, and what has too many ever will be.
    monkeypatch.setattr(engine_of_postgresql, "MOST_PAIRS", -1)
    save([*entries.items()][::2])
    compare(chance, entries)


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite is asked of another table: test_runs.py.")
def test_pairs_and_triples_are_in_the_index(django_assert_num_queries):
    """Only what has all triples of a longer phrase is looked through."""
    saved(random.Random(7), 40)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM search_entry WHERE {engine_of_postgresql.LOOSE}")
        assert cursor.fetchone() == (0,)
    for words, asked, is_checked in (
        (("a1", "b2"), "'a1 b2'", False),
        (("a1", "b2", "c3"), "'a1 b2' & 'b2 c3' & '+", True),
    ):
        with django_assert_num_queries(1) as captured:
            engine().find(Query("", (Clause(words, "", ()),)), 100)
        sql = captured[0]["sql"].replace("''", "'")
        found_by_index, _union, looked_through = sql.rpartition("UNION ALL")
        assert asked in found_by_index
        assert ("AND words @@" in found_by_index) == is_checked
        assert "NOT words @@ '#runs'" in looked_through.replace("''", "'")


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has the words of triples.")
def test_other_words_of_the_same_number_are_not_found(monkeypatch):
    monkeypatch.setattr(engine_of_postgresql, "crc32", lambda words: 256)
    chance = random.Random(7)
    compare(chance, saved(chance, 40))
