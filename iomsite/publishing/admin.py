"""What the administration of every page shares.

An app's `admin.py` declares columns, filters and fieldsets; status, buttons, permissions, stamps
and refusals come from here.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import model_ngettext, quote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iomsite.partialdate import PartialDate, overlaps

from .forms import PUBLISH, WITHDRAW, PublishableForm
from .models import Publishable, Source
from .querysets import PublishableQuerySet
from .status import (
    ON_ITS_WAY,
    Status,
    moment_of_publication,
    status_of,
    was_public,
    with_status,
)
from .uses import users_of

PROVENANCE = (
    _("Where it comes from"),
    {
        "fields": ("sources", "source_text", "correction_note", "editor_note"),
        "classes": ("collapse",),
    },
)
CHANGED_BY = ("updated_by", admin.RelatedOnlyFieldListFilter)
# Of what needs a row, as many are named as a person will read.
NAMED_USERS = 20
PLANNED_ONLY = _(
    "This is still a draft. It goes public at the moment under “published at” only after you have "
    "pressed “Save and publish”."
)


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Status.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value not in Status.values:
            return queryset
        return with_status(cast(PublishableQuerySet, queryset), Status(value))


class YearFilter(admin.SimpleListFilter):
    """The years that a partial date may fall in; stands in for `date_hierarchy`, which needs days.

    A subclass names another field than `date`.
    """

    title = _("year")
    parameter_name = "year"
    field = "date"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        dates = model_admin.get_queryset(request).order_by().values_list(self.field, flat=True)
        years = sorted({date.year for date in dates.distinct() if date}, reverse=True)
        return [(f"{year:04}", str(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        year = self.value()
        if year not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(overlaps(self.field, PartialDate.parse(year)))


class RelationsMixin:
    """Every relation is found by typing: a list of all countries in a form helps nobody."""

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        options = self.opts  # type: ignore[attr-defined]
        fields = [*options.fields, *options.many_to_many]
        return [field.name for field in fields if field.is_relation and field.editable]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Another page is not deleted from here: its own form says what needs it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field


class NeededMixin:
    """Refuses to delete what something else needs, and names what that is."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        nested, counts, lacking, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        return nested, counts, lacking, list(self.refusals(list(objs))) or protected

    def refusals(self, rows: Sequence[Any]) -> Iterator[str]:
        """Sentences that stand against deleting these rows; each is safe HTML."""
        pairs = users_of(rows)
        for row, user in pairs[:NAMED_USERS]:
            yield format_html(
                gettext("“{}” is needed by {} “{}”."),
                row,
                user._meta.verbose_name,
                self._link(user),
            )
        if len(pairs) > NAMED_USERS:
            yield gettext("And %(number)s more.") % {"number": len(pairs) - NAMED_USERS}

    def _link(self, row: Any) -> str:
        options = row._meta
        try:
            address = reverse(
                f"admin:{options.app_label}_{options.model_name}_change", args=(quote(row.pk),)
            )
        except NoReverseMatch:
            return str(row)
        return format_html('<a href="{}">{}</a>', address, row)


class PrefetchingChangeList(ChangeList):
    def apply_select_related(self, qs: Any) -> Any:
        related = getattr(self.model_admin, "list_prefetch_related", ())
        return super().apply_select_related(qs).prefetch_related(*related)


class ContentAdmin(NeededMixin, RelationsMixin, admin.ModelAdmin):
    """For whatever staff edit."""

    list_per_page = 50
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.URLField: {"assume_scheme": "https"},
    }


