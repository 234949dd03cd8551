"""The pages of the desk: each verb as a browser says it, history, compare, preview links."""

import datetime
from datetime import UTC

import pytest
import time_machine
from django.contrib import admin
from django.utils import timezone

from iomsite.publishing import actions
from iomsite.publishing.models import AuditEntry, PreviewLink, Redirect
from iomsite.publishing.states import State
from iomsite.publishing.verbs import VERBS
from news.models import Campaign
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import ProgrammeFactory
from tests.submission import change_of, fields_of, say, submit, verb_of

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=UTC)


def errors_of(response):
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def messages_of(client):
    response = client.get("/admin/")
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def writer():
    return UserFactory(username="writer", is_superuser=True)


@pytest.fixture
def desk(client, writer):
    """The browser of the writer."""
    client.force_login(writer)
    return client


@pytest.fixture
def in_review(writer):
    """A working copy that waits for somebody else than its writer."""
    copy = actions.edit(CampaignFactory(published=True, lead="Old words."), by=writer)
    Campaign.objects.filter(pk=copy.pk).update(lead="New words.")
    actions.submit(copy, by=writer)
    copy.refresh_from_db()
    return copy


# Edit


def test_edit_makes_one_copy_and_continues_it(desk):
    page = CampaignFactory(published=True)
    first = say(desk, "edit", page)
    second = say(desk, "edit", page)
    copy = Campaign.objects.working_copies().get()
    assert first.url == second.url == change_of(copy)
    content = desk.get(change_of(page)).content.decode()
    assert "Continue editing" in content
    assert "There is a working copy, edition 2 (draft)" in content
    assert f'href="{change_of(page)}"' in desk.get(change_of(copy)).content.decode()


def test_edit_asks_first_where_there_is_no_script(desk):
    page = CampaignFactory(published=True)
    assert "public page stays as it is" in desk.get(verb_of("edit", page)).content.decode()
    assert not Campaign.objects.working_copies().exists()


# Review


def test_sent_back_with_a_remark_that_the_writers_read(admin_client, in_review):
    refused = say(admin_client, "send-back", in_review, remark=" ")
    answer = say(admin_client, "send-back", in_review, remark="The figure needs its source.")

    assert list(errors_of(refused)) == ["remark"]
    assert answer.url == change_of(in_review)
    in_review.refresh_from_db()
    assert in_review.state == State.DRAFT
    form = admin_client.get(change_of(in_review)).content.decode()
    assert "The figure needs its source." in form


def test_publishing_shows_what_changes_and_replaces_the_page(admin_client, in_review):
    asked = admin_client.get(verb_of("publish", in_review))
    assert "<del>Old</del><ins>New</ins> words." in asked.content.decode()

    answer = say(admin_client, "publish", in_review, importance="minor")

    page = Campaign.objects.published().get()
    assert (page.lead, page.change_note) == ("New words.", "")
    assert answer.url == change_of(page)
    assert messages_of(admin_client) == ["Published."]


def test_major_change_needs_a_note(admin_client, in_review):
    refused = say(admin_client, "publish", in_review, importance="major", change_note=" ")
    assert list(errors_of(refused)) == ["change_note"]
    say(admin_client, "publish", in_review, importance="major", change_note="Said more.")
    assert Campaign.objects.published().get().change_note == "Said more."


def test_nobody_publishes_alone_but_in_an_emergency(desk, in_review, admin_client, writer):
    desk.force_login(writer)
    alone = say(desk, "publish", in_review, importance="minor")
    assert "somebody else has to publish it" in alone.content.decode()
    say(desk, "publish", in_review, importance="minor", emergency_reason="A flood.")
    page = Campaign.objects.published().get()
    assert (page.lead, page.emergency_reason) == ("New words.", "A flood.")

    own = say(desk, "approve", page)
    assert "neither wrote nor published" in own.content.decode()
    desk.force_login(UserFactory(is_superuser=True))
    assert say(desk, "approve", page).status_code == 302
    page.refresh_from_db()
    assert page.emergency_reason == ""


def test_what_changed_since_it_was_read_is_not_published(admin_client, in_review, writer):
    asked = admin_client.get(verb_of("publish", in_review))
    shown = {field.html_name: field.value() for field in asked.context["form"].hidden_fields()}
    other = UserFactory(is_superuser=True)
    admin_client.force_login(other)
    submit(admin_client, in_review, lead="Other words.")
    admin_client.force_login(UserFactory(is_superuser=True))

    refused = admin_client.post(verb_of("publish", in_review), {**shown, "importance": "minor"})

    assert list(errors_of(refused)) == ["__all__"]
    content = refused.content.decode()
    assert "This has changed since you opened it" in content
    assert "<ins>Other</ins>" in content
    again = {**shown, "version": refused.context["form"]["version"].value()}
    form = admin_client.post(verb_of("publish", in_review), {**again, "importance": "minor"})
    assert form.status_code == 302


