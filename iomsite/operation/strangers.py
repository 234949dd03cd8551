"""Who is told what is amiss: whoever asks from this machine or from a private network."""

import ipaddress
from typing import Any

from django.conf import settings


def is_stranger(environ: dict[str, Any]) -> bool:
    """By the address that the outermost proxy of ours saw, as attempts to sign in are counted.

    Who cannot be told is a stranger, and so is whoever comes through a proxy that nobody declared.
    """
    stations = [one.strip() for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if one]
    number = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if not stations:
        address = environ.get("REMOTE_ADDR", "")
    elif 0 < number <= len(stations):
        address = stations[-number]
    else:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True
    found = getattr(found, "ipv4_mapped", None) or found
    return not (found.is_loopback or found.is_private)
