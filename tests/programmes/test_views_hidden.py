"""No page of the work tells of what is not public: not by a link, a name, a count or a choice.

Everything public here is tied, in every way the tables allow, to things that are all named
"Unseen". The same ties are then made public, to show that each page would have told.
"""

import pytest

from iomsite.organisation.models import Page
from programmes.models import EngagementRole
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    EngagementPartnerFactory,
    EngagementPhotoFactory,
    EngagementRoleFactory,
    GoalFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    RegionalOfficeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import HIDDEN_STATES

ADDRESSES = [
    "/where-we-work/",
    "/where-we-work/regions/seen/",
    "/where-we-work/countries/seen/",
    "/our-work/",
    "/our-work/what-we-do/",
    "/our-work/programmes/seen/",
    "/our-work/programmes/seen-too/",
    "/our-work/partnerships/",
    "/our-work/partnerships/seen/",
    "/our-work/partnerships/outcomes/seen/",
    "/our-work/partnerships/partners/",
    "/our-work/partnerships/partners/seen/",
    "/our-work/topics/",
    "/our-work/topics/seen/",
    "/2030-agenda/",
    "/2030-agenda/goals/sdg-seen/",
    "/2030-agenda/goals/target-seen/",
]


class World:
    """One public thing of each kind, and its hidden relatives in the state asked for."""

    def __init__(self, state):
        self.unseen = {state: True}
        self.make_places()
        self.make_subjects()
        self.make_work()
        self.tie_work()
        self.make_news()

    def both(self, factory, name="name", **fields):
        """A public row and a hidden one."""
        seen = factory(slug="seen", **{name: "Seen"}, published=True, **fields)
        unseen = factory(slug="unseen", **{name: "Unseen"}, **self.unseen, **fields)
        return seen, unseen

    def make_places(self):
        self.region, self.unseen_region = self.both(RegionFactory)
        self.country, self.unseen_country = self.both(CountryFactory)
        for country in (self.country, self.unseen_country):
            country.region = self.region
            country.save()
        CountryFactory(slug="adrift", region=self.unseen_region, published=True)
        RegionalOfficeFactory(region=self.region, country=self.unseen_country)
        RegionalOfficeFactory(region=self.unseen_region, country=self.country, city="Unseen")

    def make_subjects(self):
        """Rows without a state: seen where something public uses them."""
        self.topic, self.unseen_topic = [
            TopicFactory(slug=name.lower(), name=name) for name in ("Seen", "Unseen")
        ]
        self.partner = PartnerFactory(slug="seen", name="Seen", country=self.unseen_country)
        self.unseen_partner = PartnerFactory(slug="unseen", name="Unseen", country=self.country)
        self.goal = GoalFactory(slug="sdg-seen", code="3")
        self.target, self.unseen_target = [
            GoalFactory(
                slug=f"target-{name.lower()}",
                code=code,
                name=name,
                framework="sdg-target",
                parent=self.goal,
            )
            for name, code in (("Seen", "3.8"), ("Unseen", "3.9"))
        ]

    def make_work(self):
        self.programme, self.unseen_programme = self.both(
            ProgrammeFactory, "title", country=self.country
        )
        self.initiative = ProgrammeFactory(
            slug="seen-too", title="Seen too", published=True, parent=self.unseen_programme
        )
        self.of_unseen_country = ProgrammeFactory(
            slug="seen-three", title="Seen", published=True, country=self.unseen_country
        )
        self.engagement, self.unseen_engagement = self.both(
            EngagementFactory, "title", date="2018", country=self.unseen_country
        )
        OutcomeDocumentFactory(
            slug="seen", title="Seen", published=True, engagement=self.unseen_engagement
        )
        OutcomeDocumentFactory(
            slug="unseen", title="Unseen", engagement=self.engagement, **self.unseen
        )

    def tie_work(self):
        self.initiative.countries.add(self.unseen_country)
        self.unseen_programme.parent = self.programme
        self.unseen_programme.all_goals = True
        self.unseen_programme.save()
        self.engagement.region, self.engagement.parent = self.unseen_region, self.unseen_engagement
        self.engagement.countries.add(self.unseen_country, self.country)
        self.engagement.save()
        self.unseen_engagement.region, self.unseen_engagement.parent = self.region, self.engagement
        self.unseen_engagement.countries.add(self.country)
        self.unseen_engagement.save()
        EngagementPhotoFactory(
            engagement=self.engagement, photo=PhotoFactory(caption="Unseen", **self.unseen)
        )
        EngagementRoleFactory(engagement=self.unseen_engagement, role=EngagementRole.Role.MEMBER)
        figure = FigureFactory(label="Unseen", **self.unseen)
        self.programme.figures.add(figure)
        for page in Page.objects.all():
            page.figures.add(figure)
        for programme in (self.programme, self.unseen_programme):
            programme.topics.add(self.topic)
            programme.goals.add(self.target, self.goal)
            ProgrammePartnerFactory(programme=programme, partner=self.partner)
        for engagement in (self.engagement, self.unseen_engagement):
            engagement.topics.add(self.topic)
            EngagementPartnerFactory(engagement=engagement, partner=self.partner)
        self.unseen_programme.topics.add(self.unseen_topic)
        self.unseen_programme.goals.add(self.unseen_target)
        EngagementPartnerFactory(engagement=self.unseen_engagement, partner=self.unseen_partner)

    def make_news(self):
        for factory in (NewsReleaseFactory, CampaignFactory, PublicationFactory):
            page = factory(slug="unseen", title="Unseen", **self.unseen)
            page.topics.add(self.topic, self.unseen_topic)
            page.partners.add(self.partner, self.unseen_partner)
            page.countries.add(self.country)


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_no_page_tells_of_what_is_hidden(client, state):
    World(state)
    for page in Page.objects.filter(parent=None):
        PageFactory(title="Unseen", parent=page, **{state: True})

    for address in ADDRESSES:
        page = client.get(address)
        text = page.content.decode().lower()
        assert page.status_code == 200, address
        assert "seen" in text.replace("unseen", ""), address
        assert "unseen" not in text, (address, text[text.index("unseen") - 300 :][:400])


@pytest.mark.usefixtures("menu")
def test_every_page_would_tell_if_it_were_public(client):
    World("published")

    for address in ADDRESSES:
        assert "unseen" in client.get(address).content.decode().lower(), address


@pytest.mark.any_database
@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_choice_is_answered_like_one_that_never_was(client, state):
    World(state)

    for address, names in (
        ("/our-work/what-we-do/", ["country", "region", "topic"]),
        ("/our-work/partnerships/", ["region", "country", "partner", "topic"]),
    ):
        for name in names:
            hidden = client.get(f"{address}?{name}=unseen").content.decode()
            unknown = client.get(f"{address}?{name}=nobody").content.decode()
            assert hidden.replace("unseen", "nobody") == unknown


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_addresses_of_what_only_hidden_pages_use_are_not_found(client, state):
    World(state)

    for address in (
        "/our-work/topics/unseen/",
        "/our-work/partnerships/partners/unseen/",
        "/2030-agenda/goals/target-unseen/",
    ):
        assert client.get(address).status_code == 404, address
