"""What the forms of pages and figures refuse."""

import pytest

from tests.factories.organisation import FigureFactory, PageFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


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


def test_second_default_of_a_measure_is_refused_beside_its_mark(admin_client):
    FigureFactory(measure="member-states", is_default=True)
    figure = FigureFactory(measure="member-states")
    response = submit(admin_client, figure, is_default="on")
    assert errors_of(response) == {
        "is_default": ["Another value of this measure is the default. Take the mark from it first."]
    }
