"""Facets: what they offer, what they count, and what they do with rubbish."""

import datetime
from datetime import UTC

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from iomsite.faceted import FacetedFilterSet
from iomsite.facets import (
    ChoiceFacet,
    MonthFacet,
    PartialYearFacet,
    PresenceFacet,
    RelationFacet,
    TextFacet,
    YearFacet,
)
from iomsite.publishing.states import State
from news.models import Campaign, NewsRelease, Publication
from programmes.models import Country, Topic

PUBLIC = {"state": State.PUBLISHED, "published_at": datetime.datetime(2020, 1, 1, tzinfo=UTC)}


class ReleaseFilter(FacetedFilterSet):
    kind = ChoiceFacet("kind", label="Type", choices=NewsRelease.Kind)
    year = YearFacet("released_on", label="Year")
    month = MonthFacet("released_on", label="Month")
    topic = RelationFacet("topics", label="Topic")
    country = RelationFacet("countries", label="Country", among=lambda: Country.objects.published())
    campaign = PresenceFacet(
        "campaign", label="With campaign", among=lambda: Campaign.objects.published()
    )


class WhereFilter(FacetedFilterSet):
    country = RelationFacet("countries", "campaign__countries", label="Country")


class PublicationFilter(FacetedFilterSet):
    year = PartialYearFacet("date", label="Year")
    series = TextFacet("series", label="Series")


def release(slug, released_on, *, topics=(), countries=(), **fields):
    row = NewsRelease.objects.create(
        **{"slug": slug, "title": slug, "lead": "Lead.", "released_on": released_on}
        | PUBLIC
        | fields
    )
    row.topics.set(topics)
    row.countries.set(countries)
    return row


@pytest.fixture
def malaria(db):
    return Topic.objects.create(slug="malaria", name="Malaria")


@pytest.fixture
def cholera(db):
    return Topic.objects.create(slug="cholera", name="Cholera")


@pytest.fixture
def releases(malaria, cholera):
    release("a", "2016-03-04", topics=[malaria])
    release("b", "2016-04-19", topics=[malaria, cholera])
    release("c", "2017-04-25", topics=[cholera], kind="statement")
    release("hidden", "2017-05-01", topics=[malaria], **PUBLIC | {"state": State.DRAFT})


def test_what_reaches_a_value_by_two_paths_counts_once(db):
    iran, mali = (
        Country.objects.create(slug=name, name=name, iso2=code, iso3=code, m49=code, **PUBLIC)
        for name, code in (("Iran", "IR"), ("Mali", "ML"))
    )
    campaign = Campaign.objects.create(slug="day", title="Day", kind="observance", **PUBLIC)
    campaign.countries.set([iran, mali])
    release("both", "2016-03-04", countries=[iran], campaign=campaign)
    release("own", "2016-03-04", countries=[iran, mali])
    release("shared", "2016-03-04", campaign=campaign)

    assert choices(filtered("", WhereFilter), "country") == {"Iran": 3, "Mali": 3}
    assert len(filtered("country=Iran", WhereFilter).qs) == 3


def filtered(address, filter_class=ReleaseFilter, model=NewsRelease):
    return filter_class(QueryDict(address), queryset=model.objects.published())


def choices(filter_set, name):
    facet = next((facet for facet in filter_set.facets if facet.name == name), None)
    return {option.value: option.count for option in facet.options} if facet else {}


def slugs(filter_set):
    return [row.slug for row in filter_set.qs]


@pytest.mark.usefixtures("releases")
def test_choices_count_the_public_rows_only():
    found = filtered("")
    assert choices(found, "topic") == {"cholera": 2, "malaria": 2}
    assert choices(found, "year") == {"2017": 1, "2016": 2}
    assert choices(found, "month") == {"3": 1, "4": 2}


@pytest.mark.usefixtures("releases")
def test_choices_count_what_the_other_filters_leave():
    found = filtered("year=2016&topic=malaria")
    assert slugs(found) == ["b", "a"]
    assert choices(found, "topic") == {"malaria": 2, "cholera": 1}
    assert choices(found, "year") == {"2016": 2}
    assert choices(found, "kind") == {"news-release": 2}


