"""What strangers paste goes in through every text field of the admin, and comes out inert."""

import csv
import io
import json
from collections import defaultdict
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django import forms
from django.db import transaction
from django.db.models import CharField, TextField
from django.forms import EmailField, URLField
from django.test import Client
from django.urls import resolve, reverse

from iomsite.accounts.models import Office, User
from iomsite.images import cards
from iomsite.images.models import Photo
from iomsite.organisation.models import Figure
from iomsite.partialdate import PartialDateFormField
from iomsite.publishing import actions, export
from iomsite.publishing.models import AuditEntry, Publishable, Redirect, Source
from iomsite.richtext.fields import RichTextField
from iomsite.richtext.models import ExternalLink
from iomsite.richtext.sanitise import ALLOWED, GLOBAL, MOST_CHARACTERS, sanitise
from news.models import NewsRelease
from programmes.models import Programme, Topic
from tests import test_admin
from tests.factories.accounts import UserFactory
from tests.publishing import sweep
from tests.submission import change_of, errors_of, fields_of, list_of, verb_of

from . import hostile
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

pytestmark = pytest.mark.any_database  # a minute; no column takes what forms refuse

# The pages of the desk are the same for all kinds.
SHOWN_ON_THE_DESK = (Figure, NewsRelease, Photo, Programme)
DESK = ("history", "withdraw")
BEFORE_PUBLICATION = ("change", "compare", "discard", "preview-link")
BESIDE = ("compare", "discard", "history")
DELETED = (Office, Redirect, Source, Topic)
# Words of two editions stand there one in the other.
MIXED = {
    *(f"admin/programmes/programme/<path:object_id>/{name}/" for name in BESIDE),
    *(f"admin/news/newsrelease/<path:object_id>/{name}/" for name in BESIDE),
    "admin/publishing/auditentry/<path:object_id>/change/",
}
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
    assert lost == set()


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


# What each kind of field says to what it cannot hold. The last that fits counts.
SAID = [
    (forms.Field, "Null characters are not allowed."),
    (
        forms.SlugField,
        "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
    ),
    (forms.URLField, "Enter a valid URL."),
    (forms.EmailField, "Enter a valid email address."),
    (forms.TypedChoiceField, "Select a valid choice."),
    (forms.IntegerField, "Enter a whole number."),
    (forms.DecimalField, "Enter a number."),
    (forms.FloatField, "Enter a number."),
    (forms.DateField, "Enter a valid date."),
    (forms.models.InlineForeignKeyField, "The inline value did not match the parent instance."),
    (PartialDateFormField, "“<script>alert(1)</script>"),
]
NONSENSE = f"{hostile.SCRIPTS[0]}\0{hostile.LINES}"
# A box that is ticked is ticked whatever it says; files and moments have names of their own.
NOT_SAID = forms.BooleanField | forms.FileField | forms.MultiValueField


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_a_field_cannot_hold_is_refused_beside_it(world, model):
    form = world.client.get(add_of(model))
    fields = {name: field for name, field, _model in fields_in(form)}
    data = fields_of(form) | dict.fromkeys(fields, NONSENSE)
    expected = {
        name: next(words for kind, words in reversed(SAID) if isinstance(field, kind))
        for name, field in fields.items()
        if not isinstance(field, NOT_SAID) and not field.disabled
    }
    for address in (add_of(model), add_of(model).removesuffix("?plain")):
        answer = world.client.post(address, data)
        assert answer.status_code == 200
        said = errors_of(answer)
        assert said.keys() == expected.keys()
        for name, words in expected.items():
            assert any(one.startswith(words) for one in said[name]), (name, said[name])
        assert hostile.SCRIPTS[0] not in answer.content.decode()


ASKED = NONSENSE.replace("\0", "")
TOO_LARGE = "9" * 30


