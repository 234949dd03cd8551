"""What is typed into a form is kept as it is typed, beside the edition, until it is saved.

It is kept as it was sent: half a date or a row without a text is no fault yet. The public page and
the edition itself do not change by it.
"""

import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField
from django.http import QueryDict
from django.utils import timezone

from iomsite.prepared import Given, Prepared

from .models import Autosave, Publishable

# The name in the address of a form that is to show what was typed last.
ASKED = "autosaved"
# More than any page holds; a form is not a store.
MOST = 2_000_000
LEFT_OUT = ("csrfmiddlewaretoken", "_save", "_submit", "_continue", "_addanother", ASKED)
_SAVED_AT = Prepared(
    lambda: Autosave.objects.filter(
        model=Given("model", CharField()),
        edition_id=Given("edition_id", BigIntegerField()),
        user=Given("user", BigIntegerField()),
    ).values_list("saved_at")
)


def keep(edition: Publishable, user: Any, typed: QueryDict) -> datetime.datetime | None:
    """Return the moment; None where it is too much to keep."""
    said = typed.copy()
    for name in LEFT_OUT:
        said.pop(name, None)
    text = said.urlencode()
    if len(text) > MOST:
        return None
    now = timezone.now()
    Autosave.objects.update_or_create(
        **_place(edition), user=user, defaults={"typed": text, "saved_at": now}
    )
    return now


def typed(edition: Publishable, user: Any) -> QueryDict | None:
    """What this person typed last, as the form would send it."""
    row = Autosave.objects.filter(**_place(edition), user=user).first()
    if row is None:
        return None
    said = QueryDict(row.typed, mutable=True)
    said[ASKED] = "1"
    return said


def saved_at(edition: Publishable, user: Any) -> datetime.datetime | None:
    found = _SAVED_AT(**_place(edition), user=user.pk)
    return found[0][0] if found else None


def forget(edition: Publishable, user: Any) -> None:
    Autosave.objects.filter(**_place(edition), user=user).delete()


def _place(edition: Publishable) -> dict[str, Any]:
    """A page that was never saved has the number 0: one a person and kind of page."""
    return {"model": edition._meta.label_lower, "edition_id": edition.pk or 0}
