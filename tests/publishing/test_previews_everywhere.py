"""Every kind of page previews at its address, as the public page would be, and only for staff."""

import re

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from iomsite.organisation.models import Page
from iomsite.publishing import actions, editions, preview
from iomsite.richtext.fields import rich_fields
from tests.factories.accounts import UserFactory
from tests.factories.organisation import FigureFactory, HistoryEventFactory, PageFactory

from . import worlds

MAIN = re.compile(r"<main.*</main>", re.DOTALL)
BANNER = re.compile(r'\s*<p class="notice notice--preview".*?</p>', re.DOTALL)
FORMS = re.compile(r'\s*<nav class="forms".*?</nav>', re.DOTALL)
# How public pages draw what has no page of its own.
DRAWN = re.compile(r'<li class="figure">.*?</li>|<figure class="photo">.*?</figure>', re.DOTALL)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def writer():
    """Works here: a link shows nothing that its maker may not read."""
    return UserFactory(role="contributor")


@pytest.fixture
def world(db):
    """Public pages of all kinds, of which some have said what changed; no working copies yet."""
    world = worlds.dense()
    for model in editions.publishable_models():
        model.objects.working_copies().delete()
        model.objects.superseded().update(change_note="The note of old.")
        model.objects.published().update(edition=9, change_note="The note of late.")
    # To staff, a preview also names what waits: that texts do so is seen where they are rendered.
    for model in apps.get_models():
        for field in rich_fields(model):
            model.objects.update(**{field.name: "<p>Words.</p>"})
    return world


@pytest.fixture
def reader(db):
    """Somebody who may see every page in the administration, and no more."""
    reader = Client()
    reader.force_login(UserFactory(role="administrator"))
    return reader


def pages_of(world):
    """Two public pages of each kind, and all of the menu; first those that have an address."""
    kinds = editions.publishable_models()
    for model in sorted(kinds, key=lambda model: not hasattr(model, "get_absolute_url")):
        shown = [row for row in world.rows[model] if row in world.public]
        if model is Page:
            yield from (row for row in shown if not row.parent or row.parent in world.public)
        else:
            yield from shown[:2]


def address_of(page):
    return (getattr(page, "get_preview_url", None) or page.get_absolute_url)()


def main_of(response):
    assert response.status_code == 200, response.request["PATH_INFO"]
    words = MAIN.search(response.content.decode())[0]
    for besides in (BANNER, FORMS):  # programs are led to what is public alone
        words = besides.sub("", words)
    return " ".join(words.split())


def assert_marked(response):
    assert 'class="notice notice--preview"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_preview_of_an_unchanged_copy_is_the_public_page(world, reader, writer, client):
    drawn = set()
    for number, page in enumerate(pages_of(world)):
        copy = actions.edit(page, by=writer)
        previewed = reader.get(f"{address_of(page)}?edition={copy.pk}")
        if hasattr(page, "get_absolute_url"):
            public = main_of(reader.get(page.get_absolute_url()))
            assert main_of(previewed) == public, page.get_absolute_url()
            drawn.update(DRAWN.findall(public))
        else:
            assert DRAWN.findall(main_of(previewed))[0] in drawn, repr(page)
        if number % 2:
            other = reader.get(f"{address_of(page)}?as-of={timezone.localdate()}")
        else:
            secret = preview.make_link(copy, by=writer)
            other = client.get(f"{address_of(page)}?preview={secret}")
        assert main_of(other) == main_of(previewed)
        for response in (previewed, other):
            assert_marked(response)


def drafts():
    """One of each kind, and of the menu one at which a list stands, and the headline of home."""
    found = [model.objects.create(slug="draft") for model in editions.publishable_models()]
    menu = [PageFactory(slug=slug) for slug in ("home", "where-we-work")]
    history = {"slug": "history", "parent": PageFactory(slug="who-we-are")}
    return [*found, *menu, PageFactory(published=True, **history)]


def test_unfinished_drafts_of_all_kinds_have_previews(reader):
    for page in drafts():
        main_of(response := reader.get(f"{address_of(page)}?edition={page.pk}"))
        assert_marked(response)


def test_strangers_preview_nothing(client):
    colleague = Client()
    colleague.force_login(UserFactory())  # without the right to see any page
    for page in drafts():
        today = timezone.localdate()
        for question in (f"edition={page.pk}", f"as-of={today}", "preview=x", "edition=", "as-of="):
            for stranger in (client, colleague):
                response = stranger.get(f"{address_of(page)}?{question}")
                assert response.status_code == 404, f"{address_of(page)}?{question}"


def test_event_without_a_date_stands_last_in_its_preview(reader, writer):
    PageFactory(slug="history", published=True)
    HistoryEventFactory(title="Known", published=True)
    event = HistoryEventFactory(title="Undated", date=None)
    words = main_of(reader.get(f"{address_of(event)}?edition={event.pk}"))
    assert words.index("Known") < words.index("Undated")


def test_preview_of_what_has_no_address_names_the_public_pages_that_show_it(reader):
    figure = FigureFactory(published=True)
    shown = PageFactory(title="Facts", slug="facts", published=True)
    hidden = PageFactory(title="Not yet", slug="not-yet")
    for page in (shown, hidden):
        page.figures.add(figure)
    words = main_of(reader.get(f"{address_of(figure)}?edition={figure.pk}"))
    assert 'href="/facts/"' in words
    assert "Not yet" not in words


def test_page_below_a_draft_has_a_preview(reader):
    above = PageFactory(slug="above")
    page = PageFactory(slug="page", parent=above, lead="What it will say.")
    words = main_of(reader.get(f"{page.get_absolute_url()}?edition={page.pk}"))
    assert "What it will say." in words


def test_headline_of_the_home_page_has_a_preview(reader):
    home = PageFactory(slug="home", title="Together")
    assert "Together" in main_of(reader.get(f"/?edition={home.pk}"))
    assert "Together" not in main_of(reader.get("/"))
