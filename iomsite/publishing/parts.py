"""Parts of a page in its form: rows that belong to it, mostly in an order."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import UniqueConstraint
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .admin import RelationsMixin

LAST_PLACE = 999
# Where rows wait while others take their places; a smallint holds no more.
WAITING_PLACES = range(32_767, LAST_PLACE, -1)


class OrderedForm(forms.ModelForm):
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

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the place to the formset: only the whole of the rows tells whether it is free."""
        return {*super()._get_validation_exclusions(), "order"}  # type: ignore[misc]


class OrderedFormSet(forms.BaseInlineFormSet):
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
    """A part belongs to its page: who may change the page may change its parts."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view") or self._may(request, "change")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change" if obj else "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change" if obj else "add")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def _may(self, request: HttpRequest, action: str) -> bool:
        options = self.parent_model._meta  # type: ignore[attr-defined]
        codename = get_permission_codename(action, options)
        return request.user.has_perm(f"{options.app_label}.{codename}")


class PartInline(PartMixin, admin.TabularInline):
    """Parts without an order."""


class OrderedInline(PartMixin, admin.TabularInline):
    """Parts in their order, a line each."""

    form = OrderedForm
    formset = OrderedFormSet
    ordering = ("order",)


class OrderedStackedInline(PartMixin, admin.StackedInline):
    """Parts in their order that need room for a text."""

    form = OrderedForm
    formset = OrderedFormSet
    ordering = ("order",)
