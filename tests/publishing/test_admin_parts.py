"""Parts of a page in its form: their places, and who may change them."""

import pytest

from news.models import ReleaseContact
from programmes.models import Programme
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory, ProgrammePartnerFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


def order_of(programme):
    return list(programme.objective_set.values_list("order", "text"))


@pytest.fixture
def programme():
    programme = ProgrammeFactory()
    for order, text in enumerate(["one", "two", "three"], start=1):
        ObjectiveFactory(programme=programme, order=order, text=text)
    return programme


def new_row(number, **values):
    return {f"objective_set-{number}-{name}": value for name, value in values.items()}


def test_two_rows_swap_their_places_in_one_save(admin_client, programme):
    response = submit(
        admin_client, programme, **{"objective_set-0-order": "2", "objective_set-1-order": "1"}
    )
    assert response.status_code == 302
    assert order_of(programme) == [(1, "two"), (2, "one"), (3, "three")]


def test_all_rows_turn_around_in_one_save(admin_client, programme):
    places = {f"objective_set-{row}-order": str((row + 1) % 3 + 1) for row in range(3)}
    submit(admin_client, programme, **places)
    assert order_of(programme) == [(1, "three"), (2, "one"), (3, "two")]


def test_row_takes_the_place_of_a_deleted_one(admin_client, programme):
    submit(
        admin_client,
        programme,
        **{"objective_set-0-order": "3", "objective_set-2-DELETE": "on"},
    )
    assert order_of(programme) == [(2, "two"), (3, "one")]


def test_new_rows_without_a_place_come_last(admin_client, programme):
    total = {"objective_set-TOTAL_FORMS": "5"}
    added = new_row(3, text="four", order="", id="", programme=programme.pk) | new_row(
        4, text="five", order="", id="", programme=programme.pk
    )
    response = submit(admin_client, programme, **total, **added)
    assert response.status_code == 302, errors_of(response)
    assert order_of(programme)[3:] == [(4, "four"), (5, "five")]


def test_new_page_numbers_its_first_rows(admin_client):
    form = admin_client.get("/admin/programmes/programme/add/")
    data = {
        **fields_of(form),
        "title": "New", "slug": "new", "kind": "programme",
        "objective_set-TOTAL_FORMS": "2",
        **new_row(0, text="one", order=""), **new_row(1, text="two", order=""),
    }  # fmt: skip
    response = admin_client.post("/admin/programmes/programme/add/", data)
    assert response.status_code == 302, errors_of(response)
    assert order_of(Programme.objects.get()) == [(1, "one"), (2, "two")]


@pytest.mark.parametrize("place", ["2", "1"])
def test_taken_place_is_refused_beside_its_field(admin_client, programme, place):
    response = submit(admin_client, programme, **{"objective_set-2-order": place})
    assert errors_of(response) == {
        "objective_set-2-order": ["Two entries have the same place. Number them 1, 2, 3 …"]
    }
    assert order_of(programme) == [(1, "one"), (2, "two"), (3, "three")]


@pytest.mark.parametrize("place", ["-1", "1000", "99999", "x", "1.5"])
def test_impossible_place_is_refused_beside_its_field(admin_client, programme, place):
    response = submit(admin_client, programme, **{"objective_set-2-order": place})
    assert list(errors_of(response)) == ["objective_set-2-order"]


def test_place_that_a_colleague_has_taken_meanwhile_is_refused(admin_client, programme):
    form = admin_client.get(change_of(programme))
    ObjectiveFactory(programme=programme, order=4, text="of a colleague")
    data = {
        **fields_of(form),
        "objective_set-TOTAL_FORMS": "4",
        **new_row(3, text="mine", order="4", programme=programme.pk),
    }

    refused = admin_client.post(change_of(programme), data)
    admin_client.post(change_of(programme), {**data, "objective_set-3-order": ""})

    assert list(errors_of(refused)) == ["objective_set-3-order"]
    assert order_of(programme)[3:] == [(4, "of a colleague"), (5, "mine")]


def test_partner_twice_is_refused_in_the_words_of_its_constraint(admin_client, programme):
    one = ProgrammePartnerFactory(programme=programme, order=1)
    ProgrammePartnerFactory(programme=programme, order=2)
    response = submit(admin_client, programme, **{"partner_roles-1-partner": one.partner.pk})
    assert "This partner is listed already." in response.content.decode()
    assert response.status_code == 200


def test_parts_follow_the_right_to_their_page(client, programme):
    client.force_login(UserFactory(role="editor"))
    assert submit(client, programme, **{"objective_set-0-text": "changed"}).status_code == 302
    assert order_of(programme)[0] == (1, "changed")

    client.force_login(UserFactory(role="administrator"))
    form = client.get(change_of(programme))
    assert "two" in form.content.decode()
    assert "objective_set-0-text" not in fields_of(form)


def test_contacts_swap_as_well(admin_client):
    release = NewsReleaseFactory()
    for order, person in enumerate(["Ada", "Ben"], start=1):
        ReleaseContact.objects.create(release=release, order=order, name=person)
    submit(admin_client, release, **{"contacts-0-order": "2", "contacts-1-order": "1"})
    assert list(release.contacts.values_list("name", flat=True)) == ["Ben", "Ada"]
