"""The choices of the two lists of the work: what they offer, count and never tell."""

import html
import re

import pytest
from django.http import QueryDict

from programmes.filters import EngagementFilter, ProgrammeFilter
from programmes.models import EngagementRole, Goal, Programme, RegionalEngagement
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    EngagementPartnerFactory,
    EngagementRoleFactory,
    GoalFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionalOfficeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import HIDDEN_STATES

PROGRAMMES = "/our-work/what-we-do/"
ENGAGEMENTS = "/our-work/partnerships/"


def engagements(address=""):
    return EngagementFilter(QueryDict(address), queryset=RegionalEngagement.objects.published())


def programmes(address=""):
    return ProgrammeFilter(QueryDict(address), queryset=Programme.objects.published())


def choices(filter_set, name):
    facet = next((facet for facet in filter_set.facets if facet.name == name), None)
    return {option.value: option.count for option in facet.options} if facet else {}


def labels(filter_set, name):
    facet = next(facet for facet in filter_set.facets if facet.name == name)
    return [option.label for option in facet.options]


def slugs(filter_set):
    return [row.slug for row in filter_set.qs]


# Engagements.


@pytest.mark.django_db
def test_office_and_year_offer_what_is_not_stated_last():
    EngagementFactory(published=True, date="2018-10", office=RegionalOfficeFactory(city="Vienna"))
    EngagementFactory(published=True, date="2016/2017")
    EngagementFactory(published=True)
    found = engagements()

    assert labels(found, "office") == ["Vienna", "Not stated"]
    assert labels(found, "year") == ["2018", "2017", "2016", "Not stated"]
    assert [one.date for one in engagements("year=not-stated").qs] == [None]
    assert [one.office for one in engagements("office=not-stated").qs] == [None, None]


@pytest.mark.django_db
def test_not_stated_is_offered_only_where_something_is_not():
    EngagementFactory(published=True, date="2018", office=RegionalOfficeFactory(slug="vienna"))
    found = engagements("year=not-stated&office=not-stated")

    assert choices(found, "year") == {"2018": 1}
    assert choices(found, "office") == {"vienna": 1}
    assert len(found.notices) == 2
    assert len(found.qs) == 1


