"""Assignments: who has which role where, from which day to which."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from iomsite.accounts.models import Assignment
from iomsite.accounts.rights import works_here
from iomsite.accounts.summary import rights_in_words, sentences
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2027, 5, 1), datetime.date(2027, 5, 31)
DAY = datetime.timedelta(days=1)


def refused(**fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentFactory(**fields)
    return True


@pytest.mark.parametrize(
    ("day", "holds"), [(FIRST - DAY, False), (FIRST, True), (LAST, True), (LAST + DAY, False)]
)
def test_assignment_holds_from_its_first_to_its_last_day(day, holds):
    person = UserFactory()
    AssignmentFactory(person=person, starts_on=FIRST, ends_on=LAST)
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    with time_machine.travel(noon, tick=False):
        assert Assignment.objects.on().exists() is holds
        assert works_here(person) is holds


def test_assignment_without_a_last_day_goes_on():
    AssignmentFactory(starts_on=FIRST)
    assert Assignment.objects.on(datetime.date(2999, 1, 1)).exists()


def test_roles_are_those_of_the_code():
    AssignmentFactory(role="contributor")
    assert refused(role="emperor")


def test_last_day_may_be_the_first_and_no_earlier():
    AssignmentFactory(starts_on=FIRST, ends_on=FIRST)
    assert refused(starts_on=FIRST, ends_on=FIRST - DAY)


def test_same_role_in_one_office_begins_once_a_day():
    one = AssignmentFactory(starts_on=FIRST)
    same = {"person": one.person, "office": one.office}
    AssignmentFactory(**same, role=one.role, starts_on=LAST)
    AssignmentFactory(**same, role="contributor", starts_on=FIRST)
    assert refused(**same, role=one.role, starts_on=FIRST)


def test_administrators_work_at_headquarters():
    person = UserFactory()
    AssignmentFactory.build(person=person, role="administrator").full_clean()
    elsewhere = AssignmentFactory.build(person=person, role="administrator", office=OfficeFactory())
    with pytest.raises(ValidationError) as refusal:
        elsewhere.full_clean()
    assert list(refusal.value.message_dict) == ["role"]


# In words


@time_machine.travel(datetime.datetime(2027, 5, 15, 12, tzinfo=datetime.UTC), tick=False)
def test_what_a_person_can_do_is_said_in_a_sentence_for_each_role_and_time():
    person = UserFactory()
    regional = OfficeFactory(name="Southern Africa", kind="regional")
    mozambique = OfficeFactory(name="Mozambique", parent=regional)
    iran = OfficeFactory(name="Iran")
    until = {"starts_on": FIRST, "ends_on": LAST}
    AssignmentFactory(person=person, role="publisher", office=mozambique, **until)
    AssignmentFactory(person=person, role="publisher", office=iran, **until)
    AssignmentFactory(person=person, role="contributor", office=regional, starts_on=FIRST)
    AssignmentFactory(person=person, role="editor", starts_on=LAST + DAY)
    AssignmentFactory(person=person, role="editor", office=iran, starts_on=LAST, ends_on=LAST + DAY)
    AssignmentFactory(person=person, role="administrator", starts_on=FIRST, ends_on=FIRST)

    assert sentences(person) == [
        "You can write pages of Southern Africa and Mozambique and submit them for review.",
        "Until 31 May 2027 you can write, review, publish and withdraw pages of Iran and "
        "Mozambique.",
        "From 31 May 2027 to 1 Jun 2027 you can write and review pages of Iran, and submit them "
        "or send them back.",
        "From 1 Jun 2027 on you can write and review pages of all offices, and submit them or "
        "send them back.",
    ]
    assert sentences(person, who="Ada")[0].startswith("Ada can write pages of Southern Africa")
    details = dict(rights_in_words(person))
    assert details["Add partners"] == "Iran and Mozambique"
    assert (
        details["Write pages and submit them for review"] == "Southern Africa, Iran and Mozambique"
    )
    assert "Send visitors from one address to another" not in details
