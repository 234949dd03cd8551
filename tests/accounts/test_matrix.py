"""Every role, in every office, at every address of the administration, by every method.

The addresses come from the URL resolver, what a role may do from `roles`. A row of another office
answers everywhere as a row that is not there.
"""

from functools import cache, partial

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from iomsite.publishing.models import Publishable, PublishingSet
from news.models import Campaign
from tests.publishing.worlds import MARKER

from .cells import (
    FEW,
    NOT_THERE,
    OTHER_METHODS,
    VERBS,
    ask,
    cells,
    may,
    other_method,
    places_asked,
    turn_of,
)
from .organisation import ASSIGNED, BOTH, OUTSIDERS, PLACES, REACH, build, is_placed

ALLOWED = (200, 302)
REFUSED = (403, 404)
NAMED = ("campaign", "publishingset", "auditentry")
COLLEAGUE = "by-a-colleague"
# Whose answers are read: a role, its place, and the place of the pages that are asked about.
READERS = (
    ("publisher", "country", "country"),
    ("editor", "regional", "sibling"),
    ("contributor", "country", "country"),
)

# Its questions are the ORM's own: `test_rights` and `test_sideways` ask them of each database.
pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _lists_of_apps_are_made_once_a_person(monkeypatch):
    """They stand beside every page, and are most of what a page costs that nobody draws."""
    made, make = {}, admin.site.get_app_list

    def get_app_list(request, app_label=None):
        key = request.user.pk, app_label
        if key not in made:
            made[key] = make(request, app_label)
        return made[key]

    monkeypatch.setattr(admin.site, "get_app_list", get_app_list)


def test_every_address_is_known():
    """Whoever adds a page to the administration says in `cells` what it needs."""
    unknown = []
    for cell in cells():
        try:
            assert cell.needs
        except KeyError:
            unknown.append(cell.route)
    assert unknown == []


def test_every_address_meets_every_method_and_every_place_of_others():
    """Each role asks with one of the rarer methods and about few places: the turns go round."""
    for number, cell in enumerate(cells()):
        asked = [(one, places_asked(*one, cell, number)) for one in ASSIGNED]
        assert {other_method(turn_of(*one, number)) for one in ASSIGNED} == set(OTHER_METHODS)
        if cell.has_row and is_placed(cell.model):
            hidden = {of for (_role, at), places in asked for of in set(places) - REACH[at]}
            assert hidden == set(PLACES) - {"country"}, cell.route  # below everybody's


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "place"), ASSIGNED)
def test_every_address_answers_whoever_may_ask_and_nobody_else(world, role, place):
    wrong, before = [], words_of_all()
    asked = partial(ask, world.people[role, place])
    for number, cell in enumerate(cells()):
        turn = turn_of(role, place, number)
        absent = cache(lambda method, cell=cell: asked(method, cell, NOT_THERE))
        for of in places_asked(role, place, cell, number):
            key = world.keys[cell.model, of, cell.row] if cell.has_row else None
            hidden = of is not None and of not in REACH[place]
            found = {}
            for method, right in zip(("GET", "POST"), cell.needs, strict=True):
                found[method] = status = asked(method, cell, key)
                if hidden:
                    is_turn = turn % 2 == (method == "POST")
                    is_right = status in REFUSED and (not is_turn or status == absent(method))
                else:
                    is_allowed = may(role, place, cell, right, of)
                    is_right = status in (ALLOWED if is_allowed else (403, 405))
                wrong += [] if is_right else [(method, cell.path(key), of, status)]
            if hidden or not cell.has_row:
                method = other_method(turn)
                status = asked(method, cell, key)
                is_right = status in (found["GET"], 405)
                wrong += [] if is_right else [(method, cell.path(key), of, status)]
    assert wrong == []
    assert words_of_all() == before


@pytest.mark.django_db
def test_each_row_is_asked_about_in_its_own_office(world):
    wrong, asked = [], partial(ask, world.people["both"])
    for cell in cells():
        if is_placed(cell.model) and cell.has_row and cell.model._meta.model_name in NAMED:
            for role, place in BOTH:
                key = world.keys[cell.model, place, cell.row]
                for method, right in zip(("GET", "POST"), cell.needs, strict=True):
                    status = asked(method, cell, key)
                    is_allowed = may(role, place, cell, right, place)
                    is_right = status in (ALLOWED if is_allowed else (403,))
                    wrong += [] if is_right else [(method, cell.path(key), place, status)]
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", OUTSIDERS)
def test_whoever_does_not_work_here_today_is_asked_to_sign_in(world, name):
    wrong, asked = [], partial(ask, world.people[name])
    for number, cell in enumerate(cells()):
        of = PLACES[number % len(PLACES)] if is_placed(cell.model) else None
        key = world.keys[cell.model, of, cell.row] if cell.has_row else None
        turn = number + OUTSIDERS.index(name)
        methods = ("GET", "POST", other_method(turn), other_method(turn + len(OUTSIDERS)))
        found = {method: asked(method, cell, key) for method in methods}
        wrong += [] if set(found.values()) == {"sign in"} else [(cell.path(key), found)]
    assert wrong == []


