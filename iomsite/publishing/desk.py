"""The desk: the pages of the admin on which staff publish, compare and look back.

`DeskMixin` adds them to the admin of every page. All of them find their edition by `_edition`,
which asks the same question as the change form: may this person see this row?
"""

from contextlib import nullcontext
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from . import audit, autosave, presence, preview
from .actions import Refused
from .compare import compare, describe
from .editions import working_copy
from .forms import SEEN_VERSION
from .ledger import locked_ledger
from .models import PreviewLink, Publishable
from .verbs import VERBS, Verb, VerbForm, editable, verbs_for


class DeskMixin:
    """Stands before `ModelAdmin`, which has these."""

    opts: Any
    model: Any
    admin_site: Any
    get_object: Any
    message_user: Any
    has_view_permission: Any
    has_change_permission: Any
    has_publish_permission: Any
    has_write_right: Any
    has_delete_right: Any

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
        for name in ("compare", "preview_link", "presence", "autosave"):
            view = self.admin_site.admin_view(getattr(self, f"{name}_view"))
            address = name.replace("_", "-")
            own.append(path(f"<path:object_id>/{address}/", view, name=f"{base}_{name}"))
        return own + super().get_urls()  # type: ignore[misc]

    # Who may what

    def may(self, request: HttpRequest, right: str, edition: Publishable) -> bool:
        """Whether this person has this right over the page that the edition is of."""
        page = edition.page
        if right == "publish":
            return self.has_publish_permission(request, page)
        if right == "delete":
            return self.has_delete_right(request, page)
        return self.has_write_right(request, page)

    def _edition(self, request: HttpRequest, object_id: str) -> Publishable:
        """The row of an address, for whoever may see it; PermissionDenied or Http404 otherwise."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self.get_object(request, object_id)
        if edition is None:
            raise Http404
        return edition

    # Verbs

    def verb_view(self, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponse:
        """Asks what the verb needs, beside what it would change; then says it.

        What was read is still so when it is said: nobody else saves in between.
        """
        with locked_ledger() if request.method == "POST" else nullcontext():
            return self._verb(request, self._edition(request, object_id), verb)

    def _verb(self, request: HttpRequest, edition: Publishable, verb: Verb) -> HttpResponse:
        if not self.may(request, verb.right, edition):
            raise PermissionDenied
        if not verb.applies(edition):
            self.message_user(request, _("That is not due any more."), messages.WARNING)
            return redirect(self.address(edition))
        typed = request.POST if request.method == "POST" else None
        form = verb.form(typed, edition=edition, user=request.user)
        if form.is_valid():
            answer = self._say(request, edition, verb, form)
            if answer:
                return answer
        return self._draw(
            request,
            "verb",
            edition,
            title=verb.label,
            verb=verb,
            form=form,
            changes=self._changes(edition) if verb.shows_changes else None,
        )

    def _say(
        self, request: HttpRequest, edition: Publishable, verb: Verb, form: VerbForm
    ) -> HttpResponse | None:
        how = form.cleaned_data
        try:
            result = verb.run(edition, by=request.user, **how)
        except Refused as refusal:
            self._explain(form, verb, refusal)
            return None
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
                form.add_error(None, [f"{self._label(column)}: {one}" for one in reasons])

    def _label(self, column: str) -> str:
        return (
            str(self.opts.get_field(column).verbose_name) if column else str(self.opts.verbose_name)
        )

    def _changes(self, edition: Publishable) -> list[Any]:
        """What this edition would change of its page, or all it says if there is no page yet."""
        before = describe(edition.page) if edition.edition_of_id else {}
        return compare(before, describe(edition))

    # History

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """All editions of the page, and who did what."""
        edition = self._edition(request, object_id)
        page = edition.page
        editions = self.model.objects.filter(edition_of=page).select_related("updated_by")
        return self._draw(
            request,
            "history",
            page,
            title=_("History of %s") % page,
            editions=[page, *editions.order_by("-edition")],
            entries=audit.history(page)[:200],
        )

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two editions of a page, word by word: `?with=` names one, `?edition=` the newer one."""
        named = self._edition(request, object_id)
        edition = self._edition(request, request.GET.get("edition") or object_id)
        other = self._edition(request, request.GET.get("with") or str(named.page.pk))
        if {other.page.pk, edition.page.pk} != {named.page.pk}:
            raise Http404
        return self._draw(
            request,
            "compare",
            edition,
            title=_("Edition %(old)s beside edition %(new)s")
            % {"old": other.edition, "new": edition.edition},
            other=other,
            changes=compare(describe(other), describe(edition)),
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

    def autosave_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form sends what is typed into it; it is kept beside the edition until it is saved."""
        edition = self._edition(request, object_id)
        if request.method != "POST" or not self.has_change_permission(request, edition):
            raise PermissionDenied
        if _is_saved_since(edition, request):
            return JsonResponse({"said": ""})
        moment = autosave.keep(edition, request.user, request.POST)
        words = time_format(timezone.localtime(moment), "H:i") if moment else ""
        return JsonResponse({"said": _("Saved automatically at %s.") % words if words else ""})

    # Drawing

    def address(self, edition: Publishable) -> str:
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[edition.pk]
        )

    def _public_address(self, edition: Publishable) -> str:
        page = edition.page
        return page.get_absolute_url() if hasattr(page, "get_absolute_url") else ""

    def preview_address(self, edition: Publishable) -> str:
        address = self._public_address(edition)
        return f"{address}?edition={edition.pk}" if address else ""

    def desk_context(self, request: HttpRequest, edition: Publishable) -> dict[str, Any]:
        """What the change form and the pages of the desk show around an edition."""
        page = edition.page
        return {
            "edition": edition,
            "page": page,
            "copy": working_copy(page) if edition == page and not editable(page) else None,
            "verbs": verbs_for(edition, may=lambda right: self.may(request, right, edition)),
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


def _done(verb: Verb, how: dict[str, Any]) -> str:
    """What happened, in words; with the moment where it is still to come."""
    if not (moment := how.get("at")):
        return str(verb.done)
    local = timezone.localtime(moment)
    words = {
        "moment": f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S}",
        "zone": timezone.get_current_timezone_name(),
    }
    return _("Scheduled for %(moment)s, time zone %(zone)s.") % words


def _is_saved_since(edition: Publishable, request: HttpRequest) -> bool:
    """Whether this is an echo of a form that the same person has saved in the meantime."""
    is_own = edition.updated_by_id == request.user.pk
    return is_own and request.POST.get(SEEN_VERSION) != str(edition.version)
