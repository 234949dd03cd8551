"""Several pages at once: chosen in the list, read on a page, and nothing done unread."""

import pytest

from iomsite.publishing import actions
from iomsite.publishing.models import PublishingSet
from iomsite.publishing.states import State
from news.models import Campaign
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.submission import ask_many, confirmation, list_of, many, submit

pytestmark = pytest.mark.django_db

LIST = "/admin/news/campaign/"


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def left_out(asked):
    """By page, why the page that asks leaves it out."""
    chosen = asked.context_data["chosen"]
    return {one.edition: str(one.obstacle) for one in chosen if one.obstacle}


@pytest.fixture
def writer():
    return UserFactory()


def change_in_review(writer, **words):
    """A public page, and its working copy that waits for a reviewer."""
    page = CampaignFactory(published=True, lead="Old words.")
    copy = actions.edit(page, by=writer)
    Campaign.objects.filter(pk=copy.pk).update(**words)
    actions.submit(copy, by=writer)
    return page


def test_nothing_is_done_before_it_is_read(admin_client):
    draft, public = CampaignFactory(), CampaignFactory(published=True)
    waiting, binned = CampaignFactory(in_review=True), CampaignFactory(binned=True)
    chosen = {"submit": draft, "publish": waiting, "withdraw": public, "bin": draft}
    before = set(Campaign.objects.values_list("pk", "state", "version"))
    for action, page in chosen.items():
        assert str(page) in ask_many(admin_client, f"{action}_selected", page).content.decode()
    ask_many(admin_client, "unbin_selected", binned)
    assert set(Campaign.objects.values_list("pk", "state", "version")) == before


def test_many_are_submitted_and_each_that_lacks_something_says_what(admin_client):
    complete, incomplete = CampaignFactory(), CampaignFactory(kind="")

    asked = ask_many(admin_client, "submit_selected", complete, incomplete)
    done = admin_client.post(LIST, confirmation(asked), follow=True)

    assert left_out(asked) == {incomplete: "Kind: This field cannot be blank."}
    assert messages_of(done) == ["Submitted: 1."]
    assert Campaign.objects.in_review().get() == complete


def test_refusal_of_one_among_many_names_its_fields(admin_client, monkeypatch):
    """What a page lacks may turn up only when the button is pressed."""
    page = CampaignFactory()
    asked = ask_many(admin_client, "submit_selected", page)
    monkeypatch.setattr(actions.editions, "publication_errors", lambda *_: {"kind": ["Missing."]})
    done = admin_client.post(LIST, confirmation(asked), follow=True)
    assert messages_of(done) == [
        f"“{page}” was skipped: Some things are missing before this can be published. "
        "Kind: Missing."
    ]


def test_many_are_published_by_a_second_person_only(admin_client, admin_user):
    mine, draft = CampaignFactory(), CampaignFactory()
    submit(admin_client, mine, title="Mine")
    actions.submit(mine, by=admin_user)
    others = CampaignFactory(in_review=True)
    mine.refresh_from_db()

    asked = ask_many(admin_client, "publish_selected", mine, draft, others)
    done = admin_client.post(LIST, confirmation(asked), follow=True)

    assert left_out(asked) == {
        mine: "You wrote this, so somebody else has to publish it.",
        draft: "This is not in review.",
    }
    assert messages_of(done) == ["Published: 1."]
    assert list(Campaign.objects.published()) == [others]


def test_changes_of_many_pages_are_read_and_are_minor_or_major(admin_client, writer):
    pages = [change_in_review(writer, lead="New words.") for _ in range(2)]
    new = CampaignFactory(in_review=True)

    asked = ask_many(admin_client, "publish_selected", *pages, new)
    silent = admin_client.post(LIST, confirmation(asked))
    unsaid = admin_client.post(LIST, {**confirmation(asked), "importance": "major"})

    assert asked.content.decode().count("<del>Old</del><ins>New</ins> words.") == 2
    assert silent.context_data["form"].errors == {
        "importance": ["Say whether the change is minor or major."]
    }
    assert list(unsaid.context_data["form"].errors) == ["change_note"]
    assert Campaign.objects.in_review().count() == 3

    note = {"importance": "major", "change_note": "Said it anew."}
    admin_client.post(LIST, {**confirmation(asked), **note})
    said = Campaign.objects.published().order_by("pk").values_list("lead", "change_note")
    assert list(said) == [("New words.", "Said it anew.")] * 2 + [(new.lead, "")]


def test_new_pages_ask_for_no_change_note(admin_client):
    page = CampaignFactory(in_review=True)
    many(admin_client, "publish_selected", page)
    assert Campaign.objects.published().get() == page


def test_what_a_colleague_changed_meanwhile_is_not_published_unread(admin_client, client, writer):
    page = change_in_review(writer, lead="New words.")
    asked = ask_many(admin_client, "publish_selected", page)
    client.force_login(UserFactory(is_superuser=True))
    submit(client, Campaign.objects.in_review().get(), lead="Unread words.")
    admin_client.force_login(UserFactory(is_superuser=True))

    sent = {**confirmation(asked), "importance": "minor"}
    again = admin_client.post(LIST, sent)

    assert "One of these has changed since you opened the list." in again.content.decode()
    assert "<ins>Unread</ins>" in again.content.decode()
    assert Campaign.objects.published().get().lead == "Old words."
    admin_client.post(LIST, {**confirmation(again), "importance": "minor"})
    assert Campaign.objects.published().get().lead == "Unread words."


