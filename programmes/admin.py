"""Where we work and what we do there."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iomsite.images.admin import PhotoUseInline
from iomsite.images.cards import make_for
from iomsite.publishing.admin import (
    CHANGED_BY,
    PublishableAdmin,
    RelatedFilter,
    SourcedAdmin,
    StatusFilter,
    YearFilter,
)
from iomsite.publishing.conflict import UnversionedForm
from iomsite.publishing.forms import BesideFieldForm, ParentForm, PublishableForm
from iomsite.publishing.parts import OrderedInline, OrderedStackedInline, PartInline
from iomsite.publishing.references import ReferenceMixin

from .models import (
    AreaOfIntervention,
    Country,
    EngagementPartner,
    EngagementPhoto,
    EngagementRole,
    Goal,
    KeyResult,
    Objective,
    OutcomeDocument,
    Partner,
    Programme,
    ProgrammePartner,
    Region,
    RegionalEngagement,
    RegionalOffice,
    Topic,
)

REGION = ("region", RelatedFilter)
COUNTRY = ("country", RelatedFilter)
COUNTRIES = ("countries", RelatedFilter)


def some(rows: Any, most: int = 3) -> str:
    """The first names of many, for one cell of a list."""
    names = [str(row) for row in rows]
    return ", ".join(names[:most]) + ("…" if len(names) > most else "")


class ReferenceAdmin(ReferenceMixin, SourcedAdmin):
    """For what is no page in its own words: it is public while something public uses it."""

    def get_readonly_fields(self, request, obj=None):
        fixed = ("slug",) if obj and self._is_public(obj) else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj and self._is_public(obj) else None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        transaction.on_commit(partial(make_for, obj), robust=True)

    def _is_public(self, obj):
        return self.model.objects.in_use().filter(pk=obj.pk).exists()


@admin.register(Region)
class RegionAdmin(PublishableAdmin):
    list_display = ("name", "status", "order", "changed")
    list_filter = (StatusFilter, CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("name", "slug")
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    fieldsets = ((None, {"fields": ("name", "slug", "order", "lead")}),)


class CountryForm(PublishableForm):
    beside: ClassVar = {**PublishableForm.beside, "_presence_since_1951": "presence_since"}


@admin.register(Country)
class CountryAdmin(PublishableAdmin):
    form = CountryForm
    list_display = ("name", "status", "region", "iso3", "changed")
    list_filter = (StatusFilter, REGION, CHANGED_BY)
    list_select_related = ("region", "updated_by")
    search_fields = ("name", "aliases", "=iso2", "=iso3", "slug")
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "region", "presence_since", "lead")}),
        (_("Codes and names"), {"fields": ("iso2", "iso3", "m49", "aliases")}),
    )


@admin.register(RegionalOffice)
class RegionalOfficeAdmin(ReferenceMixin, SourcedAdmin):
    list_display = ("__str__", "region", "country")
    list_filter = (REGION,)
    list_select_related = ("region", "country")
    search_fields = ("city", "region__name", "country__name")
    prepopulated_fields: ClassVar = {"slug": ("city",)}
    fieldsets = ((None, {"fields": ("city", "slug", "region", "country")}),)


@admin.register(Topic)
class TopicAdmin(ReferenceAdmin):
    list_display = ("name", "kind", "slug")
    list_filter = ("kind",)
    search_fields = ("name", "slug")
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    fieldsets = ((None, {"fields": ("name", "slug", "kind", "lead")}),)


class GoalForm(ParentForm, BesideFieldForm, UnversionedForm):
    beside: ClassVar = {"_one_code": "code"}


@admin.register(Goal)
class GoalAdmin(ReferenceAdmin):
    form = GoalForm
    list_display = ("short_name", "name", "framework", "parent")
    list_filter = ("framework",)
    list_select_related = ("parent",)
    search_fields = ("code", "name", "slug")
    fieldsets = ((None, {"fields": ("framework", "code", "name", "slug", "parent", "order")}),)


@admin.register(Partner)
class PartnerAdmin(ReferenceAdmin):
    list_display = ("name", "acronym", "kind", "country")
    list_filter = ("kind", COUNTRY)
    list_select_related = ("country",)
    search_fields = ("name", "acronym", "aliases", "slug")
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "acronym", "slug", "kind", "country", "lead", "url")}),
        (_("For search"), {"fields": ("aliases",)}),
    )


class ObjectiveInline(OrderedStackedInline):
    model = Objective
    fields = ("order", "text")


class KeyResultInline(OrderedStackedInline):
    model = KeyResult
    fields = ("order", "text")


class AreaInline(OrderedStackedInline):
    model = AreaOfIntervention
    fields = (("order", "title", "date"), "text")


class ProgrammePartnerInline(OrderedInline):
    model = ProgrammePartner
    fields = ("order", "partner", "role")


class ProgrammeForm(ParentForm, PublishableForm):
    beside: ClassVar = {**PublishableForm.beside, "_country_of_country_programme": "country"}


@admin.register(Programme)
class ProgrammeAdmin(PublishableAdmin):
    form = ProgrammeForm
    list_display = ("__str__", "status", "where", "kind", "changed")
    list_filter = (StatusFilter, "kind", COUNTRY, COUNTRIES, CHANGED_BY)
    list_select_related = ("country", "updated_by")
    list_prefetch_related = ("countries",)
    search_fields = ("title", "acronym", "slug", "country__name", "lead")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "acronym", "slug", "kind")}),
        (_("Where and when"), {"fields": ("country", "countries", "period", "parent")}),
        (_("Context"), {"fields": ("lead", "body", "figures")}),
        (_("Goals and topics"), {"fields": ("all_goals", "goals", "topics", "url")}),
    )
    inlines = (ObjectiveInline, KeyResultInline, AreaInline, ProgrammePartnerInline)

    @admin.display(description=_("where"), ordering="country__name")
    def where(self, programme):
        return str(programme.country) if programme.country else some(programme.countries.all())


class RoleInline(PartInline):
    model = EngagementRole
    fields = ("role",)


class EngagementPartnerInline(OrderedInline):
    model = EngagementPartner
    fields = ("order", "partner", "role")


class EngagementPhotoInline(PhotoUseInline):
    model = EngagementPhoto


class EngagementForm(ParentForm, PublishableForm):
    pass


@admin.register(RegionalEngagement)
class RegionalEngagementAdmin(PublishableAdmin):
    form = EngagementForm
    list_display = ("__str__", "status", "where", "date", "changed")
    list_filter = (StatusFilter, YearFilter, "kind", REGION, COUNTRY, CHANGED_BY)
    list_select_related = ("region", "country", "updated_by")
    search_fields = ("title", "acronym", "slug", "city", "country__name", "host_event")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "acronym", "slug", "kind")}),
        (
            _("When and where"),
            {
                "fields": (
                    ("date", "recurrence", "ordinal", "order"),
                    ("city", "country"),
                    "countries",
                    ("region", "office"),
                    ("host_event", "parent"),
                )
            },
        ),
        (_("What the page says"), {"fields": ("lead", "contribution", "outcome", "topics")}),
    )
    inlines = (RoleInline, EngagementPartnerInline, EngagementPhotoInline)

    @admin.display(description=_("where"), ordering="country__name")
    def where(self, engagement):
        place = ", ".join(filter(None, [engagement.city, str(engagement.country or "")]))
        return place or str(engagement.region or "")


@admin.register(OutcomeDocument)
class OutcomeDocumentAdmin(PublishableAdmin):
    list_display = ("title", "status", "engagement", "date", "changed")
    list_filter = (StatusFilter, YearFilter, "kind", CHANGED_BY)
    list_select_related = ("engagement", "updated_by")
    search_fields = ("title", "slug", "engagement__title")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "is_official_title", "slug", "kind")}),
        (_("Facts"), {"fields": ("engagement", "date")}),
        (_("What the page says"), {"fields": ("body", "url")}),
    )
