"""Whatever is published, in whatever order: what is kept is what would be made."""

import datetime
import gzip
import os
import random

import brotli
import pytest
import time_machine
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from iomsite import listing, remembered
from iomsite.pagecache.drawing import draw
from iomsite.publishing import actions, changes
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import State, Withdrawal
from iomsite.richtext.sanitise import reference
from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import (
    CampaignFactory,
    NewsReleaseFactory,
    PublicationFactory,
    ReleaseContactFactory,
    ReleasePhotoFactory,
)
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    GoalFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionFactory,
    TopicFactory,
)

from .visiting import make_cache, visit

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
RELEASES = 4
QUERIES = ("", "?utm_source=a", "?topic=malaria&x=1")
# What lists are asked for, and what they are not; each some of it, in any order, some of it twice.
PARTS = [
    *(
        "topic=malaria",
        "topic=water",
        "topic=nowhere",
        "topic=",
        "year=2016",
        "year=1999",
        "year=x",
    ),
    *(
        "page=1",
        "page=2",
        "page=x",
        "type=statement",
        "utm_source=a",
        "TOPIC=water",
        "%74opic=water",
    ),
]
UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
BROWSER = {"accept": "text/html"}
# What browsers, telephones and programs say of themselves. Pages are in one language, whoever asks.
VISITORS = {
    "accept": ["text/html", "*/*", "application/json", "application/atom+xml"],
    "accept-language": ["en", "fa", "pt-MZ,pt;q=0.9", "ar;q=0.5, *"],
    "accept-encoding": ["", "gzip", "gzip, br", "identity;q=0"],
}


class World:
    """A few pages that hang together; `told` are those of the last change."""

    def __init__(self):
        self.now = timezone.now()
        self.topics = [TopicFactory(name=name, slug=name.lower()) for name in ("Malaria", "Water")]
        self.campaigns = [CampaignFactory(published=True) for _one in range(2)]
        self.publication = PublicationFactory(published=True)
        self.regions = [RegionFactory(published=True) for _one in range(2)]
        self.countries = [CountryFactory(published=True, region=one) for one in self.regions]
        self.country = self.countries[0]
        self.partners = [PartnerFactory(country=one) for one in self.countries]
        self.goals = [GoalFactory() for _one in range(2)]
        self.programme = ProgrammeFactory(published=True, country=self.country)
        self.programme.topics.set(self.topics)
        self.engagement = EngagementFactory(published=True, country=self.country)
        self.engagement.topics.set(self.topics)
        self.outcome = OutcomeDocumentFactory(published=True, engagement=self.engagement)
        self.page = PageFactory(published=True)
        self.photo = PhotoFactory(published=True)
        self.figure = FigureFactory(published=True, value=17)
        self.releases = [self.release(number) for number in range(RELEASES)]
        self.session = session_of(UserFactory(is_superuser=True, is_staff=True))
        self.tell(None)

    def release(self, number):
        row = NewsReleaseFactory(
            published=True,
            released_on=datetime.date(2016, 4, 1 + number),
            campaign=self.campaigns[number % 2],
            publication=self.publication if number == 0 else None,
        )
        row.topics.add(self.topics[number % 2])
        row.countries.add(self.country)
        ReleaseContactFactory(release=row)
        ReleasePhotoFactory(release=row, photo=self.photo)
        return row

    def tell(self, rows):
        with locked_ledger():
            changes.settle(rows)

    def addresses(self, query):
        rows = [*self.releases, self.campaigns[0], self.publication, self.country, self.programme]
        rows += [self.engagement, self.outcome, self.page, self.campaigns[1], self.countries[1]]
        rows += [*self.regions, *self.partners, *self.goals]
        pages = [row.get_absolute_url() for row in rows]
        data = [f"{page.rstrip('/')}.json" for page in pages[:2]]
        data += [topic.get_absolute_url() for topic in self.topics]
        data += [f"/news.json?topic={topic.slug}" for topic in self.topics]
        return [*pages, *data, "/", *(f"/news/{one}" for one in (*QUERIES, query))]

    def change(self, row, **fields):
        type(row).objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
        self.tell([row])

    def rename(self, number):
        row = self.releases[number]
        self.change(row, title=f"{row.title} {number}")

    def retag(self, number):
        row = self.releases[number]
        row.topics.set([self.topics[(number + 1) % 2]])
        self.tell([row])

    def move(self, number):
        row = self.releases[number]
        self.change(row, campaign=self.campaigns[(number + 1) % 2])

    def refer(self, number):
        other = self.releases[(number + 1) % RELEASES]
        address = reference("news.newsrelease", other.uid)
        words = f'<p>See <a href="{address}">this</a>.</p>'
        self.change(self.releases[number], body=words)

    def refer_elsewhere(self, number):
        row = (self.figure, self.programme, self.country, self.photo)[number]
        self.change(self.releases[number], body=self.named(row))

    @staticmethod
    def named(row):
        key = f"{row._meta.label_lower}/{row.uid}"
        if row._meta.model_name == "figure":
            return f'<p>With <data value="{key}">3</data>.</p>'
        if row._meta.model_name == "photo":
            return f'<figure><img src="page:{key}" alt="A market"></figure>'
        return f'<p>See <a href="page:{key}">this</a>.</p>'

    def change_figure(self, number):
        self.change(self.figure, value=number + 1)

    def hide_programme(self, number):
        state = State.DRAFT if number % 2 else State.PUBLISHED
        self.change(self.programme, state=state)

    def withdraw(self, number):
        row = NewsRelease.objects.get(pk=self.releases[number].pk)
        if row.state == State.PUBLISHED:
            person = UserFactory(is_superuser=True)
            actions.withdraw(row, by=person, kind=Withdrawal.GONE, note="Wrong.")

    def end(self, number):
        self.change(self.releases[number], expires_at=self.now + datetime.timedelta(hours=number))

    def move_country(self, number):
        row = self.releases[number]
        row.countries.set([self.countries[(number + 1) % 2]])
        self.tell([row])

    def name_partner(self, number):
        row = self.releases[number]
        row.partners.set([self.partners[number % 2]] if number else [])
        self.tell([row])

    def name_goal(self, number):
        self.publication.goals.set([self.goals[number % 2]])
        self.tell([self.publication])

    def publish_with(self, number):
        """In another publication, or none."""
        self.change(self.releases[number], publication=None if number % 2 else self.publication)

    def rename_campaign(self, number):
        self.change(self.campaigns[number % 2], title=f"Campaign {number}")

    def move_campaign(self, number):
        self.change(self.campaigns[number % 2], slug=f"campaign-{number}")

    def hide_publication(self, number):
        state = State.DRAFT if number % 2 else State.PUBLISHED
        self.change(self.publication, state=state)

    def rename_topic(self, number):
        self.change(self.topics[number % 2], name=f"Topic {number}")

    def rename_contact(self, number):
        row = self.releases[number]
        row.contacts.update(name=f"Somebody {number} of {row.title}")
        self.tell([row])

    def credit(self, number):
        self.change(self.photo, credit_person=f"Photographer {number}")

    def rename_programme(self, number):
        self.change(self.programme, title=f"Work {number}")

    def rename_engagement(self, number):
        self.change(self.engagement, title=f"Meeting {number}")

    def refer_from_page(self, number):
        address = reference("news.newsrelease", self.releases[number].uid)
        self.change(self.page, body=f'<p>See <a href="{address}">this</a>.</p>')

    def wait(self, number):
        """The clock goes on, past what was to end meanwhile."""


