"""What others need, and what the public has seen, is not deleted."""

import pytest

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
from tests.submission import change_of, delete_of

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
    link = ReleasePhotoFactory()
    return link.photo, link.release


def figure_of_a_page():
    figure, user = FigureFactory(), PageFactory()
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
    campaign = CampaignFactory()
    return campaign, NewsReleaseFactory(campaign=campaign)


def whole_of_an_engagement():
    whole = EngagementFactory()
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


def test_draft_is_deleted_with_its_parts_and_links(admin_client):
    draft = ProgrammeFactory()
    ObjectiveFactory(programme=draft)
    draft.topics.add(TopicFactory())
    ProgrammePartnerFactory(programme=draft, partner=PartnerFactory())

    response = admin_client.post(delete_of(draft), {"post": "yes"})

    assert response.status_code == 302
    assert not Programme.objects.exists()
    assert not Objective.objects.exists()
    assert Topic.objects.count() == 1


@pytest.mark.parametrize(
    ("trait", "deleted"),
    [
        ("draft", True),
        ("scheduled", True),
        ("published", False),
        ("expired", False),
        ("withdrawn", False),
    ],
)
def test_what_the_public_has_seen_is_never_deleted(admin_client, trait, deleted):
    one, other = CampaignFactory.create_batch(2, **{trait: True})

    alone = admin_client.post(delete_of(one), {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    admin_client.post("/admin/news/campaign/", data)

    assert Campaign.objects.count() == (0 if deleted else 2)
    if not deleted:
        assert "Withdraw it instead" in alone.content.decode()
