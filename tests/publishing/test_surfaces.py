"""Nothing unpublished shows on any public address, and everything published does.

Two ways to look: each thing has words of its own, which are searched for in every answer; and a
site that holds hidden things must answer exactly as the same site without them, so that not even
a count or a link tells.
"""

import difflib
import random
from collections import Counter, defaultdict
from itertools import cycle

import pytest
from django.db import connection, transaction

from iomsite.formats.addresses import FORMS, with_ending
from iomsite.organisation.models import HOME, SECTIONS, Page
from iomsite.publishing.querysets import PublishableQuerySet
from iomsite.search.index import rebuild
from programmes.models import Region, RegionalOffice

from . import sweep, worlds
from .forgetting import ForgetfulSite, Trial, never_asked

LISTS = {
    "programmes.Programme": "/our-work/what-we-do/",
    "programmes.RegionalEngagement": "/our-work/partnerships/",
    "programmes.Region": "/where-we-work/",
    "programmes.Country": "/where-we-work/",
    "news.NewsRelease": "/news/",
    "news.Campaign": "/news/campaigns/",
    "news.Publication": "/data-and-research/publications/",
    "organisation.HistoryEvent": "/who-we-are/history/",
    "organisation.Framework": "/who-we-are/frameworks/",
}

pytestmark = pytest.mark.django_db


def public_words(world):
    """Words of what everybody may see. An office is named where its region or its work is."""
    shown = {
        model: set(model.objects.in_use() if model in worlds.REFERENCES else model.objects.all())
        for model in (*worlds.REFERENCES, RegionalOffice)
    }
    return {
        word for word, row in world.markers.items() if row in shown.get(type(row), world.public)
    }


def pages_with_address(world):
    """Each page that has an address of its own, with its words."""
    found = {}
    for word, row in world.markers.items():
        if row in world.states and hasattr(row, "get_absolute_url"):
            found.setdefault(row, []).append(word)
    return {row: words for row, words in found.items() if "#" not in row.get_absolute_url()}


def status_of(world, row):
    """What the address of the page must answer. The home page is always there."""
    if isinstance(row, Page) and row.slug == HOME:
        return 200
    state = world.states[row]
    is_below_hidden = isinstance(row, Page) and row.parent and row.parent not in world.public
    if state in worlds.GONE and (state != "notice" or is_below_hidden):
        return 410
    is_shown = state in worlds.PUBLIC or state == "notice"
    return 200 if is_shown and not is_below_hidden else 404


def assert_nothing_hidden(world, answers):
    hidden = world.markers.keys() - public_words(world)
    references = {word for word, row in world.markers.items() if type(row) in worlds.REFERENCES}
    own = defaultdict(set)
    for row, words in pages_with_address(world).items():
        # A page that is gone gives its reason; one withdrawn with a notice is read as it was.
        if world.states[row] in ("gone", "notice"):
            own[row.get_absolute_url()].update(words, references)
    for address, (_status, text) in answers.items():
        seen = set(worlds.MARKER.findall(text.lower())) & hidden
        for word in seen - own[sweep.page_of(address)]:
            # An address repeats itself in links of its own page.
            assert word in address, f"{address} shows {world.markers[word]!r}: {word}"


def assert_all_public(world, answers):
    for address, (status, _text) in answers.items():
        if "?edition=" in address or sweep.surface_of(address) in sweep.PREVIEW_ONLY:
            assert status == 404, address
    for row in pages_with_address(world):
        address = row.get_absolute_url()
        if address in answers:
            assert answers[address][0] == status_of(world, row), f"{address} ({row!r})"
            assert_forms_alike(world, row, answers)
    for word, row in world.markers.items():
        # Lists do not print the words of a part.
        if row in world.public and row._meta.label in LISTS and word in str(row).lower():
            address = LISTS[row._meta.label]
            # Regions stand with their countries there, and are no rows of their own.
            also = [] if isinstance(row, Region) else [with_ending(address, "json")]
            for one in (address, *also):
                status, text = answers.get(one, (404, ""))
                assert status != 200 or word in text.lower(), (row, word, one)


def assert_forms_alike(world, row, answers):
    """As the page answers, but no form has a place for a notice."""
    address, status = row.get_absolute_url(), status_of(world, row)
    is_home = isinstance(row, Page) and row.slug == HOME
    told = 410 if world.states[row] == "notice" and status == 200 and not is_home else status
    for one in (with_ending(address, ending) for ending in FORMS):
        assert answers.get(one, (told,))[0] == told, f"{one} ({row!r})"


def sweep_all(client, addresses, forms):
    answers, narrowed = {}, False
    for address in addresses:
        response = client.get(address)
        answers[address] = sweep.answer(response)
        # One search is narrowed by its filters, for all.
        asked = [] if narrowed and "?" in address else sweep.questions(address, response)
        narrowed = narrowed or bool(asked and "?" in address)
        answers |= {one: sweep.body(client, one) for one in asked}
        in_forms = [form for one in (address, *asked) for form in forms(one, answers[one][0])]
        answers |= {one: sweep.body(client, one) for one in in_forms}
    return answers


class OneForm:
    """Each page in one of its forms, which take turns, and each filtered list as JSON."""

    def __init__(self):
        self.turn = 0

    def __call__(self, address, status):
        self.turn += "?" not in address
        return sweep.in_form(address, 0 if "?" in address else self.turn)


class FewForms:
    """Of each surface, two pages as JSON: what forms show they ask of the same places."""

    def __init__(self):
        self.seen = Counter()

    def __call__(self, address, status):
        surface = sweep.surface_of(address)
        self.seen[surface] += status == 200
        return sweep.in_form(address) if status == 200 and self.seen[surface] <= 2 else []