@pytest.mark.django_db
def test_whatever_is_asked_of_a_list_it_answers(world):
    """Search, filters, order and page of the lists of staff and of the public."""
    for model in [*MODELS, *test_admin.REPORTS]:
        address = list_of(model)
        ask(world.client, address, "q", ASKED)
        if model in (AuditEntry, ExternalLink, Programme):
            specs = world.client.get(address).context["cl"].filter_specs
            names = {name for spec in specs for name in spec.expected_parameters()}
            for name in {"o", "p", *names}:
                ask(world.client, address, name, ASKED if "id" not in name else TOO_LARGE)
    ask(world.client, address, "q", "\0")
    for address in ("/news/", "/data-and-research/publications/"):
        for name in {"page", *world.client.get(address).context["filter"].filters}:
            ask(world.client, address, name, ASKED if name != "page" else TOO_LARGE)


def ask(client, address, name, *values):
    for value in values:
        answer = client.get(address, {name: value})
        assert answer.status_code in (200, 302, 404 if name == "page" else 400), (address, name)
        assert answer.status_code != 400 or value == "\0"
        assert hostile.SCRIPTS[0] not in answer.content.decode(), (address, name)


@pytest.mark.django_db
def test_what_a_form_asks_while_somebody_types_is_inert(world):
    """Saving by itself, advice with its preview of a shared page, and the search for choices."""
    copy = world.copies[NewsRelease]
    data = filled(world.client.get(change_of(copy)), world.words, world.rows, slug=copy.slug)
    answer = world.client.post(verb_of("advice", copy), data)
    shape = Shape(answer.content.decode())
    assert {name for _tag, names in shape.elements for name in names} <= ADVICE
    assert plainly(data["title"])[:20] in shape.text
    assert world.client.post(verb_of("autosave", copy), data).json()["said"]
    form = world.client.get(f"{change_of(copy)}?autosaved")
    assert fields_of(form)["title"] == data["title"]
    assert hostile.SCRIPTS[0] not in form.content.decode()
    for model in (Programme, Figure, Photo):
        row = world.rows[model]
        word = str(getattr(row, row.name_field)).split()[0]
        kind = {Programme: "page", Figure: "figure", Photo: "photo"}[model]
        found = world.client.get(reverse("admin:text_find"), {"kind": kind, "words": word})
        assert found["Content-Type"] == "application/json"
        assert getattr(row, row.name_field) in [one["name"] for one in found.json()["found"]]
    for words in (ASKED, *hostile.FLOODS):
        found = world.client.get(
            reverse("admin:text_find"), {"kind": "page", "words": words[:5000]}
        )
        assert found["Content-Type"] == "application/json"
        asked = {"app_label": "news", "model_name": "newsrelease", "field_name": "campaign"}
        answer = world.client.get("/admin/autocomplete/", {**asked, "term": words[:5000]})
        assert answer.status_code == 200


# Attributes of what advice is drawn with.
ADVICE = {
    *("alt", "height", "src", "width"),  # of the card, drawn by this site
    "class",
    "data-share",
    "data-beside",
    "id",
    "href",
    "aria-label",
    "aria-labelledby",
    "lang",
    "dir",
}


def test_a_card_is_drawn_of_any_words():
    floods = (flood[:250] for flood in hostile.FLOODS)
    for words in (hostile.LINES, *floods, *hostile.WORDS[::9], *hostile.SCRIPTS[3::20]):
        card = cards.Words(words, words, words)
        assert cards.draw(card).startswith(b"\x89PNG"), words
        assert cards.name_of(card)


# Accounts: what is typed there goes into mails and into the log.


@pytest.mark.django_db
def test_a_mail_has_the_heads_it_was_given_and_the_words_that_were_typed(world, mailoutbox):
    person = world.rows[User]
    User.objects.filter(pk=person.pk).update(email="person@site.example")
    for name in (hostile.LINES, hostile.SCRIPTS[0], *hostile.FORMULAS[:2]):
        User.objects.filter(pk=person.pk).update(first_name=name, last_name="x")
        world.client.post(verb_of("invite", person))
        mail = mailoutbox[-1]
        assert mail.to == ["person@site.example"]
        assert (mail.cc, mail.bcc) == ([], [])
        assert "\n" not in mail.subject
        heads = mail.message()
        assert "Bcc" not in heads
        assert heads.get_content_type() == "text/plain"
        assert plainly(name) in plainly(mail.body)
    log = world.client.get(verb_of("history", person)).content.decode()
    assert hostile.SCRIPTS[0] not in log


