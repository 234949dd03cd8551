"""What the tables of the work refuse, and what their querysets find."""

import pytest
from django.db import IntegrityError, transaction

from programmes.models import (
    AreaOfIntervention,
    Country,
    Goal,
    KeyResult,
    Objective,
    Partner,
    Programme,
    Region,
    RegionalEngagement,
    Topic,
)
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.programmes import (
    AreaOfInterventionFactory,
    CountryFactory,
    EngagementFactory,
    EngagementPartnerFactory,
    EngagementRoleFactory,
    GoalFactory,
    KeyResultFactory,
    ObjectiveFactory,
    PartnerFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import HIDDEN_STATES

pytestmark = pytest.mark.django_db


# What the database holds true.


@pytest.mark.parametrize("year", [None, 1951, 1994, 2100])
def test_presence_since_the_foundation_is_kept(year):
    assert CountryFactory(presence_since=year).presence_since == year


@pytest.mark.parametrize("year", [0, 1950, 2101])
def test_presence_before_the_foundation_is_refused(year):
    with pytest.raises(IntegrityError, match="presence_since_1951"):
        CountryFactory(presence_since=year)


def test_country_programme_has_a_country():
    country = CountryFactory()

    assert ProgrammeFactory(country=country).kind == Programme.Kind.COUNTRY_PROGRAMME
    with pytest.raises(IntegrityError, match="country_of_country_programme"):
        ProgrammeFactory(kind=Programme.Kind.COUNTRY_PROGRAMME, published=True)


def test_only_a_country_programme_has_a_country():
    assert ProgrammeFactory(kind=Programme.Kind.PLATFORM).country is None
    with pytest.raises(IntegrityError, match="country_of_country_programme"):
        ProgrammeFactory(kind=Programme.Kind.PLATFORM, country=CountryFactory(), published=True)


def test_code_of_a_goal_is_given_once_a_framework():
    GoalFactory(framework=Goal.Framework.SDG, code="15")
    GoalFactory(framework=Goal.Framework.GCM, code="15")

    with pytest.raises(IntegrityError):
        GoalFactory(framework=Goal.Framework.SDG, code="15")


@pytest.mark.parametrize(
    ("factory", "pair"),
    [
        (ProgrammePartnerFactory, ("programme", "partner")),
        (EngagementPartnerFactory, ("engagement", "partner")),
        (EngagementRoleFactory, ("engagement", "role")),
        (ObjectiveFactory, ("programme", "order")),
        (KeyResultFactory, ("programme", "order")),
        (AreaOfInterventionFactory, ("programme", "order")),
    ],
)
def test_nothing_is_listed_twice_on_a_page(factory, pair):
    first = factory()
    factory()

    with pytest.raises(IntegrityError):
        factory(**{name: getattr(first, name) for name in pair})


@pytest.mark.parametrize("field", ["name", "iso2", "iso3", "m49", "slug"])
def test_country_is_entered_once(field):
    country = CountryFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        CountryFactory(**{field: getattr(country, field)})


# Reference rows are public while a public page uses them.


PAGES = {
    "programme": ProgrammeFactory,
    "engagement": EngagementFactory,
    "release": NewsReleaseFactory,
    "campaign": CampaignFactory,
    "publication": PublicationFactory,
}
WITH_ROLE = {
    ("programme", Partner): ProgrammePartnerFactory,
    ("engagement", Partner): EngagementPartnerFactory,
}


def use_by(kind, row, **state):
    """Let a page of the kind, in the state, use the row."""
    page = PAGES[kind](**state)
    if with_role := WITH_ROLE.get((kind, type(row))):
        with_role(**{kind: page, "partner": row})
    else:
        getattr(page, {Topic: "topics", Partner: "partners", Goal: "goals"}[type(row)]).add(row)


USES = [
    *((TopicFactory, kind) for kind in PAGES),
    *((PartnerFactory, kind) for kind in PAGES),
    (GoalFactory, "programme"),
    (GoalFactory, "publication"),
]


@pytest.mark.parametrize(("factory", "kind"), USES)
def test_row_that_a_public_page_uses_is_in_use(factory, kind):
    extra = {"framework": Goal.Framework.GCM} if factory is GoalFactory else {}
    row, _unused = factory(**extra), factory(**extra)
    use_by(kind, row, published=True)

    assert list(type(row).objects.in_use()) == [row]


@pytest.mark.parametrize("state", HIDDEN_STATES)
@pytest.mark.parametrize(("factory", "kind"), USES)
def test_row_that_only_hidden_pages_use_is_not_in_use(factory, kind, state):
    extra = {"framework": Goal.Framework.GCM} if factory is GoalFactory else {}
    row = factory(**extra)
    use_by(kind, row, **{state: True})

    assert not type(row).objects.in_use().exists()


def test_row_is_listed_once_however_often_it_is_used():
    topic = TopicFactory()
    for kind in [*PAGES, *PAGES]:
        use_by(kind, topic, published=True)

    assert Topic.objects.in_use().count() == 1


def test_the_17_goals_are_always_in_use():
    goal = GoalFactory(framework=Goal.Framework.SDG)
    GoalFactory(framework=Goal.Framework.SDG_TARGET, parent=goal)

    assert list(Goal.objects.in_use()) == [goal]


# What querysets find.


def test_programmes_in_a_country_are_its_own_and_the_wider_ones():
    country = CountryFactory()
    own = ProgrammeFactory(title="B", country=country)
    wider = ProgrammeFactory(title="A")
    wider.countries.add(country, CountryFactory())
    own.countries.add(country)
    ProgrammeFactory(country=CountryFactory())

    assert list(Programme.objects.in_country(country)) == [wider, own]


def test_engagements_in_a_country_are_those_hosted_and_those_joined():
    country = CountryFactory()
    hosted = EngagementFactory(country=country, date="2019")
    joined = EngagementFactory(country=CountryFactory(), date="2018")
    for engagement in (hosted, joined):
        engagement.countries.add(country)
    EngagementFactory(country=CountryFactory())

    assert list(RegionalEngagement.objects.in_country(country)) == [hosted, joined]


def test_programmes_for_goals_name_one_or_are_for_all():
    naming = ProgrammeFactory(title="A")
    naming.goals.add(GoalFactory(), GoalFactory())
    for_all = ProgrammeFactory(title="B", all_goals=True)
    ProgrammeFactory(title="C")

    assert list(Programme.objects.for_goals()) == [naming, for_all]


def test_engagements_sharing_topics_come_with_the_most_in_common_first():
    malaria, tuberculosis, cities = TopicFactory.create_batch(3)
    programme = ProgrammeFactory()
    programme.topics.add(malaria, tuberculosis)
    one, both, other = EngagementFactory.create_batch(3)
    one.topics.add(malaria, cities)
    both.topics.add(malaria, tuberculosis)
    other.topics.add(cities)

    assert list(RegionalEngagement.objects.sharing_topics_with(programme)) == [both, one]


def test_engagements_are_listed_newest_first_and_undated_last():
    dates = ["2018-10", None, "2019-06", "2018", "2018-10-05", "2019-02"]
    for date in dates:
        EngagementFactory(date=date)

    found = [str(one.date or "") for one in RegionalEngagement.objects.all()]

    assert found == ["June 2019", "February 2019", "5 October 2018", "October 2018", "2018", ""]


def test_engagements_of_one_date_keep_the_order_of_the_editor():
    second = EngagementFactory(date="2018-10", order=2)
    first = EngagementFactory(date="2018-10", order=1)

    assert list(RegionalEngagement.objects.all()) == [first, second]


# What pages print.


@pytest.mark.parametrize(
    ("city", "state", "place"),
    [
        ("Dakar", "published", "Dakar, Senegal"),
        ("", "published", "Senegal"),
        ("Dakar", None, "Dakar"),
        ("", None, ""),
        *(("Dakar", state, "Dakar") for state in HIDDEN_STATES),
    ],
)
def test_place_is_what_is_known_and_public(city, state, place):
    country = CountryFactory(name="Senegal", **{state: True}) if state else None

    assert EngagementFactory(city=city, country=country).place == place


@pytest.mark.parametrize(
    ("fields", "kicker"),
    [
        ({"date": "2018-04"}, "Workshop"),
        ({"date": "2018-04", "city": "Dakar"}, "Workshop, Dakar"),
        ({"date": "2018-04", "recurrence": "annual"}, "Workshop"),
        ({"recurrence": "annual"}, "Workshop, annual"),
        ({}, "Workshop, date not stated"),
    ],
)
def test_kicker_of_an_engagement_says_why_a_date_is_missing(fields, kicker):
    engagement = EngagementFactory(**fields)
    engagement.refresh_from_db()

    assert engagement.kicker == kicker


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_kicker_of_a_programme_names_a_public_country_only(state):
    iran = CountryFactory(name="Iran", published=True)
    hidden = CountryFactory(name="Hidden", **{state: True})

    assert ProgrammeFactory(country=iran).kicker == "Country programme, Iran"
    assert ProgrammeFactory(country=hidden).kicker == "Country programme"


def test_part_of_a_programme_is_named_by_whole_words():
    part = ObjectiveFactory(text=f"<p>To {'strengthen ' * 12}health.</p>")
    assert str(part) == f"To {'strengthen ' * 11}".strip() + "…"
    assert str(ObjectiveFactory(text="<p>To end malaria.</p>")) == "To end malaria."


def test_goals_are_counted_as_people_count():
    codes = [("gcm", "15"), ("sdg", "10"), ("sdg", "2"), ("sdg-indicator", "10.7.2")]
    targets = [("sdg-target", code) for code in ("17.18", "17.b", "3.8", "10.7")]
    goals = [Goal(framework=framework, code=code) for framework, code in [*codes, *targets]]

    in_order = [goal.code for goal in sorted(goals, key=lambda goal: goal.position)]

    assert in_order == ["2", "10", "3.8", "10.7", "17.b", "17.18", "10.7.2", "15"]


@pytest.mark.parametrize(
    ("factory", "model"),
    [
        (ObjectiveFactory, Objective),
        (KeyResultFactory, KeyResult),
        (AreaOfInterventionFactory, AreaOfIntervention),
        (RegionFactory, Region),
        (CountryFactory, Country),
        (TopicFactory, Topic),
        (PartnerFactory, Partner),
    ],
)
def test_fixtures_find_rows_by_words(factory, model):
    row = factory()

    assert model.objects.get_by_natural_key(*row.natural_key()) == row
