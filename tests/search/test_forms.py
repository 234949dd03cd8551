"""The results of a search, as programs read them."""

import csv
import io

import pytest
from django.utils import timezone
from django.utils.http import urlencode

from iomsite.search.index import rebuild
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import CountryFactory, TopicFactory
from tests.formats import feeds

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    topic = TopicFactory(name="Malaria", slug="malaria")
    rows = [
        NewsReleaseFactory(published=True, title="Kits", lead="With nets."),
        NewsReleaseFactory(published=True, title="Nets"),
        CampaignFactory(published=True, title="Nets for all"),
        CountryFactory(published=True, name="Netland"),
    ]
    rows[1].topics.add(topic)
    for state in ("draft", "scheduled", "expired", "withdrawn", "binned"):
        NewsReleaseFactory(title=f"Nets {state}", **{state: True})
    rebuild()
    return rows


def titles(client, **query):
    return [one["title"] for one in client.get("/search.json", query).json()["items"]]


def test_records_are_the_results_in_their_order(client, site):
    page = client.get("/search/?q=nets").content.decode()
    found = titles(client, q="nets")
    assert sorted(found) == ["Kits", "Nets", "Nets for all"]
    places = [page.index(f'{row.get_absolute_url()}"') for row in by_title(site, found)]
    assert places == sorted(places)
    assert titles(client, q="nets", topic="malaria") == ["Nets"]
    assert titles(client, q="nets", kind="campaign") == ["Nets for all"]
    assert titles(client, q="nothing here") == []
    assert titles(client, q="netz", exact="1") == []


def test_what_the_index_names_too_long_is_not_told(client, site):
    type(site[1]).objects.filter(pk=site[1].pk).update(expires_at=timezone.now())
    assert sorted(titles(client, q="nets")) == ["Kits", "Nets for all"]


def test_feed_leaves_out_what_was_never_published_by_itself(client, site):
    assert "Malaria" in titles(client, q="malaria")
    feed = feeds.read(client.get("/search.atom?q=malaria").content)
    assert [feeds.text(one, "title") for one in feeds.entries(feed)] == ["Nets"]


def by_title(rows, found):
    named = {str(row): row for row in rows}
    return [named[title] for title in found]


def test_page_leads_to_each_form_and_each_form_answers(client, site):
    page = client.get("/search/?q=nets&topic=malaria&utm_source=x").content.decode()
    for ending, media in (("atom", "atom"), ("json", "json"), ("csv", "csv"), ("md", "markdown")):
        query = urlencode({"q": "nets", "topic": "malaria"}).replace("&", "&amp;")
        assert f'href="/search.{ending}?{query}"' in page
        answer = client.get(f"/search.{ending}?q=nets&topic=malaria")
        assert media in answer["Content-Type"]
        words = answer.getvalue().decode()
        assert "Nets" in words
        assert "Nets for all" not in words
    assert "canonical" not in page
    assert client.get("/search/?q=nets", headers={"accept": "application/json"}).json()["items"]


def test_parts_follow_each_other_and_a_table_is_whole(client, site, monkeypatch):
    monkeypatch.setattr("iomsite.search.views.PART", 2)
    first = client.get("/search.json?q=nets").json()
    second = client.get(first["next"]).json()
    assert second["next"] is None
    whole = [one["title"] for one in (*first["items"], *second["items"])]
    assert sorted(whole) == ["Kits", "Nets", "Nets for all"]
    table = client.get("/search.csv?q=nets").getvalue().decode()
    assert len(list(csv.reader(io.StringIO(table)))) == 2 + 3  # names and hashtags above


@pytest.mark.parametrize(
    "query",
    [
        *("", "q=", "q=nets&page=0", "q=nets&page=x", "q=nets&page=9", "q=nets&sort=date"),
        *("q=nets&topic=nothing", "q=nets&q=kits", "q=%00", "q=nets&page=" + "9" * 5000),
        "q=" + "nets+" * 41,
    ],
)
def test_mistake_is_told_to_programs(client, site, query):
    answer = client.get(f"/search.json?{query}")
    assert answer.status_code == 400
    assert answer.json()["title"]


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "[" * 60_000,
        "q=" + "%7B%22a%22%3A" * 5_000,
        "q=nets&" + "&".join(f"topic={number}" for number in range(5_000)),
        "q=nets&" + "&".join(f"x{number}=1" for number in range(900)),
        "q=nets&country=" + "a," * 20_000,
        "q=" + "-" * 50_000 + "&year=" + "9" * 50_000,
    ],
)
@pytest.mark.parametrize("path", ["/search/", "/search.json", "/news/", "/news.json"])
def test_very_much_is_answered_and_bounded(
    client, site, django_assert_max_num_queries, path, query
):
    with django_assert_max_num_queries(40):
        assert client.get(f"{path}?{query}").status_code in (200, 400)


def test_question_is_cut_after_two_hundred_characters(client, site):
    long = "nets " + "x" * 195 + " kits"
    assert len(titles(client, q=long[:4])) == 3
    assert (
        client.get("/search/", {"q": f"{'nets ' * 40} nothing"}).content.decode().count("Nets") > 1
    )
