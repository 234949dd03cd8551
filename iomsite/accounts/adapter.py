"""Where sign-in here differs from what the library does by itself."""

import base64
import hashlib
import ipaddress
import logging
import os
import smtplib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from iomsite.measured import count

from . import throttle
from .sessions import end_sessions

logger = logging.getLogger(__name__)

NO_MATCH = _("This name and this password do not belong together.")
TOO_OFTEN = _(
    "There were too many attempts. Wait ten minutes and try again. If that does not help, an "
    "administrator can unlock the account."
)
RECENT = 5 * 60  # seconds
BEGAN_WITH = "account_began_with"  # in a session: the password that was given first, as a hash
WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use the app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
# What counts as a failure to sign in, by what is said of it.
FAILURES = {
    "username_password_mismatch": "password",
    "email_password_mismatch": "password",
    "incorrect_password": "password",
    "too_many_login_attempts": "too-many",
    "incorrect_code": "factor",
}


class CountsFailures:
    def validation_error(self, code: str, *args: Any) -> Any:
        if code in FAILURES:
            count("sign_in_failures", FAILURES[code])
        return super().validation_error(code, *args)


class AccountAdapter(CountsFailures, DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": NO_MATCH,
        "email_password_mismatch": NO_MATCH,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Nowhere but to this very host: others that the site answers to may be another's."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_client_ip(self, request: Any) -> str:
        """As the last proxy of ours, or the server itself, has seen it."""
        try:
            address = ipaddress.ip_address(super().get_client_ip(request))
        except (ImproperlyConfigured, ValueError) as error:
            # Fewer stations than there are proxies: whoever this is came around them.
            raise PermissionDenied("The address of the client is not known") from error
        # Else all of IPv4 would count as one address, where the server listens on both.
        return str(getattr(address, "ipv4_mapped", None) or address)

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """By account, and the same for every host name that the site answers to."""
        return throttle.login_key(credentials.get("email") or credentials.get("username", ""))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in has just proved who they are."""
        records = get_authentication_records(self.request, self.request.user)
        if any(time.time() - record["at"] < RECENT for record in records):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def respond_user_inactive(self, request: Any, user: Any) -> HttpResponseRedirect:
        """Only a passkey gets this far into a closed account."""
        messages.error(request, gettext("This account is closed."))
        return HttpResponseRedirect(reverse("account_login"))

    def pre_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        request.session[BEGAN_WITH] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    def login(self, request: Any, user: Any) -> None:
        """Between the two steps of sign-in the password may have been changed."""
        began_with = request.session.pop(BEGAN_WITH, "")
        if not constant_time_compare(began_with, user.get_session_auth_hash()):
            request.session.flush()
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        super().login(request, user)

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        records = get_authentication_records(request, user)
        if records and records[-1].get("type") == Authenticator.Type.RECOVERY_CODES:
            _count_recovery_codes(request, user)
        return super().post_login(request, user, **kwargs)

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        end_sessions(user)

    def get_password_change_redirect_url(self, request: Any) -> str:
        return reverse("account_login")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not show who has an account; operators read the log."""
        self.try_to_send(template_prefix, email, context)

    def try_to_send(self, template_prefix: str, email: str, context: dict[str, Any]) -> bool:
        """Whether the mail server took it. What it says of the person stays out of the log."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
            said = type(error).__name__, code or "no code"
            logger.error("A mail could not be sent (%s): %s, %s.", template_prefix, *said)
            return False
        return True


def _count_recovery_codes(request: Any, user: Any) -> None:
    authenticator = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    left = len(authenticator.wrap().get_unused_codes())
    messages.warning(
        request,
        ngettext(
            "That was a recovery code. %(left)d is left; make new ones under “Your account”.",
            "That was a recovery code. %(left)d are left; make new ones under “Your account”.",
            left,
        )
        % {"left": left},
    )


class FactorAdapter(CountsFailures, DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "This is your only second factor. Add another one before you take it away."
        ),
        "incorrect_code": _("This is not the code of the moment, or it has been used already."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Nobody works here without a second factor; recovery codes alone are none."""
        others = Authenticator.objects.filter(user=authenticator.user_id)
        others = others.exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        """A copy of the database is no second factor."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Under another SECRET_KEY no code fits any more, and an administrator has to help."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor was kept under another SECRET_KEY.")
            return base64.b32encode(os.urandom(20)).decode()


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