OPERATIONS = (
    *("rename", "retag", "move", "refer", "withdraw", "end", "rename_campaign"),
    *("move_campaign", "move_country", "name_partner", "name_goal", "publish_with"),
    *("hide_publication", "rename_topic", "rename_contact", "credit", "rename_programme"),
    *("rename_engagement", "refer_from_page"),
    *("refer_elsewhere", "change_figure", "hide_programme"),
    "wait",
)


# By chance of our own: the one example that there is time for would be hypothesis's simplest.
# TRUTH_SEEDS=3,4,5 tries others; the second once found parameters that were read in two ways.
@pytest.mark.parametrize("seed", os.environ.get("TRUTH_SEEDS", "2").split(","))
def test_what_is_kept_is_what_would_be_made(seed):
    chance = random.Random(int(seed))
    steps = [
        (one, chance.randrange(RELEASES), visitor(chance), query(chance))
        for one in shuffled(chance)
    ]
    with transaction.atomic():
        follow(steps)
        transaction.set_rollback(True)


def shuffled(chance):
    return chance.sample(OPERATIONS, len(OPERATIONS))


def query(chance):
    return f"?{'&'.join(chance.choices(PARTS, k=chance.randint(1, 4)))}"


def visitor(chance):
    return {name: chance.choice(values) for name, values in VISITORS.items()}


def follow(steps):
    world, cache = World(), make_cache()
    remembered.forget()  # of a world with the same generations
    listing._kept.clear()
    hours = 0
    with time_machine.travel(world.now, tick=False) as clock:
        for step, (operation, number, asking, asked_for) in enumerate(steps):
            # The others with the next step.
            asked = [*world.addresses(asked_for)[step % 2 :: 2], "/", f"/news/{asked_for}"]
            for address in asked:
                visit_keeping(cache, address)
            if step % 2:
                draw("testserver", seconds=60)
            if operation == "wait":
                hours += number
                clock.move_to(world.now + datetime.timedelta(hours=hours, seconds=1))
            else:
                getattr(world, operation)(number)
                cache.watch.ask()
            why = (operation, number, asking)
            for address in asked:
                expect_the_truth(cache, address, asking, why)
            for address in ("/news/", world.releases[step % RELEASES].get_absolute_url()):
                for cookie in ("_ga=1", "sessionid=nobody", f"sessionid={world.session}"):
                    expect_an_answer_of_their_own(cache, address, {**asking, "cookie": cookie})


def session_of(person):
    client = Client()
    client.force_login(person)
    return client.session.session_key


def visit_keeping(cache, address, visitor=BROWSER):
    """With counts that are remembered; what is compared with it counts anew."""
    with override_settings(PAGE_CACHE_MB=1):
        return visit(cache, address, **visitor)


def expect_the_truth(cache, address, visitor, why):
    kept = visit_keeping(cache, address, visitor)
    fresh = visit(cache.application, address, **visitor)
    assert said(kept) == said(fresh), (address, why)
    with override_settings(PAGE_CACHE_MB=1):
        drawn = visit(cache.application, address, **visitor)
    assert said(drawn) == said(fresh), (address, why)


def expect_an_answer_of_their_own(cache, address, visitor):
    """Who has a cookie is not given what is kept, and what they are given is kept for nobody."""
    own, fresh = (visit(one, address, **visitor) for one in (cache, cache.application))
    assert (own.how, said(own)) == ("", said(fresh)), (address, visitor)


def said(answer):
    """An address repeats the parameters that it was asked with only where nothing is kept."""
    body = UNPACKED[answer.headers["Content-Encoding"]](answer.body)
    kind = answer.headers["Content-Type"]
    return answer.status, kind, body.replace(b"utm_source=a", b"")
