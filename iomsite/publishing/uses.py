"""What needs a row: asked before it is deleted or put into the bin."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, PROTECT, Model, Q, Value
from django.utils.translation import gettext, gettext_lazy, ngettext

from .models import Publishable
from .offered import may_be_named
from .states import State

# Pages asked for at once in the texts of others: SQLite bounds the depth of a condition.
AT_ONCE = 100
# Of what needs a row, as many are named as a person will read.
NAMED_USERS = 20
NEEDED_BY = gettext_lazy("“{row}” is needed by {kind} “{user}”.")


def name_of(user: Any) -> str:
    """The name of a row; of an edition that a page does not show any more, with its number."""
    if getattr(user, "state", "") != State.SUPERSEDED:
        return str(user)
    return gettext("%(page)s (edition %(number)s)") % {"page": user, "number": user.edition}


def said_of(
    pairs: Sequence[tuple[Any, Any]],
    user: Any,
    *,
    name: Callable[[Any], str] = name_of,
    fill: Callable[..., str] = str.format,
) -> Iterator[str]:
    """Sentences about what needs these rows: named where this person may read it, else counted.

    `name` writes what needs them, as a link perhaps; then `fill` makes safe HTML of a sentence.
    """
    named = [pair for pair in pairs if may_be_named(pair[1], user)]
    for row, needing in named[:NAMED_USERS]:
        kind = needing._meta.verbose_name
        yield fill(str(NEEDED_BY), row=row, kind=kind, user=name(needing))
    if len(named) > NAMED_USERS:
        yield gettext("And %(number)s more.") % {"number": len(named) - NAMED_USERS}
    if others := len(pairs) - len(named):
        yield ngettext(
            "A page of another office needs this.",
            "%(number)s pages of other offices need this.",
            others,
        ) % {"number": others}


def users_of(rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Pairs (row, what needs it), without the parts that belong to the rows themselves.

    A foreign key with PROTECT would stop the deletion anyway. A many-to-many relation would not:
    the link would be gone from the other page without a word. One query a relation, one for all
    texts, and one for each kind of row whose text mentions one of the rows.
    """
    found = {}
    for relation in type(rows[0])._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            for row, user in _pairs(relation, rows):
                found[row.pk, type(user), user.pk] = (row, user)
    for row, user in mentioned_by(rows):
        found[row.pk, type(user), user.pk] = (row, user)
    # A page that needs a row is named once, not for each of its editions.
    return [
        pair
        for (row, kind, _user), pair in found.items()
        if (row, kind, getattr(pair[1], "edition_of_id", None)) not in found
    ]


@cache
def _with_texts() -> tuple[tuple[type[Model], tuple[str, ...]], ...]:
    """Models with rich texts, which name pages by their lasting number, and those fields."""
    found = (
        (model, tuple(one.name for one in model._meta.fields if hasattr(one, "in_words")))
        for model in apps.get_models()
    )
    return tuple((model, names) for model, names in found if names)


def mentioned_by(rows: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs (page, whose text links to it, quotes it or shows it). A page may name itself."""
    pages = [row for row in rows if isinstance(row, Publishable)]
    for start in range(0, len(pages), AT_ONCE):
        by_uid = {str(page.uid): page for page in pages[start : start + AT_ONCE]}
        for model, keys in _naming(list(by_uid)).items():
            yield from _mentions(model, keys, by_uid)


def _naming(uids: list[str]) -> dict[type[Model], list[int]]:
    """By model, the rows whose texts hold one of these. One statement."""
    parts = [
        model._default_manager.filter(
            reduce(or_, (Q(**{f"{name}__contains": uid}) for name in names for uid in uids))
        )
        .order_by()
        .values_list(Value(number), "pk")
        for number, (model, names) in enumerate(_with_texts())
    ]
    found: dict[type[Model], list[int]] = defaultdict(list)
    if parts:
        for number, key in parts[0].union(*parts[1:], all=True):
            found[_with_texts()[number][0]].append(key)
    return found


def _mentions(
    model: type[Model], keys: list[int], by_uid: dict[str, Any]
) -> Iterator[tuple[Any, Any]]:
    whole, names = _whole_of(model), dict(_with_texts())[model]
    rows = model._default_manager.filter(pk__in=keys)
    for row in rows.select_related(whole) if whole else rows:
        user: Any = getattr(row, whole) if whole else row
        texts = " ".join(getattr(row, name) for name in names)
        for uid, page in by_uid.items():
            if uid in texts and uid != str(user.uid):
                yield page, user


def _pairs(relation: Any, rows: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    if relation.many_to_many:
        field = relation.field
        return _many_to_many(field.m2m_field_name(), field.m2m_reverse_field_name(), relation, rows)
    if relation.on_delete is PROTECT:
        return _foreign_key(relation, rows)
    return iter(())


def _many_to_many(
    user: str, target: str, relation: Any, rows: Sequence[Any]
) -> Iterator[tuple[Any, Any]]:
    by_key = {row.pk: row for row in rows}
    links = relation.through._default_manager.filter(**{f"{target}__in": rows})
    for link in links.select_related(user):
        if getattr(link, user) not in rows:
            yield by_key[getattr(link, f"{target}_id")], getattr(link, user)


def _foreign_key(relation: Any, rows: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    by_key = {row.pk: row for row in rows}
    field, whole = relation.field.name, _whole_of(relation.related_model)
    users = relation.related_model._default_manager.filter(**{f"{field}__in": rows})
    for user in users.select_related(whole) if whole else users:
        yield by_key[getattr(user, f"{field}_id")], getattr(user, whole) if whole else user


def _whole_of(model: type[Model]) -> str | None:
    """The name of the field that leads from a part to the page it belongs to."""
    if issubclass(model, Publishable):
        return None
    for field in model._meta.fields:
        if field.remote_field and getattr(field.remote_field, "on_delete", None) is CASCADE:
            return str(field.name)
    return None
