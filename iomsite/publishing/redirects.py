"""Redirects that a changed slug makes by itself. Chains are flattened and loops cannot arise."""

import datetime

from .models import Publishable, Redirect
from .states import UNFINISHED, Withdrawal

# Steps that a visitor is led at once; more there cannot be among addresses made here.
MOST_STEPS = 10


def addresses(page: Publishable, at: datetime.datetime) -> list[tuple[Publishable, str]]:
    """The page, and those whose addresses begin with its own, with the address of each.

    Only what the public has seen before then: a redirect would tell of a draft.
    """
    if not hasattr(page, "get_absolute_url"):
        return []
    below = page.children.pages().order_by("pk") if hasattr(page, "children") else ()
    rows = (page, *below)
    return [(row, row.get_absolute_url()) for row in rows if _was_seen(row, at)]


def _was_seen(row: Publishable, at: datetime.datetime) -> bool:
    first = row.first_published_at or row.published_at
    return row.state not in UNFINISHED and first is not None and first < at


def follow(before: list[tuple[Publishable, str]], page: Publishable) -> None:
    """Lead from each address that a page had to the one it has. No statement if all stay."""
    for row, old_path in before:
        if row.pk != page.pk:
            row.parent = page  # type: ignore[attr-defined]
        new_path = (page if row.pk == page.pk else row).get_absolute_url()
        if old_path != new_path:
            free(new_path)
            add(old_path, new_path, is_automatic=True)
            if row.withdrawal == Withdrawal.MOVED:
                add(new_path, row.moved_to)


def free(*paths: str) -> None:
    """Let addresses answer for themselves again."""
    Redirect.objects.filter(old_path__in=paths).delete()


def free_of(page: Publishable) -> None:
    """Nothing leads on from where a page is published for the first time."""
    if hasattr(page, "get_absolute_url"):
        free(page.get_absolute_url())


def end_of(path: str) -> str:
    """Where an address leads in the end."""
    for _step in range(MOST_STEPS):
        further = Redirect.objects.filter(old_path=path).values_list("new_path", flat=True).first()
        if further is None:
            return path
        path = further
    return path


def add(old_path: str, new_path: str, *, is_automatic: bool = False) -> None:
    """Lead from one address to another, and whatever led to the old one as well."""
    new_path = end_of(new_path)
    if old_path == new_path:
        return
    Redirect.objects.filter(new_path=old_path).exclude(old_path=new_path).update(new_path=new_path)
    Redirect.objects.update_or_create(
        old_path=old_path, defaults={"new_path": new_path, "is_automatic": is_automatic}
    )
