"""Takes away the names of what a row refers to and its reader may not see.

Headquarters may let a page of one office refer to the draft of another. Staff of the first see that
there is something, wherever a list, a form or a comparison names it, and not what it is called.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from iomsite.accounts.rights import scope

from .models import Publishable, PublishingSet
from .offered import NAMELESS, NAMELESS_SET, may_be_named

# Whether a row may be named.
Reader = Callable[[Any], bool]


@dataclass(frozen=True)
class Person:
    """Somebody who reads what is drawn."""

    user: Any

    def __call__(self, row: Any) -> bool:
        return may_be_named(row, self.user)

    @property
    def sees_all(self) -> bool:
        return scope(self.user, "publishing.view_auditentry").everywhere


@dataclass(frozen=True)
class StaffOf:
    """Whoever reads the audit trail of this page, today or later."""

    page: Publishable

    def __call__(self, row: Any) -> bool:
        if not isinstance(row, Publishable | PublishingSet):
            return True
        office = (row.page if isinstance(row, Publishable) else row).responsible_office_id
        is_public = isinstance(row, Publishable) and row.is_public()
        return is_public or office == self.page.responsible_office_id

    @property
    def sees_all(self) -> bool:
        return self.page.responsible_office_id is None


def named(row: Any, may_name: Reader | None) -> str:
    return str(row if may_name is None or may_name(row) else nameless(row))


def named_for(row: Any, user: Any) -> str:
    """For somebody, or for nobody in particular: what time brings about reads no names."""
    return named(row, Person(user) if user else None)


def veil(row: Any, may_name: Any) -> Any:
    """The row, or a copy to be read only, with nameless stand-ins for what may not be named.

    One statement for each of its relations that is not read yet, where not all may be named.
    """
    if may_name is None or may_name.sees_all:
        return row
    row = copy.copy(row)
    row._prefetched_objects_cache = {**getattr(row, "_prefetched_objects_cache", {})}
    for field in row._meta.concrete_fields:
        if is_veiled(field):
            _veil_key(row, field, may_name)
    for field in row._meta.many_to_many:
        if is_veiled(field) and field.remote_field.through._meta.auto_created:
            _veil_list(row, field, may_name)
    return row


def veil_all(rows: Iterable[Any], user: Any) -> None:
    """The same for rows of a list; of a relation that no row has read, nothing is asked."""
    reader = Person(user)
    if reader.sees_all:
        return
    for row in rows:
        for field in row._meta.concrete_fields:
            if is_veiled(field) and field.is_cached(row):
                _veil_key(row, field, reader)
        for field in row._meta.many_to_many:
            if is_veiled(field) and field.name in getattr(row, "_prefetched_objects_cache", {}):
                _veil_list(row, field, reader)


def words_at(path: str, model: Any, user: Any) -> Any:
    """What a related page is called, as an expression: empty where this person may not read it.

    `path` is that of a search or of a column. None where it leads to no other page, or where this
    person sees all of them.
    """
    name, _dash, column = path.lstrip("^=@").partition("__")
    fields = {field.name: field for field in model._meta.concrete_fields}
    field = fields.get(name)
    if field is None or not is_veiled(field) or Person(user).sees_all:
        return None
    related: Any = field.related_model
    may = Q(**{f"{name}__in": related.objects.to_refer_to(user).values("pk")})
    then = F(f"{name}__{column or related.name_field}")
    return Case(When(may, then=then), default=Value(""))


def nameless(row: Any) -> Any:
    """Of the same kind and number, and of nothing else."""
    if isinstance(row, PublishingSet):
        return PublishingSet(pk=row.pk, title=_(NAMELESS_SET))
    return type(row)(pk=row.pk, **{row.name_field: _(NAMELESS)})


def is_veiled(field: Any) -> bool:
    """Whether this leads to rows that may have no name for somebody."""
    related = field.related_model
    # The page of an edition is the same for whoever sees the edition.
    is_own = field.name == "edition_of"
    return bool(related) and not is_own and issubclass(related, Publishable | PublishingSet)


def _veil_key(row: Any, field: Any, may_name: Reader) -> None:
    target = getattr(row, field.name)
    if target is not None and not may_name(target):
        field.set_cached_value(row, nameless(target))


def _veil_list(row: Any, field: Any, may_name: Reader) -> None:
    rows = getattr(row, field.name).all()
    shown = [one if may_name(one) else nameless(one) for one in rows]
    veiled = rows._chain()
    veiled._result_cache, veiled._prefetch_done = shown, True
    row._prefetched_objects_cache[field.name] = veiled
