"""Addresses as they hold outside the site."""

import re

from django.http import HttpRequest

ATTRIBUTE = re.compile(r' (href|src|srcset)="([^"]*)"')
OWN = re.compile(r"(^|, )/(?!/)")


def _root_of(request: HttpRequest) -> str:
    """Put together once a request: several of a page's parts ask for it."""
    known = request.__dict__
    if "root" not in known:
        known["root"] = f"{request.scheme}://{request.get_host()}"
    return str(known["root"])


class Absolute:
    """Makes addresses of this site whole, as the visitor has asked for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._root = _root_of(request)

    def __call__(self, address: str) -> str:
        return self._root + address if address.startswith("/") else address

    def in_html(self, html: str) -> str:
        """The same for all that our own writer of rich text has written."""
        return ATTRIBUTE.sub(self._attribute, html)

    def _attribute(self, found: re.Match[str]) -> str:
        whole = OWN.sub(rf"\g<1>{self._root}/", found[2])
        return f' {found[1]}="{whole}"'
