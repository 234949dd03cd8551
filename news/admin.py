"""What the organisation says: news releases, campaigns and publications."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from iomsite.images.admin import PhotoUseInline
from iomsite.publishing.admin import CHANGED_BY, PublishableAdmin, StatusFilter, YearFilter
from iomsite.publishing.parts import OrderedInline
from iomsite.publishing.substrings import Substrings
from programmes.admin import COUNTRIES, some

from .models import Campaign, NewsRelease, Publication, ReleaseContact, ReleasePhoto


class ManyCountriesAdmin(PublishableAdmin):
    """For what may be about any number of countries."""

    list_prefetch_related = ("countries",)

    @admin.display(description=_("countries"))
    def where(self, page):
        return some(page.countries.all())


class ReleasePhotoInline(PhotoUseInline):
    model = ReleasePhoto


class ContactInline(OrderedInline):
    model = ReleaseContact
    fields = ("order", "name", "post", "email", "phone")


@admin.register(NewsRelease)
class NewsReleaseAdmin(ManyCountriesAdmin):
    list_display = ("title", "status", "where", "released_on", "changed")
    list_filter = (StatusFilter, "kind", COUNTRIES, CHANGED_BY)
    list_select_related = ("updated_by",)
    date_hierarchy = "released_on"
    search_fields = ("title", "slug", "lead", "dateline")
    letters = Substrings("news_newsrelease", search_fields, only="edition_of_id")
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
        (None, {"fields": ("kind", "title", "slug", ("series", "ordinal"), "date")}),
        (_("What the page says"), {"fields": ("lead", "body", "figures", "url")}),
        (_("What it is about"), {"fields": ("topics", "goals", "countries", "partners")}),
    )
