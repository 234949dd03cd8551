"""The description of the data is true: what it names answers so, whatever a program asks."""

import json
from functools import cache

import pytest
from django.urls import get_resolver
from hypothesis import given, settings
from hypothesis import strategies as st

from iomsite.formats import openapi
from iomsite.formats.addresses import FORMS
from iomsite.formats.views import FormsMixin
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import EngagementFactory, ProgrammeFactory, TopicFactory
from tests.formats import feeds

pytestmark = pytest.mark.django_db

KINDS = {"string": str, "integer": int, "null": type(None), "object": dict, "array": list}


@cache
def described():
    return json.loads(json.dumps(openapi.described()))


def resolved(node):
    while "$ref" in node:
        found = described()
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def fits(value, schema):
    """Whether a value is what the schema says, and has nothing that it does not name."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not isinstance(value, tuple(KINDS[kind] for kind in kinds)):
        return False
    if isinstance(value, list):
        return all(fits(one, schema["items"]) for one in value)
    if isinstance(value, dict):
        named = schema["properties"]
        is_whole = set(schema["required"]) <= value.keys() <= named.keys()
        return is_whole and all(fits(one, named[name]) for name, one in value.items())
    return True


def operations():
    return [
        (path, operation)
        for path, methods in described()["paths"].items()
        for operation in methods.values()
    ]


def values(parameter):
    """What fits the schema, and what does not."""
    schema = parameter["schema"]
    if parameter["in"] == "path":
        known = st.sampled_from(["first", "2016", "own"])
        number = schema["type"] == "integer"
        return known | (
            st.integers(1000, 9999).map(str)
            if number
            else st.from_regex("[-a-z0-9_]{1,9}", fullmatch=True)
        )
    own = st.sampled_from(schema["enum"]) if "enum" in schema else st.just("first")
    return own | st.text(max_size=40)


@pytest.fixture
def site():
    work = PageFactory(slug="our-work", published=True)
    for slug in ("what-we-do", "partnerships", "highlights"):
        PageFactory(slug=slug, parent=work, published=True)
    for slug in ("where-we-work", "2030-agenda", "who-we-are", "data-and-research"):
        PageFactory(slug=slug, published=True)
    PageFactory(slug="own", published=True)
    topic = TopicFactory(slug="first")
    rows = [
        factory(slug="first", published=True)
        for factory in (NewsReleaseFactory, CampaignFactory, PublicationFactory, EngagementFactory)
    ]
    rows.append(ProgrammeFactory(slug="first", kind="project", published=True))
    for row in rows:
        row.topics.set([topic])


def assert_as_described(client, path, operation, query):
    response = client.get(path, query)
    status = str(response.status_code)
    assert status in operation["responses"], (path, query, status)
    answer = resolved(operation["responses"][status])
    media, schema = next(iter((name, one["schema"]) for name, one in answer["content"].items()))
    assert response["Content-Type"].startswith(media), (path, response["Content-Type"])
    body = response.getvalue().decode()
    assert fits(json.loads(body) if media.endswith("json") else body, schema), path
    if media == FORMS["atom"].media:
        feeds.read(body.encode())
    return status


def test_every_described_address_answers_as_described(client, site):
    known = {"year": "2016", "slug": "first", "path": "own"}
    statuses = [
        (path, assert_as_described(client, path.format(**known), operation, {}))
        for turn, (path, operation) in enumerate(operations())
        if path.endswith((".json", ".atom")) or turn % 2 == 0
    ]
    assert sum(status == "200" for _path, status in statuses) > 35


def test_whatever_is_asked_is_answered_as_described(client, site):
    """Values that the description allows, and rubbish in their place."""

    @settings(max_examples=40)
    @given(st.data())
    def ask(data):
        path, operation = data.draw(st.sampled_from(operations()))
        query = {}
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                value = data.draw(values(parameter))
                path = path.replace(f"{{{parameter['name']}}}", value.strip("\n"))
            elif data.draw(st.booleans()):
                query[parameter["name"]] = data.draw(values(parameter))
        assert_as_described(client, path, operation, query)

    ask()


def test_every_view_with_forms_is_described():
    views = {view for _template, view in openapi.pages()}
    routed = {
        getattr(entry.callback, "view_class", None)
        for entry in _entries(get_resolver().url_patterns)
    }
    with_forms = {view for view in routed if view and issubclass(view, FormsMixin)}
    # A view that another stands before, with the news, is never asked.
    hidden = {view for view in with_forms - views if any(issubclass(v, view) for v in views)}
    assert with_forms - hidden == views


def _entries(patterns):
    for entry in patterns:
        yield from _entries(entry.url_patterns) if hasattr(entry, "url_patterns") else [entry]


def test_values_that_depend_on_nothing_are_listed():
    of_news, of_engagements = (
        {one["name"]: one["schema"] for one in described()["paths"][path]["get"]["parameters"]}
        for path in ("/news.json", "/our-work/partnerships.json")
    )
    assert of_news["month"]["enum"] == [str(month) for month in range(1, 13)]
    assert of_news["type"]["enum"] == ["news-release", "statement", "message"]
    assert of_engagements["outcome"]["enum"] == ["yes"]
    assert "enum" not in of_news["topic"]


def test_description_is_served_and_asks_no_database(client, django_assert_num_queries):
    client.get("/openapi.json")  # the ledger may be read on the way
    response = client.get("/openapi.json")
    assert response.json() == described()
    assert response.json()["openapi"] == "3.1.0"
    assert len(response.content) < 100_000
    again = client.get("/openapi.json", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
