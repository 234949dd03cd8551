"""How staff narrow a list of pages: by status, by what waits for somebody, by year."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from iomsite.partialdate import PartialDate, overlaps

from . import inbox
from .querysets import PublishableQuerySet
from .states import State
from .status import Status, with_status


class RelatedFilter(admin.RelatedOnlyFieldListFilter):
    """Offers what the rows of the list refer to, as far as this person may know of it."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        # Of each one whether there is any, as an index tells: the list may be very long.
        using = model_admin.get_queryset(request).filter(**{self.field_path: OuterRef("pk")})
        rows = field.related_model._default_manager.filter(Exists(using.order_by()))
        if isinstance(rows, PublishableQuerySet):
            rows = rows.to_refer_to(request.user)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, limit_choices_to={"pk__in": rows.values("pk")}, ordering=ordering
        )


CHANGED_BY = ("updated_by", RelatedFilter)


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [choice for choice in Status.choices if choice[0] != Status.SUPERSEDED]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value not in Status.values:
            return queryset
        return with_status(cast(PublishableQuerySet, queryset), Status(value))


class WaitingFilter(admin.SimpleListFilter):
    """The lists of the first page, each as a whole: pages that wait, or whose working copy does."""

    title = _("what waits")
    parameter_name = inbox.PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(one.name, one.title) for one in inbox.WAITING]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return inbox.narrowed(queryset, self.value() or "", request.user)


class YearFilter(admin.SimpleListFilter):
    """The years that a partial date may fall in; stands in for `date_hierarchy`, which needs days.

    A subclass names another field than `date`.
    """

    title = _("year")
    parameter_name = "year"
    field = "date"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        pages = model_admin.get_queryset(request).pages().exclude(state=State.BINNED)
        dates = pages.order_by().values_list(self.field, flat=True)
        years = sorted({date.year for date in dates.distinct() if date}, reverse=True)
        return [(f"{year:04}", str(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        year = self.value()
        if year not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(overlaps(self.field, PartialDate.parse(year)))
