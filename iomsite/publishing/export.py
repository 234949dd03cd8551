"""Lists of pages for spreadsheets."""

import csv
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from .status import status_of

# A spreadsheet runs a cell that begins with one of these.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def inert(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_of(pages: Iterable[Any]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="pages.csv"'
    # Spreadsheets read UTF-8 only when the file says so.
    response.write("\ufeff")
    writer = csv.writer(response)
    heads = (
        _("Title"),
        _("Slug"),
        _("Status"),
        _("Published at"),
        _("Changed at"),
        _("Changed by"),
    )
    writer.writerow([*heads, _("Review by")])
    for page in pages:
        stamps = (page.published_at, page.updated_at, page.updated_by, page.review_by)
        cells = (page, page.slug, status_of(page).label, *stamps)
        writer.writerow([inert(cell) for cell in cells])
    return response
