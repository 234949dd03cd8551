"""What is drawn once for many pages is drawn of a page that has everything."""

import pytest
from django.template import loader

from iomsite import busy, remembered
from iomsite.publishing import changes
from iomsite.publishing.ledger import locked_ledger
from tests.factories.organisation import PageFactory

pytestmark = pytest.mark.django_db


def test_what_was_asked_for_last_is_kept_as_far_as_there_is_room(monkeypatch):
    monkeypatch.setattr(remembered, "MOST_CHARACTERS", 10)
    monkeypatch.setattr(remembered, "MOST", 3)
    known = remembered.Memory()
    for key, found in enumerate(["12345", 6, "7890", "four", "4", "f"]):
        known.keep((1, key), found)
    assert list(known.values()) == ["four", "4", "f"]
    known.keep((1, 4), "10 letters")
    assert list(known.values()) == ["10 letters"]
    assert known.characters == 10
    known.clear()
    assert known.characters == 0


@pytest.mark.parametrize(
    "draw", [busy.page, lambda: loader.get_template("500.html").render()], ids=["503", "500"]
)
def test_page_without_a_menu_takes_it_from_no_other(client, settings, draw):
    """Such pages are drawn without a request, in the middle of one that knows its generation."""
    settings.PAGE_CACHE_MB = 1
    PageFactory(slug="our-work", title="Our work", published=True)
    with locked_ledger():
        changes.settle(None)
    token = remembered.current.set(changes.generation())
    try:
        assert 'class="menu__list"' not in draw()
    finally:
        remembered.current.reset(token)
    page = client.get("/news/").content.decode()
    assert 'class="menu__list"' in page
    assert 'class="footer__menu"' in page
