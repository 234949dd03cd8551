"""What a view says of its answer, so that somebody may keep it and know for how long.

An answer that says nothing is kept by nobody.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Model

Key = tuple[str, int]


class KeptBy(NamedTuple):
    """The parameters of the address that the answer depends on, and the page that it is about.

    Without a page, any change of what is public may make it another answer. With one, only what
    `changes.stamp` moves on does.
    """

    names: frozenset[str]
    row: Key | None


def keep(response: Any, names: Iterable[str], page: Model | None = None) -> Any:
    row = (page._meta.label_lower, page.pk) if page is not None else None
    response.kept_by = KeptBy(frozenset(names), row)
    return response
