"""The menu, the way to a page, and the statement of the footer."""

import pytest
from django.template import Context, Template

from iomsite.organisation.navigation import Menu, menu_of, navigation
from tests.factories.organisation import PageFactory
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db


@pytest.fixture
def our_work():
    return PageFactory(slug="our-work", title="Our work", order=2, published=True)


def test_menu_is_the_tree_of_the_pages(our_work):
    PageFactory(slug="who-we-are", title="Who we are", order=1, published=True)
    PageFactory(slug="partnerships", parent=our_work, order=2, published=True)
    PageFactory(slug="what-we-do", parent=our_work, order=1, published=True)
    PageFactory(slug="beside-the-menu", in_menu=False, published=True)

    top = Menu().entries

    assert [entry.slug for entry in top] == ["who-we-are", "our-work"]
    assert [entry.get_absolute_url for entry in top[1].children] == [
        "/our-work/what-we-do/",
        "/our-work/partnerships/",
    ]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_page_is_nowhere(our_work, state):
    hidden = PageFactory(slug="hidden", title="Secret", **{state: True})
    PageFactory(slug="below", parent=hidden, published=True)
    PageFactory(slug="child", parent=our_work, **{state: True})
    menu = Menu()

    assert [entry.slug for entry in menu.entries] == ["our-work"]
    assert menu.entries[0].children == ()
    assert menu.trail("hidden") == []
    assert menu.trail("below") == []
    assert menu.below("our-work") == []


def test_trail_leads_from_the_top(our_work):
    PageFactory(slug="highlights", title="Highlights", parent=our_work, published=True)

    assert Menu().trail("highlights") == [
        ("Our work", "/our-work/"),
        ("Highlights", "/our-work/highlights/"),
    ]
    assert Menu().trail("our-work") == [("Our work", "/our-work/")]
    assert Menu().trail("unknown") == []


def test_pages_below_include_those_outside_the_menu(our_work):
    child = PageFactory(parent=our_work, in_menu=False, published=True)

    assert Menu().below("our-work") == [child]


def test_statement_is_the_lead_of_who_we_are():
    PageFactory(slug="who-we-are", lead="We are who we are.", published=True)

    assert Menu().statement == "We are who we are."


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_statement_of_a_hidden_page_is_not_made(state):
    PageFactory(slug="who-we-are", lead="Secret", **{state: True})

    assert Menu().statement == ""


def test_menu_trail_and_statement_take_one_query(rf, our_work, django_assert_num_queries):
    request = rf.get("/our-work/")

    with django_assert_num_queries(1):
        context = navigation(request)
        assert [entry.title for entry in context["navigation"]] == ["Our work"]
        assert menu_of(request).trail("our-work") == [("Our work", "/our-work/")]
        assert str(context["site_statement"]) == ""


def test_nothing_is_read_until_it_is_drawn(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        context = Context(navigation(rf.get("/our-work/highlights/")))
    with django_assert_num_queries(1):
        assert Template("{{ section }}{{ menu_path }}").render(context) == ""
