"""What journalists look for: whom to ask, and photographs to print.

Only what public releases hold already: whom they name, and what they show.
"""

from typing import Any

from iomsite.images.models import Photo

from .models import NewsRelease, ReleaseContact, ReleasePhoto

RELEASES = 40
MOST_CONTACTS = 12
MOST_PHOTOGRAPHS = 24


def contacts() -> list[ReleaseContact]:
    """Of the newest releases, each person once, as the newest release has it. One statement."""
    newest = NewsRelease.objects.published().values("pk")[:RELEASES]
    rows = ReleaseContact.objects.filter(release__in=[*newest.values_list("pk", flat=True)])
    found: dict[tuple[str, ...], ReleaseContact] = {}
    for row in rows.order_by("-release__released_on", "release", "order"):
        found.setdefault((row.name.casefold(), row.email.casefold()), row)
    return list(found.values())[:MOST_CONTACTS]


def photographs() -> list[Any]:
    """Uses of photographs with a file, the newest release first; each photograph once.

    One statement. Only those that others may print as well: a permission to show one here is
    none to pass it on. Whatever has a file has the consent of the people shown.
    """
    offered = Photo.objects.published().filter(licence__in=Photo.OFFERED_LICENCES)
    photos = offered.exclude(file="").exclude(widths="")
    uses = ReleasePhoto.objects.filter(
        photo__in=photos, release__in=NewsRelease.objects.published()
    ).select_related("photo", "release")
    found: dict[int, Any] = {}
    for use in uses.order_by("-release__released_on", "release", "order")[: MOST_PHOTOGRAPHS * 3]:
        found.setdefault(use.photo_id, use)
    return list(found.values())[:MOST_PHOTOGRAPHS]
