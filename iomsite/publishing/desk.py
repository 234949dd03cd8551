"""The desk: the pages of the admin on which staff publish, compare and look back.

`DeskMixin` adds them to the admin of every page. All of them find their edition by `_edition`,
which asks the same question as the change form: may this person see this row?
"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from . import advice, audit, autosave, presence, preview, trail
from .actions import Refused
from .compare import compare, describe
from .conflict import SEEN_VERSION
from .editions import working_copy
from .ledger import locked_ledger, note_read
from .models import AuditEntry, PreviewLink, Publishable
from .moments import in_words
from .offered import may_be_named, scope_of
from .status import status_of
from .veil import Person
from .verbs import VERBS, Verb, VerbForm, editable, label_of, main_verb, verbs_for

# Of what was done to a page, as much as its history shows; the audit trail has the rest.
MOST_ENTRIES = 100


class Unsaid(Exception):
    """A verb that was refused; the form says why. All that it has begun is taken back."""

    def __init__(self, form: VerbForm) -> None:
        super().__init__(form)
        self.form = form


class DeskMixin:
    """Stands before `ModelAdmin`, which has these."""

    opts: Any
    model: Any
    admin_site: Any
    get_object: Any
    message_user: Any
    has_view_permission: Any
    has_add_permission: Any
    has_change_permission: Any
    has_publish_permission: Any
    has_right: Any
    has_write_right: Any

    def get_urls(self) -> list[Any]:
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                f"<path:object_id>/{verb.name}/",
                self.admin_site.admin_view(partial(self.verb_view, verb=verb)),
                name=f"{base}_{verb.name}",
            )
            for verb in VERBS.values()
        ]
        for name in ("compare", "preview_link", "presence", "autosave", "advice"):
            view = self.admin_site.admin_view(getattr(self, f"{name}_view"))
            address = name.replace("_", "-")
            own.append(path(f"<path:object_id>/{address}/", view, name=f"{base}_{name}"))
        for name in ("autosave", "advice"):
            view = self.admin_site.admin_view(getattr(self, f"{name}_view"))
            own.insert(0, path(f"add/{name}/", view, name=f"{base}_{name}_new"))
        return own + super().get_urls()  # type: ignore[misc]

    # Who may what

    def may(self, request: HttpRequest, right: str, edition: Publishable) -> bool:
        """Whether this person has this right over the page that the edition is of."""
        if right == "discard":
            # What is approved is not taken off the schedule this way by whoever wrote it.
            right = "publish" if edition.is_scheduled() else "change"
        if right == "change":
            return self.has_write_right(request, edition)
        if right == "hand over":
            where = scope_of(request.user, edition, "publish")
            is_here = where.holds(edition.page.responsible_office_id)
            return is_here and (where.everywhere or len(where.offices) > 1)
        return self.has_right(request, right, edition)

    def _edition(self, request: HttpRequest, object_id: str) -> Publishable:
        """The row of an address, for whoever may see it; PermissionDenied or Http404 otherwise."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self.get_object(request, object_id)
        if edition is None:
            raise Http404
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        return edition

    def may_type(self, request: HttpRequest, edition: Publishable) -> bool:
        """Whether this person may write in this edition, or make the page that it is to be."""
        if edition.pk is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, edition)

    # Verbs

    def verb_view(self, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponse:
        """Asks what the verb needs, beside what it would change; then says it.

        What was read is still so when it is said: nobody else saves in between.
        """
        if request.method != "POST":
            return self._verb(request, self._edition(request, object_id), verb)
        try:
            with locked_ledger():
                edition = self._edition(request, object_id)
                note_read(edition)
                return self._verb(request, edition, verb, request.POST)
        except Unsaid as unsaid:
            edition = self._edition(request, object_id)
            return self._draw_verb(request, edition, verb, unsaid.form)

    def _verb(
        self, request: HttpRequest, edition: Publishable, verb: Verb, typed: Any = None
    ) -> HttpResponse:
        if not self.may(request, verb.right, edition):
            raise PermissionDenied
        if not verb.applies(edition):
            self.message_user(request, _("That is not due any more."), messages.WARNING)
            return redirect(self.address(edition))
        form = verb.form(typed, edition=edition, user=request.user)
        if form.is_valid():
            return self._say(request, edition, verb, form)
        return self._draw_verb(request, edition, verb, form)

    def _draw_verb(
        self, request: HttpRequest, edition: Publishable, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        return self._draw(
            request,
            "verb",
            edition,
            title=form.button or verb.label,
            verb=verb,
            form=form,
            **(self._changes(edition, request.user) if verb.shows_changes else {}),
        )

    def _say(
        self, request: HttpRequest, edition: Publishable, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        how = form.cleaned_data
        try:
            result = verb.run(edition, by=request.user, **how)
        except Refused as refusal:
            self._explain(form, verb, refusal)
            raise Unsaid(form) from refusal
        self.message_user(request, _done(verb, how), messages.SUCCESS)
        gone = verb.name in ("discard", "publish")
        return redirect(self.address(result or (edition.page if gone else edition)))

    def _explain(self, form: VerbForm, verb: Verb, refusal: Refused) -> None:
        """Put each reason beside its field; what is no field of this form stands above it."""
        names = dict(verb.renamed)
        form.add_error(None, str(refusal))
        for column, reasons in refusal.errors.items():
            field = names.get(column, column)
            if field in form.fields:
                form.add_error(field, reasons)
            else:
                label = label_of(self.model, column)
                form.add_error(None, [f"{label}: {one}" for one in reasons])

    def _changes(self, edition: Publishable, user: Any) -> dict[str, Any]:
        """What this edition changes of its page, or changed when it took its place.

        All it says where there is nothing before it.
        """
        earlier = self.model.objects.superseded().filter(edition_of=edition.pk)
        before = edition.page if edition.edition_of_id else earlier.first()
        reader = Person(user)
        changes = compare(
            describe(before, reader=reader) if before else {}, describe(edition, reader=reader)
        )
        return {"changes": changes, "is_new": before is None}

    # History

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """All editions of the page, and who did what."""
        edition = self._edition(request, object_id)
        page = edition.page
        editions = self.model.objects.filter(edition_of=page).select_related("updated_by")
        entries = audit.history(page)[: MOST_ENTRIES + 1]
        read = trail.reader(request.user)
        return self._draw(
            request,
            "history",
            page,
            title=_("History"),
            editions=sorted([page, *editions], key=lambda one: one.edition, reverse=True),
            entries=[(entry, read(entry)) for entry in entries[:MOST_ENTRIES]],
            is_longer=len(entries) > MOST_ENTRIES,
            may_restore=self.may(request, VERBS["restore"].right, page),
            public_address=self._public_address(page),
            today=timezone.localdate(),
            trail_address=self._trail_address(request, page),
        )

    def _trail_address(self, request: HttpRequest, page: Publishable) -> str:
        """The entries of this page in the audit trail, for those who may read that."""
        if not self.admin_site.get_model_admin(AuditEntry).has_view_permission(request):
            return ""
        trail = reverse("admin:publishing_auditentry_changelist")
        return f"{trail}?model={page._meta.label_lower}&page_id={page.pk}"

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two editions of a page, word by word: `?with=` names one, `?edition=` the newer one."""
        named = self._edition(request, object_id)
        edition = self._edition(request, request.GET.get("edition") or object_id)
        other = self._edition(request, request.GET.get("with") or str(named.page.pk))
        if {other.page.pk, edition.page.pk} != {named.page.pk}:
            raise Http404
        reader = Person(request.user)
        return self._draw(
            request,
            "compare",
            edition,
            title=_("Edition %(old)s beside edition %(new)s")
            % {"old": other.edition, "new": edition.edition},
            other=other,
            changes=compare(describe(other, reader=reader), describe(edition, reader=reader)),
        )

    # Previews

    def preview_link_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a link for somebody without an account, shown once; or revoke those there are."""
        edition = self._edition(request, object_id)
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        secret = ""
        if request.method == "POST" and "revoke" in request.POST:
            preview.revoke(edition, request.POST["revoke"])
        elif request.method == "POST":
            secret = preview.make_link(edition, by=request.user)
        links = PreviewLink.objects.filter(
            model=self.opts.label_lower, edition_id=edition.pk
        ).select_related("created_by")
        return self._draw(
            request,
            "preview_link",
            edition,
            title=_("Preview links"),
            links=links,
            link=request.build_absolute_uri(f"{self._public_address(edition)}?preview={secret}")
            if secret
            else "",
        )

    # Other people

    def presence_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form calls this now and then: who else has the page open, as a piece of HTML."""
        edition = self._edition(request, object_id)
        writes = self.has_change_permission(request, edition)
        others = presence.seen(edition.page, request.user, writes=writes)
        return TemplateResponse(request, "admin/publishing/others.html", {"others": others})

    def autosave_view(self, request: HttpRequest, object_id: str = "") -> HttpResponse:
        """The form sends what is typed into it; it is kept beside the edition until it is saved."""
        edition = self._edition(request, object_id) if object_id else self.model()
        if request.method != "POST" or not self.may_type(request, edition):
            raise PermissionDenied
        if _is_saved_since(edition, request):
            return JsonResponse({"said": ""})
        moment = autosave.keep(edition, request.user, request.POST)
        words = time_format(timezone.localtime(moment), "H:i") if moment else ""
        return JsonResponse({"said": _("Saved automatically at %s.") % words if words else ""})

    def advice_view(self, request: HttpRequest, object_id: str = "") -> HttpResponse:
        """The form asks this after a pause in typing: advice on it as it is now, as HTML."""
        edition = self._edition(request, object_id) if object_id else self.model()
        if request.method != "POST" or not self.may_type(request, edition):
            raise PermissionDenied
        typed = advice.Typed(self.model, advice.values_sent(request.POST), request.user)
        context = self.advice_context(typed, edition)
        return TemplateResponse(request, "admin/publishing/advice.html", context)

    def advice_context(self, typed: advice.Typed, edition: Publishable) -> dict[str, Any]:
        """What is said about a form, and how the page would look where it is found or shared."""
        is_too_long = typed.size > advice.MOST
        found = [] if is_too_long else advice.on(typed)
        return {
            "advice": advice.by_field(typed, found),
            "is_too_long": is_too_long,
            "share": advice.share(typed, self._public_address(edition) if edition.pk else ""),
        }

    def advice_address(self, edition: Publishable | None) -> str:
        return self._beside("advice", edition)

    def autosave_address(self, edition: Publishable | None) -> str:
        return self._beside("autosave", edition)

    def _beside(self, name: str, edition: Publishable | None) -> str:
        """The address of a page that serves the form of an edition, or of one yet to be made."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}"
        return reverse(name, args=[edition.pk]) if edition else reverse(f"{name}_new")

    # Drawing

    def address(self, edition: Publishable) -> str:
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[edition.pk]
        )

    def _public_address(self, edition: Publishable) -> str:
        page = edition.page
        if hasattr(page, "get_preview_url"):
            return page.get_preview_url()
        return page.get_absolute_url() if hasattr(page, "get_absolute_url") else ""

    def preview_address(self, edition: Publishable) -> str:
        address = self._public_address(edition)
        return f"{address}?edition={edition.pk}" if address else ""

    def desk_context(self, request: HttpRequest, edition: Publishable) -> dict[str, Any]:
        """What the change form and the pages of the desk show around an edition."""
        page = edition.page
        verbs = verbs_for(edition, may=lambda right: self.may(request, right, edition))
        return {
            "edition": edition,
            "page": page,
            "status": status_of(edition),
            "set_address": _set_address(edition, request.user),
            "copy": working_copy(page) if edition == page and not editable(page) else None,
            "verbs": verbs,
            "main_verb": main_verb(verbs, edition, request.user),
            "preview_address": self.preview_address(edition),
        }

    def _draw(
        self, request: HttpRequest, name: str, edition: Publishable, **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/publishing/{name}.html",
            {
                **self.admin_site.each_context(request),
                **self.desk_context(request, edition),
                "opts": self.opts,
                "original": edition,
                **context,
            },
        )


def _set_address(edition: Publishable, user: Any) -> str:
    """The set that an edition is in, for those who may see it."""
    chosen = edition.publishing_set
    if chosen is None or not may_be_named(chosen, user):
        return ""
    return reverse("admin:publishing_publishingset_change", args=[chosen.pk])


def _done(verb: Verb, how: dict[str, Any]) -> str:
    """What happened, in words; with the moment where it is still to come."""
    if not (moment := how.get("at")):
        return str(verb.done)
    return _("Scheduled for %s.") % in_words(moment)


def _is_saved_since(edition: Publishable, request: HttpRequest) -> bool:
    """Whether this is an echo of a form that the same person has saved in the meantime."""
    is_own = edition.pk and edition.updated_by_id == request.user.pk
    return bool(is_own) and request.POST.get(SEEN_VERSION) != str(edition.version)
