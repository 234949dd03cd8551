"""What is typed and not saved yet, and who else has the form open."""

import datetime

import pytest
import time_machine
from django.test import Client

from iomsite.publishing import presence
from iomsite.publishing.models import Autosave, Presence
from programmes.models import Programme
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory
from tests.submission import change_of, errors_of, fields_of, submit, verb_of

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)


def type_into(client, page, **changes):
    form = fields_of(client.get(change_of(page)))
    return client.post(verb_of("autosave", page), {**form, **changes})


@time_machine.travel(NOON, tick=False)
def test_typed_words_are_kept_beside_the_page_and_taken_over(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    programme = ProgrammeFactory(lead="Old words.")
    ObjectiveFactory(programme=programme, order=1, text="Old objective.")
    form = fields_of(client.get(change_of(programme)))
    typed = {**form, "lead": "Typed words.", "objective_set-0-text": "Typed objective."}
    token = {"X-CSRFToken": client.cookies["csrftoken"].value}

    answer = client.post(verb_of("autosave", programme), typed, headers=token)

    assert answer.json() == {"said": "Saved automatically at 12:00."}
    programme.refresh_from_db()
    assert programme.lead == "Old words."
    assert "?autosaved=1" in client.get(change_of(programme)).content.decode()
    drawn = client.get(change_of(programme), {"autosaved": "1"})
    assert fields_of(drawn)["lead"] == "Typed words."
    assert fields_of(drawn)["objective_set-0-text"] == "Typed objective."
    assert programme.objective_set.get().text == "Old objective."

    sent = client.post(change_of(programme), fields_of(drawn), headers=token)
    assert sent.status_code == 302, errors_of(sent)
    programme.refresh_from_db()
    assert programme.lead == "Typed words."
    assert not Autosave.objects.exists()


def test_half_typed_form_is_kept_and_drawn(admin_client):
    page = CampaignFactory()
    type_into(admin_client, page, date="25 Ap", title="")
    drawn = admin_client.get(change_of(page), {"autosaved": "1"})
    assert fields_of(drawn)["date"] == "25 Ap"
    assert {"date", "title", "__all__"} <= set(errors_of(drawn))


def test_words_of_others_are_nobodys_business(admin_client):
    page = CampaignFactory()
    type_into(admin_client, page, lead="Typed words.")
    admin_client.force_login(UserFactory(is_superuser=True))
    drawn = admin_client.get(change_of(page), {"autosaved": "1"})
    assert "Typed words." not in drawn.content.decode()
    # Nor is it told that there are any.
    assert "?autosaved=1" not in admin_client.get(change_of(page)).content.decode()


def test_taking_over_what_a_colleague_has_overtaken_shows_both(admin_client, admin_user):
    page = CampaignFactory(lead="Old words.")
    type_into(admin_client, page, lead="Typed words.")
    admin_client.force_login(UserFactory(is_superuser=True))
    submit(admin_client, page, lead="Saved words.")
    admin_client.force_login(admin_user)

    drawn = admin_client.get(change_of(page), {"autosaved": "1"})

    assert [(change.before, change.after) for change in drawn.context["conflict"].changes] == [
        ("Saved words.", "Typed words.")
    ]


def test_new_page_is_kept_before_it_is_saved_for_the_first_time(admin_client, admin_user):
    add = "/admin/programmes/programme/add/"
    form = fields_of(admin_client.get(add))
    typed = {**form, "title": "Never saved", "objective_set-0-text": "An objective."}
    typed["objective_set-TOTAL_FORMS"] = "1"

    answer = admin_client.post(f"{add}autosave/", typed)

    assert "Saved automatically" in answer.json()["said"]
    assert not Programme.objects.exists()
    assert Autosave.objects.get().edition_id == 0
    assert "?autosaved=1" in admin_client.get(add).content.decode()
    assert "?autosaved=1" not in admin_client.get("/admin/news/campaign/add/").content.decode()
    drawn = fields_of(admin_client.get(add, {"autosaved": "1"}))
    assert (drawn["title"], drawn["objective_set-0-text"]) == ("Never saved", "An objective.")
    sent = admin_client.post(add, {**drawn, "slug": "saved", "kind": "fund"})
    assert sent.status_code == 302, errors_of(sent)
    assert Programme.objects.get().objective_set.get().text == "An objective."
    assert not Autosave.objects.exists()


def test_new_page_is_kept_for_those_who_may_make_one(client):
    client.force_login(UserFactory(role="editor", role__office=OfficeFactory()))
    assert client.post("/admin/organisation/page/add/autosave/", {"title": "x"}).status_code == 403
    assert not Autosave.objects.exists()


def test_echo_of_a_form_that_was_saved_is_not_kept(admin_client):
    page = CampaignFactory()
    form = fields_of(admin_client.get(change_of(page)))
    submit(admin_client, page, lead="Saved words.")
    admin_client.post(verb_of("autosave", page), form)
    assert not Autosave.objects.exists()


@pytest.mark.parametrize("trait", ["published", "withdrawn", "binned"])
def test_nothing_is_kept_for_what_cannot_be_written_in(admin_client, trait):
    page = CampaignFactory(**{trait: True})
    assert admin_client.post(verb_of("autosave", page), {"lead": "x"}).status_code == 403
    assert not Autosave.objects.exists()


def test_autosave_is_no_store(admin_client):
    page = CampaignFactory()
    answer = type_into(admin_client, page, lead="x" * 2_000_001)
    assert answer.json() == {"said": ""}
    assert admin_client.get(verb_of("autosave", page)).status_code == 403
    assert not Autosave.objects.exists()


# Presence


def test_form_says_who_else_has_it_open_and_since_when(admin_client):
    page = CampaignFactory()
    colleague = UserFactory(is_superuser=True, first_name="Amina", last_name="Yusuf")
    browser = Client()
    browser.force_login(colleague)
    with time_machine.travel(NOON, tick=False) as clock:
        browser.get(change_of(page))
        words = "Amina Yusuf has had this page open since 12:00."
        assert words in admin_client.get(change_of(page)).content.decode()
        assert words in admin_client.post(verb_of("presence", page)).content.decode()
        clock.shift(datetime.timedelta(minutes=2))
        assert words not in admin_client.post(verb_of("presence", page)).content.decode()


def test_however_many_have_the_form_open_they_are_read_at_once(django_assert_num_queries):
    page, *others = CampaignFactory(), *UserFactory.create_batch(3)
    for user in others:
        presence.seen(page, user, writes=True)
    with django_assert_num_queries(1):
        seen = presence.seen(page, UserFactory.build(pk=0), writes=False)
        assert [one.user for one in seen] == others
        assert [one.user.username for one in seen] == [user.username for user in others]


def test_whoever_only_reads_is_not_announced(admin_client):
    page = CampaignFactory()
    browser = Client()
    browser.force_login(UserFactory(role="administrator"))
    browser.get(change_of(page))
    browser.post(verb_of("presence", page))
    assert not Presence.objects.exists()


def test_saving_ends_presence(admin_client):
    page = CampaignFactory()
    submit(admin_client, page, lead="New words.")
    assert not Presence.objects.exists()
