"""What an address says in its other forms, and to whom."""

import csv
import datetime
import io
import json
import re

import pytest
from django.test import Client

from iomsite.formats.addresses import parted, with_ending
from iomsite.formats.answers import problem
from iomsite.publishing import actions, redirects
from iomsite.publishing.states import Withdrawal
from iomsite.richtext.sanitise import reference
from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    GoalFactory,
    ObjectiveFactory,
    ProgrammeFactory,
    TopicFactory,
)
from tests.factories.publishing import LONG_AGO, SourceFactory

from . import feeds

pytestmark = pytest.mark.django_db

MEDIA = {
    "atom": "application/atom+xml",
    "json": "application/json",
    "csv": "text/csv",
    "md": "text/markdown",
}
SITE = "http://testserver"


def media_of(response):
    return response["Content-Type"].partition(";")[0]


def lines(response):
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def release():
    """One with all that a record can tell, tied to what is public and to what is not."""
    mozambique = CountryFactory(
        slug="mozambique", name="Mozambique", iso2="MZ", iso3="MOZ", m49="508", published=True
    )
    figure = FigureFactory(label="member states", value=175, scope="IOM", published=True)
    figure.sources.add(SourceFactory(title="Constitution"))
    draft = NewsReleaseFactory(slug="draft", title="Hidden draft")
    hidden = reference("news.newsrelease", draft.uid)
    release = NewsReleaseFactory(
        slug="malaria",
        title="=End *malaria* <now> & for good",
        lead="A \x0blead.",
        published=True,
        first_published_at=LONG_AGO - datetime.timedelta(days=9),
        campaign=CampaignFactory(title="Malaria Day", published=True),
        body=f'<p>See <a href="/news/">all</a> and <a href="{hidden}">that</a>.</p>'
        "<ul><li>One</li><li><strong>Two</strong></li></ul>",
    )
    release.countries.set([mozambique, CountryFactory(name="Hidden land")])
    release.topics.add(TopicFactory(name="Malaria"))
    release.sources.add(SourceFactory(title="Listing"))
    shown = PhotoFactory(with_file=True, published=True, caption="A net", credit_person="Ann Lee")
    ReleasePhotoFactory(release=release, photo=shown, alt_text="Nets")
    ReleasePhotoFactory(release=release, photo=PhotoFactory(with_file=True, caption="Hidden net"))
    return release


def test_json_tells_all_that_is_public_of_a_page(client, release):
    response = client.get("/news/2016/malaria.json")
    record = response.json()
    assert record["id"] == f"urn:uuid:{release.uid}"
    assert record["type"] == "release"
    assert record["address"] == f"{SITE}/news/2016/malaria/"
    assert record["language"] == "en-gb"
    assert record["date"] == {"value": "2016-04-25", "precision": "day", "words": "25 April 2016"}
    assert record["published"] == release.first_published_at.isoformat().replace("+00:00", "Z")
    assert record["updated"] == release.published_at.isoformat().replace("+00:00", "Z")
    assert [(one["name"], one["iso3"]) for one in record["countries"]] == [("Mozambique", "MOZ")]
    assert [one["name"] for one in record["topics"]] == ["Malaria"]
    assert [one["name"] for one in record["belongs_to"]] == ["Malaria Day"]
    assert [one["title"] for one in record["sources"]] == ["Listing"]
    (picture,) = record["pictures"]
    assert picture["address"].startswith(f"{SITE}/media/renditions/")
    assert (picture["width"], picture["height"]) == (400, 300)
    assert (picture["caption"], picture["credit"]) == ("A net", "© IOM/Ann Lee")
    (section,) = record["sections"]
    assert f'<a href="{SITE}/news/">all</a>' in section["html"]
    assert section["text"] == "See all and that.\n\nOne\nTwo"
    assert "Hidden" not in response.text
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_list_is_called_by_its_filters_in_every_form(client, release):
    asked = "?country=mozambique&year=2016"
    called = "News: 2016, Mozambique"
    feed = feeds.read(client.get(f"/news.atom{asked}").content)
    assert feeds.text(feed, "title") == called
    assert client.get(f"/news.json{asked}").json()["title"] == called
    assert client.get(f"/news.md{asked}").text.startswith(f"# {called}\n")
    assert f"<title>{called} · " in client.get(f"/news/{asked}").text
    assert "<title>News · " in client.get("/news/?country=nowhere").text
    assert client.get("/news.json").json()["title"] == "News"


