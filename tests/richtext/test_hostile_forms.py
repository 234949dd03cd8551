"""What strangers paste goes in through every text field of the admin, and comes out inert."""

import csv
import io
from collections import defaultdict
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.models import CharField, TextField
from django.forms import EmailField, URLField
from django.test import Client
from django.urls import resolve, reverse

from iomsite.accounts.models import Office
from iomsite.images.models import Photo
from iomsite.organisation.models import Figure
from iomsite.publishing import actions, export
from iomsite.publishing.models import AuditEntry, Publishable, Redirect, Source
from iomsite.richtext.fields import RichTextField
from iomsite.richtext.sanitise import ALLOWED, GLOBAL, sanitise
from news.models import NewsRelease
from programmes.models import Programme, Topic
from tests import test_admin
from tests.factories.accounts import UserFactory
from tests.publishing import sweep
from tests.submission import change_of, errors_of, fields_of, list_of, verb_of

from .forms_of_staff import (
    MODELS,
    SOUND,
    Harmless,
    Hostile,
    Shape,
    add_of,
    fields_in,
    filled,
    is_text,
    plainly,
)

# The pages of the desk are the same for all kinds.
SHOWN_ON_THE_DESK = (Figure, NewsRelease, Photo, Programme)
DESK = ("history", "withdraw")
BEFORE_PUBLICATION = ("change", "compare", "discard", "preview-link")
BESIDE = ("compare", "discard", "history")
DELETED = (Office, Redirect, Source, Topic)
# A line of the desk names its page in some ten words: what stands behind a long title is cut off.
# Words of two editions stand there one in the other.
MIXED = {
    *(f"admin/programmes/programme/<path:object_id>/{name}/" for name in BESIDE),
    *(f"admin/news/newsrelease/<path:object_id>/{name}/" for name in BESIDE),
    "admin/publishing/auditentry/<path:object_id>/change/",
}
CUT = {("Programme", "acronym")}
SCHEMES = ("javascript:", "vbscript:", "data:", "//")
# What readers may meet because of what somebody wrote.
OF_TEXTS = {**ALLOWED, "a": {"href", "rel"}}
FRAME = ("div", frozenset({"class", "role", "tabindex"}))


