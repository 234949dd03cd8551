"""Of very many that fit: which are shown, in what order, and what is counted of them."""

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from iomsite.search import finding
from iomsite.search.engines import engine
from iomsite.search.engines.base import Where, mark
from iomsite.search.filters import Tally
from iomsite.search.finding import find, suggestions
from iomsite.search.index import rebuild
from iomsite.search.models import Entry
from iomsite.search.queries import parse
from iomsite.search.words import tokens, tokens_of
from tests.factories.news import NewsReleaseFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import (
    CountryFactory,
    PartnerFactory,
    RegionFactory,
    TopicFactory,
)


@pytest.fixture
def releases(db):
    """From the oldest on: one by its title, one by a topic, and others by their texts."""
    told = {
        "Clean water now": "Wells.",
        "Wells": "Pipes.",
        "Older": "The clean water of a river.",
        "Newer": "No water is as clean, and clean water is rare.",
        "Newest": "Now there is clean water.",
    }
    for day, (title, body) in enumerate(told.items(), 1):
        row = NewsReleaseFactory(
            published=True,
            title=title,
            lead="",
            body=f"<p>{body}</p>",
            released_on=f"2014-05-0{day}",
        )
        if title == "Wells":
            row.topics.add(TopicFactory(name="Clean water", slug="clean-water"))
    rebuild()
    Entry.objects.exclude(kind="news").delete()


def titles(keys):
    entries = Entry.objects.in_bulk(keys)
    return [entries[key].title for key in keys]


@pytest.mark.parametrize("typed", ["ira", "Iran", "irn", "Islamic rep", "Islamic republic of "])
def test_country_of_that_name_is_suggested_before_what_is_newer(db, typed):
    country = CountryFactory(
        published=True, name="Iran", iso3="IRN", aliases="Islamic Republic of Iran"
    )
    CountryFactory(published=False, name="Iraq", iso3="IRQ")
    for number in range(10):
        NewsReleaseFactory(published=True, title=f"Iran, Islamic Republic of, {number}")
    rebuild()
    _words, pages = suggestions(typed)
    assert pages[0].title == country.name
    assert len(pages) == len({page.pk for page in pages}) <= 8
    assert "Iraq" not in [page.title for page in pages]


@pytest.mark.parametrize("most", [200, 2])
@pytest.mark.parametrize("typed", ["Iran", "IRN", "Islamic Republic of Iran", "the Iran"])
def test_what_is_called_so_comes_first_however_much_else_fits(db, monkeypatch, typed, most):
    country = CountryFactory(
        published=True,
        name="Iran",
        iso3="IRN",
        aliases="Islamic Republic of Iran",
        lead="Of clinics, and of much else besides. " * 20,
    )
    for name in ("Government of Iran", "Ministry of Health (Iran)"):
        NewsReleaseFactory(published=True).partners.add(PartnerFactory(name=name))
    for number in range(3):
        NewsReleaseFactory(published=True, title=f"Iran, Iran, {number}", lead="")
    rebuild()
    monkeypatch.setattr(finding, "MOST", most)
    found = find(typed)
    assert found.is_capped == (most == 2)
    first = titles(found.keys)[0]
    assert (first, len(found.keys)) == (country.name, min(most, 8))
    without = find(f"{typed} -clinics").keys
    assert country.name not in titles(without)


@pytest.mark.parametrize("typed", ["Malaria", "southern Africa", "our work"])
def test_topic_region_or_page_of_that_title_comes_first(db, typed):
    topic, words = TopicFactory(name="Malaria"), "In words. " * 20
    region = RegionFactory(name="Southern Africa", lead=words, published=True)
    country = CountryFactory(published=True, region=region)
    PageFactory(slug="our-work", title="Our work", published=True, lead=words)
    for number in range(3):
        title = f"Malaria, Southern Africa, our work {number}"
        release = NewsReleaseFactory(published=True, title=title, lead=f"{title}. {title}.")
        release.topics.add(topic)
        release.countries.add(country)
    rebuild()
    assert titles(find(typed).keys)[0].lower() == typed.lower()
    assert suggestions(typed)[1][0].title.lower() == typed.lower()


@pytest.mark.parametrize(
    ("typed", "most", "expected"),
    [
        ("clean water", 4, ["Clean water now", "Wells", "Newest", "Newer"]),
        ('"clean water"', 4, ["Clean water now", "Wells", "Newest", "Newer"]),
        ('"clean water" -wells', 2, ["Newest", "Newer"]),
        ('"water now"', 1, ["Clean water now"]),
        ("water", 1, ["Clean water now"]),
    ],
)
def test_first_by_title_then_by_names_then_the_newest(releases, monkeypatch, typed, most, expected):
    monkeypatch.setattr(finding, "MOST", most)
    assert titles(find(typed).keys) == expected