def test_atom_is_valid_and_carries_picture_credit_and_categories(client, release):
    feed = feeds.read(client.get("/news.atom?country=mozambique").content)
    (entry,) = feeds.entries(feed)
    assert feeds.text(feed, "updated") == feeds.text(entry, "updated")
    assert feeds.text(entry, "published") < feeds.text(entry, "updated")
    assert feeds.text(entry, "title") == release.title
    assert feeds.text(entry, "summary") == "A lead."
    assert feeds.text(entry, "content").startswith("<p>A \x0blead.</p>".replace("\x0b", ""))
    terms = {(one.get("scheme"), one.get("term")) for one in entry.findall(f"{feeds.ATOM}category")}
    assert ("urn:iomsite:countries", "MOZ") in terms
    assert ("urn:iomsite:topics", "Malaria") in terms
    picture = entry.find(f"{feeds.MEDIA}content")
    assert picture.findtext(f"{feeds.MEDIA}credit") == "© IOM/Ann Lee"
    assert picture.findtext(f"{feeds.MEDIA}description") == "A net"
    alone = client.get("/news/2016/malaria.atom")
    assert alone["Content-Type"] == "application/atom+xml;type=entry; charset=utf-8"
    assert feeds.text(feeds.read(alone.content), "id") == feeds.text(entry, "id")
    CampaignFactory(slug="no-words", lead="", body="", published=True)
    wordless = feeds.read(client.get("/news/campaigns/no-words.atom").content)
    assert wordless.find(f"{feeds.ATOM}content") is None
    empty = feeds.read(client.get("/data-and-research/publications.atom").content)
    assert feeds.entries(empty) == []


def test_csv_has_tags_and_no_formula(client, release):
    heads, tags, row = lines(client.get("/news.csv"))
    cells = dict(zip(tags, row, strict=True))
    assert len(heads) == len(set(tags)) == len(tags)
    assert cells["#meta+title"] == f"'{release.title}"
    assert cells["#country+code+v_iso3+list"] == "MOZ"
    assert cells["#country+name+list"] == "Mozambique"
    assert cells["#subject+topic+list"] == "Malaria"
    assert cells["#date"] == "2016-04-25"
    assert cells["#meta+picture+credit"] == "© IOM/Ann Lee"
    assert client.get("/news.csv").getvalue().startswith(b"\xef\xbb\xbf")
    own = lines(client.get("/where-we-work/countries/mozambique.csv"))
    assert dict(zip(own[1], own[2], strict=True))["#country+code+v_iso3+list"] == "MOZ"


def test_markdown_means_what_was_written(client, release):
    text = client.get("/news/2016/malaria.md").text
    assert text.startswith("# =End \\*malaria\\* \\<now\\> & for good\n")
    assert f"See [all](<{SITE}/news/>) and that." in text
    assert "\n- One\n- **Two**" in text
    assert f"- Countries: [Mozambique](<{SITE}/where-we-work/countries/mozambique/>)" in text
    assert "![Nets](<" in text
    assert "A net, © IOM/Ann Lee" in text
    listed = client.get("/news.md").text
    assert listed.startswith("# News\n")
    assert "\n## =End" in listed


def test_parts_of_a_programme_and_figures_with_their_sources_are_told(client):
    figure = FigureFactory(label="clinics", value=12, unit="", scope="Iran", published=True)
    figure.sources.add(SourceFactory(title="Report"))
    programme = ProgrammeFactory(slug="health", kind="project", body="Context.", published=True)
    programme.figures.set([figure, FigureFactory(label="hidden")])
    ObjectiveFactory(programme=programme, text="To heal.")
    goal = GoalFactory(slug="goal", framework="sdg", code="3")
    GoalFactory(slug="target", framework="sdg-target", code="3.8", parent=goal)
    programme.goals.add(goal)
    record = client.get("/our-work/programmes/health.json").json()
    assert [(one["title"], one["text"]) for one in record["sections"]] == [
        ("", "Context."),
        ("Objective", "To heal."),
    ]
    (told,) = record["figures"]
    assert (told["label"], told["sources"][0]["title"]) == ("clinics", "Report")
    assert len(record["goals"]) == 1
    listed = client.get("/2030-agenda/goals/goal.json").json()
    assert listed["published"] is listed["updated"] is None


