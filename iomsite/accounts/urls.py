"""Signing in, and one's own account. No address to sign up: an administrator gives accounts.

The names are the library's, since its own pages lead to each other by them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from . import views
from .factor import guarded, open_to_newcomers

urlpatterns = [
    path("", guarded(mfa.IndexView.as_view()), name="mfa_index"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-out/", account.logout, name="account_logout"),
    path("invitation/", views.InvitationView.as_view(), name="account_invitation"),
    path("invitation/<str:token>/", views.InvitationView.as_view(), name="account_invitation_link"),
    path("set-up/", open_to_newcomers(views.SetUpView.as_view()), name="account_set_up"),
    # Proving again who one is, before something that matters
    path("confirm/", open_to_newcomers(account.reauthenticate), name="account_reauthenticate"),
    path("confirm/code/", open_to_newcomers(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        open_to_newcomers(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    # Password
    path("password/", guarded(account.password_change), name="account_change_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path(
        "password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"
    ),
    path(
        "password/new/set/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Second factor
    path("app/", open_to_newcomers(views.AddAppView.as_view()), name="mfa_activate_totp"),
    path("app/remove/", guarded(DeactivateTOTPView.as_view()), name="mfa_deactivate_totp"),
    path(
        "recovery-codes/",
        guarded(views.RecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        guarded(GenerateRecoveryCodesView.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path("passkeys/", guarded(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path(
        "passkeys/add/", open_to_newcomers(views.AddPasskeyView.as_view()), name="mfa_add_webauthn"
    ),
    path("passkeys/<int:pk>/", guarded(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "passkeys/<int:pk>/remove/",
        guarded(views.RemovePasskeyView.as_view()),
        name="mfa_remove_webauthn",
    ),
    path("sessions/", guarded(views.SessionsView.as_view()), name="usersessions_list"),
]
