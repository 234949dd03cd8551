"""Sitemaps, canonical addresses, and files that programs know by heart."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings as project
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from iomsite.publishing import actions
from iomsite.search.index import rebuild
from iomsite.sharing.sitemaps import PageSitemap, sitemaps
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import CountryFactory, EngagementFactory, TopicFactory
from tests.factories.publishing import LONG_AGO

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def one_part(monkeypatch):
    """However many keys other tests have used up."""
    monkeypatch.setattr(PageSitemap, "limit", 10**9)


def addresses_in(client, address):
    root = ET.fromstring(client.get(address).content)
    return {one.findtext(f"{SPACE}loc"): one.findtext(f"{SPACE}lastmod") or "" for one in root}


@pytest.mark.usefixtures("one_part")
def test_sitemaps_name_each_public_page_with_its_last_change(client, django_assert_num_queries):
    shown = NewsReleaseFactory(published=True)
    below = PageFactory(
        slug="below", parent=PageFactory(slug="above", published=True), published=True
    )
    for state in ("draft", "scheduled", "expired", "withdrawn", "binned"):
        NewsReleaseFactory(**{state: True})
    PageFactory(slug="hidden", parent=PageFactory(slug="draft-above", draft=True), published=True)
    client.get("/sitemap.xml")
    with django_assert_num_queries(14):  # what is due, and one for each kind of page
        parts = addresses_in(client, "/sitemap.xml")
    assert len(sitemaps()) == 14
    names = [part.removeprefix("http://testserver/sitemap-") for part in parts]
    assert names == ["lists.xml", "newsrelease.xml", "page.xml"]
    found = {}
    for part in parts:
        found |= addresses_in(client, part)
    changed = {shown.get_absolute_url(): shown, below.get_absolute_url(): below}
    for address, row in changed.items():
        assert found[f"http://testserver{address}"] == row.published_at.date().isoformat()
    assert [one for one in found if "/news/2" in one] == [
        f"http://testserver{shown.get_absolute_url()}"
    ]
    assert not any("hidden" in one or "draft" in one for one in found)
    lists = ("news", "data-and-research/publications", "our-work/topics")
    assert {f"http://testserver/{name}/" for name in lists} < found.keys()
    for address in found:
        assert client.get(address).status_code == 200, address
    NewsReleaseFactory.create_batch(3, published=True)
    with django_assert_num_queries(3):
        assert len(addresses_in(client, "/sitemap-newsrelease.xml")) == 4


@pytest.mark.usefixtures("one_part")
def test_what_names_public_pages_is_kept_by_nobody(client):
    row = NewsReleaseFactory(published=True)
    rebuild()
    address = row.get_absolute_url()
    asked = ("/sitemap.xml", "/sitemap-newsrelease.xml", f"/oembed?url=http://testserver{address}")
    for one in asked:
        answer = client.get(one)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache"), one
    actions.withdraw(row, by=UserFactory(is_superuser=True), kind="gone", note="It was wrong.")
    assert [client.get(one).status_code for one in asked] == [200, 404, 404]
    assert "newsrelease" not in client.get("/sitemap.xml").text


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/news/", "/news/"),
        ("/news/?page=1&utm_source=x", "/news/"),
        ("/news/?year=2016&kind=&nonsense=1", "/news/?year=2016"),
        ("/news/?page=2", "/news/?page=2"),
    ],
)
def test_one_address_for_each_page_of_a_list(client, asked, canonical):
    NewsReleaseFactory.create_batch(30, published=True, released_on="2016-04-25")
    page = client.get(asked).content.decode()
    assert re.findall('rel="canonical" href="(.*?)"', page) == [f"http://testserver{canonical}"]


def test_robots_are_told_what_to_leave_and_where_all_is(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert {"Disallow: /admin/", "Disallow: /account/", "Disallow: /search/"} <= set(lines)
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_language_models_are_led_to_what_is_there(client):
    words = client.get("/llms.txt").content.decode()
    for address in re.findall(r"\((http://testserver/.*?)\)", words):
        assert client.get(address).status_code == 200, address
    NewsReleaseFactory(published=True).topics.add(TopicFactory(slug="malaria"))
    assert "Topics, partners and goals were never published by themselves" in words
    forms = ("md", "json", "csv", "atom")
    found = [client.get(f"/our-work/topics/malaria.{form}").status_code for form in forms]
    assert found == [200, 200, 200, 404]


def test_holes_are_reported_where_somebody_reads(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    assert not project.SECURITY_CONTACT
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    lines = dict(
        line.split(": ", 1)
        for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )
    assert lines["Contact"] == "mailto:security@example.org"
    until = parse_datetime(lines["Expires"])
    assert 0 < (until - timezone.now()).days < 366
    assert lines["Canonical"] == "http://testserver/.well-known/security.txt"


def test_pasted_address_shows_the_page_and_its_card(client, django_assert_num_queries):
    row = NewsReleaseFactory(published=True, title="Nets & <kits>")
    draft = NewsReleaseFactory(draft=True)
    rebuild()
    asked = {"url": f"http://testserver{row.get_absolute_url()}"}
    client.get("/oembed", asked)
    with django_assert_num_queries(4):  # what is due, the entry, the page and its countries
        said = client.get("/oembed", asked).json()
    assert (said["type"], said["version"], said["title"]) == ("link", "1.0", "Nets & <kits>")
    page = client.get(row.get_absolute_url()).content.decode()
    assert f'property="og:image" content="{said["thumbnail_url"]}"' in page
    (there,) = re.findall(r'application/json\+oembed" href="(.*?)"', page)
    assert client.get(there).json() == said
    small = client.get("/oembed", {**asked, "maxwidth": "600"}).json()
    assert "thumbnail_url" not in small
    xml = ET.fromstring(client.get("/oembed", {**asked, "format": "xml"}).content)
    assert {one.tag: one.text for one in xml} == {name: str(value) for name, value in said.items()}
    for address in (draft.get_absolute_url(), "/", "/admin/", "/news/?q=1", "//evil.example/"):
        asked = {"url": f"http://testserver{address}"}
        assert client.get("/oembed", asked).status_code == 404, address
    elsewhere = {"url": f"http://evil.example{row.get_absolute_url()}"}
    assert client.get("/oembed", elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": "http://[broken"}, 400),
        ({"url": "x" * 3000}, 400),
        ({"url": "\u202e\u0001'\"<>"}, 404),
        ({"url": "http://testserver/", "format": "yaml"}, 501),
        ({"url": "http://testserver/", "maxwidth": "wide"}, 400),
        ({"url": "http://testserver/", "maxheight": "9" * 5000}, 400),
    ],
)
def test_rubbish_is_answered_by_the_standard(client, asked, status):
    assert client.get("/oembed", asked).status_code == status


def test_page_says_how_to_cite_it(client):
    row = NewsReleaseFactory(published=True, title="Nets & kits")
    address = row.get_absolute_url()
    words = client.get(address).content.decode()
    whole = (
        "International Organization for Migration (IOM), “Nets &amp; kits”, 25 April 2016. "
        f'<span class="citation__address">http://testserver{address}</span></p>'
    )
    assert whole in words
    noticed = NewsReleaseFactory(withdrawn=True, withdrawal="notice").get_absolute_url()
    assert client.get(noticed).status_code == 200
    for other in ("/news/", "/", "/nothing-here/", noticed):
        assert "citation" not in client.get(other).content.decode()


def test_shared_page_tells_its_lead_and_its_moments(client):
    row = NewsReleaseFactory(published=True, lead="Ten <thousand> kits.")
    words = client.get(row.get_absolute_url()).content.decode()
    assert '<meta property="og:description" content="Ten &lt;thousand&gt; kits.">' in words
    assert moments_in(words) == {
        "published": "2016-04-25",
        "modified": row.published_at.isoformat(),
    }
    address = f"http://testserver{row.get_absolute_url()}"
    assert told_by(words) == {"type": "article", "locale": "en_GB", "url": address}
    country = CountryFactory(published=True)
    words = client.get(country.get_absolute_url()).content.decode()
    assert told_by(words)["type"] == "website"
    assert "article:" not in words
    listed = told_by(client.get("/news/?year=2016&page=1&utm_source=x").content.decode())
    assert listed == {
        "type": "website",
        "locale": "en_GB",
        "url": "http://testserver/news/?year=2016",
    }


def test_page_came_out_when_it_says_and_not_when_its_meeting_was(client):
    """In Open Graph as in the words of schema.org; a month is no moment for the former."""
    public = LONG_AGO.isoformat()
    came_out = {
        PublicationFactory(published=True, date="2015-11"): ("2015-11", None),
        PublicationFactory(published=True, date="2015-11-30"): ("2015-11-30", "2015-11-30"),
        CampaignFactory(published=True, date="2016-04-25"): (public, public),
        EngagementFactory(published=True, date="2018-10", kind="membership"): (public, None),
    }
    for row, (said, shared) in came_out.items():
        words = client.get(row.get_absolute_url()).content.decode()
        assert re.findall('"datePublished":"(.*?)"', words) == [said]
        assert moments_in(words).get("published") == shared


def moments_in(words):
    return dict(re.findall('property="article:(published|modified)_time" content="(.*?)"', words))


def told_by(words):
    return dict(re.findall('property="og:(type|locale|url)" content="(.*?)"', words))


def test_oembed_is_xml_whatever_stands_in_a_title(client):
    row = NewsReleaseFactory(published=True, title="a\x0bb\ufffe")
    rebuild()
    asked = {"url": f"http://testserver{row.get_absolute_url()}", "format": "xml"}
    assert ET.fromstring(client.get("/oembed", asked).content).findtext("title") == "ab"
