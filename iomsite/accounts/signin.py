"""Whose name and password these are."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username

from .rights import RightsMixin


class SignInBackend(RightsMixin, AuthenticationBackend):
    """By user name or e-mail address, and password; rights come from assignments."""

    @classmethod
    def _stash_user(cls, user: Any) -> None:
        """A closed account answers as a wrong password does, so that nobody learns of it."""
        return None


def account_named(login: str) -> Any:
    """The account that somebody means by a user name or an e-mail address, or None."""
    by_email = filter_users_by_email(login, prefer_verified=True, for_login=True)
    return by_email[0] if by_email else get_user_by_username(login)
