"""What holds for every answer, and answers that are due before any view runs."""

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
    """The headers that neither Django nor the package for the content policy sets."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
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
