"""The choices of the two lists of the work on the seed: counts that the documents give."""

import re
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict

from programmes.filters import EngagementFilter, ProgrammeFilter
from programmes.models import Programme, RegionalEngagement

ENGAGEMENTS = "/our-work/partnerships/"


def engagements(address=""):
    return EngagementFilter(QueryDict(address), queryset=RegionalEngagement.objects.published())


def programmes(address=""):
    return ProgrammeFilter(QueryDict(address), queryset=Programme.objects.published())


def options(filter_set, name):
    return next(facet.options for facet in filter_set.facets if facet.name == name)


@pytest.fixture(scope="module")
def _seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(_seeded, db):
    """The seed, loaded once for this file."""


pytestmark = pytest.mark.usefixtures("seeded")


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        (
            "region",
            {
                "east-africa-and-the-horn-of-africa": 1,
                "middle-east-and-north-africa": 1,
                "south-east-europe-east-europe-and-central-asia": 4,
                "southern-africa": 3,
                "west-and-central-africa": 1,
            },
        ),
        (
            "office",
            {"cairo": 1, "dakar": 1, "nairobi": 1, "pretoria": 1, "vienna": 1, "not-stated": 5},
        ),
        ("year", {"2019": 2, "2018": 5, "not-stated": 3}),
        (
            "country",
            {"kazakhstan": 1, "kenya": 1, "namibia": 1, "oman": 1, "senegal": 1, "turkey": 1},
        ),
        ("outcome", {"yes": 3}),
    ],
)
def test_engagements_are_counted_as_the_documents_tell(facet, expected):
    assert {option.value: option.count for option in options(engagements(), facet)} == expected


@pytest.mark.parametrize(
    ("facet", "label", "expected"),
    [
        ("partner", "World Health Organization", 2),
        ("partner", "World Food Programme", 1),
        ("partner", "Southern African Development Community", 2),
        ("partner", "Government of Slovakia", 1),
        ("topic", "HIV", 3),
        ("topic", "Tuberculosis", 2),
        ("topic", "Universal health coverage", 2),
        ("topic", "Primary health care", 1),
        ("topic", "Health security", 1),
        ("role", "Organised", 1),
        ("role", "Organised together with others", 1),
    ],
)
def test_choice_leaves_what_the_documents_tell(facet, label, expected):
    found = {option.label: option.count for option in options(engagements(), facet)}

    assert found[label] == expected


@pytest.mark.parametrize("list_of", [engagements, programmes])
def test_every_count_is_what_choosing_it_shows(list_of):
    for facet in list_of().facets:
        for option in facet.options:
            found = list_of(urlencode({facet.name: option.value}))
            assert (len(found.qs), found.notices) == (option.count, ()), (facet.name, option)


def test_programme_for_all_goals_counts_for_each_of_the_17():
    of_the_17 = {
        option.value: option.count
        for option in options(programmes(), "goal")
        if re.fullmatch(r"sdg-\d+", option.value)
    }

    named = {1, 2, 3, 4, 5, 6, 8, 10}
    assert of_the_17 == {f"sdg-{n}": 2 if n in named else 1 for n in range(1, 18)}
    assert [one.slug for one in programmes("goal=sdg-7").qs] == [
        "migration-governance-and-the-sdgs"
    ]


def test_goals_stand_in_the_order_of_their_numbers():
    names = [option.label.partition(":")[0] for option in options(programmes(), "goal")]

    assert names[:17] == [f"SDG {number}" for number in range(1, 18)]


def test_combination_without_results_is_friendly(client):
    page = client.get(f"{ENGAGEMENTS}?region=west-and-central-africa&year=2019")

    text = page.content.decode()
    assert page.status_code == 200
    assert page.context["paginator"].count == 0
    assert "Nothing matches this combination." in text
    assert f'href="{ENGAGEMENTS}"' in text
