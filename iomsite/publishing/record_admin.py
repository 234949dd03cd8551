"""The admin of what publishing keeps besides pages: redirects and the audit trail."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import audit, trail
from .compare import stored
from .conflict import UnversionedForm
from .editions import publishable_models
from .export import DownloadMixin, as_csv, stamp
from .models import AuditEntry, Redirect
from .moments import in_words
from .rows import RowsMixin


@admin.register(Redirect)
class RedirectAdmin(RowsMixin, admin.ModelAdmin):
    list_display = ("old_path", "new_path", "is_automatic", "created_at")
    list_filter = ("is_automatic",)
    search_fields = ("old_path", "new_path")
    form = UnversionedForm


def kinds() -> dict[str, str]:
    """The names of all kinds of page, by label."""
    return {
        model._meta.label_lower: str(capfirst(model._meta.verbose_name))
        for model in publishable_models()
    }


class KindFilter(admin.SimpleListFilter):
    title = _("kind of page")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(kinds().items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(model=self.value()) if self.value() else queryset


class WhoFilter(admin.SimpleListFilter):
    """By the name at the time: accounts may be gone."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        entries = model_admin.get_queryset(request)
        names = entries.order_by("actor_name").values_list("actor_name", flat=True)
        return [(name, name) for name in names.distinct()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(actor_name=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(DownloadMixin, RowsMixin, admin.ModelAdmin):
    """To read only: nobody adds, changes or deletes an entry here."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return audit.visible_to(request.user, super().get_queryset(request))

    list_display = ("moment", "actor_name", "action", "kind", "title", "edition")
    list_display_links = ("title",)
    list_filter = ("action", KindFilter, WhoFilter, "at")
    list_per_page = 50
    search_fields = ("title", "actor_name", "reason")
    date_hierarchy = "at"
    actions = None
    change_form_template = "admin/publishing/audit_entry.html"
    change_list_template = "admin/publishing/list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=_("at"), ordering="pk")
    def moment(self, entry: AuditEntry) -> str:
        return in_words(entry.at)

    @admin.display(description=_("kind of page"), ordering="model")
    def kind(self, entry: AuditEntry) -> str:
        return kinds().get(entry.model, entry.model)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The history of a page leads to its entries."""
        return lookup == "page_id" or super().lookup_allowed(lookup, value, request)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        entry = context["original"]
        context |= {
            "title": str(entry),
            "subtitle": None,
            "kind": self.kind(entry),
            "changes": stored(trail.reader(request.user)(entry)),
            "page_address": self._page_address(request, entry),
        }
        return super().render_change_form(request, context, *args, **kw)

    def _page_address(self, request: HttpRequest, entry: AuditEntry) -> str:
        """The history of the page, while it is there and for those who may see it."""
        model = {one._meta.label_lower: one for one in publishable_models()}.get(entry.model)
        if model is None:
            return ""
        page_admin = self.admin_site.get_model_admin(model)
        page = page_admin.get_object(request, str(entry.page_id))
        if page is None or not page_admin.has_view_permission(request, page):
            return ""
        options = model._meta
        name = f"admin:{options.app_label}_{options.model_name}_history"
        return reverse(name, args=[entry.page_id])

    def rows_as_csv(self, request: HttpRequest, rows: Any) -> HttpResponse:
        heads = (
            gettext("At"),
            gettext("Who"),
            gettext("Action"),
            gettext("Kind of page"),
            gettext("Title"),
            gettext("Page number"),
            gettext("Edition"),
            gettext("Reason"),
            gettext("Changes"),
        )
        read = trail.reader(request.user)
        return as_csv(
            "audit-trail", heads, (self._cells(one, read(one)) for one in rows.iterator())
        )

    def _cells(self, entry: AuditEntry, said: list[dict[str, str]]) -> tuple[Any, ...]:
        changes = [f"{one['field']}: “{one['from']}” → “{one['to']}”" for one in said]
        return (
            stamp(entry.at),
            entry.actor_name,
            entry.get_action_display(),
            self.kind(entry),
            entry.title,
            entry.page_id,
            entry.edition,
            entry.reason,
            "\n".join(changes),
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
