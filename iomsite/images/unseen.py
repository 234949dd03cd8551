"""Public pages with a photograph that visitors do not see there, or soon will not.

The photograph may be of an office whose pages the people of such a page may not read, so that no
other list tells them that its consent ends or that it was withdrawn. This one names their page, and
its form says of each photograph what its reader may know.
"""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.inbox import SOON, Waiting
from iomsite.publishing.models import Publishable

from .models import Photo, PhotoUse


def keys_of_losing(models: list[type[Publishable]], user: Any) -> dict[str, set[int]]:
    """By kind of page, whoever may read them: the list leaves out the others. One statement."""
    now = timezone.now()
    parts = []
    for use in [model for model in apps.get_models() if issubclass(model, PhotoUse)]:
        page: Any = use._meta.get_field(use.owner_field).related_model
        if page in models:
            shown = Photo.objects.published(now).exclude(expires_at__lte=now + SOON)
            rows = use.objects.exclude(photo__in=shown.order_by().values("pk")).order_by()
            label = Value(page._meta.label_lower)
            parts.append(rows.values_list(label, F(f"{use.owner_field}_id")))
    found: dict[str, set[int]] = defaultdict(set)
    for label, key in parts[0].union(*parts[1:], all=True) if parts else []:
        found[label].add(key)
    return found


# Pages alone, as they are read now.
LOSING = Waiting(
    "losing",
    _("Pages with a photograph that visitors do not see, or soon will not"),
    "-updated_at",
    lambda rows, at: rows.published(at.now),
    keys=keys_of_losing,
)
