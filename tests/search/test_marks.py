"""What results are narrowed by stands in the index, and gets there in a database of before too."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.http import QueryDict

from iomsite.search import finding, index
from iomsite.search.engines.base import Where
from iomsite.search.filters import EntryFilter
from iomsite.search.models import Entry
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import TopicFactory

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"
migration = import_module("iomsite.search.migrations.0004_mark_entries")
titles_apart = import_module("iomsite.search.migrations.0010_titles_apart")
runs_of_words = import_module("iomsite.search.migrations.0011_runs_of_words")


@pytest.fixture
def releases():
    malaria, cholera = (TopicFactory(name=name, slug=name.lower()) for name in ("Nets", "Wells"))
    for year in (2014, 2015, 2016):
        for topic in (malaria, cholera):
            release = NewsReleaseFactory(
                title=f"Relief {year} for {topic}", released_on=f"{year}-05-01", published=True
            )
            release.topics.add(topic)
    index.rebuild()


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("year=2014", ["Relief 2014 for Nets", "Relief 2014 for Wells"]),
        ("year=2014&topic=wells", ["Relief 2014 for Wells"]),
        ("year=2014&kind=campaign", []),
        ("topic=nobody", []),
    ],
)
def test_of_too_many_the_filters_reach_those_that_are_old(releases, monkeypatch, question, titles):
    monkeypatch.setattr(finding, "MOST", 2)
    found = finding.find("relief")
    assert found.is_capped
    assert {entry.year for entry in found.entries()} == {"2016"}
    narrowing = EntryFilter(QueryDict(question), found.entries())
    entries = found.narrowed(narrowing).entries()
    assert sorted(entry.title for entry in entries) == titles


def test_nobody_finds_a_page_by_its_mark(releases):
    marked = finding.mark("year", "2016")
    assert finding.engine().find(finding.parse("relief"), 10, marks=[marked])
    assert finding.find(marked, exact=True).keys == []


@pytest.mark.own_engine
def test_database_of_before_comes_to_the_index_that_would_be_made(releases, monkeypatch):
    asked = [("year", "2014"), ("topic", "nets"), ("kind", "news")]
    with connection.schema_editor() if not IS_SQLITE else connection.cursor() as editor:
        _take_back(editor)
        assert [_found(one) for one in asked] == [[], [], []]
        migration.mark_entries(apps, connection.schema_editor(atomic=False))
        titles_apart.add(apps, connection.schema_editor(atomic=False))
        runs_of_words.add(apps, connection.schema_editor(atomic=False))
    migrated = [_found(one) for one in asked]
    assert migrated[0]
    named = _titles(finding.engine().find(finding.parse("nets"), 10, where=Where.NAMED))
    index.rebuild()
    assert migrated == [_found(one) for one in asked]
    again = finding.engine().find(finding.parse("nets"), 10, where=Where.NAMED)
    assert named == _titles(again)


def _take_back(editor):
    """The index as the migrations before had it."""
    if IS_SQLITE:
        runs_of_words.remove(apps, connection.schema_editor(atomic=False))
        titles_apart.remove(apps, connection.schema_editor(atomic=False))
        columns = "rowid, title, names, lead, text"
        before = migration.TABLE.replace(", marks", "")
        assert before != migration.TABLE
        editor.execute(f"CREATE TEMP TABLE kept AS SELECT {columns} FROM search_index")
        editor.execute("DROP TRIGGER search_entry_forgotten")
        editor.execute("DROP TABLE search_index")
        editor.execute(before)
        editor.execute(f"INSERT INTO search_index({columns}) SELECT * FROM kept")
        editor.execute("DROP TABLE kept")
        editor.execute(migration.TRIGGER)
    else:
        editor.execute(
            "UPDATE search_entry SET words = ts_delete(words, ARRAY("
            " SELECT lexeme FROM unnest(words) WHERE lexeme LIKE '=%%' OR positions IS NULL))"
        )


def _found(asked):
    try:
        keys = finding.engine().find(finding.parse("relief"), 20, marks=[finding.mark(*asked)])
    except OperationalError:  # SQLite has no such column
        return []
    return _titles(keys)


def _titles(keys):
    return sorted(Entry.objects.filter(pk__in=keys).values_list("title", flat=True))