def test_periods_and_open_dates_are_told_as_precisely_as_known(client):
    for slug, date in (("year", "1994"), ("month", "2018-10"), ("since", "2014/..")):
        EngagementFactory(slug=slug, date=date, published=True)
    PageFactory(
        slug="partnerships", parent=PageFactory(slug="our-work", published=True), published=True
    )
    items = client.get("/our-work/partnerships.json").json()["items"]
    assert {(one["date"]["value"], one["date"]["precision"]) for one in items} == {
        ("1994", "year"),
        ("2018-10", "month"),
        ("2014/..", "period"),
    }


def test_page_links_its_forms_with_its_filters(client, release):
    page = client.get("/news/?country=mozambique&topic=nothing&page=1").text
    for ending, media in MEDIA.items():
        address = f"/news.{ending}?country=mozambique"
        assert re.search(
            rf'<link rel="alternate" type="{re.escape(media)}"[^>]*"{re.escape(address)}"', page
        )
        assert media_of(client.get(address)) == media
    assert page.count(">Markdown</a>") == 1
    home = client.get("/").text
    assert 'href="/index.atom"' in home
    topic = client.get("/our-work/topics/")
    assert client.get("/our-work/topics.atom").status_code == 404
    assert ".json" in topic.text
    assert ".atom" not in topic.text


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/atom+xml, text/html;q=0.5", "application/atom+xml"),
        ("text/csv;q=0.2, text/markdown;q=0.9", "text/markdown"),
        ("text/html;q=0, application/json;q=0.1", "application/json"),
        ("application/json;q=nonsense", "application/json"),
        ("image/png", "text/plain"),
        (";;;,,,/", "text/plain"),
        ("application/json," * 5000, "text/html"),
        ("application/json;" + "q=0.1;" * 300, "application/json"),
    ],
)
def test_accept_chooses_the_form(client, accept, media):
    response = client.get("/news/", headers={"Accept": accept})
    assert media_of(response) == media
    assert response.status_code == (406 if media == "text/plain" else 200)
    assert "Accept" in re.split(", ?", response["Vary"])


def test_ending_wins_over_accept_and_needs_no_vary(client):
    response = client.get("/news.json", headers={"Accept": "text/csv"})
    assert media_of(response) == "application/json"
    assert "Accept" not in re.split(", ?", response.get("Vary", ""))


