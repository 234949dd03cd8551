"""The column that keeps rich text."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from . import lookups  # noqa: F401  registers what indexes and `pointing` ask with
from .sanitise import MOST_CHARACTERS, is_too_long, sanitise
from .widgets import RichTextWidget
from .words import as_marked_text

HELP = _(
    "Paragraphs, headings, lists, links, quotations and tables. "
    "Pasted text keeps its structure and loses its colours and fonts."
)
TOO_LONG = _(
    "This text has more than %(most)s characters, its markup included. Divide it among several "
    "pages."
)


class RichTextField(models.TextField):
    """Text that is sanitised on every way into the database: forms, fixtures, bulk writes, updates.

    To migrations it is a plain text column: the two differ in nothing that a table knows of.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if isinstance(value, str) and is_too_long(value):
            raise ValidationError(TOO_LONG, code="max_length", params={"most": MOST_CHARACTERS})
        return super().clean(_sanitised(value), model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What is at hand after saving is what was saved."""
        value = _sanitised(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(_sanitised(value), connection)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """With the editor, also where a form would have a plain area for every longer text."""
        return super().formfield(*args, **{**kwargs, "widget": RichTextWidget})

    def shown_to(self, request: Any, texts: list[str]) -> list[Any]:
        """As visitors read them: for staff who may read and not write. Read together."""
        from .render import Targets, as_html  # which needs this field

        targets = Targets(request)
        targets.read(texts)
        return [self._framed(as_html(text, targets)) for text in texts]

    def _framed(self, html: Any) -> Any:
        # The administration makes a line break of each new line in the HTML of a field.
        one_line = mark_safe(html.replace("\n", " "))
        return html and format_html('<div class="prose">{}</div>', one_line)

    def in_words(self, value: str) -> str:
        """What a comparison shows."""
        return as_marked_text(value)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


def _sanitised(value: Any) -> Any:
    """Expressions are left to the database."""
    return sanitise(value) if isinstance(value, str) else value


def rich_fields(model: type[models.Model]) -> list[RichTextField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, RichTextField)]
