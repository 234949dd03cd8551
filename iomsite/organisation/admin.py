"""Who we are: the pages of the menu, the figures, the history and the frameworks."""

from typing import ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.admin import (
    CHANGED_BY,
    PublishableAdmin,
    RelatedFilter,
    StatusFilter,
    YearFilter,
)
from iomsite.publishing.forms import ParentForm, PublishableForm

from .models import Figure, Framework, HistoryEvent, Page


class PageForm(ParentForm, PublishableForm):
    def clean_parent(self):
        parent = super().clean_parent()
        if parent and self.instance.pk and self.instance.page.children.pages().exists():
            raise ValidationError(
                _("The menu has two levels. Move the pages below this one first."), code="too_deep"
            )
        return parent


class FigureForm(PublishableForm):
    beside: ClassVar = {**PublishableForm.beside, "_one_default": "is_default"}


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    form = PageForm
    list_display = ("title", "status", "parent", "order", "changed")
    list_filter = (
        StatusFilter,
        "in_menu",
        ("parent", RelatedFilter),
        CHANGED_BY,
    )
    list_select_related = ("parent", "updated_by")
    search_fields = ("title", "slug", "lead", "body")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "slug")}),
        (_("Place in the menu"), {"fields": ("parent", "order", "in_menu")}),
        (_("What the page says"), {"fields": ("lead", "body", "figures")}),
    )


@admin.register(Figure)
class FigureAdmin(PublishableAdmin):
    form = FigureForm
    list_display = ("__str__", "status", "scope", "as_of", "changed")
    list_filter = (StatusFilter, "is_default", "scope", CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("slug", "measure", "label", "scope", "value")
    prepopulated_fields: ClassVar = {"slug": ("measure", "scope")}
    fieldsets = (
        (None, {"fields": ("qualifier", "value", "unit", "label", "slug")}),
        (_("What it answers"), {"fields": ("measure", "scope", "as_of", "is_default", "order")}),
    )


@admin.register(HistoryEvent)
class HistoryEventAdmin(PublishableAdmin):
    list_display = ("title", "status", "date", "changed")
    list_filter = (StatusFilter, YearFilter, CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("title", "slug", "body")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = ((None, {"fields": ("date", "title", "slug", "body", "figures")}),)


@admin.register(Framework)
class FrameworkAdmin(PublishableAdmin):
    list_display = ("title", "status", "kind", "period", "changed")
    list_filter = (StatusFilter, "kind", CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("title", "acronym", "slug", "lead")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "acronym", "slug", "kind")}),
        (_("What the page says"), {"fields": ("lead", "body")}),
        (_("Facts"), {"fields": ("adopted", "adopted_by", "period", "builds_on", "figures")}),
    )
