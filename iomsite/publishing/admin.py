"""What the administration of every page shares.

An app's `admin.py` declares columns, filters and fieldsets; status, buttons, permissions, stamps
and refusals come from here.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from iomsite.partialdate import PartialDate, overlaps

from . import actions, audit, autosave, presence, record_admin  # noqa: F401  registers itself
from .compare import compare, describe
from .desk import DeskMixin
from .editions import working_copy
from .export import csv_of
from .forms import SEEN_VERSION, SUBMIT, PublishableForm
from .ledger import locked_ledger
from .models import AuditEntry, Publishable, Source
from .querysets import PublishableQuerySet
from .states import State
from .status import Status, status_of, with_status
from .uses import NAMED_USERS, NEEDED_BY, name_of, users_of
from .verbs import WithdrawManyForm, editable

PROVENANCE = (
    _("Where it comes from"),
    {
        "fields": ("sources", "source_text", "correction_note", "editor_note"),
        "classes": ("collapse",),
    },
)
CHANGED_BY = ("updated_by", admin.RelatedOnlyFieldListFilter)


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
        dates = pages_of(model_admin.model).order_by().values_list(self.field, flat=True)
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

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", pages_of(db_field.related_model))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", pages_of(db_field.related_model))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """The choices of other forms are pages, never their other editions or what is binned."""
        match = request.resolver_match
        if match and match.url_name == "autocomplete" and isinstance(queryset, PublishableQuerySet):
            queryset = queryset.pages().exclude(state=State.BINNED)
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]


def pages_of(model: Any) -> Any:
    """What another page may refer to: rows of reference, and pages that are not in the bin."""
    rows = model._default_manager.all()
    return rows.pages().exclude(state=State.BINNED) if issubclass(model, Publishable) else rows


class NeededMixin:
    """Refuses to delete what something else needs, and names what that is."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        nested, counts, lacking, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        refusals = list(self.refusals(list(objs)))
        # Rights over what stays where it is do not matter.
        return nested, counts, set() if refusals else lacking, refusals or protected

    def refusals(self, rows: Sequence[Any]) -> Iterator[str]:
        """Sentences that stand against deleting these rows; each is safe HTML."""
        pairs = users_of(rows)
        for row, user in pairs[:NAMED_USERS]:
            kind = user._meta.verbose_name
            yield format_html(str(NEEDED_BY), row=row, kind=kind, user=self._link(user))
        if len(pairs) > NAMED_USERS:
            yield gettext("And %(number)s more.") % {"number": len(pairs) - NAMED_USERS}

    def _link(self, row: Any) -> str:
        options = row._meta
        try:
            address = reverse(
                f"admin:{options.app_label}_{options.model_name}_change", args=(quote(row.pk),)
            )
        except NoReverseMatch:
            return name_of(row)
        return format_html('<a href="{}">{}</a>', address, name_of(row))


class PageChangeList(ChangeList):
    """Lists pages, not their other editions; those in the bin only when they are asked for."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if issubclass(self.model, Publishable):
            pages = cast(PublishableQuerySet, self.root_queryset).pages()
            if request.GET.get(StatusFilter.parameter_name) != Status.BINNED:
                pages = pages.exclude(state=State.BINNED)
            copies = self.model.objects.working_copies().filter(edition_of=OuterRef("pk"))
            self.root_queryset = pages.annotate(working_state=Subquery(copies.values("state")[:1]))
        return super().get_queryset(request, *args, **kwargs)

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
        return PageChangeList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), PROVENANCE]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A slug is proposed once: the address does not follow the title later."""
        return super().get_prepopulated_fields(request, obj) if obj is None else {}


