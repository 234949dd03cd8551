"""Invitations: how somebody who was given an account gets into it for the first time.

A link with a signature that names the account. It works for three days and until it is used or
replaced: what it is signed with changes with the password and with the address.
"""

import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "iomsite.accounts.invitation"
LIFETIME = datetime.timedelta(days=3)


def is_open(person: Any) -> bool:
    """Whether this person has an account, and has not chosen a password yet."""
    return bool(person.is_active and not person.has_usable_password())


def renew(person: Any) -> str:
    """Return the secret of a new invitation; those sent before stop working."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    return signing.dumps([person.pk, _state(person)], salt=SALT)


def person_of(token: str) -> Any:
    """The person whose invitation this is, or None where it is void for any reason."""
    try:
        key, state = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = get_user_model().objects.filter(pk=key).first()
    is_valid = person and is_open(person) and constant_time_compare(state, _state(person))
    return person if is_valid else None


def _state(person: Any) -> str:
    """Django fills a password that nobody has with a new random word each time."""
    return salted_hmac(SALT, f"{person.password} {person.email}").hexdigest()


def send(request: HttpRequest, person: Any) -> bool:
    """Send a new invitation; False where the mail server did not take it."""
    path = reverse("account_invitation_link", args=[renew(person)])
    context = {
        "person": person,
        "address": request.build_absolute_uri(path),
        "days": LIFETIME.days,
    }
    return get_adapter().try_to_send("account/email/invitation", person.email, context)
