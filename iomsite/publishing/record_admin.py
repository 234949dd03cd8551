"""The admin of what publishing keeps: sets of pages, redirects, the audit trail."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from . import sets
from .actions import Refused
from .editions import members as members_of
from .ledger import locked_ledger
from .models import AuditEntry, PublishingSet, Redirect
from .timetable import reopen


@admin.register(PublishingSet)
class PublishingSetAdmin(admin.ModelAdmin):
    list_display = ("title", "published_at")
    search_fields = ("title", "slug")
    prepopulated_fields = {"slug": ["title"]}
    change_form_template = "admin/publishing/set_form.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.publish_view)
        name = "publishing_publishingset_publish"
        return [path("<int:object_id>/publish/", view, name=name), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        chosen = context.get("original")
        members = members_of(chosen) if chosen else []
        context |= {"members": [(member, self._address(member)) for member in members]}
        return super().render_change_form(request, context, *args, **kw)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What was approved was approved for its moment."""
        with locked_ledger():
            super().save_model(request, obj, form, change)
            if "published_at" in form.changed_data:
                remark = _("The moment of the set has changed, so it has to be approved again.")
                reopen(obj, by=request.user, remark=remark)

    def publish_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """All members with what they change; one button for all of them."""
        chosen = self.get_object(request, str(object_id))
        members = members_of(chosen) if chosen else []
        if chosen is None or not all(self._may_publish(request, member) for member in members):
            raise PermissionDenied
        if request.method == "POST":
            try:
                sets.publish_set(chosen, by=request.user, seen=request.POST.get("seen", ""))
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, _("The whole set is published."), messages.SUCCESS)
                return redirect("admin:publishing_publishingset_change", object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish the set “%s”") % chosen,
            "opts": self.opts,
            "original": chosen,
            "members": [(one, self._address(one), sets.changes(one)) for one in members],
            "seen": sets.fingerprint(members),
        }
        return TemplateResponse(request, "admin/publishing/set_publish.html", context)

    def _may_publish(self, request: HttpRequest, member: Any) -> bool:
        options = member._meta
        return request.user.has_perm(f"{options.app_label}.publish_{options.model_name}")

    def _address(self, member: Any) -> str:
        options = member._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[member.pk])


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ("old_path", "new_path", "is_automatic", "created_at")
    list_filter = ("is_automatic",)
    search_fields = ("old_path", "new_path")


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """To read only: nobody adds, changes or deletes an entry here."""

    list_display = ("at", "actor_name", "action", "model", "title", "edition")
    list_filter = ("action", "model")
    search_fields = ("title", "actor_name")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
