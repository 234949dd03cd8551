"""Which offices a form of somebody offers, and for which field choices are searched."""

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from .models import Office
from .rights import offices_for
from .roles import name_of


def field_asked_about(request: HttpRequest) -> Any:
    """The field of the form for which choices are searched; None in any other request.

    Django has checked the names by then.
    """
    match = request.resolver_match
    if not match or match.url_name != "autocomplete":
        return None
    model = apps.get_model(request.GET["app_label"], request.GET["model_name"])
    return model._meta.get_field(request.GET["field_name"])


def offices_to_choose(field: Any, user: Any) -> QuerySet[Office]:
    """Where this person may add what the form is about.

    Pages without an office belong to headquarters, so that it is no choice for them.
    """
    offices = offices_for(user, name_of(field.model, "add"))
    is_responsible = field.name == "responsible_office"
    return offices.exclude(kind=Office.Kind.HEADQUARTERS) if is_responsible else offices


def may_be_key(value: Any) -> bool:
    """Whether a database can be asked for this number."""
    words = str(value)
    return words.isascii() and words.isdecimal() and len(words) < 19


class KeyMixin:
    """Draws a form again that was sent with nonsense: the database is not asked for that."""

    admin_site: Any
    create_option: Any
    allow_multiple_selected: bool
    is_required: bool

    def get_url(self) -> str:
        return address_of("admin:autocomplete", (), self.admin_site.name)

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        keys = [one for one in value if may_be_key(one)]
        return super().optgroups(name, keys, attrs) if keys else [(None, self._none(name), 0)]  # type: ignore[misc]

    def _none(self, name: str) -> list[Any]:
        """What there is to choose where nothing is chosen."""
        if self.is_required or self.allow_multiple_selected:
            return []
        return [self.create_option(name, "", "", False, 0)]


class KeySelect(KeyMixin, AutocompleteSelect):
    pass


class KeySelectMultiple(KeyMixin, AutocompleteSelectMultiple):
    pass


class RelatedLinks(RelatedFieldWidgetWrapper):
    """What a form chooses is not deleted from there: its own form says what needs it."""

    @classmethod
    def around(cls, given: RelatedFieldWidgetWrapper) -> "RelatedLinks":
        return cls(
            given.widget,
            given.rel,
            given.admin_site,
            can_add_related=given.can_add_related,
            can_change_related=given.can_change_related,
            can_delete_related=False,
            can_view_related=given.can_view_related,
        )

    def get_related_url(self, info: Any, action: str, *args: Any) -> str:
        name = f"admin:{info[0]}_{info[1]}_{action}"
        return address_of(name, args, self.admin_site.name)


@lru_cache(maxsize=1000)
def address_of(name: str, args: tuple[Any, ...], site: str) -> str:
    """A form with fifty rows asks for the same three addresses in each of them."""
    return reverse(name, args=args, current_app=site)


class RelatedStayMixin:
    """Stands before `ModelAdmin` or an inline."""

    admin_site: Any
    get_autocomplete_fields: Any

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            select = KeySelect(db_field, self.admin_site, using=kwargs.get("using"))
            kwargs.setdefault("widget", select)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            select = KeySelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
            kwargs.setdefault("widget", select)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = RelatedLinks.around(field.widget)
        return field
