"""What the pages of the work show, and the addresses that have none."""

import re

import pytest

from iomsite.organisation.models import Page
from iomsite.publishing import actions
from programmes.models import EngagementPartner, EngagementRole, Goal, Partner, Programme, Topic
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import FigureFactory
from tests.factories.programmes import (
    AreaOfInterventionFactory,
    CountryFactory,
    EngagementFactory,
    EngagementPartnerFactory,
    EngagementPhotoFactory,
    EngagementRoleFactory,
    GoalFactory,
    KeyResultFactory,
    ObjectiveFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    RegionalOfficeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import SourceFactory

pytestmark = pytest.mark.usefixtures("menu")


@pytest.fixture
def read(client):
    """The text of the main part of a page, its tags apart; `raw` for all of it."""

    def get(page, raw=False):
        answer = client.get(page if isinstance(page, str) else page.get_absolute_url())
        assert answer.status_code == 200
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        return main if raw else " ".join(re.sub(r"<[^>]+>", " ", main).split())

    return get


def headings(html):
    found = re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", heading).split()) for heading in found]


# Where we work.


def test_map_and_list_name_the_same_countries(read):
    region = RegionFactory(name="Southern Africa", published=True)
    RegionalOfficeFactory(city="Pretoria", region=region)
    mozambique = CountryFactory(name="Mozambique", m49="508", region=region, published=True)
    turkey = CountryFactory(name="Turkey", m49="792", published=True)
    ProgrammeFactory(country=mozambique, published=True)
    page = read("/where-we-work/", raw=True)

    assert re.findall(r'map__place--(\w+)" href="([^"]+)"', page) == [
        ("programme", mozambique.get_absolute_url()),
        ("mention", turkey.get_absolute_url()),
    ]
    assert headings(page) == [
        "Where we work",
        "Countries",
        "Regions",
        "Southern Africa",
        "Region not stated",
    ]
    words = read("/where-we-work/")
    assert "Countries with a country programme Mozambique" in words
    assert "Countries named in our work or news Turkey" in words
    assert "Regional office Pretoria" in words
    assert "Region not stated Countries Turkey" in words


def test_region_leads_to_its_work(read):
    region = RegionFactory(name="Southern Africa", lead="Lead.", published=True)
    RegionalOfficeFactory(city="Pretoria", region=region)
    country = CountryFactory(name="Mozambique", region=region, published=True)
    ProgrammeFactory(title="Migration governance", country=country, published=True)
    EngagementFactory(title="Session", region=region, published=True)
    ProgrammeFactory(title="Elsewhere", country=CountryFactory(published=True), published=True)
    EngagementFactory(title="Elsewhere", region=RegionFactory(published=True), published=True)
    page = read(region)

    for words in ("Lead.", "Pretoria", "Mozambique", "Migration governance", "Session"):
        assert words in page
    assert "Elsewhere" not in page


def test_country_gathers_what_is_done_there(read):
    region = RegionFactory(name="Southern Africa", published=True)
    country = CountryFactory(name="Mozambique", region=region, presence_since=1994, published=True)
    ProgrammeFactory(title="Own programme", country=country, published=True)
    ProgrammeFactory(title="Wider initiative", published=True).countries.add(country)
    EngagementFactory(title="Hosted meeting", country=country, published=True)
    EngagementFactory(title="Joined dialogue", published=True).countries.add(country)
    partner = PartnerFactory(name="Government of Mozambique", country=country)
    EngagementPartnerFactory(engagement__published=True, partner=partner)
    PartnerFactory(name="Unused partner", country=country)
    page = read(country, raw=True)

    assert headings(page) == [
        "Mozambique",
        "Country programmes",
        "Own programme",
        "Wider initiatives",
        "Wider initiative",
        "Engagements hosted or joined",
        "Hosted meeting",
        "Joined dialogue",
        "Partners",
    ]
    assert "Presence since</dt>" in page
    assert '<time datetime="1994">1994</time>' in page
    assert f'href="{region.get_absolute_url()}">Southern Africa</a>' in page
    assert "Government of Mozambique" in page
    assert "Unused partner" not in page


def test_country_without_a_region_says_so(read):
    assert "Region Not stated" in read(CountryFactory(published=True))


# Programmes.


def test_programme_has_its_parts_in_the_order_of_the_documents(read):
    iran = CountryFactory(name="Iran", published=True)
    programme = ProgrammeFactory(
        title="Health of migrants", body="The context.", country=iran, published=True
    )
    AreaOfInterventionFactory(
        programme=programme, order=2, title="Insurance", text="Cards.", date="2023-05"
    )
    AreaOfInterventionFactory(programme=programme, order=1, title="Equipment", text="Units.")
    KeyResultFactory(programme=programme, order=2, text="Second result.")
    KeyResultFactory(programme=programme, order=1, text="First result.")
    ObjectiveFactory(programme=programme, order=2, text="Second objective.")
    ObjectiveFactory(programme=programme, order=1, text="First objective.")
    programme.figures.add(FigureFactory(value=600, label="beneficiaries", published=True))
    programme.goals.add(GoalFactory(code="3", name="Good health"))
    ProgrammePartnerFactory(programme=programme, partner__name="Ministry of Health")
    malaria = TopicFactory(name="Malaria")
    programme.topics.add(malaria)
    meeting = EngagementFactory(title="Meeting on malaria", published=True)
    release = NewsReleaseFactory(title="End malaria", published=True)
    for page in (meeting, release):
        page.topics.add(malaria)
    programme.sources.add(SourceFactory(title="Document 4"))

    assert headings(read(programme, raw=True)) == [
        "Health of migrants",
        "Objectives",
        "Key results",
        "Areas of intervention",
        "Equipment",
        "Insurance",
        "Figures",
        "Goals",
        "Partners",
        "Topics",
        "Engagements on the same topics",
        "Meeting on malaria",
        "News",
        "End malaria",
        "Sources",
        "Cite this page",
    ]
    words = read(programme)
    in_order = ["The context.", "First objective.", "Second objective.", "First result."]
    in_order += ["Second result.", "Units.", "May 2023", "Cards.", "600", "beneficiaries"]
    in_order += ["SDG 3: Good health", "Partners Ministry of Health", "Document 4"]
    places = [words.index(part) for part in in_order]
    assert places == sorted(places)


def test_programme_shows_no_part_that_it_lacks(read):
    programme = ProgrammeFactory(title="Bare", published=True)
    ObjectiveFactory(programme=programme)

    assert headings(read(programme, raw=True)) == ["Bare", "Objective", "Cite this page"]


def test_programme_for_all_goals_says_so_instead_of_listing_17(read):
    GoalFactory(code="3", name="Good health")
    page = read(ProgrammeFactory(all_goals=True, published=True))

    assert "This programme contributes to all Sustainable Development Goals." in page
    assert "Good health" not in page


def test_figures_say_where_they_stand_and_as_of_when(read):
    figure = FigureFactory(value=600, label="beneficiaries", as_of="2023-05", published=True)
    figure.sources.add(SourceFactory(title="Health of migrants in Iran"))
    programme = ProgrammeFactory(published=True)
    programme.figures.add(figure)

    assert "600 beneficiaries As of May 2023 Source: Health of migrants in Iran" in read(programme)


def test_initiative_names_its_parts_and_what_it_is_part_of(read):
    whole = ProgrammeFactory(title="The whole", published=True)
    part = ProgrammeFactory(title="The part", parent=whole, published=True)

    assert "Part of The whole" in read(part)
    assert "Parts of this programme" in read(whole)
    assert f'href="{part.get_absolute_url()}"' in read(whole, raw=True)


# Engagements.


def test_engagement_tells_what_is_known(read):
    region = RegionFactory(name="East Africa", published=True)
    engagement = EngagementFactory(
        title="Harmonization for Health in Africa",
        acronym="HHA",
        ordinal="10th",
        date="2018-10",
        city="Nairobi",
        country=CountryFactory(name="Kenya", published=True),
        region=region,
        office=RegionalOfficeFactory(city="Nairobi", region=region),
        host_event="A larger event",
        parent=EngagementFactory(title="The dialogue", published=True),
        contribution="The contribution.",
        outcome="The outcome.",
        published=True,
    )
    engagement.countries.add(CountryFactory(name="Eswatini", published=True))
    EngagementRoleFactory(engagement=engagement, role=EngagementRole.Role.PRESENTED)
    Role = EngagementPartner.Role
    for role, name in ((Role.CO_PRESENTER, "WHO"), (Role.ORGANISER, "A"), (Role.ORGANISER, "B")):
        EngagementPartnerFactory(engagement=engagement, partner__name=name, role=role)
    OutcomeDocumentFactory(engagement=engagement, title="The declaration", published=True)
    photo = PhotoFactory(caption="People in a room.", published=True)
    EngagementPhotoFactory(engagement=engagement, photo=photo)
    page = read(engagement)

    for words in (
        "Workshop Harmonization for Health in Africa (HHA)",
        "Date October 2018",
        "Edition 10th",
        "Place Nairobi, Kenya",
        "Held at A larger event",
        "Countries taking part Eswatini",
        "Region East Africa",
        "Regional office Nairobi",
        "Our role Presented",
        "Part of The dialogue",
        "Our contribution The contribution.",
        "Outcome The outcome. Declaration The declaration",
        "Partners Presented together WHO Organiser A B",
        "People in a room.",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("fields", "words", "machine"),
    [
        ({"date": "2018"}, "2018", "2018"),
        ({"date": "2018-10"}, "October 2018", "2018-10"),
        ({"date": "2018-10-05"}, "5 October 2018", "2018-10-05"),
        ({"date": "2014/.."}, "since 2014", "2014"),
        ({"recurrence": "annual"}, "Annual", None),
        ({}, "Not stated", None),
    ],
)
def test_date_is_as_precise_as_it_is_known(read, fields, words, machine):
    page = read(EngagementFactory(**fields, published=True), raw=True)

    date = re.search(r"Date</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)[1]
    assert re.sub(r"<[^>]+>", "", date) == words
    assert re.findall(r'datetime="([^"]+)"', date) == ([machine] if machine else [])


def test_list_of_engagements_is_newest_first_between_intro_and_outlook(read):
    Page.objects.filter(slug="partnerships").update(lead="The intro.", body="The outlook.")
    for title, date in (("First", "2018-04"), ("Undated", None), ("Newest", "2019-06")):
        EngagementFactory(title=title, date=date, published=True)
    page = read("/our-work/partnerships/")

    places = [
        page.index(words) for words in ("The intro.", "Newest", "First", "Undated", "The outlook.")
    ]
    assert places == sorted(places)
    assert "3 engagements" in page
    assert "Workshop, date not stated" in page


def test_outcome_document_tells_where_it_was_adopted(read):
    conference = EngagementFactory(title="The conference", city="Astana", published=True)
    document = OutcomeDocumentFactory(
        title="Recommendations",
        engagement=conference,
        date="2018-10",
        is_official_title=False,
        published=True,
    )
    page = read(document)

    assert "Date October 2018" in page
    assert "Adopted at The conference" in page
    assert "Place Astana" in page
    assert "The source describes this document without naming it." in page


# Topics, partners, goals.


def test_topic_ties_work_and_news_together(read):
    malaria = TopicFactory(name="Malaria", lead="The lead.", kind=Topic.Kind.DISEASE)
    for page in (
        ProgrammeFactory(title="Health in Iran", published=True),
        EngagementFactory(title="Side event", published=True),
        NewsReleaseFactory(title="End malaria", published=True),
        CampaignFactory(title="World Malaria Day", published=True),
        PublicationFactory(title="Report", published=True),
    ):
        page.topics.add(malaria)

    assert headings(read(malaria, raw=True)) == [
        "Malaria",
        "Programmes",
        "Health in Iran",
        "Engagements and partnerships",
        "Side event",
        "News",
        "End malaria",
        "Campaigns",
        "World Malaria Day",
        "Publications",
        "Report",
    ]
    assert "Disease Malaria The lead." in read(malaria)


def test_topics_stand_under_their_kind(read):
    for name, kind in (("Malaria", Topic.Kind.DISEASE), ("Cities", Topic.Kind.THEME)):
        ProgrammeFactory(published=True).topics.add(TopicFactory(name=name, kind=kind))
    TopicFactory(name="Unused")
    page = read("/our-work/topics/")

    assert "Theme Cities Disease Malaria" in page
    assert "Unused" not in page


def test_partner_page_says_what_the_partner_did(read):
    who = PartnerFactory(
        name="World Health Organization",
        acronym="WHO",
        country=CountryFactory(name="Switzerland", published=True),
    )
    EngagementPartnerFactory(
        partner=who,
        engagement__title="The meeting",
        engagement__published=True,
        role=EngagementPartner.Role.CO_PRESENTER,
    )
    ProgrammePartnerFactory(
        partner=who, programme__title="The programme", programme__published=True, role="funder"
    )
    page = read(who)

    assert "United Nations World Health Organization (WHO)" in page
    assert "Country Switzerland" in page
    assert "Presented together The meeting" in page
    assert "Funder The programme" in page


def test_partners_stand_under_their_kind(read):
    government = PartnerFactory(name="Slovakia's", kind=Partner.Kind.GOVERNMENT)
    for partner in (government, PartnerFactory(name="WHO", kind=Partner.Kind.UN)):
        EngagementPartnerFactory(engagement__published=True, partner=partner)

    assert "United Nations WHO Government Slovakia&#x27;s" in read(
        "/our-work/partnerships/partners/"
    )


def test_goal_shows_its_parts_what_names_it_and_what_is_for_all(read):
    goal = GoalFactory(code="10", name="Reduced inequalities")
    target = GoalFactory(code="10.7", framework=Goal.Framework.SDG_TARGET, parent=goal)
    GoalFactory(code="10.9", framework=Goal.Framework.SDG_TARGET, parent=goal)
    ProgrammeFactory(title="For the goal", published=True).goals.add(goal)
    ProgrammeFactory(title="For the target", published=True).goals.add(target)
    both = ProgrammeFactory(title="For all and this", all_goals=True, published=True)
    both.goals.add(goal)
    ProgrammeFactory(title="For all", all_goals=True, published=True)

    assert headings(read(goal, raw=True)) == [
        "Reduced inequalities",
        "Targets and indicators that the work names",
        "Target 10.7",
        "For the target",
        "Programmes",
        "For all and this",
        "For the goal",
        "Programmes that contribute to all goals",
        "For all",
    ]
    assert headings(read(target, raw=True)) == ["Target 10.7", "Programmes", "For the target"]


def test_agenda_shows_the_goals_and_what_the_work_names(read):
    for code in ("2", "10", "1"):
        GoalFactory(code=code, name=f"Name {code}")
    objective = GoalFactory(code="15", name="Basic services", framework=Goal.Framework.GCM)
    ProgrammeFactory(title="Services", published=True).goals.add(objective)
    ProgrammeFactory(title="For all", all_goals=True, published=True)
    ProgrammeFactory(title="For none", published=True)
    page = read("/2030-agenda/")

    assert "1 Name 1 2 Name 2 10 Name 10" in page
    assert "GCM objective 15 Basic services" in page
    assert "Programmes that work towards them" in page
    assert "For all" in page
    assert "For none" not in page


def test_our_work_leads_on(read):
    country = CountryFactory(published=True)
    ProgrammeFactory(title="A tool", kind=Programme.Kind.TOOL, published=True)
    ProgrammeFactory(title="In a country", country=country, published=True)
    EngagementFactory(title="A meeting", published=True)
    found = headings(read("/our-work/", raw=True))

    assert found == [
        "Our work",
        "Partnerships",
        "What we do",
        "Programmes",
        "In a country",
        "A tool",
        "Engagements and partnerships",
        "A meeting",
    ]


# Addresses without a page.

DETAILS = {
    "region": (RegionFactory, "/where-we-work/regions/"),
    "country": (CountryFactory, "/where-we-work/countries/"),
    "programme": (ProgrammeFactory, "/our-work/programmes/"),
    "engagement": (EngagementFactory, "/our-work/partnerships/"),
    "outcome": (OutcomeDocumentFactory, "/our-work/partnerships/outcomes/"),
}
REFERENCE = {
    "topic": (TopicFactory, "/our-work/topics/"),
    "partner": (PartnerFactory, "/our-work/partnerships/partners/"),
    "goal": (lambda slug: GoalFactory(slug=slug, framework="gcm"), "/2030-agenda/goals/"),
}


@pytest.mark.parametrize(("factory", "address"), DETAILS.values(), ids=DETAILS)
@pytest.mark.parametrize(
    ("state", "status"),
    [("published", 200), ("draft", 404), ("scheduled", 404), ("withdrawn", 410), ("expired", 410)],
)
def test_page_answers_as_its_state_demands(client, factory, address, state, status):
    factory(slug="a-page", **{state: True})
    answer = client.get(f"{address}a-page/")

    assert answer.status_code == status
    assert '<nav aria-label="Main">' in answer.content.decode()


@pytest.mark.parametrize(
    "address", [address for _factory, address in [*DETAILS.values(), *REFERENCE.values()]]
)
@pytest.mark.parametrize("slug", ["unknown", "a" * 5000, "-", "a%00b", "%FF", "..%2f", "é"])
def test_unknown_slug_is_not_found(client, address, slug):
    answer = client.get(f"{address}{slug}/")

    assert answer.status_code == 404


@pytest.mark.parametrize(("factory", "address"), REFERENCE.values(), ids=REFERENCE)
def test_reference_that_nothing_public_uses_has_no_page(client, factory, address):
    factory(slug="a-row")

    assert client.get(f"{address}a-row/").status_code == 404


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("where-we-work", "/where-we-work/"),
        ("our-work", "/our-work/"),
        ("what-we-do", "/our-work/what-we-do/"),
        ("partnerships", "/our-work/partnerships/"),
        ("2030-agenda", "/2030-agenda/"),
    ],
)
def test_section_is_gone_with_its_menu_page(client, slug, address):
    page = Page.objects.get(slug=slug)
    actions.withdraw(page, by=UserFactory(), kind="gone", note="Closed.")

    assert client.get(address).status_code == 410
