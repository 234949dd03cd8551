"""The admin of sets of pages: who is in, what is missing, and publishing all of them at once."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from . import membership, sets
from .actions import Refused
from .conflict import UnversionedForm
from .editions import members as members_of
from .editions import publishable_models
from .ledger import attempt, locked_ledger
from .models import Publishable, PublishingSet
from .moments import MOMENT_FIELDS, in_words
from .references import ledger_first
from .relations import RelationsMixin
from .rows import NeededMixin, RowsMixin
from .states import State
from .status import Status, status_of
from .timetable import reopen
from .verbs import ChangeForm, MomentForm, stands_alone


@dataclass(frozen=True)
class Member:
    """An edition in a set. `obstacle` keeps the whole set from being published."""

    edition: Publishable
    address: str
    status: Status
    obstacle: Any
    may_change: bool

    @property
    def key(self) -> str:
        return f"{self.edition._meta.label_lower}:{self.edition.pk}"

    @property
    def is_change(self) -> bool:
        return self.edition.edition_of_id is not None

    @property
    def is_new(self) -> bool:
        return not self.is_change


@admin.register(PublishingSet)
class PublishingSetAdmin(NeededMixin, RelationsMixin, RowsMixin, admin.ModelAdmin):
    list_display = ("title", "published_at")
    search_fields = ("title", "slug")
    prepopulated_fields = {"slug": ["title"]}
    fields = ("title", "slug", "published_at", "responsible_office")
    formfield_overrides = MOMENT_FIELDS
    change_form_template = "admin/publishing/set_form.html"
    form = UnversionedForm

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Nobody schedules it between what is read of it and what is saved."""
        return ledger_first(request, super().changeform_view, *args, **kwargs)

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(getattr(self, f"{name}_view")),
                name=f"publishing_publishingset_{name}",
            )
            for name in ("publish", "members")
        ]
        return [*own, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("responsible_office",) if obj else ()

    # Who may what: the admin of each kind of page answers

    def _may(self, request: HttpRequest, right: str, edition: Publishable) -> bool:
        return bool(self._admin_of(type(edition)).may(request, right, edition))

    def _admin_of(self, model: type[Publishable]) -> Any:
        return self.admin_site.get_model_admin(model)

    def _chosen(self, request: HttpRequest, object_id: int) -> PublishingSet:
        if not self.has_view_permission(request):
            raise PermissionDenied
        chosen = self.get_object(request, str(object_id))
        if chosen is None:
            raise Http404
        return cast(PublishingSet, chosen)

    def _members(self, request: HttpRequest, chosen: PublishingSet) -> list[Member]:
        return [self._member(request, edition) for edition in members_of(chosen)]

    def _shown(self, request: HttpRequest, members: list[Member]) -> dict[str, Any]:
        """The members that this person may see; the others are counted."""
        shown = [one for one in members if self._may(request, "view", one.edition)]
        return {"members": shown, "hidden": len(members) - len(shown)}

    def _member(self, request: HttpRequest, edition: Publishable) -> Member:
        return Member(
            edition,
            self._admin_of(type(edition)).address(edition),
            status_of(edition),
            self._obstacle(request, edition),
            self._may(request, "change", edition),
        )

    def _obstacle(self, request: HttpRequest, edition: Publishable) -> Any:
        if edition.state == State.DRAFT:
            return _("This is still a draft. Open it and submit it for review.")
        if edition.state != State.IN_REVIEW:
            return ""
        if not self._may(request, "publish", edition):
            return _("You do not have the right to publish this.")
        return stands_alone(edition, request.user)

    # The form

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        chosen = context.get("original")
        if chosen:
            members = self._members(request, chosen)
            context |= {"title": str(chosen), "subtitle": None, **self._shown(request, members)}
            context["is_approved"] = _is_approved(members)
            context["is_ready"] = _is_ready(members)
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kw)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What was approved was approved for its moment."""
        with locked_ledger():
            super().save_model(request, obj, form, change)
            if "published_at" in form.changed_data:
                remark = _("The moment of the set has changed, so it has to be approved again.")
                reopen(obj, by=request.user, remark=remark)

    # Members

    def members_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What could join the set; or, sent from the set, which one is to leave it."""
        chosen = self._chosen(request, object_id)
        if not self.has_change_permission(request, chosen):
            raise PermissionDenied
        if request.method == "POST":
            self._move(request, chosen)
            return redirect("admin:publishing_publishingset_change", object_id)
        words = request.GET.get("q", "").strip()
        kinds = [
            one for one in publishable_models() if self._admin_of(one).has_write_right(request)
        ]
        found = [
            self._member(request, edition)
            for edition in membership.candidates(kinds, words, request.user)
            if self._may(request, "change", edition)
        ]
        context = {"title": _("Add pages"), "candidates": found, "words": words}
        return self._draw(request, "set_members", chosen, **context)

    def _move(self, request: HttpRequest, chosen: PublishingSet) -> None:
        with locked_ledger():
            for edition in self._named(request, request.POST.getlist("add")):
                self._try(request, edition, membership.join, chosen=chosen)
            for edition in self._named(request, request.POST.getlist("remove")):
                if edition.publishing_set_id == chosen.pk:
                    self._try(request, edition, membership.leave)

    def _named(self, request: HttpRequest, keys: list[str]) -> list[Publishable]:
        """The editions of these names that this person may change."""
        models = {model._meta.label_lower: model for model in publishable_models()}
        found = []
        for label, _colon, key in (name.partition(":") for name in keys):
            if label in models:
                edition = self._admin_of(models[label]).get_object(request, key)
                if edition and self._may(request, "change", edition):
                    found.append(edition)
        return found

    def _try(self, request: HttpRequest, edition: Publishable, move: Any, **how: Any) -> None:
        try:
            with attempt():
                move(edition, by=request.user, **how)
        except Refused as refusal:
            words = {"page": edition, "reason": refusal}
            said = _("“%(page)s” was skipped: %(reason)s") % words
            self.message_user(request, said, messages.WARNING)

    # Publishing

    def publish_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """All members with what they change; one button for all of them."""
        chosen = self._chosen(request, object_id)
        members = self._members(request, chosen)
        if not all(self._may(request, "publish", one.edition) for one in members):
            raise PermissionDenied
        typed = request.POST if request.method == "POST" else None
        form = MomentForm(typed, initial={"at": chosen.published_at})
        changes = [_ask(one, typed) for one in members]
        # All of them are checked, so that all that is wrong is said at once.
        is_wrong = [not one.is_valid() for one in (form, *changes) if one]
        if typed and not any(is_wrong):
            try:
                return self._publish(request, chosen, form.cleaned_data["at"], members, changes)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                members = self._members(request, chosen)
        return self._draw(
            request,
            "set_publish",
            chosen,
            title=_("Publish the set"),
            form=form,
            is_wrong=bool(form.errors) or bool(typed and any(is_wrong)),
            members=[
                (one, sets.changes(one.edition, request.user), _ask(one, typed)) for one in members
            ],
            is_ready=_is_ready(members),
            seen=sets.fingerprint([one.edition for one in members]),
        )

    def _publish(
        self,
        request: HttpRequest,
        chosen: PublishingSet,
        at: Any,
        members: list[Member],
        changes: list[ChangeForm | None],
    ) -> HttpResponse:
        """The moment and the notes are kept only if the whole set goes out."""
        with locked_ledger():
            for member, form in zip(members, changes, strict=True):
                note = form.cleaned_data["change_note"] if form else ""
                model: Any = type(member.edition)
                model.objects.filter(pk=member.edition.pk).update(change_note=note)
            PublishingSet.objects.filter(pk=chosen.pk).update(published_at=at)
            sets.publish_set(chosen, by=request.user, seen=request.POST.get("seen", ""))
        said = _("The whole set is published.")
        if at:
            said = _("The whole set is scheduled for %s.") % in_words(at)
        self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:publishing_publishingset_change", chosen.pk)

    def _draw(
        self, request: HttpRequest, name: str, chosen: PublishingSet, **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": chosen,
            "set_address": reverse("admin:publishing_publishingset_change", args=[chosen.pk]),
        }
        return TemplateResponse(request, f"admin/publishing/{name}.html", context)


def _ask(member: Member, typed: Any) -> ChangeForm | None:
    """What is asked about a member; nothing about a new page."""
    return ChangeForm(typed, prefix=member.key) if member.is_change else None


def _is_ready(members: list[Member]) -> bool:
    waiting = [one.edition.state == State.IN_REVIEW and not one.obstacle for one in members]
    return bool(waiting) and all(waiting)


def _is_approved(members: list[Member]) -> bool:
    return bool(members) and all(one.status == Status.SCHEDULED for one in members)
