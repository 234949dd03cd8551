"""Whose name and password these are."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from .rights import RightsMixin


class SignInBackend(RightsMixin, AuthenticationBackend):
    """By user name or e-mail address, and password; rights come from assignments."""

    @classmethod
    def _stash_user(cls, user: Any) -> None:
        """A closed account answers as a wrong password does, so that nobody learns of it."""
        return None


def account_named(login: str) -> Any:
    """The account that somebody means by a user name or an e-mail address, or None.

    Both are looked for, whatever is found: the work done must not show which names there are.
    """
    by_email = filter_users_by_email(login, prefer_verified=True, for_login=True)
    by_name = get_user_by_username(login)
    return by_email[0] if by_email else by_name


class LinksToANewPassword(PasswordResetTokenGenerator):
    def check_token(self, user: Any, token: str | None) -> bool:
        """A closed account takes no new password from a link that was sent before."""
        return bool(user and user.is_active) and super().check_token(user, token)
