"""The status, the form and the bulk actions that every page's administration shares."""

import pytest

from iomsite.publishing import actions
from iomsite.publishing.models import AuditEntry
from iomsite.publishing.states import State
from news.models import Campaign
from programmes.models import Country, Objective
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.programmes import (
    CountryFactory,
    ObjectiveFactory,
    ProgrammeFactory,
)
from tests.submission import (
    buttons_of,
    change_of,
    errors_of,
    fields_of,
    submit,
    verb_of,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/news/campaign/"


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
        ("in-review", "In review"),
        ("scheduled", "Scheduled"),
        ("published", "Published"),
        ("expired", "Expired"),
        ("withdrawn", "Withdrawn"),
    ],
)
def test_list_says_the_status_and_filters_by_it(admin_client, trait, words):
    traits = {"draft", "in-review", "scheduled", "published", "expired", "withdrawn"}
    row = CampaignFactory(**{trait.replace("-", "_"): True})
    for other in traits - {trait}:
        CampaignFactory(**{other.replace("-", "_"): True})

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


def test_list_shows_a_page_once_and_the_state_of_its_working_copy(admin_client, admin_user):
    page = CampaignFactory(published=True)
    actions.submit(actions.edit(page, by=admin_user), by=admin_user)
    response = admin_client.get(LIST)
    assert list(response.context["cl"].result_list) == [page]
    assert "working copy: in review" in response.content.decode()


# The form


@pytest.mark.parametrize(
    ("trait", "buttons", "verbs"),
    [
        ("draft", {"_save", "_submit", "_continue"}, ["publish", "bin", "hand-over"]),
        ("in_review", {"_save", "_continue"}, ["send-back", "publish", "bin", "hand-over"]),
        ("scheduled", set(), ["edit", "unschedule", "hand-over"]),
        ("published", set(), ["edit", "withdraw", "hand-over"]),
        ("expired", set(), ["edit", "explain", "hand-over"]),
        ("withdrawn", set(), ["edit", "hand-over"]),
        ("binned", set(), ["unbin"]),
    ],
)
def test_form_offers_what_the_status_allows(admin_client, trait, buttons, verbs):
    form = admin_client.get(change_of(CampaignFactory(**{trait: True})))
    assert buttons_of(form) == buttons
    assert [verb.name for verb in form.context["verbs"]] == verbs


@pytest.mark.parametrize("trait", ["scheduled", "published", "expired", "withdrawn", "binned"])
def test_forged_post_to_a_read_only_edition_changes_nothing(admin_client, trait):
    programme = ProgrammeFactory(**{trait: True})
    ObjectiveFactory(programme=programme, text="Old words.")
    form = admin_client.get(change_of(programme))
    assert not [name for name in fields_of(form) if name.endswith("-text")]
    forged = {
        "title": "Forged", "slug": "forged", "seen_version": programme.version,
        "objective_set-TOTAL_FORMS": "1", "objective_set-INITIAL_FORMS": "0",
        "objective_set-0-text": "Forged.", "_save": "1",
    }  # fmt: skip

    assert admin_client.post(change_of(programme), forged).status_code == 403

    programme.refresh_from_db()
    assert programme.title != "Forged"
    assert [part.text for part in Objective.objects.all()] == ["Old words."]


def test_forged_post_to_an_earlier_edition_is_refused(admin_client, admin_user):
    page = CampaignFactory(published=True)
    actions.publish(actions.edit(page, by=admin_user), by=admin_user, emergency_reason="Test.")
    old = Campaign.objects.superseded().get()
    response = admin_client.post(change_of(old), {"title": "Forged", "seen_version": old.version})
    assert response.status_code == 403


def test_editor_without_the_right_to_publish_has_no_button_and_no_way_around(client):
    client.force_login(UserFactory(role="editor"))
    draft, public = CampaignFactory(), CampaignFactory(published=True)

    assert [verb.name for verb in client.get(change_of(draft)).context["verbs"]] == []
    assert [verb.name for verb in client.get(change_of(public)).context["verbs"]] == ["edit"]
    smuggled = {"published_at_0": "01/01/2020", "published_at_1": "00:00:00", "state": "published"}
    assert submit(client, draft, **smuggled).status_code == 302
    for verb in ("publish", "unschedule", "approve", "withdraw", "bin"):
        for page in (draft, public):
            assert client.post(verb_of(verb, page), {}).status_code == 403, verb
    draft.refresh_from_db()
    public.refresh_from_db()
    assert (draft.state, draft.published_at) == (State.DRAFT, None)
    assert public.is_public()


