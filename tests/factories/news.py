"""What we say: releases, campaigns, publications."""

import datetime

import factory

from news.models import Campaign, NewsRelease, Publication, ReleaseContact, ReleasePhoto

from .images import PhotoFactory
from .publishing import PublishableFactory


class CampaignFactory(PublishableFactory):
    class Meta:
        model = Campaign

    title = factory.Sequence("Campaign {}".format)
    kind = Campaign.Kind.CAMPAIGN


class PublicationFactory(PublishableFactory):
    class Meta:
        model = Publication

    title = factory.Sequence("Publication {}".format)
    kind = Publication.Kind.FACTSHEET


class NewsReleaseFactory(PublishableFactory):
    class Meta:
        model = NewsRelease

    title = factory.Sequence("Headline {}".format)
    released_on = datetime.date(2016, 4, 25)
    lead = "Lead."


class ReleasePhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReleasePhoto

    release = factory.SubFactory(NewsReleaseFactory)
    photo = factory.SubFactory(PhotoFactory)


class ReleaseContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReleaseContact

    release = factory.SubFactory(NewsReleaseFactory)
    name = factory.Sequence("Person {}".format)
    order = factory.Sequence(lambda n: n)
