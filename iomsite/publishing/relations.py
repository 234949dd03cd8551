"""How a form chooses other rows: what it offers, and how they are found."""

from typing import Any

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest

from .models import Publishable
from .querysets import PublishableQuerySet
from .states import State

# In the address of a form that is to work without a script: every choice is listed, and there are
# empty rows for new parts.
PLAIN = "plain"
EMPTY_ROWS = 3


def pages_of(model: Any) -> Any:
    """What another page may refer to: rows of reference, and pages that are not in the bin."""
    rows = model._default_manager.all()
    return rows.pages().exclude(state=State.BINNED) if issubclass(model, Publishable) else rows


class RelationsMixin:
    """Every relation is found by typing: a list of all countries in a form helps nobody."""

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        if PLAIN in request.GET:
            return []
        options = self.opts  # type: ignore[attr-defined]
        fields = [*options.fields, *options.many_to_many]
        return [field.name for field in fields if field.is_relation and field.editable]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Another page is not deleted from here: its own form says what needs it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", pages_of(db_field.related_model))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", pages_of(db_field.related_model))
        field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        if field:
            # No cross that takes all of them away with one click.
            field.widget.is_required = True
        return field

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """The choices of other forms are pages, never their other editions or what is binned."""
        match = request.resolver_match
        if match and match.url_name == "autocomplete" and isinstance(queryset, PublishableQuerySet):
            queryset = queryset.pages().exclude(state=State.BINNED)
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]