class World:
    """One row of each model, typed into the forms of staff. Pages are published; some are being
    edited again."""

    def __init__(self, words):
        self.words = words
        self.rows, self.typed, self.copies = {}, {}, {}
        self.writer, reviewer = UserFactory.create_batch(2, is_superuser=True)
        self.client = Client()
        self.client.force_login(self.writer)
        for model in MODELS:
            self._add(model)
        for row in self.rows.values():
            if isinstance(row, Publishable):
                actions.submit(row, by=self.writer)
                actions.publish(row, by=reviewer)
                row.refresh_from_db()
        words.turn = "again"
        for model in (NewsRelease, Programme):
            self._edit(self.rows[model])

    def _add(self, model):
        form = self.client.get(add_of(model))
        data = filled(form, self.words, self.rows)
        answer = self.client.post(add_of(model), data)
        assert answer.status_code == 302, (model, errors_of(answer))
        self.rows[model] = model.objects.latest("pk")
        for name, field, of in fields_in(form):
            if is_text(field) and name.rpartition("-")[2] not in SOUND:
                self.typed[model, name] = SimpleNamespace(of=of, field=field, said=data[name])

    def _edit(self, page):
        copy = self.copies[type(page)] = actions.edit(page, by=self.writer)
        data = filled(self.client.get(change_of(copy)), self.words, self.rows, slug=page.slug)
        answer = self.client.post(change_of(copy), data)
        assert answer.status_code == 302, errors_of(answer)
        copy.refresh_from_db()

    def surfaces(self):
        """Every public address, and the pages of the admin about these rows."""
        yield from sweep.addresses()
        yield "/admin/"
        yield reverse("admin:publishing_auditentry_changelist")
        for row in self.rows.values():
            yield from (list_of(row), change_of(row))
            yield from (verb_of(name, row) for name in DESK if type(row) in SHOWN_ON_THE_DESK)
            yield from (verb_of("delete", row) for model in DELETED if type(row) is model)
        for copy in self.copies.values():
            yield from (verb_of(name, copy) for name in BEFORE_PUBLICATION)
            yield change_of(AuditEntry.objects.filter(page_id=copy.page.pk).latest("pk"))
            yield f"{copy.get_absolute_url()}?edition={copy.pk}"

    def shapes(self):
        """By route, what all its answers hold together."""
        found = defaultdict(
            lambda: SimpleNamespace(elements=set(), addresses=set(), text="", statuses=[])
        )
        for address in self.surfaces():
            response = self.client.get(address)
            assert response.status_code == 200 or not address.startswith("/admin/"), address
            if "html" in response["Content-Type"]:
                shape = Shape(response.content.decode())
                of_route = found[resolve(address.partition("?")[0]).route]
                of_route.elements |= shape.elements
                of_route.addresses |= shape.addresses
                of_route.text += shape.text
                of_route.statuses.append(response.status_code)
        return found


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once; each test leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(Hostile())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def harmless(django_db_setup, django_db_blocker):
    """What all pages hold where nobody means harm; and where each field is read."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = World(Harmless())
        shapes = made.shapes()
        transaction.set_rollback(True)
    return SimpleNamespace(typed=made.typed, shapes=shapes)


def is_of_texts(element):
    tag, attributes = element
    return element == FRAME or (tag in OF_TEXTS and attributes <= OF_TEXTS[tag] | GLOBAL)


def is_plain(typed):
    """Words that pages print as they are."""
    return not isinstance(typed.field, URLField | EmailField) and not typed.said.startswith("<h4>")


def test_every_model_of_the_admin_is_typed_into():
    assert set(MODELS) == set(test_admin.MODELS)


@pytest.mark.django_db
def test_every_surface_is_inert_and_shows_what_was_typed(harmless, world):
    shapes = world.shapes()
    assert shapes.keys() == harmless.shapes.keys()
    lost = set()
    for route, shape in shapes.items():
        before = harmless.shapes[route]
        assert shape.statuses == before.statuses, route
        new = {one for one in shape.elements - before.elements if not is_of_texts(one)}
        assert new == set(), route
        assert not [one for one in shape.addresses if one.startswith(SCHEMES)], route
        lost |= {one for one in lost_in(shape, before, harmless, world) if route not in MIXED}
    assert lost == CUT


def lost_in(shape, before, harmless, world):
    """Fields whose harmless words are read there, while the beginning of the hostile ones is not."""
    for key, typed in harmless.typed.items():
        is_read = is_plain(typed) and plainly(typed.said) in before.text
        if is_read and plainly(world.typed[key].said)[:20] not in shape.text:
            yield key[0].__name__, key[1]


@pytest.mark.django_db
def test_what_was_typed_is_kept_and_shown_again_as_it_was(world):
    assert min(world.words.said.values()) > 0, "a piece had room in no field"
    for (model, name), typed in world.typed.items():
        row, column = world.rows[model], name.rpartition("-")[2]
        if typed.of is not model:
            row = typed.of.objects.filter(**{typed.of.owner_field: row}).get()
        is_rich = isinstance(row._meta.get_field(column), RichTextField)
        assert getattr(row, column) == (sanitise(typed.said) if is_rich else typed.said), name
    for row in [*world.rows.values(), *world.copies.values()]:
        shown = fields_of(world.client.get(change_of(row)))
        for field in row._meta.concrete_fields:
            if (
                not field.choices
                and isinstance(shown.get(field.name), str)
                and isinstance(field, CharField | TextField)
            ):
                assert shown[field.name] == getattr(row, field.name), (row._meta.label, field.name)


@pytest.mark.django_db
def test_no_cell_of_a_download_is_a_formula(world):
    """Nor does anything typed begin a row of its own."""
    for model, row in world.rows.items():
        if not issubclass(model, Publishable):
            continue
        content = world.client.get(f"{list_of(row)}csv/").content.decode().removeprefix("\ufeff")
        rows = list(csv.reader(io.StringIO(content, newline="")))
        assert len(rows) == 1 + model.objects.pages().count()
        assert {len(cells) for cells in rows} == {len(rows[0])}
        for cell in (cell for cells in rows for cell in cells):
            assert not cell.lstrip().startswith(export.DANGEROUS), cell
            assert not cell.startswith(export.CONTROL), cell
        title = str(row)
        assert {title, f"'{title}"} & {cells[0] for cells in rows}, model
