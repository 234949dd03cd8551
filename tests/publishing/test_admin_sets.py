"""Sets of pages in the admin: who is in, what is missing, and all of them at once."""

import datetime
from datetime import UTC

import pytest
import time_machine

from iomsite.publishing import actions, sets
from iomsite.publishing.models import AuditEntry, PublishingSet
from iomsite.publishing.states import State
from news.models import Campaign
from programmes.models import Programme
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.programmes import ProgrammeFactory
from tests.submission import change_of, fields_of, say, submit, verb_of

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def writer():
    return UserFactory(is_superuser=True)


@pytest.fixture
def chosen():
    return PublishingSet.objects.create(slug="day", title="World day")


@pytest.fixture
def change(chosen, writer):
    """A working copy in the set, in review."""
    page = ProgrammeFactory(published=True, lead="Old words.")
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(lead="New words.", publishing_set=chosen)
    actions.submit(copy, by=writer)
    copy.refresh_from_db()
    return copy


@pytest.fixture
def new(chosen):
    return CampaignFactory(in_review=True, publishing_set=chosen)


def publish_of(chosen):
    return f"{change_of(chosen)[: -len('change/')]}publish/"


def members_of(chosen):
    return f"{change_of(chosen)[: -len('change/')]}members/"


def publish(client, chosen, change, importance="minor", note="", **more):
    asked = client.get(publish_of(chosen))
    prefix = f"programmes.programme:{change.pk}"
    said = {f"{prefix}-importance": importance, f"{prefix}-change_note": note}
    return client.post(publish_of(chosen), {"seen": asked.context["seen"], **said, **more})


def obstacles(response):
    return {one.edition: str(one.obstacle) for one in response.context["members"]}


# Who is in


def test_set_shows_its_pages_and_what_is_missing(admin_client, chosen, change, new, admin_user):
    submit(admin_client, new, title="Mine")
    draft = CampaignFactory(publishing_set=chosen)
    response = admin_client.get(change_of(chosen))
    assert obstacles(response) == {
        change: "",
        new: "You wrote this, so somebody else has to publish it.",
        draft: "This is still a draft. Open it and submit it for review.",
    }
    content = response.content.decode()
    assert "The set cannot be published yet" in content
    assert "Publish the set" not in content
    assert "working copy" in content


def test_pages_join_and_leave_by_the_set(admin_client, chosen, new):
    draft, other = CampaignFactory(title="Spring"), ProgrammeFactory(title="Spring works")
    CampaignFactory(title="Spring, long public", published=True)
    CampaignFactory(title="Spring, in the bin", binned=True)

    offered = admin_client.get(members_of(chosen), {"q": "spring"}).context["candidates"]
    admin_client.post(members_of(chosen), {"add": [one.key for one in offered]})

    assert {one.edition for one in offered} == {draft, other}
    assert set(obstacles(admin_client.get(change_of(chosen)))) == {draft, other, new}
    key = f"news.campaign:{new.pk}"
    admin_client.post(members_of(chosen), {"remove": key})
    assert set(obstacles(admin_client.get(change_of(chosen)))) == {draft, other}
    trail = AuditEntry.objects.filter(page_id=new.pk, model="news.campaign").get()
    assert trail.changes == [{"field": "Set of pages", "from": "World day", "to": ""}]


def test_whoever_puts_a_page_into_a_set_has_not_written_it(admin_client, chosen, new):
    other = CampaignFactory(in_review=True)
    admin_client.post(members_of(chosen), {"add": f"news.campaign:{other.pk}"})
    assert set(obstacles(admin_client.get(change_of(chosen))).values()) == {""}


def test_open_form_does_not_take_a_page_out_of_its_set_unseen(admin_client, chosen):
    page = CampaignFactory()
    form = fields_of(admin_client.get(change_of(page)))
    admin_client.post(members_of(chosen), {"add": f"news.campaign:{page.pk}"})

    refused = admin_client.post(change_of(page), {**form, "lead": "New words."})
    admin_client.post(change_of(page), fields_of(refused))

    assert refused.context["conflict"].taken == ["Set of pages"]
    page.refresh_from_db()
    assert (page.lead, page.publishing_set) == ("New words.", chosen)


def test_form_of_a_page_chooses_its_set_and_the_trail_says_so(admin_client, chosen):
    page = CampaignFactory()
    submit(admin_client, page, publishing_set=chosen.pk)
    page.refresh_from_db()
    assert page.publishing_set == chosen
    assert AuditEntry.objects.get().action == AuditEntry.Action.GROUPED
    assert "World day" in admin_client.get(change_of(page)).content.decode()


@pytest.mark.parametrize("key", ["news.campaign:999", "auth.user:1", "x", "news.campaign:x", ":"])
def test_forged_names_move_nothing(admin_client, chosen, key):
    for move in ("add", "remove"):
        assert admin_client.post(members_of(chosen), {move: key}).status_code == 302
    assert sets.members(chosen) == []


def test_page_of_another_set_is_not_taken_out(admin_client, chosen):
    other = PublishingSet.objects.create(slug="other", title="Other")
    page = CampaignFactory(publishing_set=other)
    admin_client.post(members_of(chosen), {"remove": f"news.campaign:{page.pk}"})
    page.refresh_from_db()
    assert page.publishing_set == other


