"""Answers that are due before any view runs."""

from django.core.exceptions import BadRequest


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
