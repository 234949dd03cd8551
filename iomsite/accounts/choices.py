"""Which offices a form of somebody offers, and for which field choices are searched."""

from typing import Any

from django.apps import apps
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest

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


class RelatedStayMixin:
    """What a form chooses is not deleted from there: its own form says what needs it.

    Stands before `ModelAdmin` or an inline.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field