@pytest.mark.parametrize("action", ["submit_selected", "withdraw_selected", "bin_selected"])
def test_many_are_read_again_when_one_of_them_has_changed(admin_client, action):
    public = action == "withdraw_selected"
    page = CampaignFactory(published=True) if public else CampaignFactory()
    asked = ask_many(admin_client, action, page)
    Campaign.objects.update(version=7)
    sent = {**confirmation(asked), "kind": "gone", "note": "Over."}
    again = admin_client.post(LIST, sent)
    assert "has changed since you opened the list" in again.content.decode()
    page.refresh_from_db()
    assert page.is_public() == public
    assert page.state in (State.PUBLISHED, State.DRAFT)


def test_no_more_are_published_at_once_than_somebody_reads(admin_client):
    pages = CampaignFactory.create_batch(21, in_review=True)
    few = ask_many(admin_client, "publish_selected", *pages[1:], CampaignFactory())
    assert few.context_data["count"] == 20
    answer = ask_many(admin_client, "publish_selected", *pages)
    assert answer.status_code == 302
    assert messages_of(admin_client.get(LIST)) == ["Choose at most 20 at a time."]
    assert not Campaign.objects.published().exists()


def test_member_of_a_set_is_left_to_its_set(admin_client):
    chosen = PublishingSet.objects.create(slug="day", title="Day")
    page = CampaignFactory(in_review=True, publishing_set=chosen)
    asked = ask_many(admin_client, "publish_selected", page)
    assert left_out(asked) == {page: "This belongs to the set “Day”. Publish the set."}


# Withdraw


def test_many_are_withdrawn_with_one_reason(admin_client):
    campaigns = [*CampaignFactory.create_batch(2, published=True), CampaignFactory(expired=True)]
    asked = ask_many(admin_client, "withdraw_selected", *campaigns)
    refused = admin_client.post(LIST, {**confirmation(asked), "kind": "gone", "note": " "})
    sent = {**confirmation(asked), "kind": "gone", "note": "It is over."}
    done = admin_client.post(LIST, sent, follow=True)

    assert left_out(asked) == {campaigns[2]: "Only a page that is public can be withdrawn."}
    assert refused.context_data["form"].errors == {"note": ["This field is required."]}
    assert messages_of(done) == ["Withdrawn: 2."]
    notes = Campaign.objects.gone().filter(state=State.WITHDRAWN)
    assert list(notes.values_list("withdrawal_note", flat=True)) == ["It is over."] * 2


# The bin


def test_many_go_to_the_bin_and_back_but_not_what_the_public_has_seen(admin_client):
    draft, public = CampaignFactory(), CampaignFactory(published=True)
    asked = ask_many(admin_client, "bin_selected", draft, public)
    assert left_out(asked) == {public: "The public has seen this page: withdraw it instead."}
    admin_client.post(LIST, confirmation(asked))
    assert list(Campaign.objects.binned()) == [draft]

    chosen = {"action": "unbin_selected", "_selected_action": [draft.pk]}
    asked = admin_client.post(f"{LIST}?status=binned", chosen)
    admin_client.post(f"{LIST}?status=binned", confirmation(asked))
    assert list(Campaign.objects.drafts()) == [draft]


def test_bin_is_a_link_away_and_has_its_own_actions(admin_client):
    CampaignFactory()
    page = admin_client.get(LIST)
    binned = admin_client.get(f"{LIST}?status=binned")
    assert 'href="?status=binned">Bin</a>' in page.content.decode()
    assert binned.context["title"] == "Campaigns in the bin"
    for response, offered in ((page, False), (binned, True)):
        content = response.content.decode()
        assert ("unbin_selected" in content, "publish_selected" in content) == (
            offered,
            not offered,
        )
        assert "delete_selected" not in content


# Rights


@pytest.mark.parametrize(
    "action", ["publish_selected", "withdraw_selected", "bin_selected", "submit_selected"]
)
def test_bulk_actions_ask_for_their_right(client, admin_client, action):
    trait = {"publish_selected": "in_review", "withdraw_selected": "published"}
    page = CampaignFactory(**{trait.get(action, "draft"): True})
    asked = ask_many(admin_client, action, page)
    assert asked.context_data["count"] == 1
    client.force_login(UserFactory(role="administrator"))

    sent = {**confirmation(asked), "kind": "gone", "note": "Over.", "importance": "minor"}
    answer = client.post(LIST, sent, follow=True)

    assert action not in answer.content.decode()
    before = page.state
    page.refresh_from_db()
    assert page.state == before


def test_bulk_actions_ask_for_the_right_over_each_page(client, monkeypatch):
    """Rights may differ from page to page: the admin of the page is asked about each."""
    from django.contrib import admin

    one, other = CampaignFactory.create_batch(2, in_review=True)
    page_admin = admin.site.get_model_admin(Campaign)
    everywhere = page_admin.has_right
    monkeypatch.setattr(
        page_admin,
        "has_right",
        lambda request, action, row=None: everywhere(request, action, row) and row != other,
    )
    client.force_login(UserFactory(is_superuser=True))
    asked = ask_many(client, "publish_selected", one, other)
    assert left_out(asked) == {other: "You do not have the right to do this."}
    client.post(LIST, confirmation(asked))
    assert list(Campaign.objects.published()) == [one]


def test_bulk_actions_reach_no_other_edition(admin_client, writer):
    page = CampaignFactory(published=True)
    copy = actions.edit(page, by=writer)
    many(admin_client, "submit_selected", copy)
    copy.refresh_from_db()
    assert copy.state == State.DRAFT
    assert list_of(copy) == LIST
