"""What a relation in somebody's form offers and accepts: never another office's draft.

A form asks `choices_of`, and so does the search for choices while somebody types. What a page
refers to already stays, without its name where it is nothing for this person's eyes.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from iomsite.accounts.choices import offices_to_choose
from iomsite.accounts.models import Office
from iomsite.accounts.rights import Scope, scope
from iomsite.accounts.roles import name_of

from .models import Publishable, PublishingSet
from .querysets import PublishableQuerySet, ResponsibleQuerySet
from .states import State

NAMELESS = gettext_noop("A page of another office")
NAMELESS_SET = gettext_noop("A set of another office")


def choices_of(field: Any, user: Any) -> Any:
    """The rows that this field may point to in a form of this person."""
    rows = field.related_model._default_manager.all()
    if field.related_model is Office:
        return offices_to_choose(field, user)
    if field.name in getattr(field.model, "own_relations", ()):
        return rows.pages().exclude(state=State.BINNED).where_may(user, "change")
    if isinstance(rows, PublishableQuerySet):
        return rows.to_refer_to(user)
    # A set takes in pages by whoever may change it: that asks for the approval of all of it again.
    return rows.where_may(user, "change") if isinstance(rows, ResponsibleQuerySet) else rows


def scope_of(user: Any, row: Any, action: str) -> Scope:
    """Where this person may do this with rows of this kind."""
    return scope(user, name_of(row, action))


def may_be_named(row: Any, user: Any) -> bool:
    """Whether this person may read what a row is called. No statement, but for the rights."""
    if not isinstance(row, Publishable | PublishingSet):
        return True
    where = scope_of(user, row, "view")
    page = row.page if isinstance(row, Publishable) else row
    is_public = isinstance(row, Publishable) and row.is_public()
    return is_public or where.holds(page.responsible_office_id)


# How Django's field keeps its choices.
OFFERED: Any = vars(forms.ModelChoiceField)["queryset"]


class KeptIterator(ModelChoiceIterator):
    """Asks its field for the rows when they are wanted."""

    def __init__(self, field: Any) -> None:
        self.field = field

    @property
    def queryset(self) -> Any:  # type: ignore[override]
        return self.field.queryset


class KeptChoices:
    """A field of choices that also accepts what its row says already. Stands before the field."""

    user: Any
    iterator: Any = KeptIterator
    _kept: Collection[Any] = ()

    def _with_kept(self) -> Any:
        """Of a hundred fields hardly one is asked for its choices: what they hold is known."""
        offered = OFFERED.fget(self)
        if not self._kept:
            return offered
        return offered | offered.model._default_manager.filter(pk__in=self._kept)

    queryset: Any = OFFERED.getter(_with_kept)

    def keep(self, keys: Collection[Any]) -> None:
        """Accept these rows beside the choices."""
        self._kept = [*keys]

    def label_from_instance(self, row: Any) -> str:
        if may_be_named(row, self.user):
            return str(row)
        return _(NAMELESS_SET if isinstance(row, PublishingSet) else NAMELESS)


class ChoiceField(KeptChoices, forms.ModelChoiceField):
    pass


class MultipleChoiceField(KeptChoices, forms.ModelMultipleChoiceField):
    """Takes what its row refers to already without asking for it again."""

    known: Mapping[str, Any] = {}

    def know(self, rows: Collection[Any]) -> None:
        self.known = {str(row.pk): row for row in rows}
        widget: Any = getattr(self.widget, "widget", self.widget)
        widget.known = self.known

    def _check_values(self, value: Any) -> Any:
        keys = {str(one) for one in value}
        if keys <= self.known.keys():
            return [row for key, row in self.known.items() if key in keys]
        return super()._check_values(value)  # type: ignore[misc]


def keep_choices(form: forms.ModelForm) -> None:
    """Let a form keep what its row refers to, whoever may choose it now.

    A new row refers to nothing: what an address proposes for it (`?country=…`) is not kept.
    """
    if form.instance.pk is None:
        return
    for name, field in form.fields.items():
        if isinstance(field, KeptChoices):
            said = form.initial.get(name)
            if isinstance(field, MultipleChoiceField) and isinstance(said, list):
                field.know([row for row in said if hasattr(row, "pk")])
            keys = said if isinstance(said, list | tuple) else filter(None, [said])
            field.keep([getattr(key, "pk", key) for key in keys])


def prepare_office(field: Any, where: Scope) -> None:
    """Let an office be chosen for a new page, by somebody who may add pages there.

    Headquarters is meant by none, so who does not work there has to choose.
    """
    if where.everywhere:
        return
    field.required, field.help_text = True, _("Its staff, and those of the offices above.")
    offices = field.queryset[:2]
    if len(offices) == 1:
        field.initial = offices[0].pk
