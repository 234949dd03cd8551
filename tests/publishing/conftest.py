"""People and pages for the stories of publishing. Django may not be set up yet when this loads."""

import pytest


def account(name):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create_user(username=name)


@pytest.fixture
def writer(db):
    return account("writer")


@pytest.fixture
def reviewer(db):
    return account("reviewer")


@pytest.fixture
def country(db):
    from programmes.models import Country

    return Country.objects.create(slug="iran", name="Iran", iso2="IR", iso3="IRN", m49="364")


@pytest.fixture
def programme(country):
    """A draft that lacks nothing, with parts and relations."""
    from programmes.models import (
        AreaOfIntervention,
        Objective,
        Partner,
        Programme,
        ProgrammePartner,
        Topic,
    )

    row = Programme.objects.create(
        slug="health", title="Health", kind="country-programme", country=country, body="Old words."
    )
    row.topics.set([Topic.objects.create(slug="malaria", name="Malaria")])
    Objective.objects.create(programme=row, order=1, text="First objective.")
    Objective.objects.create(programme=row, order=2, text="Second objective.")
    AreaOfIntervention.objects.create(programme=row, order=1, title="Equipment", text="Units.")
    ministry = Partner.objects.create(slug="ministry", name="Ministry", kind="government")
    ProgrammePartner.objects.create(programme=row, partner=ministry)
    return row
