"""Whose rows a list of the admin shows, and what somebody may do with each of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.contrib.admin.utils import quote
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from iomsite.accounts.choices import field_asked_about
from iomsite.accounts.roles import name_of

from .offered import choices_of
from .querysets import ResponsibleQuerySet
from .substrings import Substrings
from .uses import name_of as name_of_user
from .uses import said_of, users_of
from .veil import words_at


class RowsMixin:
    """Stands before `ModelAdmin`: every page of it starts from these rows and asks these rights.

    The row of another office is not found at all, as if there were none.
    """

    model: Any
    opts: Any

    # For a list so long that its words are not read one after the other.
    letters: ClassVar[Substrings | None] = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """What this person may see; where a form searches for choices, what it may offer."""
        if asked := field_asked_about(request):
            return choices_of(asked, request.user)
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.visible_to(request.user) if isinstance(rows, ResponsibleQuerySet) else rows

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Paths to other pages by the names under which `get_search_results` has their words."""
        paths = super().get_search_fields(request)  # type: ignore[misc]
        words = self._words_at(paths, request.user)
        return [_name_at(path) if path in words else path for path in paths]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Whether a row refers to something with this word is told of what one may see only."""
        words = self._words_at(super().get_search_fields(request), request.user)  # type: ignore[misc]
        rows = queryset.alias(**{_name_at(path): said for path, said in words.items()})
        if self.letters:
            rows = self.letters.narrowed(rows, search_term, self.get_search_fields(request))
        return super().get_search_results(request, rows, search_term)  # type: ignore[misc]

    def _words_at(self, paths: Iterable[str], user: Any) -> dict[str, Any]:
        found = {path: words_at(path, self.model, user) for path in paths}
        return {path: words for path, words in found.items() if words is not None}

    def has_right(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        """Whether this person may view, change, review … this row; without one, any."""
        return bool(request.user.has_perm(name_of(self.model, action), row))

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> HttpResponse:
        """Django would lead to the first page, which looks as if something had been done."""
        raise Http404

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_right(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_right(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_right(request, "delete", obj)


def _name_at(path: str) -> str:
    return path.replace("__", "_")


class NeededMixin:
    """Refuses to delete what something else needs, and names what that is."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        nested, counts, lacking, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        refusals = list(self.refusals(list(objs), request.user))
        # What belongs to a page goes with it: only its number is told, for it may name others.
        nested = [each for each in nested if isinstance(each, str)]
        # Rights over what stays where it is do not matter.
        return nested, counts, set() if refusals else lacking, refusals or protected

    def refusals(self, rows: Sequence[Any], user: Any) -> Iterator[str]:
        """Sentences that stand against deleting these rows; each is safe HTML."""
        return said_of(users_of(rows), user, name=self._link, fill=format_html)

    def _link(self, row: Any) -> str:
        options = row._meta
        try:
            address = reverse(
                f"admin:{options.app_label}_{options.model_name}_change", args=(quote(row.pk),)
            )
        except NoReverseMatch:
            return name_of_user(row)
        return format_html('<a href="{}">{}</a>', address, name_of_user(row))
