"""Every address of the administration from the URL resolver itself, and what each of them needs.

What it needs stands in the tables below; an address that no table knows fails.
"""

import re
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows import login
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import ResolverMatch, URLPattern, get_resolver

from iomsite.accounts import roles
from iomsite.accounts.models import User
from iomsite.publishing.models import AuditEntry, Publishable, PublishingSet
from iomsite.richtext.models import ExternalLink
from news.models import Campaign

from .organisation import ASSIGNED, PLACES, REACH, is_placed

# What an address needs, asked to read and asked to act. None: nobody, whoever it is.
# `begin` is to write anew from what the public reads, which needs no right over others' words.
LIST = {"changelist": ("view", "view"), "csv": ("view", "view"), "add": ("add", "add")}
ROW = {"change": ("view", "change"), "delete": ("delete", "delete"), "history": ("view", "view")}
NEW = {"autosave_new": (None, "add"), "advice_new": (None, "add")}
EDITION = {
    "compare": ("view", "view"),
    "preview_link": ("change", "change"),
    "presence": ("view", "view"),
    "autosave": (None, "change"),
    "advice": (None, "change"),
}
VERBS = {
    "edit": ("begin", "begin"),
    "discard": ("change", "change"),
    "send-back": ("review", "review"),
    "restore": ("review", "review"),
    "publish": ("publish", "publish"),
    "unschedule": ("publish", "publish"),
    "approve": ("publish", "publish"),
    "withdraw": ("publish", "publish"),
    "explain": ("publish", "publish"),
    "hand-over": ("hand over", "hand over"),
    "bin": ("delete", "delete"),
    "unbin": ("delete", "delete"),
}
PERSON = dict.fromkeys(("invite", "unlock", "take-factor", "sign-out"), ("change", "change"))
NEEDS = {
    Publishable: {**LIST, **NEW, **ROW, **EDITION, **VERBS},
    PublishingSet: {
        **LIST, **ROW, "publish": ("publish all", "publish all"), "members": ("change", "change"),
    },
    AuditEntry: {
        **LIST, **ROW, "add": (None, None), "change": ("view", None), "delete": (None, None),
    },
    ExternalLink: {"changelist": ("view", "view")},
    User: {**LIST, **ROW, **PERSON, "my_rights": ("", "")},
}  # fmt: skip
# Open to whoever works here, with what their rights let them see.
SITE = {
    "index": ("", ""),
    "app_list": ("", ""),
    "autocomplete": ("", None),
    "jsi18n": ("", None),
    "images_card": ("", None),
    "text_find": ("", None),
    "text_name": ("", None),
}
# These only lead somewhere else, or belong to signing in (and are tested there).
LEADING = {"login", "logout", "password_change", "password_change_done"}
# The row that an address is about, where it is not the draft.
ABOUT = {
    "delete": "binned", "unbin": "binned", "edit": "public", "withdraw": "public",
    "history": "public", "hand-over": "public", "discard": "copy", "compare": "copy",
    "restore": "past",
}  # fmt: skip
# Of what is all one's own, these kinds of page stand for all.
FEW = ("campaign", "page", "programme")
SEARCHED = {"app_label": "news", "model_name": "campaign", "field_name": "countries", "term": ""}
NOT_THERE = 999_999
OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
FACTORY = RequestFactory()


@dataclass(frozen=True)
class Cell:
    """An address: its pattern, what answers there, its model and the name of the page."""

    route: str
    view: Any
    model: Any
    page: str
    has_row: bool = False

    @property
    def needs(self):
        """By reading and by acting; KeyError where no table knows the page."""
        if self.model is None:
            return SITE[self.page]
        kind = Publishable if issubclass(self.model, Publishable) else self.model
        return NEEDS.get(kind, {**LIST, **ROW})[self.page]

    @property
    def row(self):
        """The name of the row that it is about."""
        if issubclass(self.model, Publishable):
            return ABOUT.get(self.page, "draft")
        return "set" if self.model is PublishingSet else "row"

    def path(self, key=None):
        return re.sub(r"<\w+:object_id>", str(key), self.route)


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


