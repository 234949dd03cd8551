"""Photographs; without a file, as the seed has them, or with a drawn one."""

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from iomsite.images import renditions
from iomsite.images.drawing import encoded, scene
from iomsite.images.models import Photo
from iomsite.images.uploads import clean_photo

from .publishing import PublishableFactory

DRAWN = (400, 300)


def stored(seed=1):
    """The name of a drawn photograph in the store, with its sizes."""
    clean = clean_photo(ContentFile(encoded(scene(*DRAWN, seed))))
    name = f"photos/{clean.name}"
    if not default_storage.exists(name):
        default_storage.save(name, clean)
        renditions.make(name, [(0.5, 0.5)])
    return name


class PhotoFactory(PublishableFactory):
    class Meta:
        model = Photo

    class Params:
        with_file = factory.Trait(
            file=factory.LazyFunction(stored),
            width=DRAWN[0],
            height=DRAWN[1],
            widths="320 400",
            description=factory.Sequence("Description {}".format),
            licence=Photo.Licence.OWN,
            consent=Photo.Consent.NOT_NEEDED,
        )

    title = factory.Sequence("Photograph {}".format)
    caption = factory.Sequence("Caption {}".format)
    credit_organisation = "IOM"
