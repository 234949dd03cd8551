"""What the forms of programmes, engagements and reference data refuse."""

import pytest

from programmes.models import Goal, Programme
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    GoalFactory,
    PartnerFactory,
    ProgrammeFactory,
    TopicFactory,
)
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db

RULE = (
    "A country programme has a country, and only a country programme has one. "
    "For an initiative, use “other countries”."
)


def test_kind_and_country_contradict_each_other_beside_the_country(admin_client):
    initiative, of_country = ProgrammeFactory(), ProgrammeFactory(country=CountryFactory())

    without = submit(admin_client, initiative, kind=Programme.Kind.COUNTRY_PROGRAMME, _submit=1)
    beyond = submit(admin_client, of_country, kind=Programme.Kind.NETWORK, _submit=1)

    assert errors_of(without) == errors_of(beyond) == {"country": [RULE]}


@pytest.mark.parametrize("factory", [ProgrammeFactory, EngagementFactory, GoalFactory])
def test_nothing_is_part_of_its_own_part(admin_client, factory):
    whole = factory()
    part = factory(parent=whole)
    piece = factory(parent=part)
    response = submit(admin_client, whole, parent=piece.pk)
    assert errors_of(response) == {"parent": ["This would be part of itself. Choose another one."]}


def test_presence_before_the_organisation_is_refused(admin_client):
    country = CountryFactory()
    response = submit(admin_client, country, presence_since="1950")
    assert errors_of(response) == {
        "presence_since": ["The organisation was founded in 1951: write a year from 1951 on."]
    }


def test_two_goals_with_one_code_are_refused_beside_the_code(admin_client):
    GoalFactory(code="3")
    goal = GoalFactory(code="4")
    response = submit(admin_client, goal, code="3")
    assert errors_of(response) == {"code": ["This framework has an entry with this code already."]}
    other = submit(admin_client, goal, code="3", framework=Goal.Framework.GCM)
    assert other.status_code == 302


@pytest.mark.parametrize("factory", [TopicFactory, PartnerFactory])
def test_reference_keeps_its_address_while_a_public_page_uses_it(admin_client, factory):
    row = factory()
    assert "slug" in fields_of(admin_client.get(change_of(row)))
    programme = ProgrammeFactory(published=True)
    if factory is TopicFactory:
        programme.topics.add(row)
    else:
        programme.partners.add(row)

    form = admin_client.get(change_of(row))

    assert "slug" not in fields_of(form)
    assert f'href="{row.get_absolute_url()}"' in form.content.decode()


def test_partial_dates_are_read_as_people_write_them(admin_client):
    engagement = EngagementFactory()
    submit(admin_client, engagement, date="October 2018")
    engagement.refresh_from_db()
    assert engagement.date.machine == "2018-10"
    response = submit(admin_client, engagement, date="last autumn")
    assert list(errors_of(response)) == ["date"]


def test_list_of_programmes_says_where(admin_client):
    ProgrammeFactory(country=CountryFactory(name="Iran"))
    wide = ProgrammeFactory()
    wide.countries.set([CountryFactory(name=name) for name in ("A-land", "B-land", "C-land", "D")])
    content = admin_client.get("/admin/programmes/programme/").content.decode()
    assert '<td class="field-where">Iran</td>' in content
    assert '<td class="field-where">A-land, B-land, C-land…</td>' in content


def test_autocomplete_finds_a_country_by_its_other_name(admin_client):
    CountryFactory(name="Saudi Arabia", aliases="KSA")
    CountryFactory()
    response = admin_client.get(
        "/admin/autocomplete/",
        {
            "app_label": "programmes",
            "model_name": "programme",
            "field_name": "country",
            "term": "KSA",
        },
    )
    assert [row["text"] for row in response.json()["results"]] == ["Saudi Arabia"]