@pytest.mark.django_db
def test_filters_of_engagements_combine():
    region, who = RegionFactory(published=True, slug="south"), PartnerFactory(slug="who")
    hiv = TopicFactory(slug="hiv")
    for number, date in enumerate(["2018-04", "2018-10", "2019-02"]):
        engagement = EngagementFactory(
            slug=f"e{number}", published=True, date=date, region=region if number else None
        )
        engagement.topics.add(hiv, TopicFactory())
        EngagementPartnerFactory(engagement=engagement, partner=who)
        EngagementPartnerFactory(engagement=engagement)
        EngagementRoleFactory(engagement=engagement)
        EngagementRoleFactory(engagement=engagement, role=EngagementRole.Role.PRESENTED)
    found = engagements("region=south&year=2018&partner=who&topic=hiv&role=presented")

    assert slugs(found) == ["e1"]
    assert choices(found, "year") == {"2019": 1, "2018": 1}
    assert choices(found, "region") == {"south": 1}
    assert choices(found, "role") == {"participated": 1, "presented": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_engagements_never_offer_what_is_hidden(state):
    hidden = {state: True, "slug": "hidden"}
    engagement = EngagementFactory(
        published=True,
        region=RegionFactory(**hidden),
        country=CountryFactory(**hidden),
    )
    OutcomeDocumentFactory(engagement=engagement, **{state: True})
    unseen = EngagementFactory(**{state: True}, date="1999", office=RegionalOfficeFactory())
    unseen.topics.add(TopicFactory())
    EngagementPartnerFactory(engagement=unseen)
    EngagementRoleFactory(engagement=unseen)
    found = engagements("region=hidden&country=hidden&outcome=yes&year=1999")

    assert {facet.name: [o.value for o in facet.options] for facet in found.facets} == {
        "office": ["not-stated"],
        "year": ["not-stated"],
    }
    assert found.accepted == {}
    assert list(found.qs) == [engagement]


# Programmes.


@pytest.mark.django_db
def test_country_of_a_programme_is_its_own_or_one_of_the_others():
    iran = CountryFactory(slug="iran", published=True)
    own = ProgrammeFactory(slug="own", title="A", country=iran, published=True)
    wider = ProgrammeFactory(slug="wider", title="B", published=True)
    wider.countries.add(iran, CountryFactory(slug="kenya", published=True))
    found = programmes("country=iran")

    assert slugs(found) == [own.slug, wider.slug]
    assert choices(found, "country") == {"iran": 2, "kenya": 1}


@pytest.mark.django_db
def test_programme_counts_once_for_a_country_or_region_it_has_in_both_ways():
    region = RegionFactory(slug="south", published=True)
    country, neighbour = CountryFactory.create_batch(2, region=region, published=True)
    programme = ProgrammeFactory(country=country, published=True)
    programme.countries.add(country, neighbour)

    assert choices(programmes(), "country") == {country.slug: 1, neighbour.slug: 1}
    assert choices(programmes(), "region") == {"south": 1}


@pytest.mark.django_db
def test_region_of_a_programme_is_that_of_its_countries():
    south, north = RegionFactory(slug="south", published=True), RegionFactory(published=True)
    own = ProgrammeFactory(
        slug="own", title="A", country=CountryFactory(region=south, published=True), published=True
    )
    wider = ProgrammeFactory(slug="wider", title="B", published=True)
    wider.countries.add(
        CountryFactory(region=south, published=True), CountryFactory(region=north, published=True)
    )
    ProgrammeFactory(country=CountryFactory(published=True), published=True)

    assert slugs(programmes("region=south")) == [own.slug, wider.slug]
    assert choices(programmes(), "region") == {"south": 2, north.slug: 1}


@pytest.mark.django_db
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_country_does_not_tell_its_region(state):
    region = RegionFactory(slug="south", published=True)
    hidden = CountryFactory(region=region, **{state: True})
    shown = CountryFactory(region=region, published=True)
    ProgrammeFactory(country=hidden, published=True)
    ProgrammeFactory(published=True).countries.add(hidden)
    assert choices(programmes(), "region") == {}
    assert len(programmes("region=south").notices) == 1

    own = ProgrammeFactory(slug="own", title="A", country=shown, published=True)
    both = ProgrammeFactory(slug="both", title="B", country=hidden, published=True)
    both.countries.add(shown)
    found = programmes("region=south")
    assert choices(found, "region") == {"south": 2}
    assert slugs(found) == [own.slug, both.slug]


@pytest.mark.django_db
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_programmes_never_offer_what_is_hidden(state):
    hidden = {state: True, "slug": "hidden"}
    country = CountryFactory(**hidden, region=RegionFactory(**hidden))
    programme = ProgrammeFactory(country=country, published=True)
    programme.countries.add(CountryFactory(region=RegionFactory(**{state: True}), **{state: True}))
    unseen = ProgrammeFactory(**{state: True}, all_goals=True, kind=Programme.Kind.FUND)
    unseen.topics.add(TopicFactory())
    unseen.goals.add(GoalFactory(framework=Goal.Framework.GCM))
    found = programmes("country=hidden&region=hidden")

    assert {facet.name: [o.value for o in facet.options] for facet in found.facets} == {
        "kind": ["country-programme"]
    }
    assert found.accepted == {}
    assert list(found.qs) == [programme]


@pytest.mark.django_db
def test_programme_for_all_goals_counts_once_for_a_goal_that_it_also_names():
    named = GoalFactory(slug="sdg-3", code="3", name="Good health")
    GoalFactory(slug="sdg-7", code="7")
    target = GoalFactory(slug="target", code="3.8", framework=Goal.Framework.SDG_TARGET)
    for_all = ProgrammeFactory(slug="all", title="A", all_goals=True, published=True)
    for_all.goals.add(named, target)
    naming = ProgrammeFactory(slug="one", title="B", published=True)
    naming.goals.add(named)

    assert choices(programmes(), "goal") == {"sdg-3": 2, "sdg-7": 1, "target": 1}
    assert labels(programmes(), "goal") == ["SDG 3: Good health", "SDG 7", "Target 3.8"]
    assert slugs(programmes("goal=sdg-3")) == ["all", "one"]
    assert slugs(programmes("goal=sdg-7")) == ["all"]
    assert slugs(programmes("goal=target")) == ["all"]


@pytest.mark.django_db
def test_counts_of_goals_follow_the_other_filters():
    GoalFactory(slug="sdg-3", code="3")
    ProgrammeFactory(all_goals=True, kind=Programme.Kind.FUND, published=True)
    ProgrammeFactory(all_goals=True, kind=Programme.Kind.TOOL, published=True)

    assert choices(programmes("kind=fund"), "goal") == {"sdg-3": 1}
    assert choices(programmes("goal=sdg-3"), "kind") == {"fund": 1, "tool": 1}


@pytest.mark.django_db
def test_all_choices_of_programmes_are_counted_by_one_statement(django_assert_num_queries):
    ProgrammeFactory(all_goals=True, published=True)
    found = programmes()

    with django_assert_num_queries(2):
        shown = [found.facets, list(found.qs)]
    assert all(shown)


# In the browser's address.


@pytest.fixture
def many(menu):
    """25 engagements of 2018 and as many programmes of one kind, each a page and a bit."""
    region = RegionFactory(slug="south", name="South", published=True)
    for _number in range(25):
        EngagementFactory(date="2018", region=region, published=True)
        ProgrammeFactory(kind=Programme.Kind.FUND, published=True)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("address", "filters"),
    [(ENGAGEMENTS, "year=2018&region=south"), (PROGRAMMES, "kind=fund")],
)
def test_pages_of_a_list_keep_its_filters(client, address, filters):
    first = client.get(f"{address}?{filters}").content.decode()
    second = client.get(f"{address}?{filters}&page=2").content.decode()

    assert f'rel="next" href="?{filters}&page=2"' in html.unescape(first)
    assert f'rel="prev" href="?{filters}&page=1"' in html.unescape(second)