def test_draft_asks_for_everything_at_once_when_it_is_submitted(admin_client):
    page = CampaignFactory()
    assert submit(admin_client, page, kind="").status_code == 302
    taken = CampaignFactory(published=True)

    response = submit(admin_client, page, kind="", slug=taken.slug, _submit="on")

    assert set(errors_of(response)) == {"kind", "slug"}
    page.refresh_from_db()
    assert page.state == State.DRAFT


def test_rules_of_the_database_stand_beside_their_fields_when_a_copy_is_submitted(
    admin_client, admin_user
):
    CountryFactory(iso2="XX")
    page = CountryFactory(published=True, iso2="YY")
    copy = actions.edit(page, by=admin_user)
    response = submit(admin_client, copy, iso2="XX", presence_since="1950", _submit="on")
    assert set(errors_of(response)) == {"iso2", "presence_since"}
    assert not Country.objects.in_review().exists()


def test_expiry_in_the_past_is_refused_beside_its_field(admin_client):
    page = CampaignFactory()
    response = submit(admin_client, page, expires_at_0="01/01/2020", expires_at_1="00:00:00")
    assert list(errors_of(response)) == ["expires_at"]
    assert "Time zone: UTC" in response.content.decode()


def test_new_page_is_submitted_in_one_step(admin_client):
    form = admin_client.get(LIST + "add/")
    data = {**fields_of(form), "kind": "campaign", "title": "New", "slug": "new", "_submit": "on"}
    response = admin_client.post(LIST + "add/", data, follow=True)
    assert Campaign.objects.get().state == State.IN_REVIEW
    assert messages_of(response) == ["“New” waits for somebody else to read and publish it."]


def test_slug_is_proposed_once(admin_client):
    proposed = admin_client.get(LIST + "add/").context["adminform"].prepopulated_fields
    assert len(proposed) == 1
    form = admin_client.get(change_of(CampaignFactory()))
    assert not form.context["adminform"].prepopulated_fields


@pytest.mark.parametrize("trait", ["draft", "scheduled", "published", "expired", "withdrawn"])
def test_way_to_the_site_is_shown_for_what_is_public(admin_client, trait):
    page = CampaignFactory(**{trait: True})
    content = admin_client.get(change_of(page)).content.decode()
    assert (f'href="{page.get_absolute_url()}"' in content) == (trait == "published")


# Saving


def test_line_ends_of_a_browser_are_no_change(admin_client):
    programme = ProgrammeFactory(body="One.\n\nTwo.")
    ObjectiveFactory(programme=programme, order=1, text="Three.\nFour.")
    sent = {"body": "One.\r\n\r\nTwo.", "objective_set-0-text": "Three.\r\nFour."}
    submit(admin_client, programme, **sent)
    programme.refresh_from_db()
    assert programme.body == "One.\n\nTwo."
    assert programme.objective_set.get().text == "Three.\nFour."
    assert not AuditEntry.objects.exists()


def test_form_without_its_version_overwrites_nothing(admin_client):
    page = CampaignFactory(lead="Old words.")
    form = fields_of(admin_client.get(change_of(page)))
    del form["seen_version"]
    assert admin_client.post(change_of(page), {**form, "lead": "New"}).status_code == 200
    page.refresh_from_db()
    assert page.lead == "Old words."


# What other forms offer


def hidden_countries(user):
    binned = CountryFactory(name="Land in the bin", binned=True)
    page = CountryFactory(name="Land", published=True)
    copy = actions.edit(page, by=user)
    actions.publish(copy, by=user, emergency_reason="Test.")
    old = Country.objects.superseded().get()
    copy = actions.edit(page, by=user)
    return page, [binned, old, copy]


def test_forms_offer_pages_only(admin_client, admin_user):
    page, hidden = hidden_countries(admin_user)
    response = admin_client.get(
        "/admin/autocomplete/",
        {
            "app_label": "programmes",
            "model_name": "programme",
            "field_name": "country",
            "term": "Land",
        },
    )
    assert [row["id"] for row in response.json()["results"]] == [str(page.pk)]
    programme = ProgrammeFactory()
    for row in hidden:
        refused = submit(admin_client, programme, country=row.pk, countries=[row.pk])
        assert set(errors_of(refused)) == {"country", "countries"}


# Rights


def test_right_to_publish_is_one_of_its_own(client):
    page = CampaignFactory(in_review=True)
    client.force_login(UserFactory(role="editor"))
    assert client.get(verb_of("publish", page)).status_code == 403
    client.force_login(UserFactory(role="publisher"))
    assert client.get(verb_of("publish", page)).status_code == 200
