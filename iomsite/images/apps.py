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


def draw_what_is_missing(edition: Any) -> None:
    """The sizes of a photograph whose making was cut short, or the card of a page."""
    from . import cards, library
    from .models import Photo

    if isinstance(edition, Photo):
        if edition.file and not edition.widths:
            library.complete(edition)
    elif cards.has_card(edition):
        # What has taken a page's place is no row any more: all that it said, the page says now.
        cards.make_for(edition.page if edition.pk is None else edition)
        cards.make_for_pages_about(edition)
