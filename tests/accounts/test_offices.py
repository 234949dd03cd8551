"""Offices: a tree with headquarters at its top."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from iomsite.accounts.models import Office
from tests.factories.accounts import OfficeFactory, headquarters
from tests.submission import errors_of

pytestmark = pytest.mark.django_db


def refused(**fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeFactory(**fields)
    return True


def test_one_headquarters_and_any_number_of_others():
    OfficeFactory.create_batch(2, kind="regional")
    OfficeFactory.create_batch(2, kind="country")
    assert Office.objects.count() == 5
    assert refused(kind="headquarters", parent=None)


def test_every_office_but_headquarters_belongs_to_another():
    assert refused(kind="country", parent=None)
    assert refused(kind="regional", parent=None)
    top = headquarters()
    top.parent = OfficeFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        top.save()


def test_kinds_of_office_are_known():
    assert refused(kind="branch")


@pytest.mark.parametrize(
    ("kind", "above", "fits"),
    [
        ("country", "headquarters", True),
        ("country", "regional", True),
        ("regional", "headquarters", True),
        ("regional", "regional", False),
        ("regional", "country", False),
        ("country", "country", False),
    ],
)
def test_kinds_stand_in_their_order_so_no_circle_can_arise(kind, above, fits):
    parent = headquarters() if above == "headquarters" else OfficeFactory(kind=above)
    office = OfficeFactory.build(kind=kind, parent=parent)
    if fits:
        office.full_clean()
    else:
        with pytest.raises(ValidationError) as refusal:
            office.full_clean()
        assert list(refusal.value.message_dict) == ["parent"]


def test_office_with_offices_below_is_not_deleted():
    parent = OfficeFactory(kind="regional")
    OfficeFactory(parent=parent)
    with pytest.raises(IntegrityError):
        parent.delete()


def test_office_does_not_sink_to_the_kind_of_those_below_it():
    regional = OfficeFactory(kind="regional")
    country = OfficeFactory(parent=regional)
    regional.kind = "country"
    with pytest.raises(ValidationError) as refusal:
        regional.full_clean()
    assert list(refusal.value.message_dict) == ["kind"]
    country.delete()
    regional.full_clean()


def test_office_without_a_kind_is_asked_for_one(admin_client):
    said = {"name": "New", "code": "new", "kind": "", "parent": headquarters().pk}
    answer = admin_client.post("/admin/accounts/office/add/", said)
    assert list(errors_of(answer)) == ["kind"]
