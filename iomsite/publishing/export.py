"""Lists for spreadsheets: whatever a list of the admin shows, with its filters and its search."""

import csv
import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from .moments import name_of
from .states import State
from .status import Status, status_of

# A spreadsheet runs a cell that begins with one of these, perhaps after spaces.
DANGEROUS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")
CONTROL = ("\t", "\r", "\n", "\0")


def inert(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    is_formula = text.startswith(CONTROL) or text.lstrip().startswith(DANGEROUS)
    return f"'{text}" if is_formula else text


def stamp(moment: datetime.datetime | None) -> str:
    """As spreadsheets sort it, with its distance from UTC."""
    return timezone.localtime(moment).isoformat(" ", "seconds") if moment else ""


def as_csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # Spreadsheets read UTF-8 only when the file says so.
    response.write("\ufeff")
    # All in quotes: some spreadsheets part cells at semicolons as well.
    writer = csv.writer(response, quoting=csv.QUOTE_ALL)
    writer.writerow(heads)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return response


def pages_as_csv(pages: Any) -> HttpResponse:
    heads = (
        _("Title"),
        _("Slug"),
        _("Status"),
        _("Working copy"),
        _("Published at"),
        _("Expires at"),
        _("Review by"),
        _("Changed at"),
        _("Changed by"),
    )
    pages = pages.select_related("updated_by")
    return as_csv(pages.model._meta.model_name, heads, (_cells(page) for page in pages))


def _cells(page: Any) -> tuple[Any, ...]:
    working = getattr(page, "working_state", None)
    return (
        page,
        page.slug,
        status_of(page).label,
        copy_in_words(working) if working else "",
        stamp(page.published_at),
        stamp(page.expires_at),
        page.review_by,
        stamp(page.updated_at),
        name_of(page.updated_by),
    )


def copy_in_words(state: str) -> str:
    """The state of a working copy: a published one waits for its moment."""
    label = Status.SCHEDULED.label if state == State.PUBLISHED else State(state).label
    return str(label).lower()


class DownloadMixin:
    """Gives a list of the admin a download of all its rows. Stands before `ModelAdmin`."""

    opts: Any
    admin_site: Any
    has_view_permission: Any
    get_changelist_instance: Any

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_csv"
        view = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """The list as the same address without `csv/` shows it, on all its pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            options = self.opts
            return redirect(f"admin:{options.app_label}_{options.model_name}_changelist")
        return self.rows_as_csv(request, rows)

    def rows_as_csv(self, request: HttpRequest, rows: Any) -> HttpResponse:
        return pages_as_csv(rows)
