"""The pages of sign-in and of one's own account, where they differ from the library's."""

from typing import Any

import qrcode
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.utils import (
    get_next_redirect_url,
    passthrough_next_redirect_url,
    perform_login,
)
from allauth.decorators import rate_limit
from allauth.mfa import adapter as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.views.generic import FormView, TemplateView

from . import factor, invitations
from .forms import FirstPasswordForm
from .sessions import end_sessions


class LeadsOn:
    """Keeps where somebody wanted to go through all steps of setting up a second factor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_newcomer = not factor.is_verified(self.request)
        home = reverse("admin:index" if is_newcomer else "mfa_index")
        then = get_next_redirect_url(self.request) or home
        return super().get_context_data(**kwargs) | {"next": then, "is_newcomer": is_newcomer}


class SetUpView(LeadsOn, TemplateView):
    """The choice between the kinds of second factor, for whoever has none."""

    template_name = "mfa/set_up.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if factor.is_verified(request):
            return HttpResponseRedirect(reverse("mfa_index"))
        return super().get(request, *args, **kwargs)


class AddsFactor(LeadsOn):
    def get_success_url(self) -> str:
        """To the recovery codes first, where these are new as well."""
        url = super().get_success_url()
        if url == reverse("mfa_view_recovery_codes"):
            return passthrough_next_redirect_url(self.request, url, "next")
        return get_next_redirect_url(self.request) or url

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        mine = Authenticator.objects.filter(user=self.request.user, type=self.kind)
        factor.added(self.request, mine.latest("pk"))
        return response


class AddAppView(AddsFactor, ActivateTOTPView):
    kind = Authenticator.Type.TOTP

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"qr": _drawing(context["totp_url"]), "secret": context["form"].secret}


def _drawing(words: str) -> dict[str, Any]:
    """A QR code as the numbers of one SVG path, with the quiet zone that readers want."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(words)
    rows = code.get_matrix()
    squares = (
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return {"size": len(rows), "path": "".join(squares)}


class AddPasskeyView(AddsFactor, AddWebAuthnView):
    kind = Authenticator.Type.WEBAUTHN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library's view drops the form it has just found fault with."""
        return super().get_context_data(**kwargs) | kwargs


class RemovePasskeyView(RemoveWebAuthnView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        passkey = self.get_object()
        adapter = mfa.get_adapter()
        if not adapter.can_delete_authenticator(passkey):
            messages.error(request, adapter.error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(reverse("mfa_index"))
        return super().dispatch(request, *args, **kwargs)


class RecoveryCodesView(LeadsOn, ViewRecoveryCodesView):
    pass


class SessionsView(ListUserSessionsView):
    """Where one is signed in. A row's button ends that session; without a row, all others."""

    def form_valid(self, form: Any) -> HttpResponse:
        current = self.request.session.session_key
        if (chosen := self.request.POST.get("session")) is None:
            count = end_sessions(self.request.user, but=current)
        else:
            number = int(chosen) if chosen.isascii() and chosen.isdecimal() else 0
            rows = UserSession.objects.filter(user=self.request.user, pk=min(number, 2**62))
            count = len([session.end() for session in rows.exclude(session_key=current)])
        words = ngettext("%d session has ended.", "%d sessions have ended.", count)
        messages.success(self.request, words % count)
        return HttpResponseRedirect(self.get_success_url())


@method_decorator(rate_limit(action="reset_password_from_key"), name="dispatch")
class InvitationView(FormView):
    """The link of an invitation: whoever follows it chooses a password and is signed in.

    As with a new password, the secret moves from the address into the session at once, so that
    no history and no other site keeps it.
    """

    form_class = FirstPasswordForm
    template_name = "account/invitation.html"
    SESSION_KEY = "account_invitation"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = kwargs.get("token") or request.session.get(self.SESSION_KEY, "")
        self.person = invitations.person_of(token)
        if self.person is None:
            return self.render_to_response({"is_void": True}, status=410)
        if "token" in kwargs:
            request.session[self.SESSION_KEY] = token
            return HttpResponseRedirect(reverse("account_invitation"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.person}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"person": self.person}

    def form_valid(self, form: Any) -> HttpResponse:
        get_adapter().set_password(self.person, form.cleaned_data["password1"])
        logout(self.request, show_message=False)  # somebody else, perhaps
        self.request.session.pop(self.SESSION_KEY, None)
        record_authentication(self.request, self.person, method="invitation")
        messages.success(self.request, gettext("Your password is set."))
        return perform_login(self.request, self.person, redirect_url=reverse("admin:index"))