def test_members_are_moved_by_those_who_may_write_in_them(client, chosen, new):
    page = CampaignFactory()
    office = OfficeFactory()
    PublishingSet.objects.update(responsible_office=office)
    client.force_login(UserFactory(role="editor", role__office=office))
    assert client.get(members_of(chosen)).context["candidates"] == []
    keys = {"add": f"news.campaign:{page.pk}", "remove": f"news.campaign:{new.pk}"}
    client.post(members_of(chosen), keys)
    assert sets.members(chosen) == [new]
    client.force_login(UserFactory(role="contributor"))
    assert client.post(members_of(chosen), keys).status_code == 403


# Publishing


def test_set_is_read_and_published_with_a_note_for_each_change(admin_client, chosen, change, new):
    asked = admin_client.get(publish_of(chosen)).content.decode()
    assert "<del>Old</del><ins>New</ins> words." in asked
    silent = publish(admin_client, chosen, change, importance="")
    unsaid = publish(admin_client, chosen, change, importance="major")
    assert "Say whether the change is minor or major." in silent.content.decode()
    assert "A major change needs a note for visitors." in unsaid.content.decode()
    assert not Campaign.objects.published().exists()

    done = publish(admin_client, chosen, change, importance="major", note="Said it anew.")

    assert done.url == change_of(chosen)
    page = Programme.objects.published().get()
    assert (page.lead, page.change_note) == ("New words.", "Said it anew.")
    assert Campaign.objects.published().get() == new
    said = admin_client.get(change_of(chosen))
    assert [str(m) for m in said.context["messages"]] == ["The whole set is published."]
    assert "No page is in this set yet." in said.content.decode()


@time_machine.travel(NOON, tick=False)
def test_set_is_scheduled_for_a_moment_in_a_zone_that_is_shown(admin_client, chosen, change, new):
    assert "in the time zone UTC" in admin_client.get(publish_of(chosen)).content.decode()
    passed = publish(admin_client, chosen, change, at_0="2026-05-31", at_1="08:00")
    assert "This moment has passed." in passed.content.decode()

    publish(admin_client, chosen, change, at_0="2026-06-02", at_1="08:30:15")

    said = admin_client.get(change_of(chosen))
    moment = "2 Jun 2026, 08:30:15 UTC"
    assert [str(m) for m in said.context["messages"]] == [
        f"The whole set is scheduled for {moment}."
    ]
    assert f"All of these are approved and go public on {moment}." in said.content.decode()
    assert "Take out" not in said.content.decode().split("</thead>")[1]
    with time_machine.travel(NOON.replace(day=3)):
        admin_client.get("/")
        assert Programme.objects.published().get().lead == "New words."
        assert Campaign.objects.published().get() == new


@time_machine.travel(NOON, tick=False)
def test_set_that_joins_a_page_is_approved_again(admin_client, chosen, change, new):
    publish(admin_client, chosen, change, at_0="2026-06-02", at_1="08:30:15")
    late = CampaignFactory()
    admin_client.post(members_of(chosen), {"add": f"news.campaign:{late.pk}"})
    assert [one.state for one in sets.members(chosen)] == [
        State.IN_REVIEW,
        State.DRAFT,
        State.IN_REVIEW,
    ]


def test_set_that_a_colleague_changed_meanwhile_is_not_published_unread(
    admin_client, client, chosen, change, new
):
    asked = admin_client.get(publish_of(chosen))
    prefix = f"programmes.programme:{change.pk}"
    client.force_login(UserFactory(is_superuser=True))
    submit(client, change, lead="Unread words.")
    admin_client.force_login(UserFactory(is_superuser=True))

    sent = {"seen": asked.context["seen"], f"{prefix}-importance": "minor"}
    refused = admin_client.post(publish_of(chosen), sent)

    content = refused.content.decode()
    assert "A member of the set has changed since you opened it." in content
    assert "<ins>Unread</ins>" in content
    assert not Campaign.objects.published().exists()
    change.refresh_from_db()
    assert change.change_note == ""
    admin_client.post(publish_of(chosen), {**sent, "seen": refused.context["seen"]})
    assert Programme.objects.published().get().lead == "Unread words."


def test_refused_set_keeps_neither_moment_nor_notes(admin_client, chosen, change, writer):
    draft = CampaignFactory(publishing_set=chosen)
    said = {"at_0": "2999-01-01", "at_1": "08:00"}
    refused = publish(admin_client, chosen, change, importance="major", note="Said.", **said)
    assert f"“{draft}” is not in review yet." in refused.content.decode()
    chosen.refresh_from_db()
    change.refresh_from_db()
    assert (chosen.published_at, change.change_note) == (None, "")


def test_set_is_published_by_those_who_may_publish_every_page_in_it(client, chosen, change, new):
    person, office = UserFactory(role="contributor"), OfficeFactory()
    AssignmentFactory(person=person, office=office)
    new.responsible_office = office
    new.save()
    client.force_login(person)
    assert client.get(publish_of(chosen)).status_code == 403
    obstacle = "You do not have the right to publish this."
    assert obstacles(client.get(change_of(chosen))) == {change: obstacle, new: ""}
    AssignmentFactory(person=person)
    assert client.get(publish_of(chosen)).status_code == 200


def test_set_that_is_not_there_is_not_found(admin_client):
    for page in ("publish", "members"):
        assert admin_client.get(f"/admin/publishing/publishingset/99/{page}/").status_code == 404


def test_member_leads_to_its_set_and_is_not_published_alone(admin_client, chosen, change):
    form = admin_client.get(change_of(change))
    assert f'href="{change_of(chosen)}"' in form.content.decode()
    assert "publish" not in [verb.name for verb in form.context["verbs"]]
    assert say(admin_client, "publish", change, importance="minor").status_code == 302
    assert verb_of("publish", change) not in form.content.decode()
    change.refresh_from_db()
    assert change.state == State.IN_REVIEW
