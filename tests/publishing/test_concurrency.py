"""Many people at once: nothing is lost, nothing is public twice, nobody is told of a deadlock."""

import datetime
import random
import threading
import time
from collections import Counter

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from iomsite.publishing import actions, audit, editions, timetable
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import AuditEntry, PublishingSet
from programmes.models import Objective, Programme
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import TopicFactory
from tests.submission import change_of, confirmation, fields_of, say, verb_of

HOUR = datetime.timedelta(hours=1)
LIST = "/admin/programmes/programme/"
YES = {"post": "yes"}
# SQLite has no queue: of sixteen who never pause, one would wait for longer than it allows.
PEOPLE, POSTS_OF_EACH = (16, 13) if connection.vendor == "postgresql" else (4, 52)

pytestmark = pytest.mark.django_db(transaction=True)


def run(workers, work):
    """Run `work(number)` in threads with connections of their own; return what went wrong."""
    faults, gate = [], threading.Barrier(workers)

    def one(number):
        try:
            gate.wait()
            work(number)
        except Exception as fault:  # whatever it is, the test has to see it
            faults.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


@pytest.fixture(autouse=True)
def _deaf(monkeypatch):
    """Clients listen to every template of the process: in threads they would hear each other's."""
    monkeypatch.setattr(template_rendered, "send", lambda **_what: [])


def browser(name):
    """Somebody signed in who may do everything."""
    client = Client()
    person = get_user_model().objects.create_user(name, is_staff=True, is_superuser=True)
    client.force_login(person)
    return client


def written_in(page):
    """The row to write in: the working copy where there is one."""
    return editions.working_copy(page) or Programme.objects.get(pk=page.pk)


def assert_shows_both(answer, words):
    """The screen of a conflict: what was saved meanwhile beside these words."""
    context = answer.context_data
    assert context["adminform"].form.is_outdated, context["errors"]
    shown = {change.label: change for change in context["conflict"].changes}
    for label in ("Context", "Objectives"):
        assert words in shown[label].after
        assert shown[label].before
        assert words not in shown[label].before
    fields = fields_of(answer)
    assert fields["body"] == fields["objective_set-0-text"] == words


class Colleague:
    """Writes in one browser and publishes in another, for nobody publishes their own words.

    `posts` counts what was sent, `came_of` what came of it; `saved` has the words of each save.
    """

    def __init__(self, number, pages, together):
        self.writer, self.reviewer = browser(f"writer{number}"), browser(f"reviewer{number}")
        self.number, self.pages, self.together = number, pages, together
        self.dice = random.Random(number)
        self.open = {}  # the forms that are being filled in: address and fields by page
        self.posts, self.came_of, self.saved = 0, Counter(), []

    def work(self):
        often = [self.save] * 8 + [self.publish] * 2 + [self.publish_from_list] * 2
        rarely = [self.submit, self.schedule, self.unschedule, self.discard, self.approve_set]
        while self.posts < POSTS_OF_EACH:
            act = self.dice.choice(often + rarely)
            self.came_of[act.__name__, act(self.dice.choice(self.pages))] += 1

    def post(self, client, address, typed=None, expected=(200, 302)):
        self.posts += 1
        answer = client.post(address, typed)
        assert answer.status_code in expected, (address, answer.status_code)
        return answer

    # In the browser of the writer

    def save(self, page, **also):
        """Send what is typed into a form that was opened now, or a while ago."""
        if page.pk not in self.open and not self.opens(page):
            return "read-only"
        address, fields = self.open.pop(page.pk)
        words = f"Words {self.number}-{self.posts}."
        typed = {**fields, "body": words, "objective_set-0-text": words, **also}
        typed["publishing_set"] = self.dice.choice(["", self.together.pk])
        answer = self.post(self.writer, address, typed, expected=(200, 302, 403, 404))
        if answer.status_code == 200:
            assert_shows_both(answer, words)
            self.open[page.pk] = address, fields_of(answer)
            return "conflict"
        if getattr(answer, "url", "") != LIST:
            return "no longer a draft"
        self.saved.append(words)
        return "done"

    def opens(self, page):
        self.post(self.writer, verb_of("edit", page))
        form = self.writer.get(change_of(written_in(page)))
        if form.status_code == 200 and "body" in (fields := fields_of(form)):
            self.open[page.pk] = form.request["PATH_INFO"], fields
        return page.pk in self.open

    def submit(self, page):
        return self.save(page, _submit="1")

    def choose(self, client, action, pages):
        """Choose rows of the list, read the page that asks about them, and press its button."""
        rows = {"action": action, "_selected_action": [page.pk for page in pages]}
        asked = self.post(client, LIST, rows, expected=(200,))
        typed = {**confirmation(asked), "importance": "minor"}
        return self.post(client, LIST, typed).status_code

    # In the browser of the reviewer, after somebody has handed in what there is

    def say(self, name, page, **fields):
        self.choose(self.writer, "submit_selected", [page])
        self.posts += 1
        answer = say(self.reviewer, name, written_in(page), **fields)
        assert answer.status_code in (200, 302, 404)
        return answer.status_code

    def publish(self, page):
        return self.say("publish", page, importance="minor")

    def publish_from_list(self, page):
        self.choose(self.writer, "submit_selected", [page])
        return self.choose(self.reviewer, "publish_selected", [page])

    def schedule(self, page):
        at = timezone.localtime() + HOUR
        return self.say("publish", page, importance="minor", at_0=at.date(), at_1=f"{at:%H:%M}")

    def unschedule(self, page):
        self.schedule(page)
        return self.say("unschedule", page)

    def discard(self, page):
        return self.say("discard", page)

    def approve_set(self, _page):
        self.choose(self.writer, "submit_selected", self.pages)
        address = reverse("admin:publishing_publishingset_publish", args=[self.together.pk])
        asked = self.reviewer.get(address).context_data
        minor = {f"{member.key}-importance": "minor" for member, *_rest in asked["members"]}
        return self.post(self.reviewer, address, {"seen": asked["seen"], **minor}).status_code


