from contextlib import suppress
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    name = "iomsite.images"
    verbose_name = _("Photographs")

    def ready(self) -> None:
        from iomsite.publishing import actions, advice, inbox

        from . import cards
        from .unseen import LOSING

        inbox.WAITING.insert(inbox.WAITING.index(inbox.MINE), LOSING)
        actions.after_publication.append(draw_what_is_missing)
        advice.card_addresses.append(cards.address_typed)
        with suppress(ImportError):  # not part of what a server needs: HEIC is then refused
            from pillow_heif import register_heif_opener

            register_heif_opener(thumbnails=False)


def draw_what_is_missing(edition: Any) -> None:
    """The sizes of a photograph whose making was cut short, or the card of a page."""
    from . import cards, library
    from .models import Photo

    if isinstance(edition, Photo):
        if edition.file and not edition.widths:
            library.complete(edition)
    elif cards.has_card(edition):
        cards.make_for(edition)
        # What takes a page's place has given it its relations.
        cards.make_for(type(edition).objects.get(pk=edition.page.pk))
        cards.make_for_pages_about(edition)
