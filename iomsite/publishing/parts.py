"""Parts of a page in its form: rows that belong to it, mostly in an order."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import UniqueConstraint
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import advice
from .choices import Known, SharedChoiceField, SharedSelect, read
from .conflict import DrawnForm
from .editions import as_read
from .forms import SUBMIT, with_plain_line_ends
from .relations import EMPTY_ROWS, PLAIN, RelationsMixin

LAST_PLACE = 999
# Where rows wait while others take their places; a smallint holds no more.
WAITING_PLACES = range(32_767, LAST_PLACE, -1)
# Before the name of a field: what it held when the form was drawn.
INITIAL = "initial-"
# What was sent of a row: by field, and whether it is what the field held before.
SentRow = dict[tuple[bool, str], list[str]]


def _is_left(row: SentRow) -> bool:
    """Whether every field of a row is sent as it was drawn; not where it does not say."""
    drawn = {field: values for (is_drawn, field), values in row.items() if is_drawn}
    return bool(drawn) and all(
        [value.replace("\r\n", "\n") for value in row.get((False, field), [])]
        == [value.replace("\r\n", "\n") for value in values]
        for field, values in drawn.items()
    )


class PartForm(DrawnForm):
    """A row that nobody has touched breaks no rule: it is not checked, and not saved."""

    # The scripts and styles of a row are those of the first one.
    is_further = False

    @property
    def media(self) -> forms.Media:
        return forms.Media() if self.is_further else super().media

    def _post_clean(self) -> None:
        if not self.instance.pk or self.has_changed():
            super()._post_clean()  # type: ignore[misc]


class OrderedForm(PartForm):
    """A row with a place among others. An empty place means: after the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.fields.get("order")
        if order:
            order.required = False
            order.validators = [*order.validators, MaxValueValidator(LAST_PLACE)]
            order.widget.attrs["placeholder"] = _("last")
        if order and self.instance._state.adding:
            order.initial = None
            self.initial.pop("order", None)

    def clean(self) -> dict[str, Any] | None:
        with_plain_line_ends(self.cleaned_data)
        return super().clean()

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the place to the formset: only the whole of the rows tells whether it is free."""
        return {*super()._get_validation_exclusions(), "order"}  # type: ignore[misc]


class PartFormSet(forms.BaseInlineFormSet):
    """Rows of one page. A row that a colleague has deleted since the form was drawn becomes a new
    one: its words are not lost, and the form can be saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._read: dict[str, Known] = {}
        super().__init__(*args, **kwargs)
        self._as_read = [as_read(row) for row in self.get_queryset()] if self.is_bound else []
        if self.is_bound and (vanished := self._vanished()):
            self.data = self._as_new(vanished)

    def _count(self, name: str) -> int:
        sent = self.data.get(f"{self.prefix}-{name}", "")
        return min(int(sent), self.absolute_max) if sent.isascii() and sent.isdecimal() else 0

    def _vanished(self) -> list[int]:
        """The numbers of the rows that were there when the form was drawn."""
        numbers = range(self._count(INITIAL_FORM_COUNT))
        there = {str(row.pk) for row in self.get_queryset()}
        key = self.model._meta.pk.name
        return [n for n in numbers if self.data.get(f"{self.prefix}-{n}-{key}") not in there]

    def _as_new(self, vanished: list[int]) -> Any:
        """What was sent, with these rows behind those that are still there, and without keys.

        A row in which this person has typed nothing stays deleted.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        rows = self._take_rows(data)
        for number in vanished:
            row = rows.get(number, {})
            row.pop((False, self.model._meta.pk.name), None)
            if _is_left(row):
                del rows[number]
        order = sorted(rows, key=lambda number: (number in vanished, number))
        for place, number in enumerate(order):
            for (is_drawn, field), values in rows[number].items():
                # A new row has nothing that it was drawn from.
                if not (is_drawn and number in vanished):
                    name = f"{self.prefix}-{place}-{field}"
                    data.setlist(f"{INITIAL}{name}" if is_drawn else name, values)
        left = sum(number not in rows for number in vanished)
        kept, total = self._count(INITIAL_FORM_COUNT), self._count(TOTAL_FORM_COUNT)
        data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(kept - len(vanished))
        data[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(total - left)
        return data

    def _take_rows(self, data: Any) -> dict[int, SentRow]:
        """The rows by their numbers, taken out of what was sent."""
        rows: dict[int, SentRow] = {}
        for name in self.data:
            sent = name.removeprefix(INITIAL)
            number, _dash, field = sent.removeprefix(f"{self.prefix}-").partition("-")
            if sent.startswith(f"{self.prefix}-") and field and number.isdecimal():
                rows.setdefault(int(number), {})[sent != name, field] = data.pop(name)
        return rows

    @cached_property
    def empty_form(self) -> Any:
        """Django makes another one for each who asks, of whom there are four; nobody changes it."""
        return super().empty_form

    @cached_property
    def _rows_by_key(self) -> Known:
        return {str(row.pk): row for row in self.get_queryset()}

    def add_fields(self, form: Any, index: int | None) -> None:
        """Let all rows share what they point to."""
        super().add_fields(form, index)
        form.is_further = bool(index)
        for name, field in form.fields.items():
            if isinstance(field, SharedChoiceField):
                field.know(self._known(name, field))
                self._lend(form.instance, name)
        key = self.model._meta.pk.name
        own = SharedChoiceField(
            form.fields[key].queryset,
            initial=form.fields[key].initial,
            required=False,
            widget=forms.HiddenInput,
        )
        own.know(self._rows_by_key)
        form.fields[key] = own

    def _known(self, name: str, field: SharedChoiceField) -> Known:
        """What all rows point to by this field, read when the first of them asks."""
        if name not in self._read:
            column, own = self.model._meta.get_field(name).attname, f"{self.prefix}-"
            kept = [getattr(row, column) for row in self.get_queryset()]
            sent = [
                value
                for sent, value in self.data.items()
                if sent.removeprefix(INITIAL).startswith(own) and sent.endswith(f"-{name}")
            ]
            self._read[name] = read(field, [*kept, *sent])
        return self._read[name]

    def rows_as_read(self) -> list[Any]:
        """The rows as they were before this form was saved, with what they point to."""
        for row in self._as_read:
            for name in self._read:
                self._lend(row, name)
        return self._as_read

    def _lend(self, row: Any, name: str) -> None:
        """A row says its name by what it points to."""
        column = self.model._meta.get_field(name).attname
        if known := self._read[name].get(str(getattr(row, column))):
            setattr(row, name, known)

    def clean(self) -> None:
        super().clean()
        if SUBMIT in self.data:
            self._refuse_harm()

    def _refuse_harm(self) -> None:
        """What would harm a reader, beside the text that it stands in."""
        texts = {
            (number, field.name): form.cleaned_data.get(field.name) or ""
            for number, form in enumerate(self.forms)
            if form.is_valid() and not form.cleaned_data.get(DELETION_FIELD_NAME)
            for field in advice.texts_of(self.model)
        }
        for (number, name), reasons in advice.harm(texts).items():
            self.forms[number].add_error(name, reasons)

    def take_over(self) -> bool:
        """Give the rows what was saved meanwhile wherever nothing was typed; say if there was any.

        One statement.
        """
        owner = {self.fk.name: self.instance}
        saved = {row.pk: row for row in self.model._default_manager.filter(**owner)}
        rows: Any = [form for form in self.initial_forms if form.instance.pk in saved]
        taken = [form.take_over(saved[form.instance.pk]) for form in rows]
        return any(taken)

    def rows_typed(self) -> list[Any]:
        """The rows as they would be after saving: those sent, and those added by others since."""
        sent = [
            form.instance
            for form in self.forms
            if not form.cleaned_data.get(DELETION_FIELD_NAME)
            and (form.instance.pk or form.has_changed())
        ]
        here = {form.instance.pk for form in self.initial_forms}
        rows = sent + [row for row in self.get_queryset() if row.pk not in here]
        return sorted(rows, key=lambda row: getattr(row, "order", None) or LAST_PLACE)


class OrderedFormSet(PartFormSet):
    """Rows of one page in their order: numbers new ones, and lets rows swap their places."""

    def clean(self) -> None:
        self._number_rows()
        if self._place_constraint():
            self._refuse_shared_places()
        super().clean()

    def _place_constraint(self) -> UniqueConstraint | None:
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and "order" in constraint.fields:
                return constraint
        return None

    def _kept_forms(self) -> Iterator[forms.ModelForm]:
        for form in self.forms:
            stays = form.is_valid() and not form.cleaned_data.get(DELETION_FIELD_NAME)
            if stays and (form.instance.pk or form.has_changed()):
                yield form

    def _others(self) -> set[int]:
        """Places of rows that somebody else has added since the form was opened."""
        here = {form.instance.pk for form in self.initial_forms}
        return {row.order for row in self.get_queryset() if row.pk not in here}

    def _number_rows(self) -> None:
        kept = list(self._kept_forms())
        new = [form for form in kept if form.cleaned_data.get("order") is None]
        places = {form.instance.order for form in kept if form not in new}
        last = max(places | self._others(), default=0)
        for place, form in enumerate(new, start=last + 1):
            form.instance.order = form.cleaned_data["order"] = place

    def _refuse_shared_places(self) -> None:
        constraint = self._place_constraint()
        taken = self._others()
        for form in list(self._kept_forms()):
            if form.instance.order in taken and constraint:
                form.add_error(
                    "order",
                    ValidationError(constraint.get_violation_error_message(), code="place_taken"),
                )
            taken.add(form.instance.order)

    def save_existing_objects(self, commit: bool = True) -> Any:
        if commit and self._place_constraint():
            self._vacate_places()
        return super().save_existing_objects(commit)

    def _vacate_places(self) -> None:
        """Move rows out of the way first: the database checks places after each single row."""
        moving = [
            form.instance.pk
            for form in self.initial_forms
            if form.instance.pk and (form in self.deleted_forms or "order" in form.changed_data)
        ]
        for key, place in zip(moving, WAITING_PLACES, strict=False):
            self.model._default_manager.filter(pk=key).update(order=place)

    def get_unique_error_message(self, unique_check: Any) -> str:
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields == unique_check:
                return str(constraint.get_violation_error_message())
        return str(super().get_unique_error_message(unique_check))


class PartMixin(RelationsMixin):
    """A part belongs to its page: who may change this edition may change its parts."""

    extra = 0

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return EMPTY_ROWS if PLAIN in request.GET else self.extra

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", SharedChoiceField)
        if db_field.name in self.get_autocomplete_fields(request):
            select = SharedSelect(db_field, self.admin_site, using=kwargs.get("using"))
            kwargs.setdefault("widget", select)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._of_page.has_view_permission(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return bool(self._of_page.has_add_permission(request))
        return bool(self._of_page.has_change_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    @property
    def _of_page(self) -> Any:
        return self.admin_site.get_model_admin(self.parent_model)  # type: ignore[attr-defined]


class PartInline(PartMixin, admin.TabularInline):
    """Parts without an order."""

    form = PartForm
    template = "admin/publishing/rows.html"
    formset = PartFormSet


class OrderedInline(PartMixin, admin.TabularInline):
    """Parts in their order, a line each."""

    template = "admin/publishing/rows.html"
    form = OrderedForm
    formset = OrderedFormSet
    ordering = ("order",)


class OrderedStackedInline(PartMixin, admin.StackedInline):
    """Parts in their order that need room for a text."""

    form = OrderedForm
    formset = OrderedFormSet
    ordering = ("order",)
