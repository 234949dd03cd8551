"""Photographs; without a file, as the seed has them."""

import factory

from iomsite.images.models import Photo

from .publishing import PublishableFactory


class PhotoFactory(PublishableFactory):
    class Meta:
        model = Photo

    title = factory.Sequence("Photograph {}".format)
    caption = factory.Sequence("Caption {}".format)
    credit_organisation = "IOM"
