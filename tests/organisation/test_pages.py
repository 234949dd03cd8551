"""Pages of the menu that have no view but the common one."""

import pytest

from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.publishing import HIDDEN_STATES, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def take_action():
    return PageFactory(
        slug="take-action",
        title="Take action",
        lead="The lead.",
        body="First paragraph.\n\nSecond paragraph.",
        published=True,
    )


def test_page_says_its_words_and_lists_what_is_below(client, take_action):
    PageFactory(slug="work-with-us", title="Work with us", parent=take_action, published=True)

    page = client.get("/take-action/").content.decode()

    assert "The lead." in page
    assert "<p>First paragraph.</p>" in page
    assert "<p>Second paragraph.</p>" in page
    assert page.count('href="/take-action/work-with-us/"') >= 2


def test_page_without_words_says_so(client):
    PageFactory(slug="get-involved", published=True)

    assert "Nothing is published here yet." in client.get("/get-involved/").content.decode()


def test_page_below_shows_the_way(client, take_action):
    PageFactory(slug="work-with-us", parent=take_action, published=True)

    response = client.get("/take-action/work-with-us/")

    assert response.context["trail"] == [("Take action", "/take-action/")]


def test_page_has_one_address(client, take_action):
    PageFactory(slug="work-with-us", parent=take_action, published=True)
    PageFactory(slug="other", published=True)

    for address in (
        "/work-with-us/",
        "/other/work-with-us/",
        "/take-action/take-action/",
        "/take-action/other/",
        "/other/take-action/",
        "/Take-Action/",
        "/take-action/Work-With-Us/",
        "/take-action/work-with-us/more/",
        "/unknown/",
        "/take-action/unknown/",
    ):
        assert client.get(address).status_code == 404, address


def test_missing_slash_is_added(client, take_action):
    response = client.get("/take-action?page=1")

    assert (response.status_code, response.url) == (301, "/take-action/?page=1")


def test_file_name_is_no_page(client):
    assert client.get("/favicon.ico").status_code == 404


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
def test_hidden_page_is_not_there(client, take_action, state, status):
    PageFactory(slug="work-with-us", title="Secret", parent=take_action, **{state: True})
    PageFactory(slug="secret", title="Secret", **{state: True})

    for address in ("/take-action/work-with-us/", "/secret/"):
        response = client.get(address)
        assert response.status_code == status
        assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_page_below_a_hidden_one_is_not_there(client, state):
    parent = PageFactory(slug="secret", title="Secret", **{state: True})
    PageFactory(slug="below", parent=parent, published=True)

    assert client.get("/secret/below/").status_code == 404


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_page_names_nothing_hidden(client, take_action, state):
    PageFactory(title="Secret page", parent=take_action, **{state: True})
    take_action.figures.add(FigureFactory(label="secret things", **{state: True}))

    assert "secret" not in client.get("/take-action/").content.decode().lower()


@pytest.mark.parametrize("slug", ["highlights", "who-we-are", "where-we-work", "2030-agenda"])
def test_page_with_a_view_of_its_own_is_reached_there_only(client, take_action, slug):
    PageFactory(slug=slug, parent=take_action, published=True)

    assert client.get(f"/take-action/{slug}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 50])
def test_page_takes_the_same_queries_for_any_number(
    client, take_action, django_assert_num_queries, count
):
    PageFactory.create_batch(count, parent=take_action, published=True)
    take_action.figures.set(FigureFactory.create_batch(count, published=True))
    take_action.sources.set(SourceFactory.create_batch(count))

    with django_assert_num_queries(7):
        client.get("/take-action/")
