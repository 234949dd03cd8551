"""Every address of staff, from the resolver itself: nobody keeps a list."""

import re

from django.contrib import admin
from django.urls import URLPattern, get_resolver

from iomsite.accounts import urls as accounts


def routes() -> list[str]:
    """Patterns such as `/admin/news/newsrelease/<path:object_id>/change/`."""
    (inside,) = [each for each in get_resolver().url_patterns if str(each.pattern) == "admin/"]
    lists = {f"/admin/{model._meta.app_label}/" for model in admin.site._registry}
    return sorted({route for route in _below(inside, "/admin/") if "(?P" not in route} | lists)


def _below(resolver, prefix):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _below(pattern, route)


def with_ones(route: str) -> str:
    """The address of whatever has the number 1, be there such a thing or not."""
    return re.sub(r"<\w+:\w+>", "1", route)


def account_addresses() -> list[str]:
    """Of signing in and of one's own account, with made-up secrets and numbers."""
    found = ("/account/" + str(pattern.pattern) for pattern in accounts.urlpatterns)
    made_up = "/account/password/new/1-abc-def/"
    return sorted(made_up if "(?P" in route else with_ones(route) for route in found)
