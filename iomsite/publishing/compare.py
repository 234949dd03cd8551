"""What an edition says, as words; and what changed between two of them, word by word."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import localize
from django.utils.text import capfirst

from .editions import belongings, content_fields
from .matching import Matching
from .models import Publishable
from .veil import named, veil

Description = dict[str, list[str]]
WORDS = re.compile(r"\s+|[^\s\w]|\w+")


@dataclass(frozen=True)
class Piece:
    """A run of words that both editions have, or that one of them has."""

    text: str
    kind: str  # "same", "removed" or "added"


@dataclass(frozen=True)
class Change:
    """One field, part or relation that differs. `lines` holds the pieces, a line each."""

    label: str
    before: str
    after: str
    lines: list[list[Piece]]


def describe(
    edition: Publishable,
    typed: dict[str, Any] | None = None,
    parts: dict[type[models.Model], list[Any]] | None = None,
    reader: Any = None,
) -> Description:
    """Every field, many-to-many field and kind of part by its label, a line a value or row.

    `typed` holds what a form says instead of the row, by field; `parts` its rows, by model.
    What the `reader` (see `veil`) may not see has no name.

    One statement for each kind of part and each many-to-many field, and one for each foreign key
    that is not loaded yet.
    """
    said: Description = {}
    typed, parts = typed or {}, parts or {}
    edition = veil(edition, reader)
    for field in content_fields(type(edition)):
        if not field.editable:  # nobody writes it: it follows from what somebody does
            continue
        value = _words(edition, field)
        said[capfirst(str(field.verbose_name))] = value.split("\n") if value else []
    relations: Any = type(edition)._meta.many_to_many
    for field in relations:
        if field.remote_field.through._meta.auto_created:
            chosen = typed.get(field.name)
            rows = getattr(edition, field.name).all() if chosen is None else chosen
            rows = sorted(named(row, reader) for row in rows)
            said[capfirst(str(field.verbose_name))] = rows
    for belonging in belongings(type(edition)):
        if not belonging.model._meta.auto_created:
            said[capfirst(str(belonging.model._meta.verbose_name_plural))] = _rows(
                belonging.model, belonging.owner, edition, parts.get(belonging.model), reader
            )
    return said


def _words(row: models.Model, field: models.Field) -> str:
    value = getattr(row, field.name)
    if field.choices:
        value = getattr(row, f"get_{field.name}_display")()
    if hasattr(field, "in_words"):  # rich text: words, and a mark for what is no word
        return str(field.in_words(value))
    return "" if value is None else str(localize(value))


def _rows(
    model: type[models.Model],
    owner: Any,
    edition: Publishable,
    typed: list[Any] | None,
    reader: Any,
) -> list[str]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field is not owner
    ]
    relations = [field.name for field in fields if field.is_relation]
    rows: Any = typed
    if typed is None:
        rows = model._default_manager.filter(**{owner.name: edition})
        rows = rows.select_related(*relations) if relations else rows
    return [
        " · ".join(filter(None, (_words(row, field) for field in fields)))
        for row in (veil(one, reader) for one in rows)
    ]


def compare(before: Description, after: Description) -> list[Change]:
    """What differs, in the order of the form."""
    matching = Matching()
    return [
        Change(label, "\n".join(old), "\n".join(new), _lines(old, new, matching))
        for label in {**before, **after}
        if (old := before.get(label, [])) != (new := after.get(label, []))
    ]


def changes_between(before: Description, after: Description) -> list[dict[str, str]]:
    """As the audit trail keeps it: what changed, from what, to what."""
    return [
        {"field": change.label, "from": change.before, "to": change.after}
        for change in compare(before, after)
    ]


def stored(changes: list[dict[str, str]]) -> list[Change]:
    """What the audit trail keeps, to be read as a comparison."""
    matching = Matching()
    return [
        Change(
            one["field"],
            one["from"],
            one["to"],
            _lines(one["from"].split("\n"), one["to"].split("\n"), matching),
        )
        for one in changes
    ]


def _lines(old: list[str], new: list[str], matching: Matching) -> list[list[Piece]]:
    """Match lines first, so that a moved paragraph does not read as a rewritten text."""
    lines: list[list[Piece]] = []
    for tag, a1, a2, b1, b2 in matching.opcodes(old, new):
        if tag == "equal":
            lines += [[Piece(line, "same")] for line in old[a1:a2]]
            continue
        pairs = max(a2 - a1, b2 - b1)
        for offset in range(pairs):
            left = old[a1 + offset] if a1 + offset < a2 else ""
            right = new[b1 + offset] if b1 + offset < b2 else ""
            lines.append(_pieces(left, right, matching))
    return lines


def _pieces(old: str, new: str, matching: Matching) -> list[Piece]:
    left, right = WORDS.findall(old), WORDS.findall(new)
    pieces = []
    for tag, a1, a2, b1, b2 in matching.opcodes(left, right):
        if tag == "equal":
            pieces.append(Piece("".join(left[a1:a2]), "same"))
            continue
        if a1 < a2:
            pieces.append(Piece("".join(left[a1:a2]), "removed"))
        if b1 < b2:
            pieces.append(Piece("".join(right[b1:b2]), "added"))
    return pieces