@pytest.mark.django_db
def test_pages_of_an_account_show_names_as_they_were_typed(world):
    """A passkey is named by whoever has it."""
    words = hostile.SCRIPTS[0]
    key = Authenticator.objects.create(
        user=world.writer, type=Authenticator.Type.WEBAUTHN, data={"name": words, "credential": {}}
    )
    User.objects.filter(pk=world.writer.pk).update(first_name=words, last_name=words)
    for address in ("mfa_index", "mfa_list_webauthn", "usersessions_list", "account_set_up"):
        answer = world.client.get(reverse(address), follow=True)
        assert answer.status_code == 200
        assert words not in answer.content.decode(), address
    edit = reverse("mfa_edit_webauthn", args=[key.pk])
    assert words in Shape(world.client.get(edit).content.decode()).words
    answer = Client().post(reverse("account_login"), {"login": ASKED, "password": ASKED})
    assert answer.status_code == 200
    assert words not in answer.content.decode()


@pytest.mark.django_db
def test_nothing_typed_begins_a_line_of_the_log(world, caplog):
    forged = "%0aERROR%20forged%0d%0aERROR%20forged"
    for client in (world.client, Client()):
        client.get(f"/nothing{forged}/?q={forged}")
        client.get(f"/admin/news/newsrelease/{forged}/change/")
        client.get(f"/news/?page={forged}")
        client.get(f"/account/invitation/{forged}/")
        client.post(reverse("account_login"), {"login": "\nERROR forged", "password": "x"})
        client.post("/policy-violations/", REPORT, content_type="application/csp-report")
    assert any("policy" in record.getMessage() for record in caplog.records)
    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "\r" not in record.getMessage()


REPORT = json.dumps({"csp-report": {"document-uri": "https://x.example/\nERROR forged\x1b[31m"}})


@pytest.mark.django_db
def test_floods_are_kept_whole_or_refused_in_a_sentence(world):
    """In a text with an editor, in plain ones, and in a line that is too short for them."""
    copy = world.copies[NewsRelease]
    names = ("lead", "source_text", "correction_note", "editor_note", "body")
    for start in range(0, len(hostile.FLOODS), len(names)):
        form = fields_of(world.client.get(change_of(copy)))
        sent = dict(zip(names, hostile.FLOODS[start:], strict=False))
        answer = world.client.post(change_of(copy), {**form, **sent, "title": "x" * 100_000})
        assert list(errors_of(answer)) == ["title"]
        answer = world.client.post(change_of(copy), {**form, **sent})
        assert answer.status_code == 302, errors_of(answer)
        copy.refresh_from_db()
        for name, flood in sent.items():
            expected = sanitise(flood) if name == "body" else flood.strip()
            assert getattr(copy, name) == expected, (name, flood[:9])
        assert world.client.get(verb_of("compare", copy)).status_code == 200
        preview = world.client.get(f"{copy.get_absolute_url()}?edition={copy.pk}")
        assert plainly(sent["lead"])[:40] in Shape(preview.content.decode()).text


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_refused_beside_its_field(world):
    copy = world.copies[NewsRelease]
    form = fields_of(world.client.get(change_of(copy)))
    sentence = (
        "This text has more than 200000 characters, its markup included. Divide it among several "
        "pages."
    )
    for button in ("_save", "_submit"):
        sent = {**form, "body": "x " * (MOST_CHARACTERS // 2) + "y", button: "on"}
        answer = world.client.post(change_of(copy), sent)
        assert errors_of(answer)["body"] == [sentence]
        assert answer.context["adminform"].form["body"].value() == sent["body"]