def check(world, client, addresses=None, forms=None):
    """Return what every address must answer in this world: of what is not there, only the status.

    A page that stays under a notice is not compared: without what is hidden it would be gone.
    """
    rebuild()  # nothing in a thrown world came about by a verb
    answers = sweep_all(client, addresses or sweep.addresses(), forms or OneForm())
    assert_nothing_hidden(world, answers)
    assert_all_public(world, answers)
    pages = pages_with_address(world)
    notices = {row.get_absolute_url() for row in pages if world.states[row] == "notice"}
    demanded = {address: sweep.demanded(answer) for address, answer in answers.items()}
    demanded = {one: answer for one, answer in demanded.items() if one not in notices}
    with transaction.atomic():
        worlds.remove_hidden()
        rebuild()
        for address, answer in demanded.items():
            if answer[0] == 200:
                without = sweep.body(client, address)
                assert without == answer, f"{address} tells: {_more(answer, without)}"
        transaction.set_rollback(True)
    return demanded


def _more(answer, without):
    lines = [text.splitlines() for _status, text in (without, answer)]
    return "\n".join(difflib.unified_diff(*lines, "without what is hidden", "with it", n=0))


# A world of its own on each database: each takes more than a minute.
WORLDS = {"sqlite": 0, "postgresql": 1}


@pytest.mark.parametrize("number", [WORLDS[connection.vendor]])
def test_no_address_tells_of_what_is_hidden(number, client):
    """Each number is another world, thrown with dice."""
    dice = random.Random(number)
    every = sorted(worlds.PUBLIC | worlds.HIDDEN)
    world = worlds.Random(dice)
    worlds.build(world, lambda _model: ["published", *dice.choices(every, k=dice.randint(1, 3))])
    kinds = sorted(worlds.EDITIONS)
    worlds.add_editions(world, ((row, dice.choice(kinds)) for row in world.states))
    check(world, client, [*sweep.addresses(), *sweep.searches(world)])


@pytest.fixture
def full(db):
    """A world in which everything is tied to everything, in every state."""
    return worlds.dense()


def hide_menu(world):
    """Hide the pages that lists and overviews stand at, each in another way."""
    sections = [row for row in world.rows[Page] if row.slug in SECTIONS]
    ways = [name for name in worlds.HIDDEN if name != "notice"]
    for row, name in zip(sections, cycle(ways), strict=False):
        world.states[row] = name
        world.public.remove(row)
        worlds.set_state(row, worlds.HIDDEN[name]())
    return ["/", *(row.get_absolute_url() for row in sections)]


# A country is on the card that a page is shared with: in its pixels, which no sweep reads.
# `test_name_of_a_country_is_on_a_card_whenever_a_page_may_print_it` does.
ON_CARDS = "iomsite/images/cards.py words_of.<locals>.<listcomp>: Country"
# No photograph of a world has a file, so that none is offered to journalists there;
# `test_photographs_are_those_that_may_be_printed` has some that have.
FOR_THE_PRESS = "news/press.py photographs"
UNREAD = {
    (f"{FOR_THE_PRESS}: Photo", "news/press/"),
    (f"{FOR_THE_PRESS}: NewsRelease", "news/press/"),
    (ON_CARDS, "data-and-research/publications/<slug:slug>/"),
    (ON_CARDS, "news/<yyyy:year>/<slug:slug>/"),
    (ON_CARDS, "news/campaigns/<slug:slug>/"),
}
# Of topics, goals and partners, the index of sitemaps tells only in how many parts they come.
COUNTED = ("Campaign", "NewsRelease", "Programme", "Publication", "RegionalEngagement")
IN_USE = "programmes/querysets.py ReferenceQuerySet.in_use.<locals>.<listcomp>"
# Here another guard stands before: what these ask about is public anyway.
GUARDED = {
    **{(f"{IN_USE}: {name}", "sitemap.xml"): "" for name in COUNTED},
    (
        "iomsite/formats/records.py _loaded: Page",
        "^(?P<path>[-a-zA-Z0-9_]+(?:/[-a-zA-Z0-9_]+)?)/$",
    ): "A page below one that is hidden is not there.",
}


@pytest.mark.any_database  # it tries the sweep, not the site
def test_sweep_notices_each_place_and_each_surface_that_forgets(full, client, monkeypatch):
    site = ForgetfulSite(client, monkeypatch)
    trial = Trial(site)
    trial.run(check(full, site, forms=FewForms()))
    trial.run(check(full, site, hide_menu(full), FewForms()))
    unnoticed = {(str(place), surface) for place, surface in trial.unnoticed}
    assert unnoticed == UNREAD | GUARDED.keys()
    besides = sweep.PREVIEW_ONLY | sweep.FROM_THE_INDEX | sweep.ASKS_AS_TEXTS
    assert trial.surfaces == sweep.surfaces() - besides
    assert never_asked(place for place, _surface in trial.uses) == []


@pytest.mark.any_database  # it tries the sweep, not the site
def test_sweep_notices_an_index_that_forgets(full, client, monkeypatch):
    check(full, client, [*sweep.searches(full)])
    monkeypatch.setattr(PublishableQuerySet, "published", lambda rows, at=None: rows.pages())
    rebuild()
    monkeypatch.undo()
    told = [sweep.surface_of(one) for one in sweep.searches(full) if tells(full, client, one)]
    # In a dense world a title is in the address too, so no word tells of it; and who asks for an
    # alert is shown the words that were typed, and names of filters.
    assert set(told) == sweep.FROM_THE_INDEX - {"oembed", "alerts/new/"}


def tells(world, client, address):
    try:
        assert_nothing_hidden(world, {address: sweep.body(client, address)})
    except AssertionError:
        return True
    return False
