"""Two people have saved the same edition: what the second one sees, so that no word is lost.

Beside each field a form carries, hidden, what the field held when it was drawn. Where this person
has typed nothing, what was saved meanwhile takes the field over by itself; where both have written,
both versions are shown side by side, and the typed one stays in the form.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .compare import Change, compare, describe
from .models import Publishable
from .offered import KeptChoices, keep_choices
from .veil import Person

SEEN_VERSION = "seen_version"


class DrawnField(forms.BoundField):
    """Knows what the row says now, and what the form said when it was drawn."""

    def as_hidden(self, attrs: Any = None, **kwargs: Any) -> Any:
        """What the row says as the form is drawn: `changed_data` is told against this."""
        widget = self.field.hidden_widget()
        return widget.render(self.html_initial_name, self.field.prepare_value(self.initial))

    def _has_changed(self) -> bool:
        """What points to rows is compared by their keys: nobody has to be asked for them."""
        if not (self.field.show_hidden_initial and isinstance(self.field, KeptChoices)):
            return bool(super()._has_changed())  # type: ignore[misc]
        hidden, form = self.field.hidden_widget(), self.form
        drawn = form._widget_data_value(hidden, self.html_initial_name)  # type: ignore[attr-defined]
        return bool(self.field.has_changed(drawn, self.data))

    @property
    def is_overtaken(self) -> bool:
        """Whether the row says something else now than when the form was drawn."""
        hidden, form = self.field.hidden_widget(), self.form
        drawn = _with_plain_ends(form._widget_data_value(hidden, self.html_initial_name))  # type: ignore[attr-defined]
        if not self.field.has_changed(self.initial, drawn):
            return False
        now = hidden.format_value(self.field.prepare_value(self.initial))
        return not isinstance(drawn, str) or _with_plain_ends(now or "") != drawn

    def value(self) -> Any:
        form: Any = self.form
        if form.is_overtaken and form.leaves(self.name):
            return self.field.prepare_value(self.initial)
        return super().value()


class DrawnForm(forms.ModelForm):
    """A form of a row that others may change while it is open."""

    bound_field_class = DrawnField
    # Somebody else has saved since this was drawn.
    is_overtaken = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_choices(self)
        for name, field in self.fields.items():
            is_kept = self.instance.pk and name in self.initial
            field.show_hidden_initial = is_kept and not isinstance(field, forms.FileField)

    def leaves(self, name: str) -> bool:
        """Whether this person has typed nothing into the field."""
        return self.fields[name].show_hidden_initial and name not in self.changed_data

    def take_over(self, saved: Any) -> list[str]:
        """Give the row what was saved meanwhile wherever nothing was typed; name those fields."""
        self.is_overtaken = True
        taken = []
        columns = {field.name for field in saved._meta.concrete_fields}
        for name in filter(self.leaves, self.fields):
            bound = self[name]
            if self.fields[name].has_changed(bound.initial, _with_plain_ends(bound.data)):
                taken.append(name)
            self.errors.pop(name, None)
            if name in columns:
                setattr(self.instance, name, getattr(saved, name))
            else:
                self.cleaned_data.pop(name, None)
        return taken


class UnversionedForm(DrawnForm):
    """Of a row without a version. What somebody else has saved meanwhile stays where this person
    has typed nothing; where both have, they are told once, beside the field, and decide.
    """

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not any(name.startswith("initial-") for name in self.data):
            return cleaned  # it is no form that we have drawn
        for name, field in self.fields.items():
            bound: Any = self[name]
            if not field.show_hidden_initial or not bound.is_overtaken:
                continue
            if name in self.changed_data:
                self.add_error(name, _told(field.prepare_value(bound.initial)))
            else:  # the row has it already
                self.cleaned_data.pop(name, None)
                self.errors.pop(name, None)
        return cleaned


def _told(now: Any) -> ValidationError:
    if not isinstance(now, str):
        said = _("Somebody else changed this after you opened the form.")
    else:
        said = _("Somebody else wrote here after you opened the form: “%s”.") % now
    return ValidationError(f"{said} {_('To put yours in its place, save again.')}")


def _with_plain_ends(sent: Any) -> Any:
    """A browser ends lines with two characters."""
    return sent.replace("\r\n", "\n") if isinstance(sent, str) else sent


@dataclass(frozen=True)
class Conflict:
    """What both have written, and the names of what only the other has."""

    who: Any
    changes: list[Change]
    taken: list[str]


def between(form: Any, formsets: list[Any], user: Any) -> Conflict | None:
    """Nothing where nobody else has saved since the form was drawn."""
    if not form.is_bound or not form.is_outdated:
        return None
    edition: Publishable = form.instance
    saved: Any = type(edition).objects.get(pk=edition.pk)
    form.data = form.data.copy()
    form.data[SEEN_VERSION] = edition.version
    taken = [str(form.fields[name].label) for name in form.take_over(saved)]
    for formset in formsets:
        if formset.take_over():
            taken.append(str(formset.model._meta.verbose_name_plural))
    parts = {formset.model: formset.rows_typed() for formset in formsets}
    typed = describe(edition, typed=form.cleaned_data, parts=parts, reader=Person(user))
    return Conflict(saved.updated_by, compare(describe(saved, reader=Person(user)), typed), taken)
