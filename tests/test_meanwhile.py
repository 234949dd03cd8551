"""Whatever comes or goes between two statements of a visit, no page breaks.

A visit is no transaction: each of its statements finds what is there by then. So everything goes,
or comes back, before the first statement of a visit, then of another before the second, and so on.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count

import pytest
from django.db import connection
from django.test import override_settings

from iomsite import listing, remembered
from iomsite.publishing import changes
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import State, Withdrawal
from iomsite.richtext.sanitise import reference
from programmes.models import Goal, Topic
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

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "quagga"
# Of everything public, and of nothing that the site says itself.
WORD = "Unheard-of"
# They go on counting.
LEFT_ALONE = {"publishing_ledger", "publishing_stamp", "django_migrations"}


def fill():
    """Two releases and what they are tied to, each called the same."""
    named = {"published": True, "slug": NAME}
    topic, goal = TopicFactory(name=f"{WORD} {NAME} topic", slug=NAME), GoalFactory(slug=NAME)
    region = RegionFactory(name=f"{WORD} {NAME} region", **named)
    country = CountryFactory(name=f"{WORD} {NAME} land", region=region, **named)
    partner = PartnerFactory(country=country, slug=NAME)
    photo = PhotoFactory(title="", **named)
    figure = FigureFactory(value=17, **named)
    above = {
        "campaign": CampaignFactory(title=f"{WORD} {NAME} campaign", **named),
        "publication": PublicationFactory(title=f"{WORD} {NAME} book", **named),
    }
    programme = ProgrammeFactory(title=f"{WORD} {NAME} programme", country=country, **named)
    engagement = EngagementFactory(title=f"{WORD} {NAME} meeting", country=country, **named)
    OutcomeDocumentFactory(engagement=engagement, title=f"{WORD} {NAME} outcome", **named)
    PageFactory(title=f"{WORD} {NAME} page", **named)
    first = NewsReleaseFactory(title=f"{WORD} {NAME} release", **above, **named)
    body = (
        f'<p>See <a href="{reference("news.newsrelease", first.uid)}">this</a> and'
        f' <data value="organisation.figure/{figure.uid}">1</data>.</p>'
        f'<figure><img src="{reference("images.photo", photo.uid)}" alt="A market"></figure>'
    )
    second = NewsReleaseFactory(title=f"{WORD} {NAME} again", published=True, body=body, **above)
    for release in (first, second):
        ReleaseContactFactory(release=release)
        ReleasePhotoFactory(release=release, photo=photo)
        release.countries.add(country)
        release.partners.add(partner)
    for row in (first, second, above["publication"], programme, engagement):
        row.topics.add(topic)
    for row in (above["publication"], programme):
        row.goals.add(goal)
    changes.settle(None)


def withdraw():
    """Everything; with it go the rows that only pages refer to."""
    for model in publishable_models():
        model.objects.update(
            state=State.WITHDRAWN, withdrawal=Withdrawal.GONE, withdrawal_note="It was wrong."
        )
    changes.settle(None)
    for model in (Topic, Goal):
        model.objects.all().delete()


def read():
    """The rows of all tables, by their keys."""
    names = {*connection.introspection.django_table_names(only_existing=True)} - LEFT_ALONE
    asked = dict.fromkeys(sorted(names), "*")
    if connection.vendor == "sqlite":
        asked["search_index"] = "rowid, *"
    with connection.cursor() as cursor:
        return {
            name: {row[0]: row for row in cursor.execute(f"SELECT {what} FROM {name}").fetchall()}
            for name, what in asked.items()
        }


def replace(before, after):
    """One of what `read` gave by another, as a change of one moment; takes a few milliseconds."""
    with locked_ledger() as ledger, connection.cursor() as cursor:
        for name in before:
            old, new = before[name], after[name]
            gone = [(one,) for one in old if old[one] != new.get(one)]
            # What search has of an entry goes with that.
            if gone and name != "search_index":
                cursor.executemany(f"DELETE FROM {name} WHERE id = %s", gone)
        for name in before:
            old, new = before[name], after[name]
            table = "search_saved" if name == "search_index" else name
            if come := [new[one] for one in new if old.get(one) != new[one]]:
                values = ", ".join(["%s"] * len(come[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({values})", come)
        ledger.generation += 1
        changes.stamp(None, pages=None, generation=ledger.generation)


@pytest.fixture
def worlds():
    """Everything public, and nothing."""
    with locked_ledger():
        fill()
    here = read()
    with locked_ledger():
        withdraw()
    return here, read()


@pytest.fixture
def elsewhere():
    """Calls with another connection, and waits for the end."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda *call: pool.submit(*call).result()
        pool.submit(lambda: connection.close()).result()  # its own, not ours


@contextmanager
def before_statement(number, change):
    seen = []

    def note(execute, sql, *how):
        seen.append(sql)
        if len(seen) == number:
            change()
        return execute(sql, *how)

    with connection.execute_wrapper(note):
        yield seen


def visits(client, address, change):
    """What a visitor reads for whom `change` comes before the first statement, before the second,
    and so on. Nothing is remembered before."""
    for number in count(1):
        remembered.forget()
        listing._kept.clear()
        with before_statement(number, change) as seen:
            answer = client.get(address)
            words = answer.getvalue().decode()
        if number > len(seen):
            return
        assert answer.status_code < 500, (address, seen[number - 1])
        yield words


PAGE = f"/news/2016/{NAME}/"
ADDRESSES = ["/", PAGE, "/news.json", "/sitemap-newsrelease.xml", f"/search/?q={NAME}&year=2016"]
ADDRESSES += [f"/search.{form}?q={NAME}&kind=news" for form in ("json", "csv")]
ADDRESSES += [f"/search/suggest?q={NAME[:4]}"]


@override_settings(PAGE_CACHE_MB=1)  # as in production: what a generation shows is remembered
def test_no_page_breaks(worlds, elsewhere, client):
    here, gone = worlds
    alone = gone | {"news_newsrelease": here["news_newsrelease"]}
    now = gone
    asked = [(address, here, gone) for address in ADDRESSES]
    for address, before, after in [*asked, (PAGE, here, alone), (PAGE, gone, here)]:
        replace(now, before)
        change = partial(elsewhere, replace, before, after)
        for number, words in enumerate(visits(client, address, change)):
            assert (number == 0 and after is gone) <= (WORD not in words), address
            replace(after, before)
        assert number > 1
        now = before
