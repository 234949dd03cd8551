"""SQLite's index of words and runs keeps no text, so it must forget exactly what it was told."""

import random
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from iomsite.search.engines import Fields, engine
from iomsite.search.models import Entry
from iomsite.search.queries import parse
from iomsite.search.words import stems

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_engine,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has its words in a row."),
]
titles_apart = import_module("iomsite.search.migrations.0010_titles_apart")
migration = import_module("iomsite.search.migrations.0011_runs_of_words")
WORDS = [f"{letter}{number}" for letter in "abcdé" for number in range(4)]


def rows(statement):
    with connection.cursor() as cursor:
        return cursor.execute(statement).fetchall()


def held():
    """Which entry has which word, as the index has it; a sign alone stands before no word."""
    rows("CREATE VIRTUAL TABLE temp.told USING fts5vocab('main', 'search_runs', 'instance')")
    found = {*rows("SELECT doc, term FROM temp.told WHERE term NOT IN ('^', '=', '~')")}
    rows("DROP TABLE temp.told")
    return found


def expected(entries):
    def runs(words):
        for length in (1, 2, 3):
            for place in range(len(words) - length + 1):
                yield "_".join(words[place : place + length])

    return {
        (key, f"{sign}{word}")
        for key, fields in entries.items()
        for name, signs in (("title", "^="), ("names", "="), ("lead", ""), ("text", ""))
        for sign in ("", *signs)
        for word in runs(getattr(fields, name))
    } | {(key, f"~{mark}") for key, fields in entries.items() for mark in fields.marks}


def fields(chance):
    marks = [f"x{chance.randrange(5)}" for _mark in range(chance.randrange(3))]
    lengths = (4, 5, 9, 30)
    texts = ([chance.choice(WORDS) for _word in range(chance.randrange(most))] for most in lengths)
    return Fields(*texts, marks)


def change(chance, entries):
    """Save an entry, save it anew, delete some, or forget all; as each caller of an engine does."""
    key, what = chance.randrange(1, 12), chance.random()
    if what < 0.7:
        Entry.objects.get_or_create(pk=key, defaults={"model": "x.y", "row_id": key})
        entries[key] = fields(chance)
        engine().save([(Entry(model="x.y", row_id=key), entries[key])])
    elif what < 0.97:
        Entry.objects.filter(pk=key).delete()
        entries.pop(key, None)
    else:
        engine().forget(None)
        Entry.objects.all().delete()
        entries.clear()


def test_index_has_what_the_entries_have_whatever_came_and_went():
    chance, entries = random.Random(2026), {}
    for _time in range(300):
        change(chance, entries)
        assert held() == expected(entries)
        # The version before finds words of titles there.
        assert {key for (key,) in rows("SELECT rowid FROM search_titles")} == {*entries}
    rows("INSERT INTO search_runs(search_runs, rank) VALUES ('integrity-check', 0)")


def made():
    """What the database has of search besides its models."""
    return {
        *rows("SELECT type, name, sql FROM sqlite_master WHERE name LIKE 'search\\_%' ESCAPE '\\'")
    }


def test_way_back_leads_to_what_was_there():
    editor, before = connection.schema_editor(atomic=False), made()
    migration.remove(apps, editor)
    between = made()
    titles_apart.remove(apps, editor)
    titles_apart.add(apps, editor)
    migration.add(apps, editor)
    assert made() == before
    migration.remove(apps, editor)
    assert made() == between != before


def test_database_of_before_gets_the_index_while_the_version_before_saves(monkeypatch):
    chance, entries = random.Random(7), {}
    while len(entries) < 9:
        change(chance, entries)
    editor = connection.schema_editor(atomic=False)
    migration.remove(apps, editor)
    change(chance, entries)  # the triggers of before
    fill = migration._fill
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    monkeypatch.setattr(migration, "_fill", lambda connection: None)
    migration.add(apps, editor)
    for _time in range(20):
        change(chance, entries)  # what has not been filled comes, or goes
    assert held() < expected(entries)
    fill(connection)
    assert held() == expected(entries)
    migration.add(apps, editor)
    assert held() == expected(entries)
    Entry.objects.all().delete()
    assert not held()  # nothing is there twice


@pytest.mark.parametrize("word", ["𞤢𞤣𞤤𞤢𞤥", "a\u19b0b", "ᦠᦱ", "٣٤"])
def test_letters_that_the_database_has_never_heard_of_are_letters(word):
    """SQLite would part words at some vowels of New Tai Lue, which are letters elsewhere."""
    assert stems(f"{word} relief") == [word, "relief"]
    Entry.objects.create(pk=1, model="x.y", row_id=1)
    engine().save([(Entry(model="x.y", row_id=1), Fields([word, "relief"], [], [], [], []))])
    for typed in (word, f'"{word} relief"', f"relief {word}", f"relief -a -{word}b"):
        assert engine().find(parse(typed), 9) == [1], typed
    assert engine().find(parse(f"relief -{word}"), 9) == []
