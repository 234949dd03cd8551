"""Members of staff, and the offices they work for."""

import datetime

import factory

from iomsite.accounts.models import Assignment, Office, User

from .publishing import LONG_AGO


def headquarters():
    values = {"name": "Headquarters", "code": "headquarters"}
    return Office.objects.get_or_create(kind=Office.Kind.HEADQUARTERS, defaults=values)[0]


class OfficeFactory(factory.django.DjangoModelFactory):
    """A country office at headquarters; `parent=` and `kind=` put it elsewhere in the tree."""

    class Meta:
        model = Office

    code = factory.Sequence("place-{}".format)
    name = factory.Sequence("Office {}".format)
    kind = Office.Kind.COUNTRY
    parent = factory.LazyFunction(headquarters)


class UserFactory(factory.django.DjangoModelFactory):
    """May sign in and nothing more. With `role="editor"` also edit everywhere, with
    `role="editor", role__office=office` there and below."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person{}".format)
    is_staff = True
    date_joined = LONG_AGO

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if extracted:
            AssignmentFactory(person=self, role=extracted, **kwargs)


class AssignmentFactory(factory.django.DjangoModelFactory):
    """A publisher at headquarters, from long ago on."""

    class Meta:
        model = Assignment

    person = factory.SubFactory(UserFactory)
    role = "publisher"
    office = factory.LazyFunction(headquarters)
    starts_on = datetime.date(2020, 1, 1)