@pytest.mark.parametrize("ending", MEDIA)
def test_head_and_conditional_get(client, release, ending):
    address = f"/news.{ending}"
    whole, head = client.get(address), client.head(address)
    assert head.status_code == 200
    assert head.getvalue() == b""
    assert head["Content-Type"] == whole["Content-Type"]
    refused = Client(enforce_csrf_checks=True).post(address)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    if ending == "csv":
        assert "ETag" not in whole  # it is sent before its end is known
        return
    again = client.get(address, headers={"If-None-Match": whole["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    NewsRelease.objects.update(title="Other")
    assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 200


HOSTILE = {
    "/news.json?country=atlantis": 400,
    "/news.json?countr=iran": 400,
    "/news.json?country=": 200,
    "/news.json?year=abc": 400,
    "/news.json?page=2": 400,
    "/news.json?after=": 200,
    "/news.json?after=x": 400,
    "/news.json?after=" + "x" * 5000: 400,
    "/news.json?after=%00": 400,
    "/news.json?topic=%00": 400,
    "/news%00.json": 404,
    "/news.json?topic=" + "x" * 10_000: 400,
    "/news.json?topic=%E2%80%AE%22%27%3B--": 400,
    "/news.json?" + "&".join(f"topic=t{n}" for n in range(3000)): 400,
    "/news.json?" + "&".join(f"x{n}=1" for n in range(20_000)): 400,
    "/news.json?edition=1": 404,
    "/news.json?preview=x": 404,
    "/news/1000.json": 404,
    "/news.xml": 404,
    "/news.json/": 404,
    "/.json": 404,
    "/news/.json": 404,
    "/index.json.json": 404,
    "/admin.json": 404,
    "/account/login.json": 404,
    "/nothing/at/all.json": 404,
    "/" + "x" * 5000 + ".json": 404,
    "/%2E%2E/%2E%2E/etc/passwd.json": 404,
}


@pytest.mark.parametrize(("address", "status"), HOSTILE.items(), ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_hostile_addresses_are_refused_in_words(client, release, address, status, ending):
    client.raise_request_exception = False
    response = client.get(address.replace(".json", f".{ending}"))
    assert response.status_code == status
    if status != 200 and media_of(response) != "text/html":
        assert media_of(response) == (
            "application/problem+json" if ending == "json" else "text/plain"
        )
        assert response["Access-Control-Allow-Origin"] == "*"


def test_refusal_says_what_can_be_asked(client, release):
    wrong = client.get("/news.json?country=atlantis").json()
    assert wrong["detail"] == "Country “atlantis” is not among the choices."
    assert client.get("/news.json?country=").status_code == 200
    assert client.get("/news.json?country=+").status_code == 400
    unknown = client.get("/news.json?countr=iran").json()
    assert "“countr” cannot be asked for here" in unknown["detail"]
    assert "country" in unknown["detail"].partition("What can: ")[2]
    assert problem(503, "", "csv").text == "The site is busy. Try again in a moment.\n"


@pytest.mark.parametrize("ending", MEDIA)
def test_withdrawn_pages_are_gone_in_their_form(client, release, ending):
    kept = CampaignFactory(slug="kept", published=True)
    address, reviewer = "/news/2016/malaria/", UserFactory()
    actions.withdraw(release, by=reviewer, kind=Withdrawal.GONE, note="It was wrong.")
    actions.withdraw(kept, by=reviewer, kind=Withdrawal.NOTICE, note="It is over.")
    for page, words in ((address, "It was wrong."), ("/news/campaigns/kept/", "It is over.")):
        response = client.get(with_ending(page, ending))
        assert response.status_code == 410
        assert words in response.text
        asked = client.get(page, headers={"Accept": MEDIA[ending]})
        assert (asked.status_code, media_of(asked)) == (410, media_of(response))
    shown = client.get("/news/campaigns/kept/")
    assert shown.status_code == 200
    assert 'rel="alternate"' not in shown.text


def test_old_addresses_lead_to_the_new_one_in_the_same_form(client, release):
    redirects.add("/news/2016/old/", "/news/2016/malaria/")
    redirects.add("/news/2016/out/", "https://example.org/there/")
    assert client.get("/news/2016/old.json?x=1")["Location"] == "/news/2016/malaria.json?x=1"
    asked = client.get("/news/2016/old/", headers={"Accept": "application/json"})
    assert asked["Location"] == "/news/2016/malaria/"
    assert client.get("/news/2016/out.json")["Location"] == "https://example.org/there/"


def test_previews_have_no_forms_whoever_asks(client, release):
    draft = NewsRelease.objects.get(slug="draft")
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = client.get(f"/news/2016/draft/?edition={draft.pk}")
    assert page.status_code == 200
    assert 'rel="alternate"' not in page.text
    assert client.get(f"/news/2016/draft.json?edition={draft.pk}").status_code == 404
    own = {"headers": {"Accept": "application/json"}}
    assert client.get(f"/news/2016/draft/?edition={draft.pk}", **own).status_code == 404


@pytest.mark.parametrize(
    ("path", "page", "ending"),
    [
        ("/news.json", "/news/", "json"),
        ("/index.md", "/", "md"),
        ("/a/b-c.csv", "/a/b-c/", "csv"),
        ("/news/", "/news/", ""),
        ("/news.xml", "/news.xml", ""),
        ("/news/.json", "/news/.json", ""),
    ],
)
def test_endings_come_off_and_go_on(path, page, ending):
    assert parted(path) == (page, ending)
    assert not ending or with_ending(page, ending) == path


def test_overviews_tell_the_newest_of_all_kinds(client, release):
    titles = [one["title"] for one in client.get("/index.json").json()["items"]]
    assert titles == ["Malaria Day", release.title]
    home = client.get("/", headers={"Accept": "application/atom+xml"})
    assert len(feeds.entries(feeds.read(home.content))) == 2
    assert json.loads(client.get("/index.json").text)["next"] is None
