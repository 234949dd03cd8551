"""What the editor of texts asks for while somebody writes."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from .finding import ABLE, find, named

LONGEST = 200


@require_GET
def find_view(request: HttpRequest) -> JsonResponse:
    """`?kind=page|figure|photo&words=…`: what somebody may choose from."""
    kind, words = request.GET.get("kind", "page"), request.GET.get("words", "")
    found = find(kind, words[:LONGEST].strip(), request.user) if kind in ABLE else []
    return JsonResponse({"found": found})


@require_GET
def name_view(request: HttpRequest) -> JsonResponse:
    """`?of=…&of=…`: what the references of a text stand for."""
    return JsonResponse({"named": named(request.GET.getlist("of"), request.user)})
