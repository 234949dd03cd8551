"""What the pages of sign-in ask for: the library's forms, in our words."""

import struct
from typing import Any

from allauth.account import forms as account
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as app
from allauth.mfa.webauthn import forms as passkey
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse


class InOurWords:
    """Labels stand above the fields, and say what the field is; nothing stands in it."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name == "code":
                field.widget.attrs["inputmode"] = "numeric"
        seen = [field for field in self.fields.values() if not field.widget.is_hidden]
        if seen:
            seen[0].widget.attrs["autofocus"] = True


class SignInForm(InOurWords, account.LoginForm):
    labels = {"login": _("User name or e-mail address"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):
    labels = {"password": _("Your password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    labels = {"email": _("E-mail address")}

    def clean_email(self) -> str:
        """Whoever has not accepted their invitation has no password that could be forgotten."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        """A mail goes out either way: neither the answer nor its time shows who has an account."""
        if self.users:
            return super().save(request, **kwargs)
        email = self.cleaned_data["email"]
        account.get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password, once more")}


class FirstPasswordForm(InOurWords, account.SetPasswordForm):
    labels = {"password1": _("Password"), "password2": _("Password, once more")}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    labels = {"oldpassword": _("Present password"), **NewPasswordForm.labels}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


def use_up(user: Any, code: str) -> None:
    """A code that was seen over somebody's shoulder is of no use.

    The library forgets a used code after half a minute, while the tolerance lets it fit for longer,
    and it does not count the code that sets the app up.
    """
    lasts = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(filter(str.isdecimal, code))
    if not cache.add(f"totp-used:{user.pk}:{digits}", True, timeout=lasts):
        raise get_adapter().validation_error("incorrect_code")


class OnceOnly:
    labels = {"code": _("Code")}

    def clean_code(self) -> str:
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.user, code)
        return code


class CodeForm(OnceOnly, InOurWords, factor.AuthenticateForm):
    pass


class ConfirmCodeForm(OnceOnly, InOurWords, factor.ReauthenticateForm):
    pass


class ActivateAppForm(InOurWords, app.ActivateTOTPForm):
    labels = {"code": _("Code from the app")}

    def clean_code(self) -> str:
        code = super().clean_code()
        use_up(self.user, code)
        return code


# What the libraries stumble over where a browser's answer to a challenge is made up.
STUMBLES = (AttributeError, LookupError, TypeError, ValueError, struct.error)


class SoundCredential:
    """Nonsense is a wrong answer like any other."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except STUMBLES as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInPasskeyForm(SoundCredential, passkey.LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        """Here it stands for the password, too: finger, face or PIN must have been asked for.

        The challenge alone does not see to that. A session keeps one for all its pages, and at the
        second step of sign-in a key that is only touched will do.
        """
        given = self.cleaned_data["credential"]
        found = super().clean_credential()
        said = AuthenticationResponse.from_dict(given).response.authenticator_data
        if not said.is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return found


class PasskeyForm(SoundCredential, passkey.AuthenticateWebAuthnForm):
    pass


class ConfirmPasskeyForm(SoundCredential, passkey.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(InOurWords, passkey.AddWebAuthnForm):
    labels = {"name": _("Name"), "passwordless": _("Let this passkey stand for my password, too")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("So that you know it again. Example: office laptop.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _(
            "You then sign in with the passkey and its fingerprint, face or PIN alone."
        )
        self.fields["name"].max_length = 100

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except STUMBLES as error:
            raise get_adapter().validation_error("incorrect_code") from error


class RenamePasskeyForm(InOurWords, passkey.EditWebAuthnForm):
    labels = {"name": _("Name")}
    name = forms.CharField(max_length=100)