@pytest.mark.usefixtures("many")
def test_filters_are_removed_one_by_one(client):
    page = client.get(f"{ENGAGEMENTS}?year=2018&region=south&page=2").content.decode()

    removal = set(re.findall(r'class="chip[^"]*" href="([^"]*)"', page))
    assert removal == {"?year=2018", "?region=south", ENGAGEMENTS}


NO_PAGES = ["0", "-1", "3", "999999", "9" * 5000, "abc", "1.5", "%FF", "%C2%B2"]
RUBBISH = [
    "abc",
    "9" * 20,
    "-1",
    "0000",
    "2018-10",
    "%FF",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "' OR 1=1 --",
    "<script>",
    "a" * 10_000,
    "*",
    "..",
]
LISTS = pytest.mark.parametrize(
    ("address", "filter_class"), [(ENGAGEMENTS, EngagementFilter), (PROGRAMMES, ProgrammeFilter)]
)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("address", [ENGAGEMENTS, PROGRAMMES])
def test_page_that_does_not_exist_is_not_found(client, address):
    answers = {page[:20]: client.get(f"{address}?page={page}") for page in NO_PAGES}

    assert {page: answer.status_code for page, answer in answers.items()} == {
        page[:20]: 404 for page in NO_PAGES
    }
    assert '<nav aria-label="Main">' in answers["abc"].content.decode()


@pytest.mark.any_database
@pytest.mark.usefixtures("many")
@LISTS
def test_rubbish_in_every_filter_is_left_out(client, address, filter_class):
    names = list(filter_class.base_filters)
    for rubbish in RUBBISH:
        answer = client.get(f"{address}?{'&'.join(f'{name}={rubbish}' for name in names)}")

        assert answer.status_code == 200, rubbish[:20]
        assert answer.context["paginator"].count == 25, rubbish[:20]
        assert len(answer.context["filter"].notices) == len(names), rubbish[:20]
        assert "<script>" not in answer.content.decode()


@pytest.mark.usefixtures("many")
@LISTS
def test_nul_in_a_filter_is_a_bad_request(client, address, filter_class):
    names = [*filter_class.base_filters, "page", "unknown"]
    answers = [client.get(f"{address}?{name}=a%00b") for name in names]

    assert {answer.status_code for answer in answers} == {400}
    assert '<nav aria-label="Main">' in answers[0].content.decode()