class PublishableAdmin(DeskMixin, SourcedAdmin):
    """For every page in its own words.

    The list shows pages. A form shows one edition: it can be written in while it is a working copy
    or a page that was never public, and is read-only otherwise.
    """

    form = PublishableForm
    change_form_template = "admin/publishing/change_form.html"
    readonly_fields = ("status", "published_at", "updated_at", "updated_by")
    actions = (
        "submit_selected",
        "publish_selected",
        "withdraw_selected",
        "bin_selected",
        "download_selected",
    )

    # Columns

    @admin.display(description=_("status"), ordering="state")
    def status(self, page: Publishable) -> str:
        status = status_of(page)
        moment = {
            Status.SCHEDULED: page.published_at,
            Status.EXPIRED: page.expires_at,
        }.get(status)
        working = getattr(page, "working_state", None)
        return format_html(
            '<span class="status status--{}">{}</span> {} {}',
            status.value,
            status.label,
            _in_words(moment) if moment else "",
            format_html('<span class="status__copy">{}</span>', _copy_in_words(working))
            if working
            else "",
        )

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, page: Publishable) -> str:
        moment = _in_words(page.updated_at)
        return f"{moment}, {page.updated_by}" if page.updated_by else moment

    # The form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        stamps = ("published_at", "updated_at", "updated_by") if obj else ()
        *content, provenance = super().get_fieldsets(request, obj)
        fields = ("status", "expires_at", "review_by", "publishing_set", *stamps)
        return [*content, (_("Publication"), {"fields": fields}), provenance]

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        page = obj.page if obj else None
        if page is None or not hasattr(page, "get_absolute_url") or not page.is_public():
            return None
        return str(page.get_absolute_url())

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        if obj:
            writes = self.has_change_permission(request, obj)
            context |= self.desk_context(request, obj)
            context["autosaved"] = autosave.saved_at(obj, request.user) if writes else None
            context["others"] = presence.seen(obj.page, request.user, writes=writes)
            context["conflict"] = self._conflict(context, obj)
        context["show_submit"] = obj is None or obj.state == State.DRAFT
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)  # type: ignore[misc]

    def _conflict(self, context: Any, edition: Publishable) -> list[Any]:
        """What was saved meanwhile beside what this person typed, field by field."""
        form = context["adminform"].form
        if not form.is_bound or not form.is_outdated:
            return []
        saved = describe(type(edition).objects.get(pk=edition.pk))
        form.data = form.data.copy()
        form.data[SEEN_VERSION] = edition.version
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        parts = {formset.model: formset.rows_typed() for formset in formsets}
        return compare(saved, describe(edition, typed=form.cleaned_data, parts=parts))

    @method_decorator(csrf_protect)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form is read, checked and saved while nobody else saves (see `ledger`)."""
        if request.method != "POST":
            self._take_over_autosaved(request, *args)
            return super().changeform_view(request, *args, **kwargs)
        with locked_ledger():
            return super().changeform_view(request, *args, **kwargs)

    def _take_over_autosaved(
        self, request: HttpRequest, object_id: str | None = None, *_: Any
    ) -> None:
        """With `?autosaved`, draw the form with what was typed last and never saved.

        The form is bound to it as if it had been sent, and refuses itself (`PublishableForm`), so
        Django draws it again with every field and every row as they were.
        """
        edition = self.get_object(request, object_id) if object_id else None
        if edition is None or autosave.ASKED not in request.GET:
            return
        typed = autosave.typed(edition, request.user)
        if typed is not None and self.has_change_permission(request, edition):
            # First, for Django reads files and fields together, over what is set here.
            request.FILES  # noqa: B018
            request.method, request.POST = "POST", typed  # type: ignore[assignment]

    # Rights

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_write_right(self, request: HttpRequest, page: Any = None) -> bool:
        return super().has_change_permission(request, page)

    def has_delete_right(self, request: HttpRequest, page: Any = None) -> bool:
        return super().has_delete_permission(request, page)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_write_right(request, obj) and (obj is None or editable(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For good only from the bin, and one by one."""
        return bool(obj) and obj.state == State.BINNED and self.has_delete_right(request, obj)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.before = describe(type(obj).objects.get(pk=obj.pk)) if change else None
        obj.updated_by, obj.updated_at = request.user, timezone.now()
        obj.version += change
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The trail is written, and the pressed button acts, when the parts are in place."""
        super().save_related(request, form, formsets, change)
        if change:
            actions.note_edit(form.instance, by=request.user, before=form.before)
        else:
            audit.record(form.instance, AuditEntry.Action.CREATED, by=request.user)
        if SUBMIT in request.POST and form.instance.state == State.DRAFT:
            actions.submit(form.instance, by=request.user)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._answer_submit(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._answer_submit(request, obj) or super().response_change(request, obj)

    def _answer_submit(self, request: HttpRequest, edition: Any) -> HttpResponse | None:
        presence.left(edition.page, request.user)
        autosave.forget(edition, request.user)
        if SUBMIT not in request.POST:
            return None
        message = gettext("“%(page)s” waits for somebody else to read and publish it.")
        self.message_user(request, message % {"page": edition}, messages.SUCCESS)
        return self.response_post_save_change(request, edition)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.delete(obj, by=request.user)

    # Bulk actions

    @admin.action(
        description=_("Submit selected %(verbose_name_plural)s for review"), permissions=["change"]
    )
    def submit_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._act_on_each(request, queryset, actions.submit, gettext("Submitted: %(count)s."))

    @admin.action(
        description=_("Publish selected %(verbose_name_plural)s that are in review"),
        permissions=["publish"],
    )
    def publish_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._act_on_each(request, queryset, actions.publish, gettext("Published: %(count)s."))

    @admin.action(
        description=_("Withdraw selected %(verbose_name_plural)s"), permissions=["publish"]
    )
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Asks once, on a page of its own, for the reason that visitors read on each of them."""
        form = WithdrawManyForm(request.POST if "withdraw" in request.POST else None)
        if form.is_valid():
            self._act_on_each(
                request,
                queryset,
                lambda edition, by: actions.withdraw(edition.page, by=by, **form.cleaned_data),
                gettext("Withdrawn: %(count)s."),
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Withdraw"),
            "opts": self.opts,
            "pages": queryset,
            "form": form,
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/publishing/withdraw_selected.html", context)

    @admin.action(
        description=_("Move selected %(verbose_name_plural)s to the bin"),
        permissions=["throw_away"],
    )
    def bin_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._act_on_each(request, queryset, actions.bin_, gettext("Moved to the bin: %(count)s."))

    def has_throw_away_permission(self, request: HttpRequest) -> bool:
        return self.has_delete_right(request)

    @admin.action(description=_("Download selected %(verbose_name_plural)s as CSV"))
    def download_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return csv_of(queryset.select_related("updated_by"))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Deleting for good is for the bin, one by one."""
        found = super().get_actions(request)
        return {name: action for name, action in found.items() if name != "delete_selected"}

    def _act_on_each(
        self, request: HttpRequest, pages: QuerySet, act: Callable[..., Any], done: str
    ) -> None:
        """Act on the working edition of one page after the other; name those that refuse."""
        count = 0
        for page in pages:
            try:
                act(working_copy(page) or page, by=request.user)
                count += 1
            except actions.Refused as refusal:
                message = gettext("“%(page)s” was skipped: %(reason)s")
                words = {"page": page, "reason": refusal}
                self.message_user(request, message % words, messages.WARNING)
        if count:
            self.message_user(request, done % {"count": count}, messages.SUCCESS)


def _in_words(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _copy_in_words(state: str) -> str:
    return gettext("working copy: %s") % State(state).label.lower()


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    list_display = ("title", "code", "kind", "url")
    list_filter = ("kind",)
    search_fields = ("code", "title")
    fieldsets = ((None, {"fields": ("code", "title", "kind", "url", "note")}),)
