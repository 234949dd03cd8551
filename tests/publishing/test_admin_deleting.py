"""What others need, and what the public has seen, is neither binned nor deleted."""

import pytest

from iomsite.publishing import actions
from iomsite.publishing.models import AuditEntry
from iomsite.publishing.states import State
from news.models import Campaign
from programmes.models import Objective, Programme, Topic
from tests.factories.news import CampaignFactory, NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import (
    EngagementFactory,
    GoalFactory,
    ObjectiveFactory,
    PartnerFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    TopicFactory,
)
from tests.factories.publishing import SourceFactory
from tests.submission import buttons_of, change_of, delete_of, say

pytestmark = pytest.mark.django_db


def topic_of_a_release():
    topic = TopicFactory()
    user = NewsReleaseFactory(published=True)
    user.topics.add(topic)
    return topic, user


def partner_of_a_programme():
    link = ProgrammePartnerFactory()
    return link.partner, link.programme


def photo_of_a_release():
    link = ReleasePhotoFactory(photo__binned=True)
    return link.photo, link.release


def figure_of_a_page():
    figure, user = FigureFactory(binned=True), PageFactory()
    user.figures.add(figure)
    return figure, user


def goal_of_a_programme():
    goal, user = GoalFactory(), ProgrammeFactory()
    user.goals.add(goal)
    return goal, user


def source_of_a_topic():
    source, user = SourceFactory(), TopicFactory()
    user.sources.add(source)
    return source, user


def campaign_of_a_release():
    campaign = CampaignFactory(binned=True)
    return campaign, NewsReleaseFactory(campaign=campaign)


def whole_of_an_engagement():
    whole = EngagementFactory(binned=True)
    return whole, EngagementFactory(parent=whole)


@pytest.mark.parametrize(
    "case",
    [
        topic_of_a_release,
        partner_of_a_programme,
        photo_of_a_release,
        figure_of_a_page,
        goal_of_a_programme,
        source_of_a_topic,
        campaign_of_a_release,
        whole_of_an_engagement,
    ],
)
def test_deleting_what_others_need_is_refused_with_their_names(admin_client, case):
    row, user = case()

    asked = admin_client.get(delete_of(row))
    answer = admin_client.post(delete_of(row), {"post": "yes"})

    assert f'<a href="{change_of(user)}">{user}</a>' in asked.content.decode()
    assert str(user._meta.verbose_name) in asked.content.decode()
    assert answer.status_code == 200
    assert len(answer.context["protected"]) == 1
    assert type(row).objects.filter(pk=row.pk).exists()


def test_deleting_many_is_refused_as_a_whole(admin_client):
    needed, user = topic_of_a_release()
    free = TopicFactory()
    data = {"action": "delete_selected", "_selected_action": [needed.pk, free.pk], "post": "yes"}

    response = admin_client.post("/admin/programmes/topic/", data)

    assert str(user) in response.content.decode()
    assert Topic.objects.count() == 2


def test_deleting_a_whole_names_no_more_than_anybody_reads(admin_client):
    topic = TopicFactory()
    for release in NewsReleaseFactory.create_batch(23):
        release.topics.add(topic)
    refusals = admin_client.get(delete_of(topic)).context["protected"]
    assert len(refusals) == 21
    assert refusals[-1] == "And 3 more."


def test_names_in_refusals_are_escaped(admin_client):
    topic, user = topic_of_a_release()
    type(user).objects.filter(pk=user.pk).update(title="<b>bold</b>")
    content = admin_client.get(delete_of(topic)).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in content
    assert "<b>bold</b>" not in content


def test_page_in_the_bin_is_deleted_for_good_with_its_parts_and_links(admin_client, admin_user):
    page = ProgrammeFactory(binned=True)
    ObjectiveFactory(programme=page)
    page.topics.add(TopicFactory())
    ProgrammePartnerFactory(programme=page, partner=PartnerFactory())

    response = admin_client.post(delete_of(page), {"post": "yes"})

    assert response.status_code == 302
    assert not Programme.objects.exists()
    assert not Objective.objects.exists()
    assert Topic.objects.count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.page_id, entry.actor_id) == ("deleted", page.pk, admin_user.pk)


@pytest.mark.parametrize(
    "trait", ["draft", "in_review", "scheduled", "published", "expired", "withdrawn"]
)
def test_only_what_is_in_the_bin_is_deleted(admin_client, trait):
    one, other = CampaignFactory.create_batch(2, **{trait: True})

    alone = admin_client.post(delete_of(one), {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    admin_client.post("/admin/news/campaign/", data)

    assert alone.status_code == 403
    assert Campaign.objects.count() == 2


def test_editions_are_not_deleted_one_by_one(admin_client, admin_user):
    page = CampaignFactory(published=True)
    copy = actions.edit(page, by=admin_user)
    assert admin_client.post(delete_of(copy), {"post": "yes"}).status_code == 403


def test_bin_and_back(admin_client):
    page = CampaignFactory()

    say(admin_client, "bin", page)
    listed = admin_client.get("/admin/news/campaign/").context["cl"].result_list
    binned = admin_client.get("/admin/news/campaign/", {"status": "binned"}).context["cl"]
    form = admin_client.get(change_of(page))

    assert (list(listed), list(binned.result_list)) == ([], [page])
    assert buttons_of(form) == set()
    assert [verb.name for verb in form.context["verbs"]] == ["unbin"]
    say(admin_client, "unbin", page)
    page.refresh_from_db()
    assert page.state == State.DRAFT


def test_what_a_page_needs_stays_out_of_the_bin(admin_client):
    link = ReleasePhotoFactory()
    response = say(admin_client, "bin", link.photo)
    assert f"“{link.photo}” is needed by news release “{link.release}”." in (
        response.content.decode()
    )
    link.photo.refresh_from_db()
    assert link.photo.state == State.DRAFT

    say(admin_client, "bin", link.release)
    say(admin_client, "bin", link.photo)
    link.photo.refresh_from_db()
    assert link.photo.state == State.BINNED


def test_earlier_edition_that_needs_a_row_is_named_with_its_number(admin_client, admin_user):
    page, topic = CampaignFactory(published=True), TopicFactory()
    page.topics.add(topic)
    copy = actions.edit(page, by=admin_user)
    copy.topics.clear()
    actions.publish(copy, by=admin_user, emergency_reason="Test.")
    content = admin_client.get(delete_of(topic)).content.decode()
    assert f"{page} (edition 1)" in content
