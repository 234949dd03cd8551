"""Two people save the same edition: the second sees both versions, and no word is lost."""

import pytest
from django.test import Client

from programmes.models import Programme
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory, TopicFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague():
    browser = Client()
    browser.force_login(UserFactory(is_superuser=True, first_name="Amina", last_name="Yusuf"))
    return browser


@pytest.fixture
def programme():
    page = ProgrammeFactory(title="Health", lead="Old lead.", body="Old body.")
    for order, text in enumerate(["One.", "Two.", "Three."], start=1):
        ObjectiveFactory(programme=page, order=order, text=text)
    return page


def changes_of(response):
    return {change.label: (change.before, change.after) for change in _conflict(response).changes}


def _conflict(response):
    return response.context["conflict"]


def objectives(page):
    return list(page.objective_set.order_by("order").values_list("text", flat=True))


def test_second_to_save_sees_both_versions_and_loses_nothing(admin_client, colleague):
    page = CampaignFactory(lead="Old words.")
    form = fields_of(admin_client.get(change_of(page)))
    submit(colleague, page, lead="Words of the colleague.")

    refused = admin_client.post(change_of(page), {**form, "lead": "My own words."})

    content = refused.content.decode()
    assert "Amina Yusuf saved this page after you opened it" in content
    assert "Saved by Amina Yusuf" in content
    assert changes_of(refused) == {"Lead": ("Words of the colleague.", "My own words.")}
    assert fields_of(refused)["lead"] == "My own words."
    page.refresh_from_db()
    assert page.lead == "Words of the colleague."
    again = admin_client.post(change_of(page), fields_of(refused))
    assert again.status_code == 302
    page.refresh_from_db()
    assert page.lead == "My own words."


def test_what_only_the_colleague_wrote_is_in_the_form_already(admin_client, colleague, programme):
    topic, other = TopicFactory.create_batch(2)
    programme.topics.set([topic])
    form = fields_of(admin_client.get(change_of(programme)))
    theirs = {"lead": "Lead of the colleague.", "topics": [other.pk], "url": ""}
    submit(colleague, programme, **theirs, **{"objective_set-1-text": "Two, of the colleague."})

    mine = {**form, "body": "My body.", "objective_set-0-text": "One, of mine."}
    refused = admin_client.post(change_of(programme), mine)

    assert changes_of(refused) == {
        "Context": ("Old body.", "My body."),
        "Objectives": (
            "1 · One.\n2 · Two, of the colleague.\n3 · Three.",
            "1 · One, of mine.\n2 · Two, of the colleague.\n3 · Three.",
        ),
    }
    assert _conflict(refused).taken == ["Lead", "Topics", "objectives"]
    admin_client.post(change_of(programme), fields_of(refused))
    programme.refresh_from_db()
    assert (programme.lead, programme.body) == ("Lead of the colleague.", "My body.")
    assert objectives(programme) == ["One, of mine.", "Two, of the colleague.", "Three."]
    assert list(programme.topics.all()) == [other]


def test_back_to_the_old_words_is_a_change_as_well(admin_client, colleague, programme):
    """After both versions were shown, the old words are a decision, not something left alone."""
    form = fields_of(admin_client.get(change_of(programme)))
    submit(colleague, programme, lead="Theirs.", **{"objective_set-0-text": "One, theirs."})
    refused = admin_client.post(change_of(programme), {**form, "title": "Mine"})

    old = {"lead": "Old lead.", "objective_set-0-text": "One."}
    admin_client.post(change_of(programme), {**fields_of(refused), **old})

    programme.refresh_from_db()
    assert (programme.title, programme.lead) == ("Mine", "Old lead.")
    assert objectives(programme) == ["One.", "Two.", "Three."]


def test_third_version_meets_the_typed_words_and_not_the_first_ones(
    admin_client, colleague, programme
):
    form = fields_of(admin_client.get(change_of(programme)))
    submit(colleague, programme, lead="Theirs.")
    refused = admin_client.post(change_of(programme), {**form, "lead": "Mine."})
    submit(colleague, programme, lead="Theirs, again.")

    twice = admin_client.post(change_of(programme), fields_of(refused))

    assert changes_of(twice) == {"Lead": ("Theirs, again.", "Mine.")}
    admin_client.post(change_of(programme), fields_of(twice))
    programme.refresh_from_db()
    assert programme.lead == "Mine."


def test_rows_of_both_survive(admin_client, colleague, programme):
    form = fields_of(admin_client.get(change_of(programme)))
    removed = {"objective_set-1-DELETE": "on", "objective_set-TOTAL_FORMS": "4"}
    added = {"objective_set-3-text": "Of the colleague.", "objective_set-3-order": "5"}
    submit(colleague, programme, **removed, **added)

    mine = {**form, "objective_set-0-text": "One, changed.", "objective_set-1-text": "Two, mine."}
    refused = admin_client.post(change_of(programme), mine)
    again = admin_client.post(change_of(programme), fields_of(refused))

    assert "Of the colleague." in changes_of(refused)["Objectives"][1]
    assert again.status_code == 302, errors_of(again)
    texts = ["Of the colleague.", "One, changed.", "Three.", "Two, mine."]
    assert sorted(objectives(programme)) == texts


def test_row_that_the_colleague_deleted_and_nobody_else_touched_stays_deleted(
    admin_client, colleague, programme
):
    form = fields_of(admin_client.get(change_of(programme)))
    submit(colleague, programme, **{"objective_set-1-DELETE": "on"})

    refused = admin_client.post(change_of(programme), {**form, "lead": "My lead."})
    again = admin_client.post(change_of(programme), fields_of(refused))

    assert "Objectives" not in changes_of(refused)
    assert again.status_code == 302, errors_of(again)
    assert objectives(programme) == ["One.", "Three."]
    assert Programme.objects.get().lead == "My lead."


def test_places_that_the_colleague_changed_are_taken_over(admin_client, colleague, programme):
    form = fields_of(admin_client.get(change_of(programme)))
    submit(colleague, programme, **{"objective_set-0-order": "2", "objective_set-1-order": "1"})
    mine = {**form, "objective_set-2-text": "Three, mine."}
    refused = admin_client.post(change_of(programme), mine)
    again = admin_client.post(change_of(programme), fields_of(refused))
    assert again.status_code == 302, errors_of(again)
    assert objectives(programme) == ["Two.", "One.", "Three, mine."]


def test_line_ends_of_a_browser_are_nothing_that_was_taken_over(admin_client, colleague):
    page = ProgrammeFactory(body="One.\nTwo.")
    ObjectiveFactory(programme=page, order=1, text="Three.\nFour.")
    form = fields_of(admin_client.get(change_of(page)))
    sent = {
        name: [one.replace("\n", "\r\n") for one in value]
        if isinstance(value, list)
        else value.replace("\n", "\r\n")
        for name, value in form.items()
    }
    submit(colleague, page, title="Of the colleague")
    refused = admin_client.post(change_of(page), sent)
    assert _conflict(refused).taken == ["Title"]
    assert changes_of(refused) == {}


def test_two_who_typed_in_different_fields_are_both_kept(admin_client, colleague):
    page = CampaignFactory(lead="Old words.", title="Old title")
    form = fields_of(admin_client.get(change_of(page)))
    submit(colleague, page, lead="New words.")
    refused = admin_client.post(change_of(page), {**form, "title": "New title"})
    assert changes_of(refused) == {"Title": ("Old title", "New title")}
    admin_client.post(change_of(page), fields_of(refused))
    page.refresh_from_db()
    assert (page.title, page.lead) == ("New title", "New words.")
