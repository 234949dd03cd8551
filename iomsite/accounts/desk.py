"""What administrators do about somebody's sign-in, on the pages of that person in the admin.

Nobody gives or sees a password here: a new account gets an invitation by mail. Whatever is done
stands in the history of the person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format, time_format
from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from . import invitations, throttle
from .models import User
from .sessions import end_sessions


class PersonForm(forms.ModelForm):
    """Names may not be mistaken for each other, since people sign in by either of two."""

    class Meta:
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            # Commands make accounts without one; whoever has one keeps one.
            self.fields["email"].required = bool(self.instance.email or not self.instance.pk)
            self.fields["email"].help_text = _("Invitations and new passwords go there.")

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if email:
            self._refuse_if_taken(email)
        return email

    def clean_username(self) -> str:
        self._refuse_if_taken(self.cleaned_data["username"])
        return self.cleaned_data["username"]

    def _refuse_if_taken(self, name: str) -> None:
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(email__iexact=name).exists() or others.filter(username__iexact=name):
            raise forms.ValidationError(_("Another account has this name."), code="taken")


class NewPersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        model = User
        fields = ("username", "first_name", "last_name", "email")

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        return super().save(commit)


@dataclass(frozen=True)
class Remedy:
    """One thing that can be done: under which address, in which words, when, and how."""

    name: str
    label: Any
    sentence: Any
    is_open: Callable[[Any], bool]
    run: Callable[[HttpRequest, Any], str]
    asks_why: bool = False
    is_drastic: bool = False


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("How do you know that it is them?"),
        max_length=200,
        help_text=_("Example: she rang, and I know her voice. It stands in the history."),
    )


def _invite(request: HttpRequest, person: Any) -> str:
    if invitations.send(request, person):
        return gettext("An invitation is on its way to %s.") % person.email
    raise Undelivered


class Undelivered(Exception):
    """The mail server did not take the message."""


def _unlock(request: HttpRequest, person: Any) -> str:
    throttle.unlock(person)
    return gettext("The account is unlocked.")


def _take_factor(request: HttpRequest, person: Any) -> str:
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    get_adapter().send_notification_mail("account/email/factor_taken", person)
    return gettext("The second factor is taken away. The next sign-in asks to set up a new one.")


def tell_former_address(person: Any, address: str) -> None:
    get_adapter().send_notification_mail("account/email/address_changed", person, email=address)


def _end_sessions(request: HttpRequest, person: Any) -> str:
    ended = end_sessions(person)
    return ngettext("%d session has ended.", "%d sessions have ended.", ended) % ended


REMEDIES = {
    remedy.name: remedy
    for remedy in (
        Remedy(
            "invite",
            _("Send the invitation again"),
            _("A new link goes out, and those sent before stop working. It works for three days."),
            lambda person: invitations.is_open(person) and bool(person.email),
            _invite,
        ),
        Remedy(
            "unlock",
            _("Unlock"),
            _("Attempts to sign in, to give a code and to ask for a password are counted anew."),
            lambda person: throttle.locked_until(person) is not None,
            _unlock,
        ),
        Remedy(
            "take-factor",
            _("Take the second factor away"),
            _(
                "App, passkeys and recovery codes stop working, and all sessions end. Whoever has "
                "the password can then set up a second factor of their own: be sure that it is "
                "this person who asks."
            ),
            lambda person: Authenticator.objects.filter(user=person).exists(),
            _take_factor,
            asks_why=True,
            is_drastic=True,
        ),
        Remedy(
            "sign-out",
            _("Sign out everywhere"),
            _("All sessions of this person end. What is typed and not saved is lost."),
            lambda person: UserSession.objects.filter(user=person).exists(),
            _end_sessions,
        ),
    )
}


class SignInDesk:
    """Stands before Django's `UserAdmin`, which has these."""

    opts: Any
    admin_site: Any
    get_object: Any
    log_change: Any
    message_user: Any
    has_change_permission: Any

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    change_form_template = "admin/accounts/person_form.html"
    add_fieldsets = (
        (
            None,
            {
                "fields": ("username", "first_name", "last_name", "email"),
                "description": _(
                    "A mail goes to this person, with a link to choose a password and a second "
                    "factor. Say on the next page where they work, and as what."
                ),
            },
        ),
    )

    def get_urls(self) -> list[Any]:
        """Nobody sets somebody else's password: Django's page for that goes."""
        urls = [url for url in super().get_urls() if url.name != "auth_user_password_change"]
        own = [
            path(
                f"<path:object_id>/{remedy.name}/",
                self.admin_site.admin_view(partial(self.remedy_view, remedy=remedy)),
                name=f"accounts_user_{remedy.name}",
            )
            for remedy in REMEDIES.values()
        ]
        return own + urls

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "sign_in")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        said = [(_("Sign-in"), {"fields": ("sign_in",)})] if obj else []
        return [*super().get_fieldsets(request, obj), *said]

    def sign_in(self, person: Any) -> str:
        return " ".join(_state(person))

    sign_in.short_description = _("how it stands")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        person = kw.get("obj")
        may = person is not None and self.has_change_permission(request, person)
        context["remedies"] = [
            remedy for remedy in REMEDIES.values() if may and remedy.is_open(person)
        ]
        return super().render_change_form(request, context, *args, **kw)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            transaction.on_commit(partial(self._do, request, obj, REMEDIES["invite"]))
            return
        if "is_active" in form.changed_data:
            end_sessions(obj)  # none must come to life again with the account
        if "email" in form.changed_data and (before := form.initial["email"]):
            # Nothing goes there any more, neither new passwords nor what happens to the account.
            transaction.on_commit(partial(tell_former_address, obj, before))

    def remedy_view(self, request: HttpRequest, object_id: str, remedy: Remedy) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if not remedy.is_open(person):
            messages.warning(request, gettext("There is nothing to do about that any more."))
            return self._back(person)
        view = reauthentication_required(self._confirm) if remedy.asks_why else self._confirm
        return view(request, person, remedy)

    def _confirm(self, request: HttpRequest, person: Any, remedy: Remedy) -> HttpResponse:
        fields = WhyForm if remedy.asks_why else forms.Form
        form = fields(request.POST) if request.method == "POST" else fields()
        if form.is_valid():
            self._do(request, person, remedy, form.cleaned_data.get("why", ""))
            return self._back(person)
        context = self.admin_site.each_context(request) | {
            "title": remedy.label,
            "subtitle": str(person),
            "remedy": remedy,
            "person": person,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/remedy.html", context)

    def _do(self, request: HttpRequest, person: Any, remedy: Remedy, why: str = "") -> None:
        try:
            done = remedy.run(request, person)
        except Undelivered:
            messages.error(request, gettext("The mail server does not take mail. Try it later."))
            return
        self.log_change(request, person, f"{done} {why}".strip())
        messages.success(request, done)

    def _back(self, person: Any) -> HttpResponse:
        return redirect(reverse("admin:accounts_user_change", args=[person.pk]))


def _state(person: Any) -> list[str]:
    """What an administrator is asked about on the telephone."""
    said = []
    if not person.has_usable_password():
        said.append(gettext("Has not accepted the invitation yet."))
    kinds = [str(kind) for kind in _kinds(person)]
    if kinds:
        said.append(gettext("Second factor: %s.") % get_text_list(kinds, gettext("and")))
    else:
        said.append(gettext("No second factor yet."))
    if until := throttle.locked_until(person):
        moment = localtime(until)
        said.append(
            gettext("Locked after too many attempts, until %(time)s on %(day)s.")
            % {"time": time_format(moment), "day": date_format(moment)}
        )
    return said


def _kinds(person: Any) -> list[Any]:
    words = {
        Authenticator.Type.TOTP: _("app"),
        Authenticator.Type.WEBAUTHN: _("passkey"),
        Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
    }
    held = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return [word for kind, word in words.items() if kind in held]
