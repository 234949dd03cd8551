"""The cards that pages are shared with, as other sites fetch them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

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
    patch_cache_control(response, public=True, max_age=age)
    return response
