"""What pages say in the vocabulary of schema.org, held against the vocabulary itself."""

import json
import re
from pathlib import Path

import pytest

from iomsite.images.models import Photo
from iomsite.search.index import rebuild
from tests.factories.images import PhotoFactory
from tests.factories.news import (
    CampaignFactory,
    NewsReleaseFactory,
    PublicationFactory,
    ReleasePhotoFactory,
)
from tests.factories.organisation import PageFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    OutcomeDocumentFactory,
    ProgrammeFactory,
    RegionFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
VOCABULARY = json.loads((Path(__file__).parent / "schema_org.json").read_text())
# What a text has to look like to be a value of these; no other type is said as a text.
FORMS = {
    "Text": re.compile(r".*\S.*", re.DOTALL),
    "URL": re.compile(r"https?://[^\s<>\"]+"),
    "Date": re.compile(r"\d{4}(-\d\d){0,2}"),
    "DateTime": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)"),
}
# The vocabulary requires nothing; without these a page would be valid, and say nothing of use.
NEEDED = {
    "NewsArticle": {"headline", "datePublished", "publisher"},
    "Event": {"name", "startDate"},
    "Organization": {"name", "url"},
    "Place": {"name"},
    "Dataset": {"name", "description", "distribution"},
    "DataDownload": {"contentUrl", "encodingFormat"},
    "ImageObject": {"contentUrl", "creditText"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name"},
}
HOSTILE = "</script><script>alert(1)</script> & <!--"


def said_by(client, address):
    page = client.get(address).content.decode()
    (words,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(words)["@graph"]


def kinds_of(name):
    """The type and all above it."""
    above = VOCABULARY["types"][name]
    return {name}.union(*map(kinds_of, above))


def check_all(graph):
    named = {node["@id"]: node for node in graph if "@id" in node}
    for node in graph:
        check(node, named)


def check(node, named):
    """Each property belongs to the type of its node, and each value is what the property takes."""
    kinds = kinds_of(node["@type"])
    assert NEEDED.get(node["@type"], set()) <= node.keys()
    for name, value in node.items():
        if name.startswith("@"):
            continue
        if name == "query-input":  # of actions, beside the vocabulary
            continue
        known = VOCABULARY["properties"][name]
        assert kinds & set(known["of"]), (name, node["@type"])
        for one in value if isinstance(value, list) else [value]:
            check_value(name, one, set(known["is"]), named)


def check_value(name, value, expected, named):
    """Of what another page says, no more is known here than that it is a thing."""
    if isinstance(value, dict):
        is_name = set(value) == {"@id"}
        node = named.get(value["@id"], {"@type": "Thing"}) if is_name else value
        assert kinds_of(node["@type"]) & expected, name
        if not is_name:
            check(node, named)
    elif isinstance(value, int):
        assert "Integer" in expected or "Number" in expected, name
    else:
        forms = [FORMS[kind] for kind in expected if kind in FORMS]
        assert any(form.fullmatch(value) for form in forms), (name, value)


@pytest.fixture
def pages():
    country = CountryFactory(published=True, name="Iran")
    release = NewsReleaseFactory(published=True, title=HOSTILE, lead="The lead.")
    release.topics.add(TopicFactory(name="Malaria"))
    release.countries.add(country)
    photo = PhotoFactory(with_file=True, published=True, licence=Photo.Licence.CC_BY)
    ReleasePhotoFactory(release=release, photo=photo)
    made = {
        "Country": country,
        "NewsArticle": release,
        "Article": CampaignFactory(published=True, date="2016-04"),
        "Report": PublicationFactory(published=True, date="2015"),
        "Event": EngagementFactory(
            published=True, kind="workshop", date="2018-10", city="Astana", recurrence=""
        ),
        "DigitalDocument": OutcomeDocumentFactory(published=True),
        "WebPage": ProgrammeFactory(published=True),
        "Place": RegionFactory(published=True, name="Africa"),
    }
    rebuild()
    return made


def test_each_kind_of_page_is_said_as_the_vocabulary_has_it(pages, client):
    for kind, page in pages.items():
        graph = said_by(client, page.get_absolute_url())
        check_all(graph)
        named = {node["@type"]: node for node in graph}
        assert named[kind]["name"] == str(page)
    _site, release, trail = said_by(client, pages["NewsArticle"].get_absolute_url())
    assert [step["name"] for step in trail["itemListElement"]][::3] == ["Home", HOSTILE]
    assert release["datePublished"] == pages["NewsArticle"].released_on.isoformat()
    assert [one["name"] for one in release["about"]] == ["Malaria", "Iran"]
    photo = pages["NewsArticle"].photos.get().photo
    picture = release["image"][0]
    assert (picture["creditText"], picture["copyrightNotice"]) == (photo.credit_line,) * 2
    assert picture["license"] == "https://creativecommons.org/licenses/by/4.0/"
    event = said_by(client, pages["Event"].get_absolute_url())[1]
    assert (event["startDate"], event["location"]["name"]) == ("2018-10", pages["Event"].place)
    assert "endDate" not in event


def test_home_and_lists_name_the_site_the_search_and_the_data(pages, client):
    graph = said_by(client, "/")
    check_all(graph)
    home = {node["@type"]: node for node in graph}
    assert home["WebSite"]["potentialAction"]["target"]["urlTemplate"].endswith("/search/?q={q}")
    graph = said_by(client, "/news/?year=2016")
    check_all(graph)
    dataset = {node["@type"]: node for node in graph}["Dataset"]
    assert dataset["name"] == "News: 2016"
    assert dataset["url"] == "http://testserver/news/?year=2016"
    for one in dataset["distribution"]:
        assert client.get(one["contentUrl"]).status_code == 200


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("own", {"copyrightNotice"}),
        ("permission", {"copyrightNotice"}),
        ("cc-by-sa", {"copyrightNotice", "license"}),
        ("public-domain", {"license"}),
    ],
)
def test_photograph_says_whose_it_is_and_under_which_licence(client, licence, said):
    release = NewsReleaseFactory(published=True)
    photo = PhotoFactory(with_file=True, published=True, licence=licence)
    ReleasePhotoFactory(release=release, photo=photo)
    graph = said_by(client, release.get_absolute_url())
    check_all(graph)
    (picture,) = graph[1]["image"]
    assert picture.keys() & {"copyrightNotice", "license"} == said


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"kind": "membership"}, "WebPage"),
        ({"kind": "joint-paper"}, "WebPage"),
        ({"recurrence": "annual"}, "WebPage"),
        ({"date": None}, "WebPage"),
        ({"date": "2018/2019"}, "Event"),
    ],
)
def test_only_a_meeting_whose_date_is_known_is_an_event(client, fields, kind):
    said = {"kind": "workshop", "date": "2018-10", "recurrence": ""} | fields
    page = EngagementFactory(published=True, **said)
    assert said_by(client, page.get_absolute_url())[1]["@type"] == kind


def test_nothing_is_said_of_what_is_no_page(client):
    page = PageFactory(slug="notes", withdrawn=True, withdrawal="notice")
    for address in ("/nothing-here/", "/search/?q=a", page.get_absolute_url()):
        answer = client.get(address).content.decode()
        assert "ld+json" not in answer, address
        assert 'rel="canonical"' not in answer, address
