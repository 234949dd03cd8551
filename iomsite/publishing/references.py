"""The admin of what public pages print without its being a page: topics, partners, sources."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from . import changes
from .conflict import UnversionedForm
from .ledger import locked_ledger


class ReferenceMixin:
    """A saved form changes what visitors see, so it is told as a publication is."""

    form: Any = UnversionedForm

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The ledger comes first, as with every verb: nobody waits for each other."""
        view = super().changeform_view  # type: ignore[misc]
        return ledger_first(request, view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who needs it is asked when nobody can begin to."""
        return ledger_first(request, super().delete_view, *args, **kwargs)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The actions of a list."""
        view = super().changelist_view  # type: ignore[misc]
        return ledger_first(request, view, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, *args: Any) -> None:
        super().save_related(request, form, *args)  # type: ignore[misc]
        changes.settle([form.instance])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with locked_ledger():
            row = changes.row_of(obj)
            super().delete_model(request, obj)  # type: ignore[misc]
            changes.settle([row])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        with locked_ledger():
            rows = [changes.row_of(row) for row in queryset]
            super().delete_queryset(request, queryset)  # type: ignore[misc]
            changes.settle(rows)


def ledger_first(
    request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
) -> HttpResponse:
    if request.method != "POST":
        return view(request, *args, **kwargs)
    with locked_ledger():
        return view(request, *args, **kwargs)
