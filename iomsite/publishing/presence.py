"""Who has the form of a page open now."""

import datetime
from typing import Any

from django.utils import timezone

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
    rows = list(Presence.objects.filter(**place).select_related("user").order_by("since"))
    silent = [row.pk for row in rows if row.seen_at < now - FRESH]
    if writes and silent:
        Presence.objects.filter(pk__in=silent, seen_at__lt=now - FRESH).delete()
    fresh = [row for row in rows if row.pk not in silent]
    if writes:
        own = [row.pk for row in fresh if row.user_id == user.pk]
        if not own or not Presence.objects.filter(pk__in=own).update(seen_at=now):
            _come(Presence(**place, user=user, since=now, seen_at=now))
    return [row for row in fresh if row.user_id != user.pk]


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
