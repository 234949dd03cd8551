"""The states that anything publishable may be in, as traits.

CountryFactory()                a draft
CountryFactory(published=True)  public
"""

import datetime
from datetime import UTC

import factory
from factory.builder import DeclarationSet

from iomsite.publishing.models import PublishingSet, Redirect, Source
from iomsite.publishing.states import State, Withdrawal

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=UTC)
LATER_THAN_THAT = datetime.datetime(2021, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime.datetime(2999, 1, 1, tzinfo=UTC)

# A trait that nobody names raises an error that is caught at once. To describe its factory for that
# took a thirtieth of the time of the suite.
DeclarationSet.__repr__ = object.__repr__

# What the public never sees.
HIDDEN_STATES = ("draft", "scheduled", "withdrawn", "expired")


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    code = factory.Sequence("source-{}".format)
    title = factory.Sequence("Source {}".format)


class PublishingSetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublishingSet

    slug = factory.Sequence("set-{}".format)
    title = factory.Sequence("Set {}".format)


class RedirectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Redirect

    old_path = factory.Sequence("/old-{}/".format)
    new_path = factory.Sequence("/new-{}/".format)


class PublishableFactory(factory.django.DjangoModelFactory):
    """A draft with a slug; each factory of a publishable model extends it."""

    class Meta:
        abstract = True

    class Params:
        draft = factory.Trait(state=State.DRAFT)
        in_review = factory.Trait(state=State.IN_REVIEW)
        binned = factory.Trait(state=State.BINNED)
        published = factory.Trait(state=State.PUBLISHED, published_at=LONG_AGO)
        scheduled = factory.Trait(state=State.PUBLISHED, published_at=FAR_AHEAD)
        withdrawn = factory.Trait(
            state=State.WITHDRAWN, published_at=LONG_AGO, withdrawal=Withdrawal.GONE
        )
        expired = factory.Trait(
            state=State.PUBLISHED, published_at=LONG_AGO, expires_at=LATER_THAN_THAT
        )

    slug = factory.Sequence("page-{}".format)