class SourcedAdmin(ContentAdmin):
    """For everything that says where its facts come from."""

    # Relations that a column of the list reads, besides those in `list_select_related`.
    list_prefetch_related: ClassVar[Sequence[Any]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PrefetchingChangeList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), PROVENANCE]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A slug is proposed once: the address does not follow the title later."""
        return super().get_prepopulated_fields(request, obj) if obj is None else {}


class PublishableAdmin(SourcedAdmin):
    """For every page in its own words."""

    form = PublishableForm
    readonly_fields = ("status", "updated_at", "updated_by")
    actions = ("publish_selected", "withdraw_selected")
    # What the address is made of: fixed once the page has been published.
    address_fields: ClassVar[Sequence[str]] = ("slug",)

    # Columns

    @admin.display(description=_("status"), ordering="state")
    def status(self, page: Publishable) -> str:
        status = status_of(page)
        moment = {
            Status.SCHEDULED: page.published_at,
            Status.EXPIRED: page.expires_at,
        }.get(status)
        return format_html(
            '<span class="status status--{}">{}</span> {}',
            status.value,
            status.label,
            _in_words(moment) if moment else "",
        )

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, page: Publishable) -> str:
        moment = _in_words(page.updated_at)
        return f"{moment}, {page.updated_by}" if page.updated_by else moment

    # The form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("status", "published_at", "expires_at")
        stamps = ("updated_at", "updated_by") if obj else ()
        *content, provenance = super().get_fieldsets(request, obj)
        return [*content, (_("Publication"), {"fields": (*shown, *stamps)}), provenance]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = self.address_fields if obj and status_of(obj) != Status.DRAFT else ()
        times = () if self.has_publish_permission(request) else ("published_at", "expires_at")
        return (*super().get_readonly_fields(request, obj), *fixed, *times)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        if obj is None or not hasattr(obj, "get_absolute_url") or not obj.is_public():
            return None
        return str(obj.get_absolute_url())

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        status = status_of(obj) if obj else Status.DRAFT
        may_press = (
            self.has_publish_permission(request, obj)
            and (add or self.has_change_permission(request, obj))
            and not context["is_popup"]
        )
        context |= {
            "show_publish": may_press and status != Status.PUBLISHED,
            "show_withdraw": may_press and status in ON_ITS_WAY,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Rights

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is public, or soon will be, changes only by those who may publish it."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or status_of(obj) not in ON_ITS_WAY:
            return True
        return self.has_publish_permission(request, obj)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.updated_by, obj.updated_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The pressed button acts last, when the parts of the page are in place."""
        super().save_related(request, form, formsets, change)
        for button, act in ((PUBLISH, self._publish), (WITHDRAW, self._withdraw)):
            if button in request.POST:
                if not self.has_publish_permission(request, form.instance):
                    raise PermissionDenied
                act(request, form.instance)

    def _publish(self, request: HttpRequest, page: Any) -> None:
        moment = moment_of_publication(page.published_at, timezone.now())
        page.publish(by=request.user, at=moment)
        self.log_change(request, page, gettext("Published."))

    def _withdraw(self, request: HttpRequest, page: Any) -> None:
        page.withdraw(by=request.user)
        self.log_change(request, page, gettext("Withdrawn."))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._answer_button(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._answer_button(request, obj) or super().response_change(request, obj)

    def _answer_button(self, request: HttpRequest, page: Any) -> HttpResponse | None:
        if IS_POPUP_VAR in request.POST or not {PUBLISH, WITHDRAW} & request.POST.keys():
            if page.published_at and status_of(page) == Status.DRAFT:
                self.message_user(request, PLANNED_ONLY, messages.WARNING)
            return None
        self.message_user(request, self._outcome(page), messages.SUCCESS)
        return self.response_post_save_change(request, page)

    def _outcome(self, page: Any) -> str:
        status, address = status_of(page), self.get_view_on_site_url(page)
        if status == Status.SCHEDULED:
            sentence = gettext("“%(page)s” is scheduled for %(moment)s.")
            return sentence % {"page": page, "moment": _in_words(page.published_at)}
        if status == Status.PUBLISHED and address:
            return format_html(
                gettext('“{}” is public now: <a href="{}">view it on the site</a>.'), page, address
            )
        sentences = {
            Status.PUBLISHED: gettext("“%(page)s” is public now."),
            Status.WITHDRAWN: gettext("“%(page)s” is off the site."),
        }
        return sentences.get(status, gettext("“%(page)s” is a draft again.")) % {"page": page}

    # Bulk actions

    @admin.action(
        description=_("Publish selected %(verbose_name_plural)s"), permissions=["publish"]
    )
    def publish_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        done = self._act_on_each(request, queryset, self._publish, _publishing_refused)
        if done:
            self._report(request, gettext("Published: %(count)s %(items)s."), done)

    @admin.action(
        description=_("Withdraw selected %(verbose_name_plural)s"), permissions=["publish"]
    )
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        done = self._act_on_each(request, queryset, self._withdraw, _withdrawal_refused)
        if done:
            self._report(request, gettext("Withdrawn: %(count)s %(items)s."), done)

    def _act_on_each(
        self,
        request: HttpRequest,
        pages: QuerySet,
        act: Callable[[HttpRequest, Any], None],
        refused: Callable[[Any], str],
    ) -> int:
        """Act on one page after the other; name those that are skipped. Return how many went."""
        done = 0
        for page in pages:
            if reason := refused(page):
                message = gettext("“%(page)s” was skipped: %(reason)s")
                self.message_user(
                    request, message % {"page": page, "reason": reason}, messages.WARNING
                )
                continue
            with transaction.atomic():
                act(request, page)
            done += 1
        return done

    def _report(self, request: HttpRequest, sentence: str, done: int) -> None:
        counted = {"count": done, "items": model_ngettext(self.opts, done)}
        self.message_user(request, sentence % counted, messages.SUCCESS)

    # Deleting

    def refusals(self, rows: Sequence[Any]) -> Iterator[str]:
        for page in rows:
            if was_public(page):
                yield format_html(
                    gettext(
                        "“{}” has been public. Withdraw it instead: whoever comes to its address "
                        "is then told that it is gone."
                    ),
                    page,
                )
        yield from super().refusals(rows)


def _in_words(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _publishing_refused(page: Any) -> str:
    status, now = status_of(page), timezone.now()
    if status == Status.PUBLISHED:
        return gettext("it is public already.")
    if status == Status.SCHEDULED:
        return gettext("it is scheduled already. Open it to publish it now.")
    if page.expires_at and page.expires_at <= moment_of_publication(page.published_at, now):
        return gettext("it would be gone at once. Open it and mend “expires at”.")
    return ""


def _withdrawal_refused(page: Any) -> str:
    return "" if status_of(page) in ON_ITS_WAY else gettext("it is not on the site.")


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    list_display = ("title", "code", "kind", "url")
    list_filter = ("kind",)
    search_fields = ("code", "title")
    fieldsets = ((None, {"fields": ("code", "title", "kind", "url", "note")}),)
