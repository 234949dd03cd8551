"""Staff accounts, and the offices that staff work for."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .choices import RelatedStayMixin, field_asked_about, offices_to_choose
from .desk import SignInDesk
from .models import Assignment, Office, User
from .summary import rights_in_words, sentences

# What somebody may do is said by assignments.
admin.site.unregister(Group)


class AssignmentForm(forms.ModelForm):
    """What has begun is history: only its last day can still be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.has_begun:
            for name in {"role", "office", "starts_on"} & set(self.fields):
                self.fields[name].disabled = True


class AssignmentFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk and form.instance.has_begun and DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].disabled = True


class AssignmentInline(RelatedStayMixin, admin.TabularInline):
    template = "admin/publishing/rows.html"
    model = Assignment
    form = AssignmentForm
    formset = AssignmentFormSet
    fields = ("role", "office", "starts_on", "ends_on")
    autocomplete_fields = ("office",)
    extra = 0


@admin.register(User)
class UserAdmin(SignInDesk, DjangoUserAdmin):
    """People. Whoever is no superuser can neither become one nor touch one."""

    list_display = ("username", "last_name", "first_name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    filter_horizontal = ()
    inlines = (AssignmentInline,)
    readonly_fields = ("may_do", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Account"), {"fields": ("is_active", "is_superuser", "last_login", "date_joined")}),
        (_("What this person can do"), {"fields": ("may_do",)}),
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.my_rights_view)
        return [path("my-rights/", view, name="accounts_user_my_rights"), *super().get_urls()]

    def my_rights_view(self, request: HttpRequest) -> HttpResponse:
        """Whoever works here reads in plain words what they can do, and where."""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What I can do"),
            "sentences": sentences(request.user),
            "rights": rights_in_words(request.user),
            "is_superuser": request.user.is_superuser,
        }
        return TemplateResponse(request, "admin/accounts/my_rights.html", context)

    @admin.display(description=_("in words"))
    def may_do(self, person: User) -> str:
        if not person.is_active:
            return gettext("Nothing: the account is closed.")
        if person.is_superuser:
            return gettext("Everything, everywhere.")
        said = sentences(person, who=person.get_full_name() or person.get_username())
        if not said:
            return gettext("Nothing: there is no assignment for today or later.")
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in said))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = () if request.user.is_superuser else ("is_superuser",)
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The form of a new account asks for the name and the password only."""
        return super().get_inlines(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever has worked here stays: the history would lose the name."""
        nested, counts, lacking, protected = super().get_deleted_objects(objs, request)
        active = set(LogEntry.objects.filter(user__in=objs).values_list("user", flat=True))
        active |= set(Assignment.objects.filter(person__in=objs).values_list("person", flat=True))
        refusals = [
            format_html(
                gettext(
                    "“{}” has worked here. Take away the mark “active” instead: the account is "
                    "closed, and the history keeps the name."
                ),
                user,
            )
            for user in objs
            if user.pk in active
        ]
        return nested, counts, lacking, refusals or protected


def _may_touch(user: Any, other: Any) -> bool:
    return user.is_superuser or not (other and other.is_superuser)


@admin.register(Office)
class OfficeAdmin(RelatedStayMixin, admin.ModelAdmin):
    list_display = ("name", "kind", "parent")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"code": ("name",)}
    fieldsets = ((None, {"fields": ("name", "code", "kind", "parent")}),)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A code is proposed once: it does not follow the name later."""
        return super().get_prepopulated_fields(request, obj) if obj is None else {}

    def get_queryset(self, request: HttpRequest) -> Any:
        """All offices; where a form searches for choices, those that it may offer."""
        asked = field_asked_about(request)
        return offices_to_choose(asked, request.user) if asked else super().get_queryset(request)
