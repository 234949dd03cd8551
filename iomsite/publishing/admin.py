"""What the administration of every page shares.

An app's `admin.py` declares columns, filters and fieldsets; status, buttons, permissions, stamps
and refusals come from here.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from iomsite.accounts.roles import name_of

from . import (
    actions,
    advice,
    audit,
    autosave,
    conflict,
    membership,
    presence,
    record_admin,  # noqa: F401  registers itself
    set_admin,  # noqa: F401  registers itself
)
from .bulk import BulkMixin
from .compare import describe
from .desk import DeskMixin
from .export import DownloadMixin, copy_in_words
from .filters import CHANGED_BY, RelatedFilter, StatusFilter, WaitingFilter, YearFilter
from .forms import SUBMIT, PublishableForm
from .ledger import locked_ledger
from .lists import PagePaginator, only_found
from .models import Publishable, PublishingSet, Source
from .moments import MOMENT_FIELDS, in_short, in_words
from .moments import name_of as person
from .querysets import PublishableQuerySet
from .references import ReferenceMixin
from .relations import RelationsMixin
from .rows import NeededMixin, RowsMixin
from .states import State
from .status import Status, status_of
from .veil import Person, StaffOf, veil, veil_all, words_at
from .verbs import begins_anew, editable

__all__ = [
    "CHANGED_BY",
    "ContentAdmin",
    "PublishableAdmin",
    "RelatedFilter",
    "SourcedAdmin",
    "StatusFilter",
    "YearFilter",
]

SET = "publishing_set"
PROVENANCE = (
    _("Where it comes from"),
    {
        "fields": ("sources", "source_text", "correction_note", "editor_note"),
        "classes": ("collapse",),
    },
)


class PageChangeList(ChangeList):
    """Lists pages, not their other editions; those in the bin only when they are asked for."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.reader = request.user
        super().__init__(request, *args, **kwargs)

    def get_ordering_field(self, field_name: Any) -> Any:
        """The order of a column tells nothing of a name that is not shown."""
        path = super().get_ordering_field(field_name)
        words = words_at(path, self.model, self.reader) if isinstance(path, str) else None
        return path if words is None else words

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if issubclass(self.model, Publishable):
            pages = cast(PublishableQuerySet, self.root_queryset).pages()
            if request.GET.get(StatusFilter.parameter_name) != Status.BINNED:
                pages = pages.exclude(state=State.BINNED)
            copies = self.model.objects.working_copies().filter(edition_of=OuterRef("pk"))
            copies = copies.order_by()  # there is one at most
            self.root_queryset = pages.annotate(working_state=Subquery(copies.values("state")[:1]))
        found: Any = super().get_queryset(request, *args, **kwargs)
        if self.query:
            return only_found(found)
        found.is_whole = not self.get_filters_params()
        return found

    def get_results(self, request: HttpRequest) -> None:
        """Beside what was found by a word stands no number of all pages: it would be counted."""
        super().get_results(request)
        self.show_full_result_count = not self.query
        if getattr(self.queryset, "is_whole", False):
            self.full_result_count = self.result_count
        elif self.show_full_result_count:
            self.full_result_count = self.root_queryset.count()
        self.result_list = list(self.result_list)
        veil_all(self.result_list, request.user)

    def apply_select_related(self, qs: Any) -> Any:
        related = getattr(self.model_admin, "list_prefetch_related", ())
        return super().apply_select_related(qs).prefetch_related(*related)


class ContentAdmin(NeededMixin, RelationsMixin, RowsMixin, admin.ModelAdmin):
    """For whatever staff edit."""

    list_per_page = 50
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.URLField: {"assume_scheme": "https"},
        **MOMENT_FIELDS,
    }

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """What is only shown is read from the rows of the forms."""
        reader = Person(request.user)
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        forms = [context["adminform"].form, *(form for formset in formsets for form in formset)]
        for form in forms:
            if form.instance.pk:
                form.instance = veil(form.instance, reader)
        show_texts(_texts_to_read(context), request)
        return super().render_change_form(request, context, *args, **kw)


def _texts_to_read(context: Any) -> list[tuple[Any, Any]]:
    """Form and column of each text with markup that is shown and cannot be written in."""
    main = context["adminform"].form
    forms = [(main, main.fields)]
    for rows in context["inline_admin_formsets"]:
        # Rows that may not be changed have fields all the same, which are not drawn.
        forms += [
            (form, form.fields if rows.has_change_permission else ()) for form in rows.formset
        ]
    return [
        (form, field)
        for form, written in forms
        for field in form.instance._meta.concrete_fields
        if hasattr(field, "shown_to") and field.name not in written
    ]


