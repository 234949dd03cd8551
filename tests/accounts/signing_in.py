"""What people do at the door: their passwords, their codes, the links in their mail."""

import re
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from tests.factories.accounts import UserFactory

PASSWORD = "a-long-enough-secret"


def person(**fields):
    """Somebody who has chosen a password, and may do everything."""
    user = UserFactory(**{"is_superuser": True, "email": "ada@example.org"} | fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def give_app(user) -> str:
    """Set up the app and recovery codes; return the secret that the app would keep."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def recovery_codes_of(user) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def code(secret, *, later=0) -> str:
    """What the app shows now, or some seconds later."""
    counter = int(time.time() + later) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def sign_in(client, login, password=PASSWORD, then="", **extra):
    address = reverse("account_login") + (f"?next={then}" if then else "")
    return client.post(address, {"login": login, "password": password, "next": then}, **extra)


def give_code(client, digits, **extra):
    return client.post(reverse("mfa_authenticate"), {"code": digits}, **extra)


def enter(client, user, secret):
    """Sign in whole, as a browser does."""
    sign_in(client, user.username)
    return give_code(client, code(secret))


def is_inside(client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def link_in(message) -> str:
    """The path of the one link that a mail holds."""
    (found,) = re.findall(r"https?://testserver(/account/\S+)", message.body)
    return found
