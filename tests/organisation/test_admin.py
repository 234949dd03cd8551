"""What the forms of pages and figures refuse."""

import pytest

from iomsite.organisation.models import Page
from iomsite.publishing import actions
from tests.factories.accounts import UserFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return UserFactory()


def test_page_moves_below_another_and_its_address_with_it(admin_client):
    top, page = PageFactory(slug="top"), PageFactory(slug="page")
    assert submit(admin_client, page, parent=top.pk).status_code == 302
    page.refresh_from_db()
    assert page.get_absolute_url() == "/top/page/"


def test_place_of_a_published_page_is_fixed_with_its_address(admin_client):
    top, page = PageFactory(), PageFactory(published=True)
    assert not {"slug", "parent"} & fields_of(admin_client.get(change_of(page))).keys()
    submit(admin_client, page, parent=top.pk)
    page.refresh_from_db()
    assert page.parent is None


def test_page_below_itself_is_refused(admin_client):
    page = PageFactory()
    response = submit(admin_client, page, parent=page.pk)
    assert errors_of(response) == {"parent": ["This would be part of itself. Choose another one."]}


def test_third_level_is_refused_from_both_ends(admin_client):
    top, other = PageFactory(), PageFactory()
    middle = PageFactory(parent=top)
    upwards = submit(admin_client, top, parent=other.pk)
    downwards = submit(admin_client, other, parent=middle.pk)
    assert errors_of(upwards) == {
        "parent": ["The menu has two levels. Move the pages below this one first."]
    }
    assert list(errors_of(downwards)) == ["parent"]


@pytest.mark.parametrize("slug", ["history", "home"])
def test_page_that_a_view_stands_at_keeps_its_slug_and_its_place(admin_client, slug):
    below, other = PageFactory(title="Who we are"), PageFactory()
    page = PageFactory(slug=slug, parent=below)
    response = submit(admin_client, page, slug="past", parent=other.pk)
    why = "A list or an overview stands at this address and would not move along. "
    assert errors_of(response) == {
        "slug": [f"{why}Leave “{slug}”."],
        "parent": [f"{why}Leave it below “Who we are”."],
    }
    page.parent = None
    page.save()
    response = submit(admin_client, page, parent=below.pk)
    assert errors_of(response) == {"parent": [f"{why}Leave it on the first level."]}


def test_working_copy_that_moves_such_a_page_is_not_published(writer):
    page = PageFactory(slug="where-we-work", published=True)
    copy = actions.edit(page, by=writer)
    Page.objects.filter(pk=copy.pk).update(slug="elsewhere", parent=PageFactory())
    copy.refresh_from_db()
    with pytest.raises(actions.Refused) as refused:
        actions.submit(copy, by=writer)
    assert refused.value.errors.keys() == {"slug", "parent"}


def test_other_pages_change_their_slug(admin_client):
    page = PageFactory(slug="integrity")
    assert submit(admin_client, page, slug="ethics").status_code == 302


def test_second_default_of_a_measure_is_refused_beside_its_mark(admin_client):
    FigureFactory(measure="member-states", is_default=True)
    figure = FigureFactory(measure="member-states")
    response = submit(admin_client, figure, is_default="on")
    assert errors_of(response) == {
        "is_default": ["Another value of this measure is the default. Take the mark from it first."]
    }
