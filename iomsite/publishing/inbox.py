"""What needs somebody: the lists on the first page of the admin.

Each list is one statement over all kinds of page, however many there are. Where it is longer than
is shown, the list of each kind of page shows the rest: `narrowed` is the same question there.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iomsite.accounts.rights import scope
from iomsite.accounts.roles import name_of as name_of_right
from iomsite.prepared import Given, Prepared

from . import audit
from .editions import publishable_models
from .models import Publishable, PublishingSet
from .offered import NAMELESS_SET
from .querysets import PublishableQuerySet as Rows
from .states import State
from .uses import name_of, users_of
from .veil import Person

SOON = datetime.timedelta(days=14)
LATELY = datetime.timedelta(days=30)
MOST = 20
# The name in the address of a list that is narrowed to one of these.
PARAMETER = "waiting"
TEXT: Any = CharField()


class Moments(NamedTuple):
    """What lists are told of the time; as it is, or for words that outlast it (`GIVEN`)."""

    now: Any
    soon: Any
    lately: Any
    today: Any

    @classmethod
    def at(cls, now: datetime.datetime) -> "Moments":
        return cls(now, now + SOON, now - LATELY, timezone.localdate(now))


GIVEN = Moments(
    now=Given("now", DateTimeField()),
    soon=Given("soon", DateTimeField()),
    lately=Given("lately", DateTimeField()),
    today=Given("today", DateField()),
)


@dataclass(frozen=True)
class Waiting:
    """What stands in one list. `which` picks the editions of a kind of page."""

    name: str
    title: Any
    by: str
    which: Callable[[Rows, Moments], Rows]
    # Where no condition can say it: the keys of the editions, by kind of page, for somebody.
    keys: Callable[[list[type[Publishable]], Any], dict[str, set[int]]] | None = None


EXPIRING = Waiting(
    "expiring",
    _("Expiring soon"),
    "expires_at",
    # Said twice, so that nothing is read that has expired already.
    lambda rows, at: rows.published(at.now).filter(expires_at__gt=at.now, expires_at__lte=at.soon),
)
EXPIRED = Waiting(
    "expired",
    _("Expired in the last 30 days"),
    "-expires_at",
    lambda rows, at: rows.gone(at.now).filter(
        state=State.PUBLISHED, expires_at__gt=at.lately, expires_at__lte=at.now
    ),
)
MINE = Waiting(
    "mine",
    _("My drafts"),
    "-updated_at",
    lambda rows, at: rows.drafts(),
    keys=lambda models, user: audit.drafts_of(user),
)
# Other apps add what they know of.
WAITING = [
    Waiting("to-review", _("To review"), "updated_at", lambda rows, at: rows.in_review()),
    Waiting(
        "sent-back",
        _("Sent back"),
        "updated_at",
        lambda rows, at: rows.drafts().exclude(remark=""),
    ),
    Waiting(
        "flagged",
        _("Published in an emergency, not yet approved"),
        "published_at",
        lambda rows, at: rows.pages().exclude(emergency_reason=""),
    ),
    Waiting("scheduled", _("Scheduled"), "published_at", lambda rows, at: rows.scheduled(at.now)),
    EXPIRING,
    EXPIRED,
    Waiting(
        "to-check",
        _("Review date passed"),
        "review_by",
        lambda rows, at: rows.published(at.now).filter(review_by__lte=at.today),
    ),
    MINE,
]


@dataclass(frozen=True)
class Item:
    """An edition in a list; `moment` is what the list is sorted by."""

    model: type[Publishable]
    pk: int
    title: str
    moment: datetime.datetime | datetime.date | None
    note: str
    # The set of pages that it belongs to.
    together: str | None
    uses: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def address(self) -> str:
        options = self.model._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[self.pk])


@dataclass(frozen=True)
class Kind:
    """A kind of page in a list, how many there are, and where all of them are shown."""

    label: str
    count: int
    address: str


@dataclass(frozen=True)
class InboxList:
    """The first of what waits, and the kinds of page that there are in the whole list."""

    name: str
    title: Any
    items: list[Item]
    kinds: list[Kind]

    @property
    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)


def lists_for(user: Any, may_see: Any) -> list[InboxList]:
    """The lists that have something in them; `may_see` says which models this person sees.

    A statement a list, one for what somebody wrote, and one more for each list that is longer than
    what is shown.
    """
    at = Moments.at(timezone.now())
    models = [model for model in publishable_models() if may_see(model)]
    lists = [_list(one, _asked(one, models, user, at)) for one in WAITING]
    for one in lists:
        if one.name in (EXPIRING.name, EXPIRED.name):
            _name_uses(one.items, Person(user))
    return [one for one in lists if one.items]


def narrowed(pages: Any, name: str, user: Any) -> Any:
    """Of a list of pages, those that stand in the list of this name, or whose working copy does."""
    chosen = next((one for one in WAITING if one.name == name), None)
    if chosen is None:
        return pages
    found = _rows_of(chosen, [pages.model], user, Moments.at(timezone.now()))
    rows = found[pages.model] if found else pages.none()
    return pages.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=rows.values("edition_of")))


def _name_uses(items: list[Item], may_name: Person) -> None:
    """Say which pages use what expires or has expired. Some statements a kind of page that does."""
    found: dict[Any, list[str]] = defaultdict(list)
    for model in {item.model for item in items}:
        rows = list(model.objects.filter(pk__in=[one.pk for one in items if one.model is model]))
        for row, user in users_of(rows):
            if may_name(user):
                found[model, row.pk].append(name_of(user))
    for item in items:
        item.uses.extend(found[item.model, item.pk])


def _rows_of(
    one: Waiting, models: list[type[Publishable]], user: Any, at: Moments
) -> dict[type[Publishable], Rows]:
    """By kind of page, the editions that stand in a list of this person."""
    rows = {model: one.which(model.objects.visible_to(user), at).order_by() for model in models}
    if one.keys is None:
        return rows
    known = one.keys(models, user)
    return {
        model: found.filter(Q(pk__in=keys) | Q(edition_of__in=keys))
        for model, found in rows.items()
        if (keys := known.get(model._meta.label_lower))
    }


class Asked(NamedTuple):
    """The statements of a list, each to be made where its answer is wanted."""

    first: Callable[[], list[Any]]
    counts: Callable[[], list[Any]]


NOTHING = Asked(list, list)


def _asked(one: Waiting, models: list[type[Publishable]], user: Any, at: Moments) -> Asked:
    """Of whoever sees every row of these kinds, lists differ in nothing: they are worded once."""
    if one.keys is None and models and _sees_all(user, models):
        first, counts = _worded(one.name, tuple(models))
        given = at._asdict()
        return Asked(lambda: first(**given), lambda: counts(**given))
    rows = _rows_of(one, models, user, at)
    if not rows:
        return NOTHING
    named = _name_of_set(user)
    return Asked(lambda: list(_first(one, rows, named)), lambda: list(_counts(rows)))


def _sees_all(user: Any, models: list[type[Publishable]]) -> bool:
    may_see = (scope(user, name_of_right(model, "view")).everywhere for model in models)
    return Person(user).sees_all and all(may_see)


@cache
def _worded(name: str, models: tuple[type[Publishable], ...]) -> tuple[Prepared, Prepared]:
    """A union of all kinds of page takes longer to word than to answer."""
    (one,) = (one for one in WAITING if one.name == name)

    def rows() -> dict[type[Publishable], Rows]:
        return {model: one.which(model.objects.all(), GIVEN).order_by() for model in models}

    named = F("publishing_set__title")
    return Prepared(lambda: _first(one, rows(), named)), Prepared(lambda: _counts(rows()))


def _list(one: Waiting, asked: Asked) -> InboxList:
    found = asked.first()
    counts = Counter(label for label, *_rest in found)
    if len(found) > MOST:
        counts = Counter(dict(asked.counts()))
    items = [Item(apps.get_model(label), *rest) for label, *rest in found[:MOST]]
    present = sorted((label, count) for label, count in counts.items() if count)
    kinds = [_kind(apps.get_model(label), count, one) for label, count in present]
    return InboxList(one.name, one.title, items, kinds)


def _first(one: Waiting, rows: dict[type[Publishable], Rows], named: Any) -> QuerySet[Any]:
    """What is shown, and one more."""
    by = one.by.removeprefix("-")
    parts = [_columns(model, part, by, named) for model, part in rows.items()]
    order = one.by.replace(by, "moment")
    # What goes public together has one moment and stands together.
    return parts[0].union(*parts[1:], all=True).order_by(order, "together", "said")[: MOST + 1]


def _kind(model: type[Publishable], count: int, one: Waiting) -> Kind:
    options = model._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    label = str(options.verbose_name if count == 1 else options.verbose_name_plural)
    return Kind(label, count, f"{address}?{PARAMETER}={one.name}")


def _name_of_set(user: Any) -> Any:
    """A set of another office has no name here, though its pages stand together."""
    title = F("publishing_set__title")
    if Person(user).sees_all:
        return title
    sets = PublishingSet.objects.visible_to(user).values("pk")
    return Case(
        When(publishing_set__in=sets, then=title),
        When(publishing_set__isnull=False, then=Value(str(_(NAMELESS_SET)))),
        output_field=TEXT,
    )


def _columns(model: type[Publishable], rows: QuerySet[Any], by: str, named: Any) -> QuerySet[Any]:
    return (
        rows.annotate(
            kind_label=Value(model._meta.label, TEXT),
            said=F(model.name_field),
            moment=F(by),
            note=F("remark"),
            together=named,
        )
    ).values_list("kind_label", "pk", "said", "moment", "note", "together")


def _counts(rows: dict[type[Publishable], Rows]) -> QuerySet[Any]:
    parts = [
        part.annotate(kind_label=Value(model._meta.label, TEXT))
        .values("kind_label")
        .annotate(number=Count("pk"))
        .values_list("kind_label", "number")
        for model, part in rows.items()
    ]
    return parts[0].union(*parts[1:], all=True)
