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


def asked(chance, most):
    def clause():
        first, *others = (
            tuple(some(chance, most)) or ("a1",) for _phrase in range(chance.randint(1, 2))
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


def compare(chance, entries, longest=5):
    everywhere = Entry.objects.all()
    for _time in range(200):
        query, where = asked(chance, longest), chance.choice([*Where])
        truth = [key for key in entries if fits(entries[key], query, where)][::-1]
        assert engine().find(query, 100, where=where) == truth, (query, where)
        assert engine().find(query, 100, where=where, within=everywhere) == truth, (query, where)
        assert engine().find(query, 3, where=where) == truth[:3], (query, where)


def test_phrases_are_found_where_they_stand(monkeypatch):
    chance = random.Random(7)
    entries = saved(chance, 40)
    compare(chance, entries)
    # As all were saved before there were pairs, and what has too many ever will be.
    monkeypatch.setattr(engine_of_postgresql, "_pairs", lambda fields: ["a" * 1_000_000])
    save([*entries.items()][::2])
    compare(chance, entries)


@pytest.mark.parametrize("limit", [{"MOST_PLACES": 7}, {"LAST_PLACE": 315}])
def test_phrases_are_found_where_places_are_no_longer_kept(monkeypatch, limit):
    """Up to three words: longer ones are put together from their triples there."""
    for name, value in limit.items():
        monkeypatch.setattr(engine_of_postgresql, name, value)
    chance = random.Random(7)
    compare(chance, saved(chance, 40), longest=3)


@pytest.mark.parametrize("before", [["of"] * 3_000, [f"w{number}" for number in range(17_000)]])
def test_phrase_stands_late_in_a_long_text(before):
    words = ("rule", "of", "law")
    entry = Entry.objects.create(model="x.y", row_id=1)
    fields = Fields(["aid"], [], [], [*before, *words], [])
    engine().save([(entry, fields)])
    phrase = Clause(words, "", words)
    aid = Clause(("aid",), "", ("aid",))
    assert engine().find(Query("", (phrase,)), 9) == [entry.pk]
    assert engine().find(Query("", (aid,), (phrase,)), 9) == []
    other = Clause(("law", "of", "rule"), "", ())
    assert engine().find(Query("", (other,)), 9) == []


@pytest.mark.parametrize("letters", ["ก", "𞤢"])
def test_text_of_more_bytes_than_an_index_takes_is_found_by_what_comes_first(letters):
    """Without spaces between words these are long, and have three or four bytes a letter."""
    chance = random.Random(7)
    alphabet = [chr(ord(letters) + number) for number in range(30)]
    text = ["".join(chance.choices(alphabet, k=40)) for _word in range(9_000)]
    entry = Entry.objects.create(model="x.y", row_id=1)
    engine().save([(entry, Fields(["title"], [], [], text, ["mark"]))])
    for words in (("title",), (text[0],), (text[0], text[1])):
        assert engine().find(Query("", (Clause(words, "", ()),)), 9, marks=["mark"]) == [entry.pk]
    assert engine().find(Query("", (Clause((text[1], text[0]), "", ()),)), 9) == []


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
