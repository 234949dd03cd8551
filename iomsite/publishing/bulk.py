"""What is done with several pages at once: chosen in the list, read on a page, then done.

The page shows each of them as it is now. What a colleague changes before the button is pressed is
not acted on unread: the page is drawn again instead.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import actions, sets
from .compare import Change
from .editions import publication_errors
from .export import pages_as_csv
from .ledger import attempt, locked_ledger
from .models import Publishable
from .states import State
from .veil import named_for
from .verbs import VERBS, ChangeForm, WithdrawManyForm, label_of, reasons, stands_alone

# Of what has to be read before it is published, as much as somebody will read.
MOST_READ = 20
MOST = 200
CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Bulk:
    """One thing to do with many. `obstacle` says what keeps one of them out, if anything does.

    `of_copies`: it is about the working copy of a page, where there is one.
    """

    name: str
    title: Any
    explanation: Any
    right: str
    run: Callable[..., Any]
    done: Any
    obstacle: Callable[[Publishable, Any], Any]
    form: type[forms.Form] = forms.Form
    of_copies: bool = False
    shows_changes: bool = False
    is_drastic: bool = False


def _unless(verb: str, otherwise: Any) -> Callable[[Publishable, Any], Any]:
    return lambda edition, user: "" if VERBS[verb].applies(edition) else otherwise


def _not_submitted(edition: Publishable, user: Any) -> Any:
    if edition.state != State.DRAFT:
        return _("Only a draft can be submitted for review.")
    needs = publication_errors(edition).items()
    return " ".join(f"{label_of(edition, name)}: {' '.join(said)}" for name, said in needs)


def _not_published(edition: Publishable, user: Any) -> Any:
    if edition.state != State.IN_REVIEW:
        return _("This is not in review.")
    if edition.publishing_set:
        words = named_for(edition.publishing_set, user)
        return _("This belongs to the set “%s”. Publish the set.") % words
    return stands_alone(edition, user)


BULK = {
    bulk.name: bulk
    for bulk in (
        Bulk(
            "submit_selected",
            _("Submit for review"),
            _("Each waits for somebody else to read and publish it."),
            "change",
            actions.submit,
            _("Submitted: %(count)s."),
            _not_submitted,
            of_copies=True,
        ),
        Bulk(
            "publish_selected",
            _("Publish"),
            _("Read what changes. All of this is public as soon as you press the button."),
            "publish",
            actions.publish,
            _("Published: %(count)s."),
            _not_published,
            ChangeForm,
            of_copies=True,
            shows_changes=True,
        ),
        Bulk(
            "withdraw_selected",
            _("Withdraw"),
            _("These go off the site. Nothing is lost: each can be published again."),
            "publish",
            actions.withdraw,
            _("Withdrawn: %(count)s."),
            _unless("withdraw", _("Only a page that is public can be withdrawn.")),
            WithdrawManyForm,
            is_drastic=True,
        ),
        Bulk(
            "bin_selected",
            _("Move to the bin"),
            _("Nobody but staff has seen these. They can be taken out of the bin again."),
            "delete",
            actions.bin_,
            _("Moved to the bin: %(count)s."),
            _unless("bin", _("The public has seen this page: withdraw it instead.")),
            is_drastic=True,
        ),
        Bulk(
            "unbin_selected",
            _("Take out of the bin"),
            _("Each becomes a draft again."),
            "delete",
            actions.unbin,
            _("Taken out of the bin: %(count)s."),
            _unless("unbin", _("This is not in the bin.")),
        ),
    )
}


@dataclass(frozen=True)
class Chosen:
    """An edition and what keeps it out, if anything does."""

    edition: Publishable
    address: str
    obstacle: Any
    reader: Any

    @property
    def page_key(self) -> int:
        return self.edition.edition_of_id or self.edition.pk

    @property
    def is_new(self) -> bool:
        return self.edition.edition_of_id is None

    def changes(self) -> list[Change]:
        """What it would change of its page. Some twenty statements."""
        return sets.changes(self.edition, self.reader)


class BulkMixin:
    """Stands before `ModelAdmin`, which has these."""

    opts: Any
    model: Any
    admin_site: Any
    message_user: Any
    may: Any
    address: Any
    has_delete_right: Any

    actions: Any = (*BULK, "download_selected")

    @admin.action(description=_("Submit for review"), permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._ask(request, queryset, BULK["submit_selected"])

    @admin.action(description=_("Publish what is in review"), permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._ask(request, queryset, BULK["publish_selected"])

    @admin.action(description=_("Withdraw"), permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._ask(request, queryset, BULK["withdraw_selected"])

    @admin.action(description=_("Move to the bin"), permissions=["throw_away"])
    def bin_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._ask(request, queryset, BULK["bin_selected"])

    @admin.action(description=_("Take out of the bin"), permissions=["throw_away"])
    def unbin_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._ask(request, queryset, BULK["unbin_selected"])

    def has_throw_away_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_delete_right(request))

    @admin.action(description=_("Download as CSV"))
    def download_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return pages_as_csv(queryset)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """In the bin, what is done there; elsewhere the rest. Deleting for good is one by one."""
        found = super().get_actions(request)  # type: ignore[misc]
        is_bin = request.GET.get("status") == State.BINNED
        there = ("unbin_selected", "download_selected")
        return {
            name: action
            for name, action in found.items()
            if name != "delete_selected" and (name in there if is_bin else name != "unbin_selected")
        }

    def _ask(self, request: HttpRequest, pages: QuerySet, bulk: Bulk) -> HttpResponse | None:
        if pages.count() > MOST:
            self._refuse_so_many(request, MOST)
            return None
        is_sent = CONFIRMED in request.POST
        with locked_ledger() if is_sent else nullcontext():
            chosen = [self._chosen(request, one, bulk) for one in _editions(pages, bulk)]
            due = [one.edition for one in chosen if not one.obstacle]
            if bulk.shows_changes and len(due) > MOST_READ:
                self._refuse_so_many(request, MOST_READ)
                return None
            seen = sets.fingerprint(due)
            form = self._form(request, bulk, due)
            if is_sent and due and request.POST.get("seen") == seen and form.is_valid():
                self._act(request, due, bulk, form.cleaned_data)
                return None
        is_overtaken = is_sent and request.POST.get("seen") != seen
        return self._draw_bulk(
            request,
            bulk,
            chosen=chosen,
            count=len(due),
            is_part=len(due) < len(chosen),
            form=form,
            seen=seen,
            is_overtaken=is_overtaken,
        )

    def _refuse_so_many(self, request: HttpRequest, most: int) -> None:
        said = gettext("Choose at most %(most)s at a time.")
        self.message_user(request, said % {"most": most}, messages.ERROR)

    def _form(self, request: HttpRequest, bulk: Bulk, due: list[Publishable]) -> forms.Form:
        """Nothing is asked about changes where there are only new pages."""
        asks = bulk.form is not ChangeForm or any(one.edition_of_id for one in due)
        typed = request.POST if CONFIRMED in request.POST else None
        return (bulk.form if asks else forms.Form)(typed)

    def _chosen(self, request: HttpRequest, edition: Publishable, bulk: Bulk) -> Chosen:
        obstacle = (
            bulk.obstacle(edition, request.user)
            if self.may(request, bulk.right, edition)
            else _("You do not have the right to do this.")
        )
        return Chosen(edition, self.address(edition), obstacle, request.user)

    def _act(
        self, request: HttpRequest, due: list[Publishable], bulk: Bulk, how: dict[str, Any]
    ) -> None:
        """One after the other; name those that refuse."""
        count = 0
        for edition in due:
            try:
                # A page that is new says what it says; only of a change is there a note.
                asked = how if bulk.form is not ChangeForm or edition.edition_of_id else {}
                with attempt():
                    bulk.run(edition, by=request.user, seen=edition.version, **asked)
                count += 1
            except actions.Refused as refusal:
                words = {"page": edition, "reason": " ".join(reasons(refusal, edition))}
                said = gettext("“%(page)s” was skipped: %(reason)s") % words
                self.message_user(request, said, messages.WARNING)
        if count:
            self.message_user(request, bulk.done % {"count": count}, messages.SUCCESS)

    def _draw_bulk(self, request: HttpRequest, bulk: Bulk, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        context |= {
            **self.admin_site.each_context(request),
            "title": bulk.title,
            "bulk": bulk,
            "opts": self.opts,
            "select_across": request.POST.get("select_across", "0"),
            "list_address": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/publishing/bulk.html", context)


def _editions(pages: QuerySet, bulk: Bulk) -> list[Publishable]:
    """The pages, or their working copies where these are meant. Two statements."""
    found = list(pages.select_related("publishing_set"))
    if not bulk.of_copies:
        return found
    copies = pages.model.objects.working_copies().filter(edition_of__in=found)
    by_page = {
        copy.edition_of_id: copy for copy in copies.select_related("edition_of", "publishing_set")
    }
    return [by_page.get(page.pk, page) for page in found]
