"""Partial dates: they read, print, sort, overlap and are refused as they should."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from iomsite.partialdate import PartialDate, PartialDateFormField, Point, overlaps, parse
from iomsite.templatetags.partialdate import as_time
from news.models import Campaign

NOTATIONS = {
    "1994": "1994",
    "2018-10": "October 2018",
    "2016-04-25": "25 April 2016",
    "2019/2023": "2019 to 2023",
    "2021-10-14/2021-10-15": "14 to 15 October 2021",
    "2021-09-30/2021-10-01": "30 September to 1 October 2021",
    "2020-12-31/2021-01-01": "31 December 2020 to 1 January 2021",
    "2018-10/2018-12": "October to December 2018",
    "2018/2018-06": "2018 to June 2018",
    "2018-10-14/2018-10": "14 October 2018 to October 2018",
    "2014/..": "since 2014",
    "../2021-07": "until July 2021",
}
WRONG = [
    "", "abc", "18", "2018-1", "2018-13", "2018-00", "2018-10-00", "2018-02-30", "0000",
    "2018/", "/2018", "../..", "2023/2019", "2018/2018", "2018-10-01T00:00", "２０１８", "2018\n",
]  # fmt: skip


@pytest.mark.parametrize(("notation", "words"), NOTATIONS.items())
def test_partial_date_prints_what_is_known(notation, words):
    date = PartialDate.parse(notation)
    assert str(date) == words
    assert date.machine == notation


@pytest.mark.parametrize("text", WRONG)
def test_partial_date_refuses_what_is_no_date(text):
    with pytest.raises(ValidationError, match="is not a date"):
        parse(text)


def test_partial_date_covers_the_days_it_may_mean():
    date = PartialDate.parse("2016-02")
    assert (date.first, date.last) == (datetime.date(2016, 2, 1), datetime.date(2016, 2, 29))


def test_as_time_marks_each_end_of_a_period():
    assert as_time(PartialDate.parse("2019/2020-05")) == (
        '<time datetime="2019">2019</time> to <time datetime="2020-05">May 2020</time>'
    )


def test_as_time_says_once_what_both_ends_of_a_period_share():
    assert as_time(PartialDate.parse("2021-10-14/2021-10-15")) == (
        '<time datetime="2021-10-14">14</time> to '
        '<time datetime="2021-10-15">15 October 2021</time>'
    )


def test_as_time_never_invents_a_day():
    assert as_time(PartialDate.parse("2018-10")) == '<time datetime="2018-10">October 2018</time>'
    assert as_time(datetime.date(2016, 4, 25)) == (
        '<time datetime="2016-04-25">25 April 2016</time>'
    )
    assert as_time(None) == ""


@pytest.mark.parametrize(
    ("typed", "notation"),
    [
        ("October 2018", "2018-10"),
        ("25 april 2016", "2016-04-25"),
        ("2019 to 2023", "2019/2023"),
        ("2019–2023", "2019/2023"),
        ("14 to 15 October 2021", "2021-10-14/2021-10-15"),
        ("30 September – 1 October 2021", "2021-09-30/2021-10-01"),
        ("October to December 2018", "2018-10/2018-12"),
        (" 1994 ", "1994"),
        ("2014/..", "2014/.."),
    ],
)
def test_form_field_reads_dates_as_people_write_them(typed, notation):
    assert PartialDateFormField().clean(typed).machine == notation


def test_form_field_says_how_to_write_a_date():
    with pytest.raises(ValidationError, match="Write what is known and no more"):
        PartialDateFormField().clean("last spring")


@pytest.mark.parametrize("notation", [one for one in NOTATIONS if "." not in one])
def test_form_field_reads_what_pages_print(notation):
    words = str(PartialDate.parse(notation))
    assert PartialDateFormField().clean(words).machine == notation


def campaign(date, slug="campaign"):
    return Campaign.objects.create(slug=slug, title="A campaign", kind="campaign", date=date)


@pytest.mark.django_db
@pytest.mark.parametrize("notation", [*NOTATIONS, None])
def test_column_gives_back_what_it_was_given(notation):
    campaign(notation)
    date = Campaign.objects.get().date
    assert (date.machine if date else None) == notation


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2018-13", "abc", "2018-1", "2018/x", "../..", ""])
def test_database_refuses_other_notations(text):
    campaign("2018")
    table = Campaign._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET date = %s", [text])


@pytest.mark.django_db
def test_column_sorts_by_first_day_then_by_precision():
    order = ["../2021-07", "2014/..", "2016/2020", "2018", "2018-10", "2018-10-01", "2018-10-05"]
    for number, notation in enumerate(reversed(order)):
        campaign(notation, f"campaign-{number}")
    found = Campaign.objects.order_by("date__first", "date")
    assert [row.date.machine for row in found] == order


known_points = st.dates(datetime.date(1990, 1, 1), datetime.date(2030, 12, 31)).flatmap(
    lambda day: st.sampled_from(
        [Point(day.year), Point(day.year, day.month), Point(day.year, day.month, day.day)]
    )
)


def interval(start, end):
    return PartialDate(*sorted([start, end], key=lambda point: (point.first, point.last)))


partial_dates = st.one_of(
    known_points.map(lambda point: PartialDate(point, point)),
    known_points.map(lambda point: PartialDate(point, None)),
    known_points.map(lambda point: PartialDate(None, point)),
    st.builds(interval, known_points, known_points),
)


@given(date=partial_dates)
def test_notation_and_date_are_the_same_thing(date):
    assert PartialDate.parse(date.machine) == date


@pytest.mark.django_db(transaction=False)
@given(date=partial_dates, period=partial_dates)
def test_database_overlaps_as_the_calendar_does(django_db_blocker, date, period):
    with transaction.atomic():
        campaign(date.machine)
        found = Campaign.objects.filter(overlaps("date", period)).exists()
        transaction.set_rollback(True)
    assert found == (date.first <= period.last and date.last >= period.first)
