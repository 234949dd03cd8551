from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    name = "iomsite.images"
    verbose_name = _("Photographs")

    def ready(self) -> None:
        from iomsite.publishing import actions

        actions.after_publication.append(draw_what_is_missing)


def draw_what_is_missing(edition: Any) -> None:
    """The sizes of a photograph whose making was cut short, or the card of a page."""
    from . import cards, library
    from .models import Photo

    if isinstance(edition, Photo):
        if edition.file and not edition.widths:
            library.complete(edition)
    elif cards.has_card(edition):
        cards.make(cards.words_of(edition))
