"""What it costs to write and to publish: as much for a page of fifty parts as for one of one.

Fifty of each kind of part, and fifty links of each kind. Statements are counted, on both databases
the same.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iomsite.publishing import actions, changes, editions
from iomsite.publishing.ledger import locked_ledger
from iomsite.search.models import Entry
from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import (
    NewsReleaseFactory,
    ReleaseContactFactory,
    ReleasePhotoFactory,
)
from tests.factories.organisation import FigureFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    GoalFactory,
    PartnerFactory,
    ProgrammeFactory,
    TopicFactory,
)
from tests.factories.publishing import SourceFactory
from tests.submission import change_of, fields_of, verb_of

# For each kind of page: to edit it, then in the browser to open the form, to save it, to read what
# is to be published, to publish it, which the index of search has not heard of; at last the verb of
# publishing alone, of a page that it knows.
COSTS = {
    ProgrammeFactory: (28, 17, 24, 24, 42, 30),
    EngagementFactory: (22, 15, 22, 18, 36, 24),
    NewsReleaseFactory: (22, 15, 21, 18, 35, 24),
}
# SQLite keeps the words of an entry in a table of their own.
APART = 1 if connection.vendor == "sqlite" else 0
BATCHES = {ProgrammeFactory: 3 + APART, EngagementFactory: 2, NewsReleaseFactory: 2}
MOST = 30
RELATED = {
    factory._meta.model: factory
    for factory in (
        CountryFactory,
        FigureFactory,
        GoalFactory,
        PartnerFactory,
        PhotoFactory,
        SourceFactory,
        TopicFactory,
    )
}

pytestmark = pytest.mark.django_db


def fill(page, number):
    """Give the page this many parts of each kind, and this many links of each."""
    for belonging in editions.belongings(type(page)):
        [target] = [
            field
            for field in belonging.model._meta.concrete_fields
            if field.is_relation and field is not belonging.owner
        ] or [None]
        rows = RELATED[target.related_model].create_batch(number) if target else [None] * number
        parts = [
            _part(belonging, page, place, {target.name: row} if target else {})
            for place, row in enumerate(rows)
        ]
        # What has no place differs by what it says: there are as many as there are choices.
        belonging.model.objects.bulk_create(parts, ignore_conflicts=True)


def _part(belonging, page, place, target):
    part = belonging.model(**{belonging.owner.name: page}, **target)
    for field in belonging.model._meta.concrete_fields:
        if field.name == "order":
            part.order = place + 1
        elif field.choices:
            setattr(part, field.name, field.choices[place % len(field.choices)][0])
        elif field.name in ("text", "title", "name"):
            setattr(part, field.name, f"Words {place}.")
    return part


class Bill:
    """What each thing done costs, one after the other."""

    def __init__(self):
        self.items = []

    def of(self, act, *args, **kwargs):
        with CaptureQueriesContext(connection) as queries:
            done = act(*args, **kwargs)
        self.items.append(len(queries))
        return done


@pytest.mark.any_database
@pytest.mark.parametrize("factory", COSTS)
def test_fifty_parts_of_each_kind_cost_as_much_as_one(factory, client):
    writer, reviewer = UserFactory.create_batch(2, is_superuser=True)
    bills = {}
    for number in (1, 1, 50):  # the first time, Django also looks up what it then remembers
        page = factory(published=True)
        fill(page, number)
        bills[number] = costs(page, client, writer, reviewer)
    *others, published, verb = COSTS[factory]
    published += APART
    assert bills[1] == (*others, published, verb)
    # What it names comes into the index too, so much of it by a statement.
    assert bills[50] == (*others, published + BATCHES[factory], verb)


@pytest.mark.any_database
def test_a_typical_release_takes_thirty_statements_at_most_for_each_step(client):
    """Of press officers who are no superusers: what they wait for most."""
    writer, reviewer = UserFactory.create_batch(2, role="publisher")
    for _again in range(2):  # the first time, Django also looks up what it then remembers
        page = typical_release(published=True)
        with locked_ledger():
            changes.settle([page, *page.countries.all()])
        steps = costs(page, client, writer, reviewer)
    assert max(steps) <= MOST
    assert NewsRelease.objects.get(pk=page.pk).lead == "New lead."


@pytest.mark.any_database
@pytest.mark.parametrize("with_topics", [False, True], ids=["alone", "topics come with it"])
def test_a_typical_release_takes_thirty_at_most_when_it_comes(client, with_topics):
    """Others are about its topics and countries, and each of the nearest leads on to it now.

    Or it is the first about its topics, so that these come with it.
    """
    writer, reviewer = UserFactory.create_batch(2, role="publisher")
    there, first, new = typical_release(published=True), typical_release(), typical_release()
    with locked_ledger():
        changes.settle([there, *there.countries.all()])
    client.force_login(reviewer)
    for page in (first, new):  # the first time, Django also looks up what it then remembers
        if not with_topics:
            page.topics.set(there.topics.all())
        page.countries.set(there.countries.all())
        actions.submit(page, by=writer)
        page.refresh_from_db()
        bill = Bill()
        sent = {"version": page.version, "importance": "minor"}
        assert bill.of(client.post, verb_of("publish", page), sent).status_code == 302
    assert bill.items == [29 + APART]
    topics = Entry.objects.filter(model="programmes.topic")
    assert topics.count() == (6 if with_topics else 2)
    [entry] = Entry.objects.filter(model="news.newsrelease", row_id=there.pk)
    assert {one.other.row_id for one in entry.related.all()} == {first.pk, new.pk}


def typical_release(**course):
    page = NewsReleaseFactory(**course, lead="An old lead.", body="<p>Text.</p>" * 8)
    ReleasePhotoFactory(release=page, photo__published=True, alt_text="A street.")
    ReleaseContactFactory(release=page)
    page.topics.set(TopicFactory.create_batch(2))
    page.countries.set(CountryFactory.create_batch(2, published=True))
    return page


def costs(page, client, writer, reviewer):
    bill = Bill()
    client.force_login(writer)
    copy = bill.of(actions.edit, page, by=writer)
    form = fields_of(bill.of(client.get, change_of(copy)))
    saved = bill.of(client.post, change_of(copy), {**form, "lead": "New lead."})
    assert saved.status_code == 302
    actions.submit(copy, by=writer)
    copy.refresh_from_db()

    client.force_login(reviewer)
    bill.of(client.get, verb_of("publish", copy))
    sent = {"version": copy.version, "importance": "minor"}
    assert bill.of(client.post, verb_of("publish", copy), sent).status_code == 302
    page.refresh_from_db()
    assert page.lead == "New lead."

    again = actions.edit(page, by=writer)
    actions.submit(again, by=writer)
    bill.of(actions.publish, again, by=reviewer)
    return tuple(bill.items)
