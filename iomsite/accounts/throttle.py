"""How often somebody may try, as seen from one account: is it locked, and how to unlock it.

The limits themselves are in the settings (ACCOUNT_RATE_LIMITS); the counters are in the cache that
all servers share.
"""

import datetime
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache

from .signin import account_named

APP = "allauth.account"


def login_key(login: str) -> str:
    """One counter for an account, by whichever of its names it is tried."""
    account = account_named(login)
    return f"account:{account.pk}" if account else f"nobody:{login.lower()}"


def locked_until(person: Any) -> datetime.datetime | None:
    """When this account can be signed in to again, or None where it can be now."""
    opens = [moment for key in _counters(person) if (moment := _opens_at(*key))]
    return max(opens, default=None)


def unlock(person: Any) -> None:
    """Forget every attempt for this account. What an address has tried elsewhere still counts."""
    cache.delete_many([name for name, _rate in _counters(person)])


def _counters(person: Any) -> list[tuple[str, ratelimit.Rate]]:
    asked = [
        ("login_failed", f"account:{person.pk}"),
        ("login_failed", f"mfa-auth-user-{person.pk}"),
        ("reset_password", person.email.lower()),
    ]
    return [
        (ratelimit.get_cache_key(None, app=APP, action=action, rate=rate, key=key), rate)
        for action, key in asked
        for rate in ratelimit.get_rates(app=APP, action=action)
        if rate.per == "key"
    ]


def _opens_at(name: str, rate: ratelimit.Rate) -> datetime.datetime | None:
    """Attempts are kept newest first; those within the duration count."""
    attempts = cache.get(name, [])
    if len(attempts) < rate.amount:
        return None
    opens = attempts[rate.amount - 1] + rate.duration
    moment = datetime.datetime.fromtimestamp(opens, tz=datetime.UTC)
    return moment if moment > datetime.datetime.now(tz=datetime.UTC) else None
