"""Who has the form of a page open now."""

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, CharField
from django.utils import timezone

from iomsite.prepared import Given, Prepared, columns_of, made_of

from .models import Presence, Publishable

# The form tells every 20 seconds that it is still open; after three silences it is not.
FRESH = datetime.timedelta(seconds=60)


def seen(page: Publishable, user: Any, *, writes: bool) -> list[Presence]:
    """Return the others who have the form open, longest first.

    Whoever `writes` is noted as well. Whoever comes back after a silence starts anew. Two
    statements, and one where somebody has gone in silence; one where nobody is noted, so that a
    form can be read while nothing is written.
    """
    now = timezone.now()
    place = {"model": page._meta.label_lower, "page_id": page.pk}
    rows = [_presence(row) for row in _PRESENT(**place)]
    silent = [row.pk for row in rows if row.seen_at < now - FRESH]
    if writes and silent:
        Presence.objects.filter(pk__in=silent, seen_at__lt=now - FRESH).delete()
    fresh = [row for row in rows if row.pk not in silent]
    if writes:
        own = [row.pk for row in fresh if row.user_id == user.pk]
        if not own or not Presence.objects.filter(pk__in=own).update(seen_at=now):
            _come(Presence(**place, user=user, since=now, seen_at=now))
    return [row for row in fresh if row.user_id != user.pk]


def _rows() -> Any:
    place = {"model": Given("model", CharField()), "page_id": Given("page_id", BigIntegerField())}
    person = [f"user__{name}" for name in columns_of(get_user_model())]
    rows = Presence.objects.filter(**place).order_by("since")
    return rows.values_list(*columns_of(Presence), *person)


_PRESENT = Prepared(_rows)


def _presence(row: Any) -> Presence:
    found = made_of(Presence, row)
    found.user = made_of(get_user_model(), row[len(columns_of(Presence)) :])
    return found


def _come(presence: Presence) -> None:
    """Two forms may be opened at once."""
    Presence.objects.bulk_create(
        [presence],
        update_conflicts=True,
        unique_fields=["model", "page_id", "user"],
        update_fields=["seen_at"],
    )


def left(page: Publishable, user: Any) -> None:
    Presence.objects.filter(model=page._meta.label_lower, page_id=page.pk, user=user).delete()