def test_few_are_ranked(releases):
    assert titles(find("clean water").keys)[0] == "Clean water now"
    assert titles(find("river water").keys) == ["Older"]


@pytest.mark.django_db
@pytest.mark.own_engine
def test_a_word_tells_more_of_a_short_text_and_if_it_comes_again():
    for title, body in (
        ("Often", "<p>A vaccine, a vaccine, a vaccine.</p>"),
        ("Short", "<p>A vaccine.</p>"),
        ("Long", "<p>A vaccine.</p>" + "<p>Some other words.</p>" * 40),
    ):
        NewsReleaseFactory(title=title, body=body, published=True)
    rebuild()
    assert titles(find("vaccine").keys) == ["Often", "Short", "Long"]


@pytest.mark.parametrize("where", Where)
@pytest.mark.parametrize("typed", ["clean", "clean water", '"clean water"', "clean -river"])
def test_the_newest_come_first_wherever_the_words_are(releases, where, typed):
    keys = engine().find(parse(typed), 5, where=where)
    assert keys == sorted(keys, reverse=True)
    assert set(keys) <= set(engine().find(parse(typed), 5))
    assert engine().find(parse(typed), 1, where=where) == keys[:1]
    year = [mark("year", "2014")]
    for of_one_time in (True, False):
        found = engine().find(parse(typed), 5, where=where, marks=year, of_one_time=of_one_time)
        assert found == keys


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Places are PostgreSQL's.")
@pytest.mark.own_engine
def test_none_is_passed_over_or_found_twice_between_places(releases):
    """Wherever the places of all sizes end."""
    for first in (1, 1_000, 4_090, 16_380, 65_530, 200_000):
        Entry.objects.all().delete()
        with connection.cursor() as cursor:
            for key in range(first, first + 3_000, 7):
                cursor.execute(
                    "INSERT INTO search_entry (id, model, row_id, kind, title, called, lead, text,"
                    " names, address, date_words, year, words) VALUES (%s, 'x.y', %s, 'news', '',"
                    " '', '', '', '', '', '', '', '''clean'':1A'::tsvector)",
                    [key, key],
                )
        for where in (Where.TITLE, Where.ANYWHERE):
            for most in (1, 100, 1_000):
                keys = list(range(first, first + 3_000, 7))[::-1][:most]
                assert engine().find(parse("clean"), most, where=where) == keys


@pytest.mark.own_engine
def test_nothing_is_ranked_to_be_left_out_again(
    releases, client, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(finding, "MOST", 2)
    with django_assert_num_queries(9):
        client.get("/search/?q=water")
    with django_assert_num_queries(9):
        client.get("/search/?q=water&year=2014")


def test_what_has_expired_is_not_counted(releases):
    keys = find("water").keys
    gone = Entry.objects.get(title="Wells")
    assert Tally(keys).options("topic", {}) == [("clean-water", "Clean water", 1)]
    Entry.objects.filter(pk=gone.pk).update(public_until=timezone.now())
    tally = Tally(keys)
    assert tally.options("topic", {}) == []
    assert tally.options("kind", {"year": "2014"}) == [("news", "News", 4)]
    assert sorted(tally.few({"year": "2014"})) == sorted(set(keys) - {gone.pk})
    assert tally.few({"topic": "clean-water"}) == tally.few({"year": "1999"}) == []


def test_programs_reach_the_rest_by_filters(releases, client, monkeypatch):
    NewsReleaseFactory(published=True, title="Water of old", released_on="2001-01-01")
    rebuild()
    monkeypatch.setattr(finding, "MOST", 2)
    found = client.get("/search.json", {"q": "water", "year": "2001"}).json()["items"]
    assert [one["title"] for one in found] == ["Water of old"]
    assert client.get("/search.json", {"q": "water", "year": "1999"}).status_code == 400


def test_pages_that_are_called_so_are_suggested_first(releases):
    _words, pages = suggestions("clean wat")
    assert [page.title for page in pages] == ["Clean water now", "Wells"]
    _words, pages = suggestions("clean ")
    assert [page.title for page in pages] == ["Clean water now", "Wells"]


@given(
    st.text("abA éß’'-.\n\u00a0\u0301½", max_size=80),
    st.sets(st.sampled_from(["a", "b", "ab", "ss"])),
)
def test_words_of_some_stems_are_those_of_all(text, wanted):
    assert [*tokens_of(text, wanted)] == [one for one in tokens(text) if one.stem in wanted]