# What answers say


class Reader:
    """A browser of somebody whose rights reach some places, who reads whatever is answered."""

    def __init__(self, world, role, place, of):
        self.world, self.client = world, Client()
        self.role, self.place, self.reach, self.of = role, place, REACH[place], of
        self.met, self.told = set(), {}
        self.client.force_login(world.people[role, place])

    def ask(self, method, path, **data):
        """Ask, read the answer and the messages that wait for the next page, and undo it all.

        The page that an action leads to is read where it is asked for by itself.
        """
        with transaction.atomic():
            answer = getattr(self.client, method)(path, data)
            said = (b"".join(answer) if answer.streaming else answer.content).decode(
                errors="replace"
            )
            if answer.status_code == 302:
                said += self.client.session.get("_messages", "")
            transaction.set_rollback(True)
        secrets = [word for word in set(MARKER.findall(said)) if not self.may_read(word)]
        if secrets or COLLEAGUE in said:
            self.told[method, path] = [self.world.markers.get(word) for word in secrets]
        return answer

    def may_read(self, word):
        return self.world.is_open_to(self.world.markers[word], self.reach)


@pytest.fixture
def readers(world, monkeypatch):
    # The words of an answer are read here, and not what it was drawn from.
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_args, **_how: None)
    return [Reader(world, *one) for one in READERS]


@pytest.fixture
def reader(readers):
    return readers[0]


@pytest.mark.django_db
def test_no_answer_tells_a_word_of_another_office(world, readers):
    """Neither by reading nor by acting, on pages that refer to those of others.

    The readers take turns, each where they may ask: some kind of page shows each of them each page.
    """
    for number, cell in enumerate(filter(says_something_of_its_own, cells())):
        for turn, name in enumerate(names_of_rows(cell), number):
            for method, right in zip(("get", "post"), cell.needs, strict=True):
                if method == "post" and right in ("view", ""):
                    continue
                able = [one for one in readers if may(one.role, one.place, cell, right)] or readers
                reader = able[turn % len(able)]
                of = reader.of if is_placed(cell.model) else None
                key = world.keys[cell.model, of, name] if name else None
                reader.ask(method, cell.path(key))
                reader.met.add(cell.page)
    assert [reader.told for reader in readers] == [{}] * len(readers)
    for reader in readers:
        assert reader.met >= {"changelist", "csv", "add", "change", "history", "compare"}


def says_something_of_its_own(cell):
    """Most verbs draw the same page for every kind of row: a few kinds stand for all."""
    is_few = cell.model is None or cell.model._meta.model_name in FEW
    return is_few or cell.page not in VERBS or cell.page in ("publish", "bin")


def names_of_rows(cell):
    if not cell.has_row:
        return [""]
    if cell.model is PublishingSet:
        return ["mixed"]
    if cell.model is Campaign and cell.page == "change":
        return ["draft", "public", "member"]
    if cell.page == "change" and issubclass(cell.model, Publishable):
        return ["draft", "public", "copy"]
    if cell.model is Campaign and cell.page in ("publish", "history", "delete"):
        return [cell.row, "member"]
    return [cell.row]


@pytest.mark.django_db
def test_rows_of_others_answer_as_rows_that_are_not_there(world, reader):
    """To the letter, where a page of the error is drawn."""
    for cell in cells():
        if is_placed(cell.model) and cell.has_row and cell.model._meta.model_name in NAMED:
            key = world.keys[cell.model, "sibling", cell.row]
            found = reader.ask("get", cell.path(key))
            absent = reader.ask("get", cell.path(NOT_THERE))
            assert (found.status_code, found.content) == (absent.status_code, absent.content)
    assert reader.told == {}


@pytest.mark.django_db
def test_searches_lists_and_choices_find_no_word_of_another_office(world, reader):
    """All words of the world begin with the same two letters."""
    for model in admin.site._registry:
        options = model._meta
        address = f"/admin/{options.app_label}/{options.model_name}/"
        for query in ({"q": "zq"}, {"q": "zq", "status": "binned"}, {"all": "", "o": "1"}):
            reader.ask("get", address, **query)
            reader.ask("get", f"{address}csv/", **query)
        names = {"app_label": options.app_label, "model_name": options.model_name, "term": ""}
        for field in (*options.fields, *options.many_to_many):
            if field.is_relation:
                reader.ask("get", "/admin/autocomplete/", **names, field_name=field.name)
    assert reader.told == {}


def words_of_all():
    return {
        model: list(model._default_manager.order_by("pk").values_list())
        for model in admin.site._registry
        if issubclass(model, Publishable)
    }
