"""The library of photographs."""

from typing import ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.admin import CHANGED_BY, PublishableAdmin, StatusFilter

from .forms import PhotoForm
from .models import Photo


@admin.register(Photo)
class PhotoAdmin(PublishableAdmin):
    form = PhotoForm
    list_display = ("title", "status", "place", "taken", "changed")
    list_filter = (StatusFilter, "credit_organisation", CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("title", "slug", "caption", "place", "credit_person", "credit_organisation")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    readonly_fields = (*PublishableAdmin.readonly_fields, "preview")
    fieldsets = (
        (None, {"fields": ("title", "slug", "preview", "file")}),
        (_("In words"), {"fields": ("caption", "alt_text", ("place", "taken"))}),
        (
            _("Credit"),
            {"fields": (("credit_person", "credit_organisation", "credit_year"),)},
        ),
    )

    @admin.display(description=_("preview"))
    def preview(self, photo):
        if not photo.file:
            return gettext("No file yet: pages draw a pattern in its place.")
        return format_html(
            '<img class="preview" src="{}" width="{}" height="{}" alt="{}">',
            photo.file.url,
            photo.width or "",
            photo.height or "",
            photo.alt_text,
        )