def test_reviewer_is_asked_for_no_emergency_and_a_writer_for_nothing_else(
    admin_client, in_review, client, writer
):
    reviewed = admin_client.get(verb_of("publish", in_review)).context["form"]
    main = admin_client.get(change_of(in_review)).context["main_verb"]
    client.force_login(writer)
    alone = client.get(verb_of("publish", in_review))
    draft = client.get(verb_of("publish", CampaignFactory()))

    assert list(reviewed.fields) == ["at", "importance", "change_note", "version"]
    assert main.name == "publish"
    assert "emergency_reason" in alone.context["form"].fields
    assert client.get(change_of(in_review)).context["main_verb"] is None
    for asked, why in ((alone, "You wrote this"), (draft, "This is a draft.")):
        content = asked.content.decode()
        assert why in content
        assert "Publish in an emergency</button>" in content


def test_second_person_reads_what_an_emergency_changed(admin_client, in_review, writer):
    page = actions.publish(in_review, by=writer, emergency_reason="A flood.")
    asked = admin_client.get(verb_of("approve", page)).content.decode()
    assert "<del>Old</del><ins>New</ins> words." in asked


# Time


def moment(day, time):
    return {"at_0": day, "at_1": time, "importance": "minor"}


@time_machine.travel(NOON, tick=False)
def test_schedule_to_the_second_and_back(admin_client, in_review):
    asked = admin_client.get(verb_of("publish", in_review)).content.decode()
    assert "in the time zone UTC" in asked

    say(admin_client, "publish", in_review, **moment("2026-06-02", "08:30:15"))

    in_review.refresh_from_db()
    assert in_review.published_at == NOON.replace(day=2, hour=8, minute=30, second=15)
    assert Campaign.objects.published().get().lead == "Old words."
    assert messages_of(admin_client) == ["Scheduled for 2 Jun 2026, 08:30:15 UTC."]
    say(admin_client, "unschedule", in_review)
    in_review.refresh_from_db()
    assert (in_review.state, in_review.published_at) == (State.DRAFT, None)


@time_machine.travel(NOON, tick=False)
def test_moment_is_that_of_the_zone_which_is_shown(admin_client, in_review, settings):
    settings.TIME_ZONE = "Europe/Zurich"
    timezone.get_default_timezone.cache_clear()
    try:
        asked = admin_client.get(verb_of("publish", in_review)).content.decode()
        assert "in the time zone Europe/Zurich" in asked
        say(admin_client, "publish", in_review, **moment("2026-07-01", "09:00"))
        in_review.refresh_from_db()
        assert in_review.published_at == datetime.datetime(2026, 7, 1, 7, tzinfo=UTC)
    finally:
        timezone.get_default_timezone.cache_clear()


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("day", "time"),
    [
        ("2026-05-31", "12:00"),
        ("2026-06-01", ""),
        ("", "12:00"),
        ("soon", "12:00"),
        ("2026-10-25", "02:30"),  # twice in Zurich
        ("2027-03-28", "02:30"),  # never in Zurich
    ],
)
def test_impossible_moment_is_refused_beside_its_field(admin_client, in_review, day, time):
    with timezone.override("Europe/Zurich"):
        refused = say(admin_client, "publish", in_review, **moment(day, time))
        assert "at" in errors_of(refused)
    in_review.refresh_from_db()
    assert in_review.state == State.IN_REVIEW


# Withdraw


def test_withdraw_with_a_notice_gone_or_moved(admin_client, client):
    notice, gone, moved = CampaignFactory.create_batch(3, published=True)
    say(admin_client, "withdraw", notice, kind="notice", note="The campaign ended.")
    say(admin_client, "withdraw", gone, kind="gone", note="Published in error.")
    say(admin_client, "withdraw", moved, kind="moved", moved_to="/news/")

    answers = [client.get(page.get_absolute_url()) for page in (notice, gone, moved)]

    assert [answer.status_code for answer in answers] == [200, 410, 301]
    assert "Published in error." in answers[1].content.decode()
    assert answers[2].url == "/news/"
    assert Redirect.objects.get().new_path == "/news/"


