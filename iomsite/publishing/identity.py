"""The lasting numbers of pages that had none: migrations give them, and so does the seed."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Q

NAMESPACE = uuid.UUID("6f0cfa5e-41b5-5e0e-9d7c-1b52c7a4d0e3")


def uid_of(label: str, slug: str) -> uuid.UUID:
    """The same on every machine, so that the seed agrees with what was seeded before."""
    return uuid.uuid5(NAMESPACE, f"{label.lower()}:{slug}")


def name_pages(app: str, *models: str) -> Callable[[Any, Any], None]:
    """A step of a migration: every page its own number, and every edition that of its page."""

    def fill(apps: Any, schema_editor: Any) -> None:
        for name in models:
            rows = apps.get_model(app, name).objects.using(schema_editor.connection.alias)
            for key, slug in rows.filter(edition_of=None).values_list("pk", "slug"):
                editions = rows.filter(Q(pk=key) | Q(edition_of=key))
                editions.update(uid=uid_of(f"{app}.{name}", slug))

    return fill
