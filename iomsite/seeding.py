"""Fixture files before they meet the database: read, put into order, and checked.

Every refusal names the file, the object by its natural key, and the field.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.core.management.base import CommandError
from django.core.serializers import sort_dependencies
from django.db import models

Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Entry:
    """One object as a fixture writes it."""

    file: str
    model: type[models.Model]
    data: dict[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        return self.data["fields"]

    @property
    def key(self) -> Key | None:
        """The natural key, as words; None where the fixture names the object by number.

        A part begins with the key of the page that owns it, an edition with that of its page.
        """
        lookups = getattr(self.model, "natural_key_fields", ())
        words = [self._follow(lookup) for lookup in lookups]
        above = self.fields.get(getattr(self.model, "owner_field", "edition_of"))
        if hasattr(self.model, "owner_field"):
            words = [*above, *words] if isinstance(above, list) else []
        elif above:
            words = [*above, self.fields.get("edition")] if isinstance(above, list) else []
        return tuple(map(str, words)) if words and None not in words else None

    def _follow(self, lookup: str) -> Any:
        name, _, rest = lookup.partition("__")
        field = self.model._meta.get_field(name)
        value = self.fields.get(name, field.get_default())
        if not rest:
            return value
        position = field.related_model.natural_key_fields.index(rest)
        return value[position] if isinstance(value, list) and len(value) > position else None

    def refuse(self, reason: str, field: str = "") -> NoReturn:
        name = " ".join(self.key or (str(self.data.get("pk", "without a key")),))
        parts = [self.file, f"{self.model._meta.label_lower} {name}", field, reason]
        raise CommandError(": ".join(filter(None, parts)))

    def refuse_invalid(self, error: ValidationError) -> NoReturn:
        """Repeat what the fields and constraints of the model found, all of it."""
        found = [
            f"{self._field_of(field, reason)}{' '.join(reason.messages)}"
            for field, reasons in error.error_dict.items()
            for reason in reasons
        ]
        self.refuse("; ".join(found))

    def _field_of(self, field: str, reason: ValidationError) -> str:
        """What the reason is about; the code of a constraint on one field is that field."""
        names = {one.name for one in self.model._meta.fields}
        named = reason.code if field == NON_FIELD_ERRORS else field
        return f"{named}: " if named in names else ""


def read(path: str) -> Iterator[Entry]:
    """Give the objects of a JSON fixture in the order they are written."""
    file = _name(path)
    try:
        objects = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:  # broken JSON, and text that is not UTF-8
        raise CommandError(f"{file}: this is not JSON: {error}") from error
    if not isinstance(objects, list):
        raise CommandError(f"{file}: a fixture is a list of objects.")
    for number, data in enumerate(objects, 1):
        if not isinstance(data, dict) or not isinstance(data.get("fields"), dict):
            raise CommandError(f"{file}: object {number} needs a “model” and “fields”.")
        try:
            model = apps.get_model(str(data.get("model")))
        except (LookupError, ValueError) as error:
            raise CommandError(
                f"{file}: object {number}: model: there is no model “{data.get('model')}”."
            ) from error
        yield Entry(file, model, data)


def _name(path: str) -> str:
    """The path as an operator would type it here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Put what others refer to before them, whatever file it is in; a model keeps its own order."""
    known = sort_dependencies([(app, None) for app in apps.get_app_configs()], allow_cycles=True)
    ranks = {model: rank for rank, model in enumerate(known)}
    return sorted(entries, key=lambda entry: ranks.get(entry.model, len(ranks)))


def check(entries: list[Entry], using: str, *, ignore_unknown_fields: bool = False) -> None:
    """Refuse what Django would report without naming it, or overwrite in silence."""
    known: dict[tuple[type[models.Model], Any], Entry] = {}
    for entry in entries:
        _check_fields(entry, ignore_unknown_fields)
        for name in filter(None, [entry.key, str(entry.data.get("pk") or "")]):
            first = known.setdefault((entry.model, name), entry)
            if first is not entry:
                entry.refuse(f"stands twice; {first.file} has it too.", _key_field(entry))
    for entry in entries:
        for field, value in _references(entry):
            if (field.related_model, _reference(value)) not in known:
                _check_exists(entry, field, value, using)


def _key_field(entry: Entry) -> str:
    fields = getattr(entry.model, "natural_key_fields", ("pk",))
    owner = getattr(entry.model, "owner_field", None)
    names = [lookup.partition("__")[0] for lookup in fields]
    return ", ".join(filter(None, [owner, *names]))


def _check_fields(entry: Entry, ignore_unknown: bool) -> None:
    options = entry.model._meta
    fields = {field.name: field for field in [*options.fields, *options.many_to_many]}
    for name, value in entry.fields.items():
        if name in fields:
            _check_value(entry, fields[name], value)
        elif not ignore_unknown:
            entry.refuse("there is no such field.", name)


def _check_value(entry: Entry, field: models.Field, value: Any) -> None:
    if field.many_to_many:
        if not isinstance(value, list):
            entry.refuse("must be a list of natural keys.", field.name)
        return
    if field.is_relation and isinstance(value, list):
        return
    if isinstance(value, dict | list) and not isinstance(field, models.JSONField):
        entry.refuse(
            f"“{json.dumps(value, ensure_ascii=False)}” is not a single value.", field.name
        )
    if isinstance(value, str) and "\0" in value:
        entry.refuse("the text holds a NUL character.", field.name)
    try:
        (field.target_field if field.is_relation else field).to_python(value)
    except ValidationError as error:
        entry.refuse(" ".join(error.messages), field.name)
    except (TypeError, ValueError):
        entry.refuse(f"“{value}” is no value for this field.", field.name)


def _references(entry: Entry) -> Iterator[tuple[models.Field, Any]]:
    """Every object that this one points to: the field, and the natural key or number."""
    options = entry.model._meta
    for field in [*options.fields, *options.many_to_many]:
        value = entry.fields.get(field.name)
        if field.is_relation and value is not None:
            for item in value if field.many_to_many else [value]:
                yield field, item


def _reference(value: Any) -> Key | str:
    return tuple(map(str, value)) if isinstance(value, list) else str(value)


def _check_exists(entry: Entry, field: models.Field, value: Any, using: str) -> None:
    manager = field.related_model._default_manager.db_manager(using)
    try:
        if isinstance(value, list):
            manager.get_by_natural_key(*value)
        else:
            manager.get(pk=value)
    except (ObjectDoesNotExist, AttributeError, TypeError, ValueError):
        name = ", ".join(map(str, value)) if isinstance(value, list) else value
        entry.refuse(f"no {field.related_model._meta.verbose_name} “{name}”.", field.name)
