"""The page of results: what it says, what it costs, and what nobody can break it with."""

import json
import re
from html import unescape

import pytest

from iomsite.search import finding
from iomsite.search.index import rebuild
from tests.factories.news import NewsReleaseFactory, PublicationFactory
from tests.factories.programmes import CountryFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    iran, kenya = (
        CountryFactory(published=True, name=name, slug=name) for name in ("Iran", "Kenya")
    )
    topic = TopicFactory(name="Fever", slug="fever")
    for number in range(3):
        row = NewsReleaseFactory(
            published=True, title=f"Cholera {number}", lead="<b>Clean</b> water"
        )
        row.countries.set([iran, kenya] if number else [iran])
        row.topics.set([topic])
    PublicationFactory(published=True, title="Cholera atlas", date="2019").countries.set([kenya])
    rebuild()


def titles(answer):
    found = re.findall(r'class="entry__link" href="[^"]*">(.*?)</a>', answer.content.decode(), re.S)
    return [unescape(re.sub(r"</?mark>", "", title)).strip() for title in found]


def test_results_are_marked_counted_and_narrowed(world, client):
    answer = client.get("/search/?q=cholera")
    assert len(titles(answer)) == answer.context["total"] == 4
    text = answer.content.decode()
    assert "<mark>Cholera</mark>" in text
    assert "&lt;b&gt;Clean&lt;/b&gt; water" in text
    offered = {
        facet.name: {option.value: option.count for option in facet.options}
        for facet in answer.context["filter"].facets
    }
    assert offered == {
        "kind": {"news": 3, "publication": 1},
        "country": {"Iran": 3, "Kenya": 3},
        "topic": {"fever": 3},
        "year": {"2019": 1, "2016": 3},
    }
    answer = client.get("/search/?q=cholera&country=Kenya&kind=publication&page=9")
    assert titles(answer) == ["Cholera atlas"]
    removes = [choice.remove_url for choice in answer.context["filter"].selected]
    assert removes == ["?q=cholera&country=Kenya", "?q=cholera&kind=publication"]
    assert '<input type="hidden" name="q" value="cholera">' in answer.content.decode()


@pytest.mark.own_engine
def test_page_costs_the_same_however_much_it_shows(world, client, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get("/search/?q=cholera+atlas")
    with django_assert_num_queries(8):  # several are put in order
        client.get("/search/?q=cholera")
    with django_assert_num_queries(5):
        client.get("/search/suggest?q=chol")


def test_of_too_many_the_best_are_shown_and_filters_reach_the_rest(world, client, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 2)
    answer = client.get("/search/?q=cholera")
    assert len(titles(answer)) == 2
    assert "More pages than these hold the words" in answer.content.decode()
    answer = client.get("/search/?q=cholera&year=2019")
    assert titles(answer) == ["Cholera atlas"]


def test_misspelt_word_shows_what_was_meant_and_the_way_back(world, client):
    answer = client.get("/search/?q=colera&country=Iran")
    text = answer.content.decode()
    assert "Showing results for <strong>cholera</strong>" in text
    assert len(titles(answer)) == 3
    back = unescape(re.search(r'href="(\?[^"]*exact=1[^"]*)"', text)[1])
    answer = client.get(f"/search/{back}")
    assert "No page holds “colera”." in answer.content.decode()


def test_nothing_found_leads_somewhere(world, client):
    text = client.get("/search/?q=cholera+xyzzyqq").content.decode()
    assert '<a href="?q=cholera">cholera</a>' in text
    assert "4 results without “xyzzyqq”" in text
    assert client.get("/search/").status_code == 200


def test_suggestions_are_public_words_and_pages(world, client):
    answer = json.loads(client.get("/search/suggest?q=chol").content)["suggestions"]
    assert answer[0] == {"text": "cholera", "url": "/search/?q=cholera", "kind": ""}
    assert {one["kind"] for one in answer[1:]} == {"News", "Publication"}


HOSTILE = [
    '"', "'", "';--", '"""""', "(((((", "a AND", "OR OR", "NOT", "NEAR(a b, 2)", "title:x", "{a}:b",
    "*", "a*", "^a", "-", "--", "- -a", "a:*", "a & | ! <-> b", "\\", "\\'", "%", "_", "\x00",
    "a\x00b", "\u202ecod\u202c", "\ufeff", "\U0001f9ec", "ﷺ", "e" + "\u0301" * 5_000, "x" * 10_240,
    "a " * 5_000, "[" * 4_000, '{"a":' * 2_000, "﷽" * 300, "ß" * 300,
]  # fmt: skip


@pytest.mark.parametrize("address", ["/search/", "/search/suggest"])
def test_nothing_that_is_typed_breaks_it(world, client, address):
    for typed in HOSTILE:
        for also in ({}, {"country": typed, "year": typed, "page": typed, "exact": typed}):
            answer = client.get(address, {"q": typed, **also})
            assert answer.status_code in (200, 400), (typed, answer.status_code)
            assert len(answer.content) < 100_000
    for query in ("q=%00", "q=%ff%fe", "q=a&" + "country=x&" * 900, "&".join(["q=a"] * 900)):
        assert client.get(f"{address}?{query}").status_code in (200, 400)
    assert client.post(address).status_code == 405


def test_codes_are_found_and_not_read(client):
    country = CountryFactory(published=True, name="Türkiye", iso2="TR", iso3="TUR")
    row = NewsReleaseFactory(published=True, title="Kits", lead="")
    row.countries.add(country)
    rebuild()
    words = client.get("/search/?q=TUR").content.decode()
    assert row.get_absolute_url() in words
    (summary,) = re.findall(r'entry__summary">(.*?)</p>', words, re.DOTALL)
    assert " ".join(re.sub("<.*?>", "", summary).split()) == "Türkiye"


def test_filters_that_have_nothing_in_common_can_be_taken_off(world, client):
    answer = client.get("/search/?q=cholera&kind=publication&country=Iran")
    text = answer.content.decode()
    assert answer.context["total"] == 0
    assert "No page holds" not in text
    chosen = [choice.remove_url for choice in answer.context["filter"].selected]
    assert len(chosen) == 2
    assert all(one.replace("&", "&amp;") in text for one in chosen)


def test_long_question_leads_to_forms_that_answer(world, client):
    answer = client.get("/search/", {"q": "cholera " * 40})
    assert answer.context["total"] == 4
    for _form, address in answer.context["forms"]:
        assert client.get(address).status_code == 200, address
