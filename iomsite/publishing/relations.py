"""How a form chooses other rows: what it offers, and how they are found."""

from typing import Any

from django.http import HttpRequest

from iomsite.accounts.choices import RelatedStayMixin

from .choices import SharedSelectMultiple
from .offered import ChoiceField, MultipleChoiceField, choices_of, prepare_office, scope_of

# In the address of a form that is to work without a script: every choice is listed, and there are
# empty rows for new parts.
PLAIN = "plain"
EMPTY_ROWS = 3


class RelationsMixin(RelatedStayMixin):
    """Every relation is found by typing: a list of all countries in a form helps nobody.

    What is offered, by typing or in a list, is what `choices_of` says.
    """

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        if PLAIN in request.GET:
            return []
        options = self.opts  # type: ignore[attr-defined]
        fields = [*options.fields, *options.many_to_many]
        return [field.name for field in fields if field.is_relation and field.editable]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", choices_of(db_field, request.user))
        kwargs.setdefault("form_class", ChoiceField)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.user = request.user
        if db_field.name == "responsible_office":
            prepare_office(field, scope_of(request.user, self.model, "add"))  # type: ignore[attr-defined]
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", choices_of(db_field, request.user))
        kwargs.setdefault("form_class", MultipleChoiceField)
        if db_field.name in self.get_autocomplete_fields(request):
            select = SharedSelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
            kwargs.setdefault("widget", select)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field:
            field.user = request.user
            # No cross that takes all of them away with one click.
            field.widget.is_required = True
        return field
