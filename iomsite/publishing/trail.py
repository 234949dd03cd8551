"""What the trail of a page tells people of the office that the page was given to.

An entry names what the office of that day might read. Entries are never changed, so the names in
those from before the page was given away are left out when they are read.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .editions import belongings
from .models import AuditEntry
from .veil import Person, is_veiled

Change = dict[str, str]


def reader(user: Any) -> Callable[[AuditEntry], list[Change]]:
    """What an entry says has changed, for this person. One statement, for any number of entries."""
    if Person(user).sees_all:
        return lambda entry: entry.changes
    given = AuditEntry.objects.filter(action=AuditEntry.Action.HANDED_OVER).order_by()
    last = {
        (model, page): number
        for model, page, number in given.values_list("model", "page_id").annotate(Max("pk"))
    }

    def read(entry: AuditEntry) -> list[Change]:
        is_of_before = entry.pk < last.get((entry.model, entry.page_id), 0)
        return [_nameless(one, entry) for one in entry.changes] if is_of_before else entry.changes

    return read


def _nameless(change: Change, entry: AuditEntry) -> Change:
    if change["field"] not in _naming(entry.model):
        return change
    said = _("As another office named it")
    return {**change, **{side: said for side in ("from", "to") if change[side]}}


@cache
def _naming(label: str) -> set[str]:
    """The labels of what names other pages, or sets, in the entries of a kind of page."""
    model: Any = apps.get_model(label)
    found = [field for field in _fields(model) if is_veiled(field)]
    labels = [field.verbose_name for field in found] + [
        part._meta.verbose_name_plural
        for part, owner in belongings(model)
        if any(is_veiled(field) and field != owner for field in _fields(part))
    ]
    return {str(capfirst(label)) for label in labels}


def _fields(model: Any) -> list[Any]:
    return [*model._meta.concrete_fields, *model._meta.many_to_many]
