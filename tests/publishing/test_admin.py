"""The status, the buttons and the bulk actions that every page's administration shares."""

import datetime
from datetime import UTC

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from iomsite.publishing.states import State
from news.models import Campaign
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.publishing import FAR_AHEAD, LONG_AGO
from tests.submission import buttons_of, change_of, delete_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=UTC)
LIST = "/admin/news/campaign/"
EDITOR = ["news.view_campaign", "news.add_campaign", "news.change_campaign", "news.delete_campaign"]


def act(client, action, *pages, **more):
    data = {"action": action, "_selected_action": [page.pk for page in pages], **more}
    return client.post(LIST, data, follow=True)


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def moment(field, value):
    """The two inputs of a moment, empty for None."""
    date, time = (value.strftime("%d/%m/%Y"), value.strftime("%H:%M:%S")) if value else ("", "")
    return {f"{field}_0": date, f"{field}_1": time}


# The status


@pytest.mark.parametrize(
    ("trait", "words"),
    [
        ("draft", "Draft"),
        ("scheduled", "Scheduled"),
        ("published", "Published"),
        ("expired", "Expired"),
        ("withdrawn", "Withdrawn"),
    ],
)
def test_list_says_the_status_and_filters_by_it(admin_client, trait, words):
    others = {"draft", "scheduled", "published", "expired", "withdrawn"} - {trait}
    row = CampaignFactory(**{trait: True})
    for other in others:
        CampaignFactory(**{other: True})

    response = admin_client.get(LIST, {"status": trait})

    assert list(response.context["cl"].result_list) == [row]
    assert f'<span class="status status--{trait}">{words}</span>' in response.content.decode()


def test_list_ignores_a_status_nobody_offers(admin_client):
    CampaignFactory()
    assert len(admin_client.get(LIST, {"status": "x"}).context["cl"].result_list) == 1


def test_list_filters_by_the_years_that_a_date_may_mean(admin_client):
    spring, open_ended, _undated = (
        CampaignFactory(date=date) for date in ("2018-04", "2016/..", None)
    )
    response = admin_client.get(LIST, {"year": "2018"})
    assert set(response.context["cl"].result_list) == {spring, open_ended}
    for rubbish in ("2017", "x", "0000"):
        found = admin_client.get(LIST, {"year": rubbish}).context["cl"].result_list
        assert len(found) == 3


# The buttons


@pytest.mark.parametrize(
    ("trait", "offered"),
    [
        ("draft", {"_publish"}),
        ("scheduled", {"_publish", "_withdraw"}),
        ("published", {"_withdraw"}),
        ("expired", {"_publish"}),
        ("withdrawn", {"_publish"}),
    ],
)
def test_form_offers_what_the_status_allows(admin_client, trait, offered):
    form = admin_client.get(change_of(CampaignFactory(**{trait: True})))
    assert buttons_of(form) & {"_publish", "_withdraw"} == offered


def test_editor_without_the_right_to_publish_has_no_button_and_no_way_around(client):
    client.force_login(UserFactory(permissions=EDITOR))
    page = CampaignFactory()
    form = client.get(change_of(page))

    assert buttons_of(form) == {"_save", "_continue", "_addanother"}
    assert "published_at_0" not in fields_of(form)
    response = submit(client, page, title="Changed", _publish="on")
    assert response.status_code == 403
    page.refresh_from_db()
    assert (page.title, page.state) != ("Changed", State.PUBLISHED)
    assert page.title != "Changed"
    smuggled = {**moment("published_at", LONG_AGO), "state": State.PUBLISHED}
    assert submit(client, page, **smuggled).status_code == 302
    page.refresh_from_db()
    assert (page.state, page.published_at) == (State.DRAFT, None)


@pytest.mark.parametrize("trait", ["published", "scheduled"])
def test_editor_without_the_right_to_publish_reads_what_is_public(client, trait):
    client.force_login(UserFactory(permissions=EDITOR))
    page = CampaignFactory(**{trait: True})

    assert buttons_of(client.get(change_of(page))) == set()
    assert client.post(change_of(page), {"title": "x"}).status_code == 403
    assert client.get(delete_of(page)).status_code == 403
    assert Campaign.objects.filter(title=page.title).exists()


def test_adding_and_publishing_in_one_step(admin_client):
    form = admin_client.get(LIST + "add/")
    data = {**fields_of(form), "kind": "campaign", "title": "New", "slug": "new", "_publish": "on"}

    response = admin_client.post(LIST + "add/", data, follow=True)

    page = Campaign.objects.get(slug="new")
    assert page.is_public()
    assert messages_of(response) == [
        f'“New” is public now: <a href="{page.get_absolute_url()}">view it on the site</a>.'
    ]


@time_machine.travel(NOON, tick=False)
def test_publishing_takes_a_planned_moment_to_come_and_now_otherwise(admin_client):
    planned, plan_passed = CampaignFactory(), CampaignFactory(published_at=LONG_AGO)

    response = submit(admin_client, planned, **moment("published_at", FAR_AHEAD), _publish="on")
    submit(admin_client, plan_passed, _publish="on")

    planned.refresh_from_db()
    plan_passed.refresh_from_db()
    assert (planned.state, planned.published_at) == (State.PUBLISHED, FAR_AHEAD)
    assert plan_passed.published_at == NOON
    assert response.status_code == 302


def test_publishing_a_scheduled_page_without_a_moment_is_now(admin_client):
    page = CampaignFactory(scheduled=True)
    submit(admin_client, page, **moment("published_at", None), _publish="on")
    page.refresh_from_db()
    assert page.is_public()