def show_texts(found: list[tuple[Any, Any]], request: HttpRequest) -> None:
    """Texts that are only read are shown as visitors read them, not as HTML."""
    texts = [getattr(form.instance, field.attname) for form, field in found]
    drawn = found[0][1].shown_to(request, texts) if found else []
    for (form, field), html in zip(found, drawn, strict=True):
        form.instance = copy.copy(form.instance)
        setattr(form.instance, field.attname, html)


class SourcedAdmin(ContentAdmin):
    """For everything that says where its facts come from."""

    paginator = PagePaginator
    # `PageChangeList` counts, and a whole list only once.
    show_full_result_count = False
    # Relations that a column of the list reads, besides those in `list_select_related`.
    list_prefetch_related: ClassVar[Sequence[Any]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PageChangeList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), PROVENANCE]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A slug is proposed once: the address does not follow the title later."""
        return super().get_prepopulated_fields(request, obj) if obj is None else {}


class PublishableAdmin(BulkMixin, DeskMixin, DownloadMixin, SourcedAdmin):
    """For every page in its own words.

    The list shows pages. A form shows one edition: it can be written in while it is a working copy
    or a page that was never public, and is read-only otherwise.
    """

    form = PublishableForm
    change_form_template = "admin/publishing/edition_form.html"
    change_list_template = "admin/publishing/list.html"
    readonly_fields = ("office", "expiry", "readable", "last_change")
    actions = BulkMixin.actions

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
            in_short(moment) if moment else "",
            format_html('<span class="status__copy">{}</span>', _copy_in_words(working))
            if working
            else "",
        )

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, page: Publishable) -> str:
        moment = in_short(page.updated_at)
        return f"{moment}, {person(page.updated_by)}" if page.updated_by else moment

    @admin.display(description=_("responsible office"))
    def office(self, page: Publishable) -> str:
        return str(page.page.responsible_office or gettext("Headquarters"))

    @admin.display(description=_("expires at"))
    def expiry(self, page: Publishable) -> str:
        return in_words(page.expires_at) if page.expires_at else gettext("never")

    @admin.display(description=_("visitors read it"))
    def readable(self, page: Publishable) -> str:
        if page.published_at is None:
            return gettext("not yet")
        words = {"since": in_words(page.published_at)}
        if page.superseded_at is None:
            return gettext("from %(since)s") % words
        words["until"] = in_words(page.superseded_at)
        return gettext("from %(since)s until %(until)s") % words

    @admin.display(description=_("last change"))
    def last_change(self, page: Publishable) -> str:
        return self.changed(page)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        is_bin = request.GET.get(StatusFilter.parameter_name) == Status.BINNED
        bin_address = f"?{StatusFilter.parameter_name}={Status.BINNED}"
        kinds = capfirst(self.opts.verbose_name_plural)
        context: dict[str, Any] = {
            "title": gettext("%(kinds)s in the bin") % {"kinds": kinds} if is_bin else kinds,
            "is_bin": is_bin,
            "bin_address": "?" if is_bin else bin_address,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_list_filter(self, request: HttpRequest) -> Any:
        status, *others = super().get_list_filter(request)
        return [status, WaitingFilter, *others]

    # The form

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """With its page and who changed it, which all that is drawn of an edition names."""
        field = self.opts.get_field(from_field) if from_field else self.opts.pk
        rows = self.get_queryset(request).select_related("edition_of", "updated_by")
        try:
            return rows.get(**{field.name: field.to_python(object_id)})
        except (self.model.DoesNotExist, ValidationError, ValueError):
            return None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        writes = obj is None or self.has_change_permission(request, obj)
        stamps = ("readable", "last_change") if obj else ()
        *content, provenance = super().get_fieldsets(request, obj)
        expiry = "expires_at" if writes else "expiry"
        # Afterwards a page is given to another office by a button of its own.
        office = "office" if obj else "responsible_office"
        fields = (office, expiry, "review_by", SET, *stamps)
        return [*content, (_("Publication"), {"fields": fields}), provenance]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = () if request.user.has_perm(name_of(PublishingSet, "change")) else (SET,)
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        page = obj.page if obj else None
        if page is None or not hasattr(page, "get_absolute_url") or not page.is_public():
            return None
        return str(page.get_absolute_url())

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        edition = obj or self.model()
        writes = self.may_type(request, edition)
        context["autosaved"] = autosave.saved_at(edition, request.user) if writes else None
        context["autosave_address"] = self.autosave_address(obj)
        context["advice_address"] = self.advice_address(obj)
        # A form that is new has nothing to advise on.
        if writes and (obj or request.method == "POST"):
            values = advice.values_of(context["adminform"].form, formsets)
            context |= self.advice_context(advice.Typed(self.model, values, request.user), edition)
        if obj:
            context |= self.desk_context(request, obj)
            is_noted = writes and not getattr(request, "read_only", None)
            context["others"] = presence.seen(obj.page, request.user, writes=is_noted)
            context["conflict"] = conflict.between(
                context["adminform"].form, formsets, request.user
            )
            context |= {"title": str(obj), "subtitle": None}
        context["show_submit"] = obj is None or obj.state == State.DRAFT
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(csrf_protect)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            self._take_over_autosaved(request, *args)
        return super().changeform_view(request, *args, **kwargs)

    def _changeform_view(self, request: HttpRequest, *args: Any) -> HttpResponse:
        """A form is read, checked and saved while nobody else saves (see `ledger`).

        Django has begun the transaction in which it is saved.
        """
        draw: Callable[..., HttpResponse] = super()._changeform_view  # type: ignore[misc]
        if request.method != "POST":
            return draw(request, *args)
        with locked_ledger(savepoint=False):
            return draw(request, *args)

    def _take_over_autosaved(
        self, request: HttpRequest, object_id: str | None = None, *_: Any
    ) -> None:
        """With `?autosaved`, draw the form with what was typed last and never saved.

        The form is bound to it as if it had been sent, and refuses itself (`PublishableForm`), so
        Django draws it again with every field and every row as they were.
        """
        if autosave.ASKED not in request.GET:
            return
        edition = self.get_object(request, object_id) if object_id else self.model()
        typed = autosave.typed(edition, request.user) if edition else None
        if typed is not None and self.may_type(request, edition):
            # First, for Django reads files and fields together, over what is set here.
            request.FILES  # noqa: B018
            request.method, request.POST = "POST", typed  # type: ignore[assignment]

    # Rights

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_right(request, "publish", obj)

    def has_write_right(self, request: HttpRequest, edition: Any = None) -> bool:
        """Without the right to review, somebody writes in their own words only, not in others'."""
        if not self.has_right(request, "change", edition):
            return False
        return (
            edition is None
            or begins_anew(edition)
            or self.has_right(request, "review", edition)
            or request.user.pk in audit.writers(edition)
        )

    def has_delete_right(self, request: HttpRequest, page: Any = None) -> bool:
        return super().has_delete_permission(request, page)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.has_write_right(request)
        return self.has_write_right(request, obj) and editable(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For good only from the bin, and one by one."""
        return bool(obj) and obj.state == State.BINNED and self.has_delete_right(request, obj)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and not self.has_right(request, "add", obj):
            raise PermissionDenied
        form.set_before = form.as_read.publishing_set if change else None
        obj.updated_by, obj.updated_at = request.user, timezone.now()
        obj.version += change
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The trail is written, and the pressed button acts, when the parts are in place."""
        before, reader = {}, StaffOf(form.instance.page)
        if change:
            rows = {each.model: each.rows_as_read() for each in formsets}
            before = describe(form.as_read, parts=rows, reader=reader)
        super().save_related(request, form, formsets, change)
        if change:
            rows = {each.model: rows[each.model] for each in formsets if not each.has_changed()}
            after = describe(form.instance, form.cleaned_data, rows, reader)
            actions.note_edit(form.instance, by=request.user, before=before, after=after)
        else:
            actions.note_creation(form.instance, by=request.user)
        if form.instance.publishing_set != form.set_before:
            membership.note(form.instance, form.set_before, by=request.user)
        if SUBMIT in request.POST and form.instance.state == State.DRAFT:
            actions.submit(form.instance, by=request.user)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        autosave.forget(self.model(), request.user)
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
        typed = advice.Typed(self.model, request.POST.dict(), request.user)
        if typed.size <= advice.MOST and (found := advice.on(typed)):
            self.message_user(request, advice.in_words(typed, found), messages.WARNING)
        return self.response_post_save_change(request, edition)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.delete(obj, by=request.user)


def _copy_in_words(state: str) -> str:
    return gettext("working copy: %s") % copy_in_words(state)


@admin.register(Source)
class SourceAdmin(ReferenceMixin, ContentAdmin):
    list_display = ("title", "code", "kind", "url")
    list_filter = ("kind",)
    search_fields = ("code", "title")
    fieldsets = ((None, {"fields": ("code", "title", "kind", "url", "note")}),)
