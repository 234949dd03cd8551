"""What the organisation says: news releases, campaigns and publications."""

from typing import ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.admin import CHANGED_BY, PublishableAdmin, StatusFilter, YearFilter
from iomsite.publishing.forms import PublishableForm
from iomsite.publishing.parts import OrderedInline
from iomsite.publishing.status import Status, status_of
from programmes.admin import COUNTRIES, some

from .models import Campaign, NewsRelease, Publication, ReleaseContact, ReleasePhoto


class ManyCountriesAdmin(PublishableAdmin):
    """For what may be about any number of countries."""

    list_prefetch_related = ("countries",)

    @admin.display(description=_("countries"))
    def where(self, page):
        return some(page.countries.all())


class ReleaseForm(PublishableForm):
    def clean_released_on(self):
        """The year is part of the address, which stays once it has been given out."""
        date, before = self.cleaned_data["released_on"], self.initial.get("released_on")
        if status_of(self.instance) != Status.DRAFT and before and date.year != before.year:
            raise ValidationError(
                _("The address of this release holds the year %(year)s, so the year stays."),
                code="year_fixed",
                params={"year": before.year},
            )
        return date


class ReleasePhotoInline(OrderedInline):
    model = ReleasePhoto
    fields = ("order", "photo", "alt_text")


class ContactInline(OrderedInline):
    model = ReleaseContact
    fields = ("order", "name", "post", "email", "phone")


@admin.register(NewsRelease)
class NewsReleaseAdmin(ManyCountriesAdmin):
    form = ReleaseForm
    list_display = ("title", "status", "where", "released_on", "changed")
    list_filter = (StatusFilter, "kind", COUNTRIES, CHANGED_BY)
    list_select_related = ("updated_by",)
    date_hierarchy = "released_on"
    search_fields = ("title", "slug", "lead", "dateline")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("kind", "title", "slug")}),
        (_("What the release says"), {"fields": (("dateline", "released_on"), "lead", "body")}),
        (
            _("What it is about"),
            {"fields": ("topics", "countries", "partners", "campaign", "publication")},
        ),
    )
    inlines = (ReleasePhotoInline, ContactInline)


@admin.register(Campaign)
class CampaignAdmin(ManyCountriesAdmin):
    list_display = ("title", "status", "where", "date", "changed")
    list_filter = (StatusFilter, YearFilter, "kind", COUNTRIES, CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("title", "slug", "lead")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("kind", "title", "slug", "date")}),
        (_("What the page says"), {"fields": ("lead", "body", "url")}),
        (_("What it is about"), {"fields": ("topics", "countries", "partners")}),
    )


@admin.register(Publication)
class PublicationAdmin(ManyCountriesAdmin):
    list_display = ("title", "status", "where", "date", "changed")
    list_filter = (StatusFilter, YearFilter, "kind", COUNTRIES, CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("title", "series", "slug", "lead")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("kind", "title", "slug", ("series", "edition"), "date")}),
        (_("What the page says"), {"fields": ("lead", "body", "figures", "url")}),
        (_("What it is about"), {"fields": ("topics", "goals", "countries", "partners")}),
    )