def test_saving_a_plan_says_that_it_is_still_a_draft(admin_client):
    page = CampaignFactory()
    submit(admin_client, page, **moment("published_at", FAR_AHEAD))
    assert "still a draft" in messages_of(admin_client.get(LIST))[0]
    page.refresh_from_db()
    assert page.state == State.DRAFT


def test_withdrawing_saves_and_takes_off_the_site(admin_client, admin_user):
    page = CampaignFactory(published=True)

    response = submit(admin_client, page, title="Changed", _withdraw="on")

    page.refresh_from_db()
    assert response.status_code == 302
    assert (page.title, page.state, page.updated_by) == ("Changed", State.WITHDRAWN, admin_user)
    assert "Withdrawn." in [
        entry.get_change_message() for entry in LogEntry.objects.filter(object_id=page.pk)
    ]


@pytest.mark.parametrize(
    ("trait", "button", "changes", "field", "words"),
    [
        # What would be gone at once.
        ("draft", "_publish", moment("expires_at", LONG_AGO), "expires_at", "gone as soon as"),
        ("expired", "_publish", {}, "expires_at", "gone as soon as"),
        # Constraints, one of them on a field that is on no form.
        (
            "published",
            "_save",
            moment("expires_at", LONG_AGO - datetime.timedelta(days=1)),
            "expires_at",
            "before it is published",
        ),
        ("published", "_save", moment("published_at", None), "published_at", "press “Withdraw”"),
        ("withdrawn", "_save", moment("published_at", None), "published_at", "press “Withdraw”"),
        # What would not be meant.
        ("draft", "_save", moment("published_at", LONG_AGO), "published_at", "has passed"),
        ("withdrawn", "_save", moment("published_at", FAR_AHEAD), "published_at", "withdrawn"),
        ("published", "_save", moment("published_at", FAR_AHEAD), "published_at", "is public"),
    ],
)
def test_contradiction_is_refused_beside_its_field(
    admin_client, trait, button, changes, field, words
):
    page = CampaignFactory(**{trait: True})
    before = (page.state, page.published_at, page.expires_at)

    response = submit(admin_client, page, **changes, **{button: "on"})

    assert response.status_code == 200
    errors = errors_of(response)
    assert list(errors) == [field]
    assert words in errors[field][0]
    page.refresh_from_db()
    assert (page.state, page.published_at, page.expires_at) == before


def test_slug_is_proposed_once_and_fixed_when_published(admin_client):
    draft, public = CampaignFactory(), CampaignFactory(published=True)

    assert "slug" in fields_of(admin_client.get(change_of(draft)))
    assert "slug" not in fields_of(admin_client.get(change_of(public)))
    submit(admin_client, public, slug="another")

    public.refresh_from_db()
    assert public.slug != "another"
    proposed = admin_client.get(LIST + "add/").context["adminform"].prepopulated_fields
    assert len(proposed) == 1
    assert not admin_client.get(change_of(draft)).context["adminform"].prepopulated_fields


@pytest.mark.parametrize("trait", ["draft", "scheduled", "published", "expired", "withdrawn"])
def test_way_to_the_site_is_shown_for_what_is_public(admin_client, trait):
    page = CampaignFactory(**{trait: True})
    content = admin_client.get(change_of(page)).content.decode()
    assert (f'href="{page.get_absolute_url()}"' in content) == (trait == "published")


# Bulk actions


def test_publishing_many_names_what_was_skipped(admin_client, admin_user):
    draft, planned = CampaignFactory(), CampaignFactory(published_at=FAR_AHEAD)
    public, expired = CampaignFactory(published=True), CampaignFactory(expired=True)

    response = act(admin_client, "publish_selected", draft, planned, public, expired)

    assert sorted(messages_of(response)) == sorted(
        [
            "Published: 2 campaigns.",
            f"“{public}” was skipped: it is public already.",
            f"“{expired}” was skipped: it would be gone at once. Open it and mend “expires at”.",
        ]
    )
    draft.refresh_from_db()
    planned.refresh_from_db()
    assert draft.is_public()
    assert draft.updated_by == admin_user
    assert planned.published_at == FAR_AHEAD
    assert LogEntry.objects.filter(change_message="Published.").count() == 2


def test_withdrawing_many_names_what_was_skipped(admin_client):
    public, scheduled, draft = (
        CampaignFactory(published=True),
        CampaignFactory(scheduled=True),
        CampaignFactory(),
    )

    response = act(admin_client, "withdraw_selected", public, scheduled, draft)

    assert sorted(messages_of(response)) == sorted(
        ["Withdrawn: 2 campaigns.", f"“{draft}” was skipped: it is not on the site."]
    )
    states = dict(Campaign.objects.values_list("pk", "state"))
    assert states == {
        public.pk: State.WITHDRAWN, scheduled.pk: State.DRAFT, draft.pk: State.DRAFT,
    }  # fmt: skip


@pytest.mark.parametrize("action", ["publish_selected", "withdraw_selected"])
def test_bulk_actions_ask_for_the_right_to_publish(client, action):
    client.force_login(UserFactory(permissions=EDITOR))
    draft, public = CampaignFactory(), CampaignFactory(published=True)

    response = act(client, action, draft, public)

    assert action not in response.content.decode()
    draft.refresh_from_db()
    public.refresh_from_db()
    assert (draft.is_public(), public.is_public()) == (False, True)


def test_right_to_publish_is_the_models_own(client):
    client.force_login(UserFactory(permissions=[*EDITOR, "news.publish_newsrelease"]))
    assert "_publish" not in buttons_of(client.get(change_of(CampaignFactory())))
    client.force_login(UserFactory(permissions=[*EDITOR, "news.publish_campaign"]))
    assert "_publish" in buttons_of(client.get(change_of(CampaignFactory())))