@pytest.mark.usefixtures("releases")
def test_every_count_is_what_choosing_it_shows():
    for facet in filtered("").facets:
        for option in facet.options:
            assert len(filtered(f"{facet.name}={option.value}").qs) == option.count


@pytest.mark.any_database
@pytest.mark.usefixtures("releases")
@given(
    asked=st.dictionaries(
        st.sampled_from(["topic", "year", "month", "kind", "country", "campaign"]),
        st.one_of(
            st.sampled_from(["malaria", "2016", "4", "statement", "yes", "nobody-offers-this"]),
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300),
        ),
    )
)
def test_rubbish_is_left_out_with_a_notice_and_the_rest_applies(asked):
    query = QueryDict(mutable=True)
    query.update(asked)
    found = ReleaseFilter(query, queryset=NewsRelease.objects.published())
    dropped = set(found.asked) - set(found.accepted)
    assert len(found.notices) == len(dropped)
    for name, value in found.accepted.items():
        assert value in choices(found, name)
    assert len(found.qs) <= 3


@pytest.mark.parametrize(
    "value", ["abc", "0", "0000", "99999", "9" * 40, "-1", "2016-04", "x" * 10_000, "é", "%"]
)
@pytest.mark.usefixtures("releases")
def test_year_nobody_offers_is_left_out(value):
    found = filtered(f"year={value}&topic=malaria")
    assert slugs(found) == ["b", "a"]
    assert found.notices[0].endswith("is not among the choices and was left out.")
    assert len(found.notices[0]) < 150


@pytest.mark.usefixtures("releases")
def test_selected_choices_can_be_taken_away_one_by_one():
    found = filtered("year=2016&topic=malaria&unknown=1")
    assert [(one.facet_label, one.label, one.remove_url) for one in found.selected] == [
        ("Year", "2016", "?topic=malaria"),
        ("Topic", "Malaria", "?year=2016"),
    ]


@pytest.mark.usefixtures("releases")
def test_choice_without_results_stays_while_it_is_set():
    found = filtered("year=2016&kind=statement")
    assert slugs(found) == []
    assert choices(found, "kind") == {"news-release": 2, "statement": 0}


def test_choices_never_name_a_related_draft(malaria):
    codes = {"iso2": "XA", "iso3": "XAA", "m49": "901"}
    shown = Country.objects.create(slug="shown", name="Shown", **codes, **PUBLIC)
    draft = Country.objects.create(
        slug="draft", name="Draft", iso2="XB", iso3="XBB", m49="902", state=State.DRAFT
    )
    campaign = Campaign.objects.create(slug="draft", title="Draft", kind="campaign")
    release("a", "2016-03-04", countries=[shown, draft], campaign=campaign)
    found = filtered("country=draft&campaign=yes")
    assert choices(found, "country") == {"shown": 1}
    assert choices(found, "campaign") == {}
    assert len(found.notices) == 2


@pytest.mark.django_db
def test_period_counts_in_each_of_its_years():
    for number, date in enumerate(["2019/2021", "2020", "2020/..", None]):
        Publication.objects.create(
            slug=f"p{number}", title="P", kind="book", date=date, series="S" if number else "",
            **PUBLIC,
        )  # fmt: skip
    found = filtered("", PublicationFilter, Publication)
    assert choices(found, "year") == {"2021": 2, "2020": 3, "2019": 1}
    assert choices(found, "series") == {"S": 3}
    for year, count in choices(found, "year").items():
        assert len(filtered(f"year={year}", PublicationFilter, Publication).qs) == count


@pytest.mark.usefixtures("releases")
@pytest.mark.parametrize(
    ("address", "statements"), [("", 2), ("year=2016&topic=malaria", 2), ("year=abc", 3)]
)
def test_all_choices_are_counted_by_one_statement(django_assert_num_queries, address, statements):
    found = filtered(address)
    with django_assert_num_queries(statements):
        shown = [found.facets, found.selected, found.notices, list(found.qs)]
    assert shown[0]
