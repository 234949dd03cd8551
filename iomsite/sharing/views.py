"""Files at addresses that programs know by heart."""

import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from iomsite.formats.absolute import Absolute

# RFC 9116 wants a date within a year, so that nobody relies on a file that was left behind.
SECURITY_HOLDS = datetime.timedelta(days=180)


def _text(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, content_type="text/plain; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = Absolute(request)(reverse("sharing:sitemap-index"))
    return _text(request, "sharing/robots.txt", {"sitemap": sitemap})


@require_safe
def language_models(request: HttpRequest) -> HttpResponse:
    return _text(request, "sharing/llms.txt", {"absolute": Absolute(request)("/").rstrip("/")})


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Not there where nobody is named: an address that no one reads is worse than none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (timezone.now() + SECURITY_HOLDS).replace(microsecond=0)
    here = Absolute(request)(request.path)
    context = {"contact": settings.SECURITY_CONTACT, "until": until.isoformat(), "here": here}
    return _text(request, "sharing/security.txt", context)
