"""Texts that were plain become rich, and back: steps of the migrations that did it."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from .sanitise import sanitise
from .words import as_text

ROWS_AT_ONCE = 500
Step = Callable[[Any, Any], None]


def paragraphs(text: str) -> str:
    """Plain text as rich text: an empty line begins a new paragraph."""
    lines = text.replace("\r\n", "\n").split("\n")
    blocks = "\n".join(line.rstrip() for line in lines).split("\n\n")
    words = (escape(block.strip("\n"), quote=False) for block in blocks if block.strip())
    return sanitise("".join(f"<p>{block}</p>".replace("\n", "<br>") for block in words))


def steps(app: str, fields: dict[str, list[str]]) -> tuple[Step, Step]:
    """Both ways of a migration, for the fields of each model."""
    return _step(app, fields, paragraphs), _step(app, fields, as_text)


def _step(app: str, fields: dict[str, list[str]], change: Callable[[str], str]) -> Step:
    def convert(apps: Any, schema_editor: Any) -> None:
        for model, names in fields.items():
            rows = apps.get_model(app, model).objects.using(schema_editor.connection.alias)
            found = rows.only("pk", *names).order_by("pk").iterator(ROWS_AT_ONCE)
            rows.bulk_update(list(_changed(found, names, change)), names, ROWS_AT_ONCE)

    return convert


def _changed(rows: Any, names: list[str], change: Callable[[str], str]) -> Iterator[Any]:
    for row in rows:
        old = [getattr(row, name) for name in names]
        new = [change(text) for text in old]
        if new != old:
            for name, text in zip(names, new, strict=True):
                setattr(row, name, text)
            yield row
