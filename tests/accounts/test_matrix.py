"""Every role, in every office, at every address of the administration: allowed or refused.

The addresses come from the URL resolver itself. What each of them needs stands in the tables
below, in words of their own and not read from the code: an address that no table knows fails.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.internal.flows import login
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import ResolverMatch, URLPattern, get_resolver

from iomsite.accounts.models import Office, User
from iomsite.publishing import audit
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.models import AuditEntry, PublishingSet, Redirect, Source
from programmes.models import Goal, Partner, RegionalOffice, Topic
from tests.factories.accounts import OfficeFactory, UserFactory, headquarters
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import (
    FigureFactory,
    FrameworkFactory,
    HistoryEventFactory,
    PageFactory,
)
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    GoalFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionalOfficeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import PublishingSetFactory, RedirectFactory, SourceFactory

PAGE_FACTORIES = (
    CampaignFactory,
    CountryFactory,
    EngagementFactory,
    FigureFactory,
    FrameworkFactory,
    HistoryEventFactory,
    NewsReleaseFactory,
    OutcomeDocumentFactory,
    PageFactory,
    PhotoFactory,
    ProgrammeFactory,
    PublicationFactory,
    RegionFactory,
)
REFERENCE_FACTORIES = (
    GoalFactory,
    PartnerFactory,
    RegionalOfficeFactory,
    SourceFactory,
    TopicFactory,
)
KINDS = {
    **dict.fromkeys(publishable_models(), "page"),
    **dict.fromkeys((Goal, Partner, RegionalOffice, Source, Topic), "reference"),
    PublishingSet: "set",
    Redirect: "redirect",
    AuditEntry: "trail",
    Office: "office",
    User: "person",
}
# Rows of these belong to offices.
PLACED = ("page", "set", "trail")
COMMON = {"page", "framework", "historyevent", "country", "region"}

# What an address needs, asked by GET and by POST. None: nobody, whoever it is.
LIST = {"changelist": ("view", "view"), "csv": ("view", "view"), "add": ("add", "add")}
ROW = {"change": ("view", "change"), "delete": ("delete", "delete"), "history": ("view", "view")}
EDITION = {
    "compare": ("view", "view"),
    "preview_link": ("change", "change"),
    "presence": ("view", "view"),
    "autosave": (None, "change"),
}
VERBS = {
    "edit": ("change", "change"),
    "discard": ("change", "change"),
    "send-back": ("review", "review"),
    "restore": ("review", "review"),
    "publish": ("publish", "publish"),
    "unschedule": ("publish", "publish"),
    "approve": ("publish", "publish"),
    "withdraw": ("publish", "publish"),
    "explain": ("publish", "publish"),
    "hand-over": ("publish", "publish"),
    "bin": ("delete", "delete"),
    "unbin": ("delete", "delete"),
}
NEEDS = {
    "page": {**LIST, "autosave_new": (None, "add"), **ROW, **EDITION, **VERBS},
    "set": {**LIST, **ROW, "publish": ("publish", "publish"), "members": ("change", "change")},
    "reference": {**LIST, **ROW},
    "redirect": {**LIST, **ROW},
    "trail": {**LIST, **ROW, "add": (None, None), "change": ("view", None), "delete": (None, None)},
    "office": {**LIST, **ROW},
    "person": {
        **LIST,
        **ROW,
        "invite": ("change", "change"),
        "unlock": ("change", "change"),
        "take-factor": ("change", "change"),
        "sign-out": ("change", "change"),
        "my_rights": ("", ""),
    },
}
# Open to whoever works here, with what their rights let them see.
SITE = {
    "index": ("", ""),
    "app_list": ("", ""),
    "autocomplete": ("", None),
    "jsi18n": ("", None),
}
SEARCHED = {"app_label": "news", "model_name": "campaign", "field_name": "countries", "term": ""}
# These only lead somewhere else, or belong to signing in (and are tested there).
LEADING = {"login", "logout", "password_change", "password_change_done"}

# What each role may do, by kind of row: everywhere, and at headquarters besides. A contributor may
# change what they wrote themselves; the rows here are of others.
CONTRIBUTOR = {
    ("page", "view"), ("page", "add"), ("set", "view"), ("reference", "view"), ("trail", "view"),
    ("office", "view"),
}  # fmt: skip
EDITOR = {
    *CONTRIBUTOR, ("page", "change"), ("page", "review"), ("set", "add"), ("set", "change"),
    ("partner", "add"),
}  # fmt: skip
PUBLISHER = {
    *EDITOR,
    ("page", "publish"),
    ("page", "delete"),
    ("set", "publish"),
    ("set", "delete"),
}
READER = {
    ("page", "view"), ("set", "view"), ("reference", "view"), ("trail", "view"),
    ("office", "view"),
}  # fmt: skip
ALL = ("view", "add", "change", "delete")
HEADQUARTERS = {
    "contributor": {("common", "add")},
    "editor": {("common", "add"), *(("reference", right) for right in ALL)},
    "publisher": {
        ("common", "add"),
        *((kind, right) for kind in ("reference", "redirect") for right in ALL),
    },
    "administrator": {(kind, right) for kind in ("office", "person") for right in ALL},
}
ANYWHERE = {
    "contributor": CONTRIBUTOR,
    "editor": EDITOR,
    "publisher": PUBLISHER,
    "administrator": READER,
}


# Where pages belong; those of headquarters have no office: None.
PLACES = ("regional", "country", "elsewhere", None)
# The places that each holder's rights reach: their own and those below.
REACH = {
    "headquarters": set(PLACES),
    "regional": {"regional", "country"},
    "country": {"country"},
    "nowhere": set(),
}
# The places whose rows are asked for: at headquarters one stands for all.
ASKED = {
    "headquarters": {"elsewhere"},
    "regional": set(PLACES),
    "country": {"country", "regional"},
    "nowhere": {None},
}
# Where all pages are one's own, these kinds stand for all.
SOME_PAGES = ("campaign", "page", "programme")
HOLDERS = [
    *((role, "headquarters") for role in ANYWHERE),
    *((role, "regional") for role in ("contributor", "editor", "publisher")),
    ("publisher", "country"),
    ("", "nowhere"),
]


@dataclass
class Row:
    """What an address is about: its key, and where it belongs, if it does anywhere."""

    pk: int
    place: str | None = None


@dataclass
class World:
    offices: dict[str | None, Any]
    # By model; of pages, drafts and what is in the bin.
    rows: dict[Any, list[Row]] = field(default_factory=dict)
    binned: dict[Any, list[Row]] = field(default_factory=dict)
    people: dict[tuple[str, str], Any] = field(default_factory=dict)


def build():
    """A draft, a binned page, a set and an entry of the trail in each office."""
    regional = OfficeFactory(kind="regional", name="Regional")
    offices = {
        "regional": regional,
        "country": OfficeFactory(parent=regional, name="Country"),
        "elsewhere": OfficeFactory(name="Elsewhere"),
        None: None,
    }
    world = World(offices)
    for place, office in offices.items():
        for factory in PAGE_FACTORIES:
            _add_pages(world, factory, place, office)
        chosen = PublishingSetFactory(
            title=words_of(place), slug=f"set-{slug_of(place)}", responsible_office=office
        )
        world.rows.setdefault(PublishingSet, []).append(Row(chosen.pk, place))
        member = CampaignFactory(
            title=words_of(place), in_review=True, publishing_set=chosen, responsible_office=office
        )
        entry = audit.record(member, AuditEntry.Action.CREATED, by=None)
        world.rows.setdefault(AuditEntry, []).append(Row(entry.pk, place))
    for factory in (*REFERENCE_FACTORIES, RedirectFactory, UserFactory, OfficeFactory):
        world.rows[factory._meta.model] = [Row(factory().pk)]
    for role, level in HOLDERS:
        office = headquarters() if level == "headquarters" else offices.get(level)
        given = {"role": role, "role__office": office} if role else {}
        world.people[role, level] = UserFactory(**given)
    return world


def _add_pages(world, factory, place, office):
    model = factory._meta.model
    for name, rows in (("draft", world.rows), ("binned", world.binned)):
        title = f"{words_of(place)} ({name})"
        said = {name: True, model.name_field: title, "responsible_office": office}
        slug = f"{name}-{slug_of(place)}"
        if name == "draft" and model is CampaignFactory._meta.model:
            slug = f"kept-{slug}"
        rows.setdefault(model, []).append(Row(factory(slug=slug, **said).pk, place))


def words_of(place):
    return f"Words of {place or 'headquarters'}"


def slug_of(place):
    return words_of(place).lower().replace(" ", "-")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


# Addresses


def patterns(found=None, prefix="", inside=False):
    """Pattern and route of every address of the administration."""
    for one in get_resolver().url_patterns if found is None else found:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            if inside:
                yield one, route
        else:
            is_admin = inside or one.namespace == "admin"
            yield from patterns(one.url_patterns, route, is_admin)


def place_of(name):
    """The model that an address is about, and the name of the page; (None, name) of the site."""
    for model in admin.site._registry:
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            return model, name.removeprefix(prefix)
    return None, name


def needed(model, page):
    """What an address needs by GET and by POST; KeyError for one that no table knows."""
    if model is None:
        return SITE[page]
    return NEEDS[KINDS[model]][page]


def test_every_address_is_known():
    """Whoever adds a page to the administration says here who may ask for it."""
    unknown = []
    for pattern, route in patterns():
        # An old form of the address of a row, and whatever else there is not.
        if pattern.name is None and route.endswith(("<path:object_id>/", "(?P<url>.*)$")):
            continue
        try:
            needed(*place_of(pattern.name))
        except (KeyError, AttributeError):
            unknown += [route] if pattern.name not in LEADING else []
    assert unknown == []


# Asking


def ask(person, method, path, view, keys):
    """The answer of a view, not drawn yet; None where it refuses."""
    request = getattr(FACTORY, method)(path, SEARCHED if "autocomplete" in path else {})
    request.user, request._dont_enforce_csrf_checks = person, True
    request.session, request._messages = SessionStore(), CookieStorage(request)
    request.session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
    request.session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    name = "autocomplete" if "autocomplete" in path else ""
    request.resolver_match = ResolverMatch(view, (), keys, name, ["admin"], ["admin"])
    try:
        answer = view(request, **keys)
    except (PermissionDenied, Http404):
        return None
    is_led_away = answer.status_code == 302 and answer.url.startswith("/admin/login/")
    return None if answer.status_code in (403, 404, 405) or is_led_away else answer


FACTORY = RequestFactory()


@dataclass
class Cell:
    """An address to ask for: how, what it is about, and the row in whose office it is decided."""

    path: str
    view: Any
    keys: dict[str, Any]
    model: Any
    page: str
    row: Row | None = None


def cells(world, places):
    """Every address there is, with a row of each of these places where it is about a row."""
    for pattern, route in patterns():
        if not pattern.name or pattern.name in LEADING:
            continue
        model, page = place_of(pattern.name)
        path = "/" + route.replace("^", "").replace("$", "")
        if "app_label" in path:
            yield Cell("/admin/news/", pattern.callback, {"app_label": "news"}, None, page)
        elif "object_id" not in path:
            yield Cell(path, pattern.callback, {}, model, page)
        else:
            is_binned = page in ("delete", "unbin") and model in world.binned
            for row in (world.binned if is_binned else world.rows)[model]:
                if row.place in places or KINDS[model] not in PLACED:
                    keys = {"object_id": row.pk if "<int:" in path else str(row.pk)}
                    own = re.sub(r"<\w+:object_id>", str(row.pk), path)
                    yield Cell(own, pattern.callback, keys, model, page, row)


def allowed(holder, right, cell):
    role, level = holder
    if right is None or not role:
        return False
    model, kind = cell.model, KINDS.get(cell.model)
    rights = ANYWHERE[role] | (HEADQUARTERS[role] if level == "headquarters" else set())
    names = {(kind, right)}
    if right == "add" and kind == "page" and model._meta.model_name in COMMON:
        names = {("common", "add")}
    elif right == "add" and model is Partner:
        names.add(("partner", "add"))
    if cell.page == "hand-over" and len(REACH[level]) == 1:
        return False  # there is no other office to give it to
    is_placed = cell.row is not None and kind in PLACED
    reaches = not is_placed or cell.row.place in REACH[level]
    return reaches and (right == "" or bool(names & rights))


def is_asked(cell, level):
    is_page = KINDS.get(cell.model) == "page"
    return level != "headquarters" or not is_page or cell.model._meta.model_name in SOME_PAGES


@pytest.mark.django_db
@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: "-".join(filter(None, holder)))
def test_every_address_answers_whoever_may_ask_and_nobody_else(world, holder):
    person, level = world.people[holder], holder[1]
    wrong, before = [], _all_words()
    for cell in filter(lambda cell: is_asked(cell, level), cells(world, ASKED[level])):
        for method, right in zip(("get", "post"), needed(cell.model, cell.page), strict=True):
            expected = allowed(holder, right, cell)
            answer, said = _answer(person, method, cell, expected, level)
            if bool(answer) is not expected:
                wrong.append((method, cell.path, "refused" if expected else "allowed"))
            wrong += [(method, cell.path, words) for words in hidden_from(level) if words in said]
    assert wrong == []
    assert _all_words() == before


def _answer(person, method, cell, expected, level):
    """What is allowed is undone again, and read where it may hold others' words."""
    asked = (person, method, cell.path, cell.view, cell.keys)
    if not expected:
        return ask(*asked), ""
    with transaction.atomic():
        answer = ask(*asked)
        # A verb shows the edition that it is about, and nothing else.
        is_own = cell.row is None or cell.row.place in (level, None)
        reads = method == "get" and is_own and cell.page not in VERBS and hidden_from(level)
        said = _said(answer) if answer and reads else ""
        transaction.set_rollback(True)
        return answer, said


def hidden_from(level):
    """The words of the pages that somebody there must not read."""
    places = [place for place in PLACES if place not in REACH[level]]
    return [words for place in places for words in (words_of(place), slug_of(place))]


def _said(answer):
    if not getattr(answer, "is_rendered", True):
        answer.render()
    return answer.content.decode()


def _all_words():
    return [list(model.objects.order_by("pk").values()) for model in KINDS if model is not User]
