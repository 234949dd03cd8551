"""What another site shows where somebody pastes the address of a page (oEmbed 1.0).

A link with its card and no markup of ours: nobody has to trust it, and no policy is in the way.
"""

from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.apps import apps
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from iomsite.formats.absolute import Absolute
from iomsite.formats.atom import clean
from iomsite.images import cards
from iomsite.search.models import Entry

LONGEST = 2000
CARD_WIDTH, CARD_HEIGHT = 1200, 630


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Four statements at most: what is due, the entry, its page, and the words on the card.

    404 for what is not public, 501 for forms that the standard does not have.
    """
    form = request.GET.get("format", "json")
    if form not in ("json", "xml"):
        return HttpResponse(_("There are json and xml."), status=501, content_type="text/plain")
    sizes = [_size(request, name) for name in ("maxwidth", "maxheight")]
    said = _said_of(_entry(request), Absolute(request), *sizes)
    answer = JsonResponse(said) if form == "json" else _xml(said)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _size(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 6):
        raise BadRequest(_("“%s” has to be a number of pixels.") % name)
    return int(value)


def _entry(request: HttpRequest) -> Entry:
    asked = request.GET.get("url", "")
    if not asked or len(asked) > LONGEST:
        raise BadRequest(_("“url” has to be the address of a page."))
    try:
        parts = urlsplit(asked)
    except ValueError as error:
        raise BadRequest(_("“url” has to be the address of a page.")) from error
    is_ours = parts.scheme in ("http", "https") and parts.netloc == request.get_host()
    entry = Entry.objects.current().filter(address=parts.path).first() if is_ours else None
    if entry is None:
        raise Http404
    return entry


def _said_of(entry: Entry, absolute: Absolute, width: int | None, height: int | None) -> Any:
    said = {
        "version": "1.0",
        "type": "link",
        "title": entry.title,
        "provider_name": _("International Organization for Migration"),
        "provider_url": absolute("/"),
        "cache_age": 300,
    }
    fits = (width or CARD_WIDTH) >= CARD_WIDTH and (height or CARD_HEIGHT) >= CARD_HEIGHT
    page = apps.get_model(entry.model)._default_manager.filter(pk=entry.row_id).first()
    if fits and cards.has_card(page):
        said |= {
            "thumbnail_url": absolute(cards.url_of(cards.words_of(page))),
            "thumbnail_width": CARD_WIDTH,
            "thumbnail_height": CARD_HEIGHT,
        }
    return said


def _xml(said: dict[str, Any]) -> HttpResponse:
    inside = "".join(
        f"<{name}>{escape(clean(str(value)))}</{name}>" for name, value in said.items()
    )
    words = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{inside}</oembed>'
    return HttpResponse(words, content_type="text/xml; charset=utf-8")
