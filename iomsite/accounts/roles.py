"""What each role may do: data in code, so that every installation agrees.

A role is a list of rights; a right is a sentence for people and the permissions it takes. A name
such as `pages.publish` stands for that permission over every kind of page; all others are Django's
own permissions, which `migrate` makes.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.utils.translation import gettext_lazy as _

# Kinds of page that belong to the whole organisation. Headquarters makes them, and may then give
# one to the office that is to keep it.
COMMON = (
    "organisation.page",
    "organisation.framework",
    "organisation.historyevent",
    "programmes.country",
    "programmes.region",
)
# What pages refer to, and what has no office.
REFERENCE = (
    "programmes.goal",
    "programmes.partner",
    "programmes.regionaloffice",
    "programmes.topic",
    "publishing.source",
)


def name_of(model: Any, action: str) -> str:
    """The full name of the permission to do this with rows of a model: the one place that knows."""
    options = model._meta
    return f"{options.app_label}.{get_permission_codename(action, options)}"


def over(models: tuple[str, ...], *actions: str) -> tuple[str, ...]:
    """The names of Django's permissions for these actions over these models."""
    found = []
    for label in models:
        app, name = label.split(".")
        found += [f"{app}.{action}_{name}" for action in actions]
    return tuple(found)


@dataclass(frozen=True)
class Right:
    """Something a role may do. Some hold at headquarters only, whatever the office."""

    words: Any
    permissions: tuple[str, ...]
    only_at_headquarters: bool = False


@dataclass(frozen=True)
class Role:
    """`sentence` completes “you can …” and may name the offices."""

    code: str
    name: Any
    sentence: Any
    rights: tuple[Right, ...]


READ = Right(
    _("read all pages, drafts and what they said before included"),
    (
        "pages.view",
        *over(REFERENCE, "view"),
        "publishing.view_publishingset",
        "publishing.view_auditentry",
        "richtext.view_externallink",
        "accounts.view_office",
    ),
)
WRITE = Right(_("write pages and submit them for review"), ("pages.add", "pages.change"))
WRITE_COMMON = Right(
    _("begin pages about the organisation, regions and countries"), over(COMMON, "add"), True
)
REVIEW = Right(
    _("change what others wrote, send it back, and restore what a page said before"),
    ("pages.review",),
)
BUNDLE = Right(
    _("put pages into sets that go live together"),
    over(("publishing.publishingset",), "add", "change"),
)
ADD_PARTNERS = Right(_("add partners"), ("programmes.add_partner",))
KEEP_REFERENCE = Right(
    _("change topics, goals, partners, regional offices and sources"),
    over(REFERENCE, "add", "change", "delete"),
    True,
)
PUBLISH = Right(
    _("publish, schedule and withdraw pages, and give them to another of these offices"),
    ("pages.publish",),
)
THROW_AWAY = Right(
    _("put pages that were never public into the bin, and delete them for good"),
    ("pages.delete", "publishing.delete_publishingset"),
)
REDIRECT = Right(
    _("send visitors from one address to another"),
    over(("publishing.redirect",), "view", "add", "change", "delete"),
    True,
)
ADMINISTER = Right(
    _("open and close accounts, and say who works where as what"),
    over(
        ("accounts.user", "accounts.assignment", "accounts.office"),
        "view",
        "add",
        "change",
        "delete",
    ),
    True,
)

CONTRIBUTOR = Role(
    "contributor",
    _("Contributor"),
    _("write pages of %(offices)s and submit them for review"),
    (READ, WRITE, WRITE_COMMON),
)
EDITOR = Role(
    "editor",
    _("Editor"),
    _("write and review pages of %(offices)s, and submit them or send them back"),
    (*CONTRIBUTOR.rights, REVIEW, BUNDLE, ADD_PARTNERS, KEEP_REFERENCE),
)
PUBLISHER = Role(
    "publisher",
    _("Publisher"),
    _("write, review, publish and withdraw pages of %(offices)s"),
    (*EDITOR.rights, PUBLISH, THROW_AWAY, REDIRECT),
)
ADMINISTRATOR = Role(
    "administrator",
    _("Administrator"),
    _("read all pages, manage accounts, and say who works where as what"),
    (READ, ADMINISTER),
)

# Translators come with languages: their right will be to write translations and nothing else.
ROLES = {role.code: role for role in (CONTRIBUTOR, EDITOR, PUBLISHER, ADMINISTRATOR)}
CHOICES = [(role.code, role.name) for role in ROLES.values()]


@cache
def permissions_of(code: str, *, at_headquarters: bool) -> frozenset[str]:
    """The full names of what a role may do in an office."""
    return frozenset(
        name
        for right in ROLES[code].rights
        if at_headquarters or not right.only_at_headquarters
        for permission in right.permissions
        for name in _expand(permission)
    )


def _expand(permission: str) -> list[str]:
    """`pages.publish` as the permissions over every kind of page; any other name is itself."""
    whole, _dot, action = permission.partition(".")
    if whole != "pages":
        return [permission]
    return [
        name_of(model, action)
        for model in apps.get_models()
        if is_page(model) and (action != "add" or model._meta.label_lower not in COMMON)
    ]


def is_page(model: Any) -> bool:
    """Whether rows of this model are published: such models say so by this permission."""
    return "publish" in model._meta.default_permissions
