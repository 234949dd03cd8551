"""Where visitors can be led."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

_whole_address = URLValidator(schemes=["https"])


def is_target(address: str) -> bool:
    """Whether browsers read it: an address of this site, or a whole one of another."""
    try:
        urlsplit(address)
        if address.startswith("https://"):
            _whole_address(address)
    except (ValueError, ValidationError):
        return False
    return True