def test_expired_page_gets_a_reason_or_an_address_but_does_not_come_back(admin_client, client):
    expired, moved = CampaignFactory.create_batch(2, expired=True)
    asked = admin_client.get(verb_of("explain", expired))
    refused = say(admin_client, "explain", expired, kind="notice", note="Read it still.")
    say(admin_client, "explain", expired, kind="gone", note="The call is closed.")
    say(admin_client, "explain", moved, kind="moved", moved_to="/news/")

    assert [kind for kind, _label in asked.context["form"].fields["kind"].choices] == [
        "gone",
        "moved",
    ]
    assert list(errors_of(refused)) == ["kind"]
    answers = [client.get(page.get_absolute_url()) for page in (expired, moved)]
    assert [answer.status_code for answer in answers] == [410, 301]
    assert "The call is closed." in answers[0].content.decode()


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({}, "kind"),
        ({"kind": "eaten"}, "kind"),
        ({"kind": "gone", "note": " "}, "note"),
        ({"kind": "notice"}, "note"),
        ({"kind": "moved", "note": "Why."}, "moved_to"),
        ({"kind": "moved", "moved_to": "//evil.example/"}, "moved_to"),
        ({"kind": "moved", "moved_to": "javascript:alert(1)"}, "moved_to"),
    ],
)
def test_withdrawal_says_what_is_missing_beside_its_field(admin_client, fields, beside):
    page = CampaignFactory(published=True)
    refused = say(admin_client, "withdraw", page, **fields)
    assert beside in errors_of(refused)
    page.refresh_from_db()
    assert page.is_public()


def test_withdrawn_page_comes_back_by_its_working_copy(admin_client, writer):
    page = CampaignFactory(published=True)
    say(admin_client, "withdraw", page, kind="gone", note="Wrong.")
    say(admin_client, "edit", page)
    actions.submit(Campaign.objects.working_copies().get(), by=writer)
    admin_client.force_login(UserFactory(is_superuser=True))
    say(admin_client, "publish", Campaign.objects.in_review().get(), importance="minor")
    assert list(Campaign.objects.published()) == [page]


# History


def test_history_shows_editions_and_who_did_what(admin_client, in_review, writer):
    page = in_review.page
    say(admin_client, "publish", in_review, importance="major", change_note="Said more.")
    old = Campaign.objects.superseded().get()

    history = admin_client.get(verb_of("history", page))

    content = history.content.decode()
    assert f"{page.get_absolute_url()}?edition={old.pk}" in content
    assert verb_of("restore", old) in content
    assert 'name="as-of"' in content
    assert [row.edition for row in history.context["editions"]] == [2, 1]
    assert change_of(old) in content
    assert "Said more." in content
    assert "writer submitted for review" in content


def test_any_two_editions_are_compared(admin_client, writer):
    page = CampaignFactory(published=True, lead="One.")
    for words in ("Two.", "Three."):
        copy = actions.edit(page, by=writer)
        Campaign.objects.filter(pk=copy.pk).update(lead=words)
        actions.publish(copy, by=writer, emergency_reason="Test.")
    first, second = Campaign.objects.superseded().order_by("edition")

    between = admin_client.get(verb_of("compare", page), {"with": first.pk, "edition": second.pk})

    assert "<del>One</del><ins>Two</ins>." in between.content.decode()
    with_page = admin_client.get(verb_of("compare", first)).content.decode()
    assert "<del>Three</del><ins>One</ins>." in with_page


def test_restored_edition_becomes_the_working_copy(admin_client, in_review, writer):
    say(admin_client, "publish", in_review, importance="minor")
    old = Campaign.objects.superseded().get()
    assert "<ins>Old</ins>" in admin_client.get(verb_of("restore", old)).content.decode()

    answer = say(admin_client, "restore", old)

    copy = Campaign.objects.working_copies().get()
    assert (answer.url, copy.lead) == (change_of(copy), "Old words.")
    second = say(admin_client, "restore", old)
    assert "There is a working copy already" in second.content.decode()


def test_discarding_leads_back_to_the_page(admin_client, in_review):
    page = in_review.page
    answer = say(admin_client, "discard", in_review)
    assert answer.url == change_of(page)
    assert not Campaign.objects.working_copies().exists()


# Preview links


