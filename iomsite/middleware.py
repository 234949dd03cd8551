"""What holds for every answer, and answers that are due before any view runs."""

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.utils.cache import add_never_cache_headers

# What no page of ours asks a browser for. Passkeys are asked for by our own pages alone.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "camera", "display-capture", "geolocation", "hid", "microphone", "midi", "payment",
        "serial", "usb",
    )
)  # fmt: skip


STAFF_ONLY = ("/admin/", "/account/")


class PolicyMiddleware:
    """The headers that Django does not set. The content policy is that of all pages, so it is put
    into words once; those on which Django explains a mistake to developers do without it.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.content_policy = build_policy()

    def __call__(self, request):
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response.headers.setdefault(HEADER, self.content_policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path_info.startswith(STAFF_ONLY) and "Cache-Control" not in response:
            add_never_cache_headers(response)  # nobody keeps what staff were shown
        return response


class RefuseNulMiddleware:
    """PostgreSQL stores no NUL character: an address that holds one is a bad request, not a 500."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if "\0" in request.path or any(
            "\0" in part for key, values in request.GET.lists() for part in (key, *values)
        ):
            raise BadRequest("NUL character in the address")
