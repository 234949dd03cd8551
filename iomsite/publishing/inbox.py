"""What needs somebody: the lists on the first page of the admin.

Each list is one statement over all kinds of page, however many there are.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import audit
from .editions import publishable_models
from .models import Publishable
from .states import State
from .uses import name_of, users_of

SOON = datetime.timedelta(days=14)
MOST = 20
EXPIRING = 4  # the place of this list among the others
TEXT: Any = CharField()


@dataclass(frozen=True)
class Item:
    """An edition in a list; `moment` is what the list is sorted by."""

    model: type[Publishable]
    pk: int
    title: str
    moment: datetime.datetime | datetime.date | None
    note: str
    uses: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def address(self) -> str:
        options = self.model._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[self.pk])


@dataclass(frozen=True)
class InboxList:
    title: Any
    items: list[Item]


def lists_for(user: Any, may_see: Any) -> list[InboxList]:
    """The lists that have something in them; `may_see` says which models this person sees."""
    now = timezone.now()
    models = [model for model in publishable_models() if may_see(model)]
    mine = audit.drafts_of(user)
    conditions = [
        (_("To review"), Q(state=State.IN_REVIEW), "updated_at"),
        (_("Sent back"), Q(state=State.DRAFT) & ~Q(remark=""), "updated_at"),
        (
            _("Published in an emergency, not yet approved"),
            ~Q(emergency_reason="") & Q(edition_of=None),
            "published_at",
        ),
        (_("Scheduled"), Q(state=State.PUBLISHED, published_at__gt=now), "published_at"),
        (
            _("Expiring soon"),
            Q(state=State.PUBLISHED, expires_at__range=(now, now + SOON), edition_of=None),
            "expires_at",
        ),
        (
            _("Review date passed"),
            Q(state=State.PUBLISHED, review_by__lte=timezone.localdate(), edition_of=None),
            "review_by",
        ),
    ]
    lists = [InboxList(title, _items(models, which, by)) for title, which, by in conditions]
    _name_uses(lists[EXPIRING].items, may_see)
    lists.append(InboxList(_("My drafts"), _drafts(models, mine)))
    return [one for one in lists if one.items]


def _items(models: list[type[Publishable]], which: Q, by: str) -> list[Item]:
    if not models:
        return []
    parts = [_rows(model, model.objects.filter(which), by) for model in models]
    by_label = {model._meta.label: model for model in models}
    rows = parts[0].union(*parts[1:], all=True).order_by("moment")[:MOST]
    return [Item(by_label[label], *rest) for label, *rest in rows]


def _name_uses(items: list[Item], may_see: Any) -> None:
    """Say which pages go without what expires. Some statements a kind of page that does."""
    found: dict[Any, list[str]] = defaultdict(list)
    for model in {item.model for item in items}:
        rows = list(model.objects.filter(pk__in=[one.pk for one in items if one.model is model]))
        for row, user in users_of(rows):
            if may_see(type(user)):
                found[model, row.pk].append(name_of(user))
    for item in items:
        item.uses.extend(found[item.model, item.pk])


def _drafts(models: list[type[Publishable]], mine: dict[str, set[int]]) -> list[Item]:
    """The unfinished editions that somebody wrote in."""
    conditions: dict[str, Q] = defaultdict(lambda: Q(pk__in=[]))
    for label, pages in mine.items():
        conditions[label] = Q(state=State.DRAFT) & (Q(pk__in=pages) | Q(edition_of__in=pages))
    chosen = [model for model in models if model._meta.label_lower in mine]
    if not chosen:
        return []
    parts = [
        _rows(model, model.objects.filter(conditions[model._meta.label_lower]), "updated_at")
        for model in chosen
    ]
    by_label = {model._meta.label: model for model in chosen}
    rows = parts[0].union(*parts[1:], all=True).order_by("-moment")[:MOST]
    return [Item(by_label[label], *rest) for label, *rest in rows]


def _rows(model: type[Publishable], rows: QuerySet[Any], by: str) -> QuerySet[Any]:
    named = "title" if any(field.name == "title" for field in model._meta.fields) else "name"
    if model._meta.label_lower == "organisation.figure":
        named = "label"
    return (
        rows.order_by()
        .annotate(
            kind_label=Value(model._meta.label, TEXT), said=F(named), moment=F(by), note=F("remark")
        )
        .values_list("kind_label", "pk", "said", "moment", "note")
    )
