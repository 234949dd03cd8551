"""Who we are, the history and the frameworks."""

import pytest
from django.utils.html import strip_tags

from iomsite.partialdate import PartialDate
from tests.factories.organisation import (
    FigureFactory,
    FrameworkFactory,
    HistoryEventFactory,
    PageFactory,
)
from tests.factories.publishing import HIDDEN_STATES, SourceFactory

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(strip_tags(response.content.decode().partition("<main")[2]).split())


def event(title, date, **state):
    return HistoryEventFactory(title=title, date=PartialDate.parse(date), **state)


def presence(value, document, **fields):
    figure = FigureFactory(
        value=value, measure="presence", label="countries with a presence", **fields
    )
    figure.sources.add(SourceFactory(title=document))
    return figure


@pytest.fixture
def about():
    return PageFactory(slug="who-we-are", title="Who we are", lead="The lead.", published=True)


@pytest.fixture
def history(about):
    return PageFactory(slug="history", title="History", parent=about, published=True)


@pytest.fixture
def frameworks(about):
    return PageFactory(slug="frameworks", title="Frameworks", parent=about, published=True)


def test_contradicting_figures_each_say_where_and_as_of_when(client, about):
    default = presence(
        100,
        "Document one",
        qualifier="over",
        is_default=True,
        as_of=PartialDate.parse("2021"),
        published=True,
    )
    presence(171, "Document two", scope="the page on health", published=True)
    about.figures.add(default)

    response = client.get("/who-we-are/")
    text = words(response)

    [measure] = response.context["measures"]
    assert measure.figure == default
    assert [figure.value for figure in measure.others] == [171]
    assert "over 100 countries with a presence (the organisation): Document one." in text
    assert "As of 2021." in text
    assert "171 countries with a presence (the page on health): Document two." in text


def test_default_speaks_even_where_the_page_quotes_another_value(client, about):
    about.figures.add(presence(171, "Document two", published=True))
    default = presence(100, "Document one", is_default=True, published=True)

    [measure] = client.get("/who-we-are/").context["measures"]

    assert measure.figure == default


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_who_we_are_names_nothing_hidden(client, about, history, frameworks, state):
    hidden = {state: True}
    about.figures.add(presence(100, "Document one", published=True))
    about.figures.add(FigureFactory(label="secret things", **hidden))
    presence(999, "Secret document", **hidden)
    event("Secret event", "1951", **hidden)
    FrameworkFactory(title="Secret framework", **hidden)
    PageFactory(title="Secret page", parent=about, **hidden)

    page = client.get("/who-we-are/").content.decode()

    assert "secret" not in page.lower()
    assert "999" not in page


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_who_we_are_leads_to_no_hidden_section(client, about, state):
    PageFactory(slug="history", title="History", parent=about, **{state: True})
    event("The organisation is established", "1951", published=True)

    assert "/who-we-are/history/" not in client.get("/who-we-are/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_who_we_are_takes_the_same_queries_for_any_number(
    client, about, history, frameworks, django_assert_num_queries, count
):
    for _ in range(count):
        figure = FigureFactory(published=True)
        figure.sources.add(SourceFactory())
        about.figures.add(figure)
        about.sources.add(SourceFactory())
        FigureFactory(measure=figure.measure, published=True)
        HistoryEventFactory(published=True)
        FrameworkFactory(published=True)
        PageFactory(parent=about, published=True)

    with django_assert_num_queries(8):
        response = client.get("/who-we-are/")

    assert len(response.context["measures"]) == count


def test_history_is_in_the_order_of_events(client, history):
    for title, date in (
        ("In force", "1954-11-30"),
        ("Germany joins", "1954"),
        ("Since 2000", "2000/.."),
        ("Established", "1951"),
        ("Concluded", "1953-10-19"),
    ):
        event(title, date, published=True)

    response = client.get("/who-we-are/history/")

    assert [one.title for one in response.context["events"]] == [
        "Established",
        "Concluded",
        "Germany joins",
        "In force",
        "Since 2000",
    ]
    assert '<time datetime="1953-10-19">19 October 1953</time>' in response.content.decode()
    assert response.context["trail"] == [("Who we are", "/who-we-are/")]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_history_tells_no_hidden_event(client, history, state):
    event("Secret", "1951", **{state: True})

    assert "Secret" not in client.get("/who-we-are/history/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
@pytest.mark.parametrize(
    ("address", "factory"),
    [
        ("/who-we-are/history/", HistoryEventFactory),
        ("/who-we-are/frameworks/", FrameworkFactory),
    ],
)
def test_list_takes_the_same_queries_for_any_number(
    client, history, frameworks, django_assert_num_queries, address, factory, count
):
    factory.create_batch(count, published=True)

    with django_assert_num_queries(5):
        response = client.get(address)

    assert len(response.context["object_list"]) == count


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_list_of_frameworks_has_no_hidden_one(client, frameworks, state):
    FrameworkFactory(title="Secret", **{state: True})

    assert "Secret" not in client.get("/who-we-are/frameworks/").content.decode()


def test_framework_says_what_it_builds_on(client, frameworks):
    older = FrameworkFactory(title="The older one", published=True)
    newer = FrameworkFactory(
        title="The newer one",
        adopted=PartialDate.parse("2007"),
        adopted_by="the Council",
        period=PartialDate.parse("2019/2023"),
        published=True,
    )
    newer.builds_on.add(older)

    response = client.get(newer.get_absolute_url())
    text = words(response)

    assert "Adopted 2007" in text
    assert "Adopted by the Council" in text
    assert "Period 2019 to 2023" in text
    assert "The older one" in text
    assert "The newer one" in words(client.get(older.get_absolute_url()))
    assert response.context["trail"] == [
        ("Who we are", "/who-we-are/"),
        ("Frameworks", "/who-we-are/frameworks/"),
    ]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_framework_names_nothing_hidden(client, state):
    framework = FrameworkFactory(published=True)
    framework.builds_on.add(FrameworkFactory(title="Secret older one", **{state: True}))
    FrameworkFactory(title="Secret newer one", **{state: True}).builds_on.add(framework)
    framework.figures.add(FigureFactory(label="secret things", **{state: True}))

    assert "secret" not in client.get(framework.get_absolute_url()).content.decode().lower()


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
def test_hidden_framework_has_no_page(client, state, status):
    framework = FrameworkFactory(title="Secret", **{state: True})

    response = client.get(framework.get_absolute_url())

    assert response.status_code == status
    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_framework_takes_the_same_queries_for_any_number(client, django_assert_num_queries, count):
    framework = FrameworkFactory(published=True)
    framework.builds_on.set(FrameworkFactory.create_batch(count, published=True))
    framework.built_on_by.set(FrameworkFactory.create_batch(count, published=True))
    framework.figures.set(FigureFactory.create_batch(count, published=True))
    framework.sources.set(SourceFactory.create_batch(count))

    with django_assert_num_queries(8):
        client.get(framework.get_absolute_url())


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
@pytest.mark.parametrize("slug", ["who-we-are", "history", "frameworks"])
def test_section_goes_with_its_page(client, slug, state, status):
    PageFactory(slug=slug, title="Secret", **{state: True})
    address = "/who-we-are/" if slug == "who-we-are" else f"/who-we-are/{slug}/"

    response = client.get(address)

    assert response.status_code == status
    assert "Secret" not in response.content.decode()
