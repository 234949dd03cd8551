"""What a row at hand tells of its rules is what the database says of them."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from iomsite.partialdate import PartialDate, PartialDateField
from iomsite.publishing import rules
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.states import State, Withdrawal
from news.models import NewsRelease
from tests.factories.news import NewsReleaseFactory

pytestmark = pytest.mark.django_db
MOMENTS = [None, *(timezone.now() + datetime.timedelta(days=days) for days in (-2, 0, 2))]
CHECKS = [
    (model, constraint)
    for model in publishable_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, CheckConstraint)
]


def values_of(field):
    if field.choices:
        return st.sampled_from(["", *(value for value, _words in field.choices)])
    match field.get_internal_type():
        case "ForeignKey":
            return st.sampled_from([None, 7])
        case "DateTimeField":
            return st.sampled_from(MOMENTS)
        case "DateField":
            return st.sampled_from([None, datetime.date(2026, 1, 1)])
        case "FloatField":
            return st.sampled_from([-0.1, 0.0, 0.5, 1.0, 1.1])
        case "DecimalField":
            return st.sampled_from([None, Decimal(5)])
        case "BooleanField":
            return st.booleans()
        case kind if "Integer" in kind:
            return st.sampled_from([None, 1950, 1951, 2100, 2101])
    if isinstance(field, PartialDateField):
        return st.sampled_from([None, PartialDate.parse("2016")])
    return st.sampled_from(["", "word"])


@pytest.mark.parametrize("number", range(len(CHECKS)))
@settings(max_examples=8)
@given(data=st.data())
def test_rules_are_told_as_the_database_tells_them(number, data):
    model, constraint = CHECKS[number]
    row = model()
    for name in sorted(set(rules._named_in(constraint.condition))):
        field = model._meta.get_field(name)
        setattr(row, field.attname, data.draw(values_of(field)))
    against = row._get_field_expression_map(meta=model._meta)
    said = rules.holds(constraint.condition, row)
    assert (said is not False) == constraint.condition.check(against)


def test_nothing_is_asked_where_the_row_tells(django_assert_num_queries):
    page = NewsReleaseFactory(published=True)
    with django_assert_num_queries(0):
        for constraint in page._meta.constraints:
            rules.validate(constraint, page, exclude=(), is_as_saved=lambda names: True)


def test_what_is_unique_is_asked_for_where_it_is_new():
    page = NewsReleaseFactory(published=True)
    other = NewsReleaseFactory.build(slug=page.slug)
    [one_address] = [one for one in page._meta.constraints if one.name.endswith("one_address")]
    with pytest.raises(ValidationError, match="slug"):
        rules.validate(one_address, other, exclude=(), is_as_saved=lambda names: False)
    rules.validate(one_address, other, exclude=("slug",), is_as_saved=lambda names: False)
    other.edition_of = page  # an edition may have the slug of its page
    rules.validate(one_address, other, exclude=(), is_as_saved=lambda names: False)


def test_what_a_row_does_not_tell_is_asked_of_the_database():
    long = CheckConstraint(condition=Q(slug__startswith="a") & Q(title=F("lead")), name="long")
    page = NewsRelease(slug="b", state=State.DRAFT, withdrawal=Withdrawal.GONE)
    with pytest.raises(ValidationError):
        rules.validate(long, page, exclude=(), is_as_saved=lambda names: True)
