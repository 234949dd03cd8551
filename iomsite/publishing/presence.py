"""Who has the form of a page open now."""

import datetime
from typing import Any

from django.utils import timezone

from .models import Presence, Publishable

# The form tells every 20 seconds that it is still open; after three silences it is not.
FRESH = datetime.timedelta(seconds=60)


def seen(page: Publishable, user: Any, *, writes: bool) -> list[Presence]:
    """Return the others who have the form open, longest first.

    Whoever `writes` is noted as well. Whoever comes back after a silence starts anew. Four
    statements; one where nobody is noted, so that a form can be read while nothing is written.
    """
    now = timezone.now()
    place = {"model": page._meta.label_lower, "page_id": page.pk}
    if writes:
        Presence.objects.filter(**place, seen_at__lt=now - FRESH).delete()
        Presence.objects.update_or_create(**place, user=user, defaults={"seen_at": now})
    others = Presence.objects.filter(**place, seen_at__gte=now - FRESH).exclude(user=user)
    return list(others.select_related("user").order_by("since"))


def left(page: Publishable, user: Any) -> None:
    Presence.objects.filter(model=page._meta.label_lower, page_id=page.pk, user=user).delete()
