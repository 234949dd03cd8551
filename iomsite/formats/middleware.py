"""Takes the ending off an address, so that the view at the page's own address answers."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _

from .addresses import FORMS, HTML, parted, preferred, with_ending
from .answers import Problem, problem

REDIRECTS = (301, 302, 303, 307, 308)
READING = ("GET", "HEAD", "OPTIONS")
TOLD = (400, 403, 404, 405, 410, 503)
# What a refusal tells programs besides (RFC 9110).
TOLD_TOO = ("Allow", "Retry-After")


class FormMiddleware:
    """Stands outside of what redirects: an old address keeps its ending."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.form, request.ending = None, ""
        page, ending = parted(request.path_info)
        if ending and not _has_view(request.path_info):
            request.ending = ending
            before = request.path.removesuffix(request.path_info)
            request.path_info, request.path = page, before + page
            if request.method not in READING:
                return _only_read(ending)
        return self._finished(request, self.get_response(request))

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        offered = getattr(getattr(view, "view_class", None), "forms", ())
        if request.ending:
            if request.ending not in offered:
                raise Http404
            request.form = FORMS[request.ending]
            return None
        if not offered or request.method not in ("GET", "HEAD"):
            return None
        request.is_negotiated = True
        ending = preferred(request, offered)
        if ending is None:
            return _not_acceptable(offered)
        request.form = FORMS.get(ending)
        return None

    def process_exception(self, request: Any, exception: Exception) -> Any:
        """What the view refuses is said without the page that would say it to people."""
        if request.form and isinstance(exception, Http404):
            return problem(404, "", request.form.ending)
        if request.form and isinstance(exception, BadRequest):
            return problem(400, str(exception), request.form.ending)
        return None

    def _finished(self, request: Any, response: Any) -> Any:
        ending = request.ending or (request.form.ending if request.form else "")
        if request.ending and response.status_code in REDIRECTS:
            location = response["Location"]
            if location.startswith("/") and location.partition("?")[0].endswith("/"):
                response["Location"] = with_ending(location, request.ending)
        elif ending and response.status_code in TOLD and not isinstance(response, Problem):
            response = _said_again(response, ending)
        elif ending and response.status_code == 200 and request.method in ("GET", "HEAD"):
            response = get_conditional_response(request, response.get("ETag"), None, response)
        if getattr(request, "is_negotiated", False):
            patch_vary_headers(response, ["Accept"])
        return response


def _only_read(ending: str) -> HttpResponse:
    """Told before anybody asks for a token against forged forms, which no program has."""
    refused = problem(405, "", ending)
    refused["Allow"] = ", ".join(READING)
    return refused


def _said_again(response: Any, ending: str) -> HttpResponse:
    """A refusal of the site, in the form that was asked for."""
    problem_of = problem(response.status_code, "", ending)
    for name in TOLD_TOO:
        if name in response:
            problem_of[name] = response[name]
    return problem_of


def _has_view(path: str) -> bool:
    """Whether the address with its ending is one of our own, such as that of a file."""
    try:
        return bool(resolve(path))
    except Resolver404:
        return False


def _not_acceptable(offered: Any) -> HttpResponse:
    medias = ", ".join([HTML, *(FORMS[ending].media for ending in offered)])
    words = _("This page comes as %s.") % medias
    return HttpResponse(f"{words}\n", status=406, content_type="text/plain; charset=utf-8")