def cells():
    for pattern, route in patterns():
        # An old form of the address of a row, and whatever else there is not.
        is_rest = pattern.name is None and route.endswith(("<path:object_id>/", "(?P<url>.*)$"))
        if is_rest or pattern.name in LEADING:
            continue
        path = "/" + route.replace("^", "").replace("$", "")
        model, page = _place_of(pattern.name or "")
        if "app_label" in path:
            path = "/admin/news/"
        yield Cell(path, pattern.callback, model, page, "object_id" in path)


def _place_of(name):
    """The model that an address is about, and the name of the page; (None, name) of the site."""
    for model in admin.site._registry:
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            return model, name.removeprefix(prefix)
    return None, name


# What the roles say


def may(role, place, cell, right, of=None):
    """Whether the role in that place has a right, over a row `of` a place where there is one."""
    if right is None:
        return False
    if right == "":
        return True
    permissions = roles.permissions_of(role, at_headquarters=place == "headquarters")
    needed = [right]
    if right == "change" and cell.has_row and issubclass(cell.model, Publishable):
        needed = ["change", "review"]  # others wrote it
    if right == "hand over" and len(REACH[place]) == 1:
        return False  # there is no other office to give it to
    model = cell.model
    if right == "publish all":
        model = Campaign  # the pages in the set
    names = {"begin": "change", "hand over": "publish", "publish all": "publish"}
    known = {
        f"{model._meta.app_label}."
        f"{get_permission_codename(names.get(one, one), model._meta)}" in permissions
        for one in needed
    }
    return known == {True} and (of is None or of in REACH[place])


def places_asked(role, place, cell, number):
    """A place that the rights reach, and one that they do not, each in its turn.

    Of what one may do, a few kinds of page stand for all; of the others, each role asks for a part.
    Whoever may do most asks for two places of others, so that between them they ask for all.
    """
    if not cell.has_row or not is_placed(cell.model):
        return [None]
    turn = turn_of(role, place, number)
    inside = [one for one in PLACES if one in REACH[place]]
    outside = [one for one in PLACES if one not in REACH[place]]
    is_few = not issubclass(cell.model, Publishable) or cell.model._meta.model_name in FEW
    chosen = [inside[turn % len(inside)]] if is_few or turn % len(ASSIGNED) == 0 else []
    others = (turn, turn + 1) if role == "publisher" and len(outside) > 2 else (turn,)
    return chosen + [outside[one % len(outside)] for one in others if outside]


def turn_of(role, place, number):
    """A number that each role has for itself at each address, for whatever takes turns."""
    return number + ASSIGNED.index((role, place))


def other_method(turn):
    """One of those that no form sends; over all roles, every address meets every one."""
    return OTHER_METHODS[turn % len(OTHER_METHODS)]


# Asking


def ask(person, method, cell, key=None):
    """The status of an answer that is not drawn, and the answer."""
    path = cell.path(key)
    is_search = cell.page == "autocomplete"
    request = FACTORY.generic(method, path, QUERY_STRING=_query(SEARCHED if is_search else {}))
    request.user, request._dont_enforce_csrf_checks = person, True
    request.session, request._messages = SessionStore(), CookieStorage(request)
    request.session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
    request.session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    keys = {"app_label": "news"} if cell.page == "app_list" else {}
    if cell.has_row:
        keys["object_id"] = key if "<int:" in cell.route else str(key)
    name = "autocomplete" if is_search else ""
    request.resolver_match = ResolverMatch(cell.view, (), keys, name, ["admin"], ["admin"])
    try:
        with transaction.atomic():
            answer = cell.view(request, **keys)
            transaction.set_rollback(True)
    except PermissionDenied:
        return 403
    except Http404:
        return 404
    is_led_away = answer.status_code == 302 and answer.url.startswith("/admin/login/")
    return "sign in" if is_led_away else answer.status_code


def _query(asked):
    return "&".join(f"{name}={value}" for name, value in asked.items())