def test_preview_link_is_shown_once_works_for_strangers_and_is_revoked(admin_client, client):
    page = CampaignFactory(lead="Secret words.")
    made = admin_client.post(verb_of("preview-link", page))
    link = made.context["link"]
    assert link in made.content.decode()
    assert link not in admin_client.get(verb_of("preview-link", page)).content.decode()
    client.logout()
    assert "Secret words." in client.get(link).content.decode()

    admin_client.force_login(UserFactory(is_superuser=True))
    row = PreviewLink.objects.get()
    for rubbish in ("x", "-1", "9" * 30, "²"):
        admin_client.post(verb_of("preview-link", page), {"revoke": rubbish})
    admin_client.post(verb_of("preview-link", page), {"revoke": row.pk})

    admin_client.logout()
    assert client.get(link).status_code == 404


def test_preview_link_is_for_what_is_being_written(admin_client):
    public = CampaignFactory(published=True)
    assert admin_client.post(verb_of("preview-link", public)).status_code == 403
    assert not PreviewLink.objects.exists()


# Who may, and which rows there are


@pytest.mark.parametrize("name", [*VERBS, "history", "compare", "preview-link", "presence"])
def test_pages_of_the_desk_are_for_staff_with_rights_over_this_page(client, name):
    page = CampaignFactory(published=True)
    assert client.get(verb_of(name, page)).status_code == 302
    client.force_login(UserFactory(role="publisher", role__office=OfficeFactory()))
    assert client.get(verb_of(name, page)).status_code == 404


@pytest.mark.parametrize("name", [*VERBS, "history", "compare", "preview-link", "presence"])
@pytest.mark.parametrize("key", ["999999", "x", "1/2", "9" * 30, "_5F"])
def test_rows_that_are_not_there_are_not_found(admin_client, name, key):
    address = f"/admin/news/campaign/{key}/{name}/"
    assert admin_client.get(address).status_code == 404
    assert admin_client.post(address, {}).status_code == 404


def test_edition_of_another_page_is_not_compared(admin_client):
    one, other = CampaignFactory.create_batch(2, published=True)
    for query in ({"with": other.pk}, {"edition": other.pk}, {"with": "x"}, {"with": "9" * 30}):
        assert admin_client.get(verb_of("compare", one), query).status_code == 404


@pytest.mark.parametrize("name", VERBS)
def test_verb_that_is_not_due_says_so_and_does_nothing(admin_client, name):
    traits = {"edit": "draft", "bin": "published", "withdraw": "expired", "explain": "published"}
    traits["hand-over"] = "binned"
    page = CampaignFactory(**{traits.get(name, "expired"): True})
    before = Campaign.objects.filter(pk=page.pk).values().get()
    answer = admin_client.post(verb_of(name, page), {"version": page.version})
    assert answer.status_code == 302
    assert messages_of(admin_client) == ["That is not due any more."]
    assert Campaign.objects.filter(pk=page.pk).values().get() == before


def test_viewer_reads_history_and_editions(client, in_review):
    client.force_login(UserFactory(role="administrator"))
    page = in_review.page
    assert client.get(verb_of("history", page)).status_code == 200
    assert client.get(verb_of("compare", in_review)).status_code == 200
    form = client.get(change_of(in_review))
    assert form.status_code == 200
    assert list(form.context["verbs"]) == []


def test_rights_are_asked_for_each_page(client, monkeypatch):
    """They may differ from page to page, so the admin of the page is asked about the page."""
    one, other = CampaignFactory.create_batch(2, published=True)
    page_admin = admin.site.get_model_admin(Campaign)
    monkeypatch.setattr(
        page_admin, "has_view_permission", lambda request, obj=None: obj is None or obj == one
    )
    client.force_login(UserFactory(role="administrator"))
    for name in ("history", "compare"):
        assert client.get(verb_of(name, one)).status_code == 200
        assert client.get(verb_of(name, other)).status_code == 403


@pytest.mark.parametrize("factory", [CampaignFactory, NewsReleaseFactory, ProgrammeFactory])
def test_forms_of_the_desk_hold_no_inline_script(admin_client, factory):
    page = factory(published=True)
    pages = [change_of(page), *(verb_of(name, page) for name in ("withdraw", "history", "edit"))]
    for address in pages:
        content = admin_client.get(address).content.decode()
        for inline in ("<script>", "onclick=", "style=", "<style"):
            assert inline not in content, (address, inline)


def test_trail_names_who_did_each_step(admin_client, in_review, admin_user, writer):
    say(admin_client, "publish", in_review, importance="minor")
    entries = AuditEntry.objects.order_by("pk").values_list("action", "actor_id")
    assert list(entries) == [
        ("created", writer.pk),
        ("submitted", writer.pk),
        ("published", admin_user.pk),
    ]
    assert "seen_version" not in fields_of(admin_client.get(verb_of("history", in_review.page)))