@pytest.fixture
def live(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    return actions.publish(programme, by=reviewer)


@pytest.fixture
def pages(live, country, writer, reviewer):
    """Three public pages of which each has objectives."""
    others = [
        Programme.objects.create(
            slug=slug, title=slug, kind="country-programme", country=country, body="Old."
        )
        for slug in ("second", "third")
    ]
    for page in others:
        Objective.objects.create(programme=page, order=1, text="Old objective.")
        actions.submit(page, by=writer)
        actions.publish(page, by=reviewer)
    return [live, *others]


def test_two_hundred_saves_publications_and_schedules(pages):
    together = PublishingSet.objects.create(slug="together", title="Together")
    people = [Colleague(number, pages, together) for number in range(PEOPLE)]

    assert run(PEOPLE, lambda number: people[number].work()) == []

    assert sum(one.posts for one in people) >= 200
    came_of = sum((one.came_of for one in people), Counter())
    assert came_of["save", "done"]
    assert came_of["save", "conflict"]
    saved = [words for one in people for words in one.saved]
    _assert_whole(pages, saved)
    later = timezone.now() + 2 * HOUR
    timetable.replace_due(later)
    _assert_whole(pages, saved, later)


def _assert_whole(pages, saved, at=None):
    for label in ("Context", "Objectives"):
        assert sorted(_first_lines_written(label)) == sorted(saved)
    assert list(audit.faults()) == []
    for page in pages:
        assert Programme.objects.published(at).filter(pk=page.pk).count() == 1
        assert Programme.objects.working_copies().filter(edition_of=page).count() <= 1
        published = AuditEntry.objects.filter(
            page_id=page.pk, action=AuditEntry.Action.PUBLISHED
        ).count()
        superseded = Programme.objects.superseded().filter(edition_of=page).count()
        assert superseded == published - 1


def _first_lines_written(label):
    """As the audit trail has them; a part begins with its place."""
    return [
        change["to"].splitlines()[0].removeprefix("1 · ")
        for entry in AuditEntry.objects.filter(action=AuditEntry.Action.EDITED)
        for change in entry.changes
        if change["field"] == label
    ]


def test_of_four_who_save_the_same_form_three_see_both_versions(live):
    people = [Colleague(number, [live], PublishingSet(pk="")) for number in range(4)]
    people[0].opens(live)
    for one in people:
        one.open = dict(people[0].open)
    came_of = []

    assert run(4, lambda number: came_of.append(people[number].save(live))) == []

    assert sorted(came_of) == ["conflict", "conflict", "conflict", "done"]
    saved = [words for one in people for words in one.saved]
    assert _first_lines_written("Objectives") == saved
    assert [written_in(live).body] == saved


def test_of_four_who_publish_the_same_set_one_does(pages, writer):
    together = PublishingSet.objects.create(slug="together", title="Together")
    for page in pages:
        copy = actions.edit(page, by=writer)
        Programme.objects.filter(pk=copy.pk).update(publishing_set=together, body="New.")
    people = [Colleague(number, pages, together) for number in range(4)]
    people[0].choose(people[0].writer, "submit_selected", pages)
    answers = []

    assert run(4, lambda number: answers.append(people[number].approve_set(None))) == []

    assert sorted(answers) == [200, 200, 200, 302]
    assert {page.body for page in Programme.objects.published()} == {"New."}
    assert Programme.objects.superseded().count() == len(pages)


def test_of_many_who_press_edit_all_get_the_same_copy(live, writer):
    copies = []
    assert run(4, lambda number: copies.append(actions.edit(live, by=writer).pk)) == []
    assert len(set(copies)) == 1


def test_reviewer_does_not_publish_what_was_not_read(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    read = Programme.objects.get().version
    Programme.objects.update(version=read + 1, body="Not read.")
    with pytest.raises(actions.Refused, match="changed since you opened it"):
        actions.publish(programme, by=reviewer, seen=read)
    assert not Programme.objects.published().exists()


def test_visitor_reads_on_while_the_database_is_busy(live, client, monkeypatch):
    def busy(at):
        raise OperationalError("database is locked")

    monkeypatch.setattr(
        "iomsite.publishing.middleware.look", lambda at: timetable.Now(None, is_due=True)
    )
    monkeypatch.setattr("iomsite.publishing.middleware.replace_due", busy)
    assert client.get(live.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("way", ["delete", "list"])
def test_topic_that_somebody_begins_to_use_is_not_deleted(way):
    """Whether it is needed is asked when nobody can begin to need it any more."""
    client, topic = browser("jane"), TopicFactory(name="Malaria")
    release, listed = NewsReleaseFactory(published=True), "/admin/programmes/topic/"
    action = {"action": "delete_selected", "_selected_action": topic.pk}
    address, said = (f"{listed}{topic.pk}/delete/", {}) if way == "delete" else (listed, action)
    deleting = threading.Thread(target=run, args=[1, lambda _n: client.post(address, said | YES)])
    with locked_ledger():
        deleting.start()
        time.sleep(1)  # in which it has to ask, if it does not wait
        release.topics.add(topic)
    deleting.join()
    assert release.topics.get() == topic
