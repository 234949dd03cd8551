"""What is drawn once for many pages is drawn of a page that has everything."""

import datetime

import pytest
import time_machine
from django.template import Context, Template, TemplateSyntaxError, loader
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape

from iomsite import busy, remembered
from iomsite.publishing import changes, timetable
from iomsite.publishing.ledger import locked_ledger
from tests.factories.news import NewsReleaseFactory
from tests.factories.organisation import PageFactory

pytestmark = pytest.mark.django_db


def test_what_was_asked_for_last_is_kept_as_far_as_there_is_room(monkeypatch):
    monkeypatch.setattr(remembered, "getsizeof", len)
    monkeypatch.setattr(remembered, "MOST", 3)
    known = remembered.Memory(10)
    for key, found in enumerate(["12345", 6, "7890", "four", "4", "f"]):
        known.keep((1, key), found)
    assert list(known.values()) == ["four", "4", "f"]
    known.keep((1, 4), "10 letters")
    assert list(known.values()) == ["10 letters"]
    assert known.held == 10
    known.clear()
    assert known.held == 0


def test_letters_count_as_much_as_they_take():
    narrow, wide = remembered.Memory(9_999), remembered.Memory(9_999)
    narrow.keep((1, "page"), "a" * 1_000)
    wide.keep((1, "page"), "“" + "a" * 999)
    assert narrow.held < 1_100
    assert wide.held > 2_000


def test_menu_is_drawn_anew_when_it_says_something_else(client, settings):
    settings.PAGE_CACHE_MB = 1
    page = PageFactory(slug="our-work", title="Our work", published=True)
    for title in ("Our work", "What we do", "Us &amp; <you>"):
        type(page).objects.filter(pk=page.pk).update(title=title)
        with locked_ledger():
            changes.settle([page])
        words = client.get("/news/").content.decode()
        assert words.count(f">{escape(title)}</a>") == 2  # in the masthead and in the footer
        assert client.get("/our-work/").content.decode().count('aria-current="page"') == 1


@pytest.mark.parametrize(("factory", "times"), [(NewsReleaseFactory, 1), (PageFactory, 2)])
def test_what_shows_no_news_outlasts_them(factory, times):
    drawn = []
    for row in (None, factory(published=True)):
        with locked_ledger():
            changes.settle(row and [row])
        token = remembered.current.set(timetable.look(timezone.now()).shown)
        remembered.lasting("menu", lambda: drawn.append("menu"))
        remembered.remembered("list", lambda: drawn.append("list"))
        remembered.current.reset(token)
    assert (drawn.count("menu"), drawn.count("list")) == (times, 2)


def test_piece_is_drawn_once_for_each_of_its_arguments():
    drawn = []
    piece = Template("{% drawn_for words some %}{{ note }}{{ words }}{% until_here %}")
    for words, some in [("a", ()), ("b", ()), ("a", ()), ("a", (1,)), ("<", ())]:
        lazy = SimpleLazyObject(lambda words=words: words)
        context = {"words": lazy, "some": some, "note": lambda: drawn.append(1) or len(drawn)}
        shown = piece.render(Context(context))
        assert shown == {"a": "3a" if some else "1a", "b": "2b", "<": "4&lt;"}[words]
    with pytest.raises(TemplateSyntaxError):
        piece.render(Context({"words": object()}))


@pytest.mark.parametrize(
    "draw", [busy.page, lambda: loader.get_template("500.html").render()], ids=["503", "500"]
)
def test_page_without_a_menu_takes_it_from_no_other(client, settings, draw):
    """Such pages are drawn without a request, in the middle of one that knows its generation."""
    settings.PAGE_CACHE_MB = 1
    PageFactory(slug="our-work", title="Our work", published=True)
    with locked_ledger():
        changes.settle(None)
    token = remembered.current.set(timetable.look(timezone.now()).shown)
    try:
        assert 'class="menu__list"' not in draw()
    finally:
        remembered.current.reset(token)
    page = client.get("/news/").content.decode()
    assert 'class="menu__list"' in page
    assert 'class="footer__menu"' in page


@pytest.mark.any_database
def test_page_that_expired_leaves_the_menu_of_a_server_whose_clock_is_behind(client, settings):
    settings.PAGE_CACHE_MB = 1
    now = timezone.now()
    end = now + datetime.timedelta(hours=1)
    with time_machine.travel(now, tick=False) as clock:
        page = PageFactory(title="Our work", in_menu=True, published=True, expires_at=end)
        with locked_ledger():
            changes.settle([page])
        assert "Our work" in client.get("/news/").content.decode()
        timetable.replace_due(end + datetime.timedelta(milliseconds=1))  # as another server
        clock.move_to(end - datetime.timedelta(milliseconds=20))
        client.get("/news/")
        clock.move_to(end + datetime.timedelta(hours=5))
        with locked_ledger():
            changes.settle([NewsReleaseFactory(published=True)])
        assert "Our work" not in client.get("/news/").content.decode()
