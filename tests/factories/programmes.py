"""Where we work and what we do there."""

import factory

from programmes.models import (
    AreaOfIntervention,
    Country,
    EngagementPartner,
    EngagementPhoto,
    EngagementRole,
    Goal,
    KeyResult,
    Objective,
    OutcomeDocument,
    Partner,
    Programme,
    ProgrammePartner,
    Region,
    RegionalEngagement,
    RegionalOffice,
    Topic,
)

from .images import PhotoFactory
from .publishing import PublishableFactory

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letters(number: int, length: int) -> str:
    """The number in letters: 0 is AA, 27 is BB; after ZZ comes AA again."""
    digits = []
    for _place in range(length):
        number, digit = divmod(number, len(LETTERS))
        digits.append(LETTERS[digit])
    return "".join(reversed(digits))


class RegionFactory(PublishableFactory):
    class Meta:
        model = Region

    name = factory.Sequence("Region {}".format)


class CountryFactory(PublishableFactory):
    class Meta:
        model = Country

    name = factory.Sequence("Country {}".format)
    iso2 = factory.Sequence(lambda n: letters(n, 2))
    iso3 = factory.Sequence(lambda n: letters(n, 3))
    m49 = factory.Sequence(lambda n: f"{n % 1000:03}")


class RegionalOfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RegionalOffice

    slug = factory.Sequence("office-{}".format)
    city = factory.Sequence("City {}".format)
    region = factory.SubFactory(RegionFactory)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    slug = factory.Sequence("topic-{}".format)
    name = factory.Sequence("Topic {}".format)


class GoalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Goal

    slug = factory.Sequence("goal-{}".format)
    framework = Goal.Framework.SDG
    code = factory.Sequence("{}".format)


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    slug = factory.Sequence("partner-{}".format)
    name = factory.Sequence("Partner {}".format)
    kind = Partner.Kind.UN


class ProgrammeFactory(PublishableFactory):
    """An initiative without a country; `country=` makes it a country programme."""

    class Meta:
        model = Programme

    title = factory.Sequence("Programme {}".format)
    kind = factory.Maybe(
        "country",
        yes_declaration=Programme.Kind.COUNTRY_PROGRAMME,
        no_declaration=Programme.Kind.PROGRAMME,
    )
    country = None


class ProgrammePartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgrammePartner

    programme = factory.SubFactory(ProgrammeFactory)
    partner = factory.SubFactory(PartnerFactory)


class ProgrammePartFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    programme = factory.SubFactory(ProgrammeFactory)
    order = factory.Sequence(lambda n: n)
    text = factory.Sequence("Text {}".format)


class ObjectiveFactory(ProgrammePartFactory):
    class Meta:
        model = Objective


class KeyResultFactory(ProgrammePartFactory):
    class Meta:
        model = KeyResult


class AreaOfInterventionFactory(ProgrammePartFactory):
    class Meta:
        model = AreaOfIntervention

    title = factory.Sequence("Area {}".format)


class EngagementFactory(PublishableFactory):
    class Meta:
        model = RegionalEngagement

    title = factory.Sequence("Engagement {}".format)
    kind = RegionalEngagement.Kind.WORKSHOP


class EngagementRoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EngagementRole

    engagement = factory.SubFactory(EngagementFactory)
    role = EngagementRole.Role.PARTICIPATED


class EngagementPartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EngagementPartner

    engagement = factory.SubFactory(EngagementFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = EngagementPartner.Role.ORGANISER


class EngagementPhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EngagementPhoto

    engagement = factory.SubFactory(EngagementFactory)
    photo = factory.SubFactory(PhotoFactory)


class OutcomeDocumentFactory(PublishableFactory):
    class Meta:
        model = OutcomeDocument

    title = factory.Sequence("Document {}".format)
    kind = OutcomeDocument.Kind.DECLARATION
    engagement = factory.SubFactory(EngagementFactory)
