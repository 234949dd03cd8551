"""What a text may refer to, found by its name for whoever writes the text.

A form asks `to_refer_to` as its other relations do: what is public, and what this person may see.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from iomsite.publishing.models import Publishable
from iomsite.publishing.offered import may_be_named
from iomsite.publishing.status import status_of

from .sanitise import KEY, SCHEME

MOST_FOUND = 20
MOST_WORDS = 6
MOST_NAMED = 50
# What makes a row fit to be linked to, quoted or shown.
ABLE = {"page": "get_absolute_url", "figure": "value_in_text", "photo": "picture_in_text"}

Found = dict[str, Any]


def models_of(kind: str) -> list[Any]:
    models: list[type[Model]] = list(apps.get_models())
    return [one for one in models if issubclass(one, Publishable) and hasattr(one, ABLE[kind])]


def find(kind: str, words: str, user: Any) -> list[Found]:
    """The first of those whose name holds all words; without words, what changed last.

    One statement for each model of this kind.
    """
    rows = [row for model in models_of(kind) for row in _found_in(model, words, user)]
    if words:
        rows.sort(
            key=lambda row: (not _name_of(row).lower().startswith(words.lower()), _name_of(row))
        )
    else:
        rows.sort(key=lambda row: row.updated_at, reverse=True)
    return [_described(row) for row in rows[:MOST_FOUND]]


def _found_in(model: Any, words: str, user: Any) -> Any:
    rows = model.objects.to_refer_to(user)
    for word in words.split()[:MOST_WORDS]:
        asked = (Q(**{f"{name}__icontains": word}) for name in (model.name_field, "slug"))
        rows = rows.filter(next(asked) | next(asked))
    # The name alone would cut off what begins with the words.
    return rows.order_by("-updated_at", "pk")[:MOST_FOUND]


def named(references: Iterable[str], user: Any) -> dict[str, Found]:
    """What references stand for. One statement for each kind that is mentioned.

    What is not there, and what this person may not see, have no name: nobody can tell them apart.
    """
    asked = list(dict.fromkeys(references))[:MOST_NAMED]
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for reference in asked:
        if match := KEY.fullmatch(reference.removeprefix(SCHEME)):
            wanted[match[1]][match[2]] = reference
    known = {model._meta.label_lower: model for kind in ABLE for model in models_of(kind)}
    answer: dict[str, Found] = {reference: {"name": ""} for reference in asked}
    for label, uids in wanted.items():
        rows = known[label].objects.pages().filter(uid__in=uids) if label in known else ()
        for row in rows:
            if may_be_named(row, user):
                answer[uids[str(row.uid)]] = _described(row)
    return answer


def _name_of(row: Any) -> str:
    return str(getattr(row, row.name_field))


def _described(row: Any) -> Found:
    """As the dialogs and the text itself show it. No statement."""
    status = status_of(row)
    return {
        "key": f"{row._meta.label_lower}/{row.uid}",
        "name": _name_of(row) or _("Without a name"),
        "kind": capfirst(str(row._meta.verbose_name)),
        "status": status.value,
        "state": str(status.label),
        "is_public": row.is_public(),
        **row.text_choice(),
    }
