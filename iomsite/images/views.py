"""The cards that pages are shared with, as other sites fetch them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_safe

from . import cards

YEAR, SOON = 365 * 24 * 3600, 300


@require_safe
def card(request: HttpRequest, digest: str) -> FileResponse:
    """The card of this name; that of the site for as long as it is not drawn.

    A page names its card by its words and asks nobody whether it is there: a country that was
    renamed gives its older pages other words at once, and `make_cards` draws theirs later.
    """
    name = cards.name_for(digest)
    try:
        file, age = default_storage.open(name), YEAR
    except OSError:
        cards.make(cards.words_of_site())
        file, age = default_storage.open(cards.name_of(cards.words_of_site())), SOON
    response = FileResponse(file, content_type="image/png")
    # Other sites show it where somebody shares the page (Open Graph, oEmbed).
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=age)
    return response


@require_GET
def typed_card(request: HttpRequest) -> HttpResponse:
    """For staff: the card with the words of a form, drawn for a look and kept nowhere."""
    said = (request.GET.get(name, "")[: cards.LONGEST] for name in cards.Words._fields)
    response = HttpResponse(cards.draw(cards.Words(*said)), content_type="image/png")
    patch_cache_control(response, private=True, max_age=SOON)
    return response
