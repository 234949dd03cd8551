"""What the form of an edition says about itself, its errors, and how it works without a script."""

import datetime
from datetime import UTC

import pytest
import time_machine

from iomsite.publishing import actions
from iomsite.publishing.inbox import WAITING
from iomsite.publishing.models import AuditEntry
from iomsite.publishing.states import State
from news.models import Campaign
from programmes.models import Programme
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory, TopicFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db

LIST = "/admin/news/campaign/"
NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=UTC)


# Which edition of which page


def place_of(client, edition):
    content = client.get(change_of(edition)).content.decode()
    start = content.index('<p class="place">')
    return " ".join(content[start : content.index("</p>", start)].split())


@pytest.mark.parametrize(
    ("trait", "words"),
    [
        ("draft", "Edition 1. Visitors have never seen this page."),
        ("scheduled", "Visitors read it from 1 Jan 2999, 00:00:00 UTC on."),
        ("published", "This is what visitors read. It changes only by a working copy."),
        ("expired", "Visitors have not found it since 1 Jan 2021, 00:00:00 UTC."),
        ("withdrawn", "Gone: the page says so, with the reason."),
        ("binned", "It can be taken out of the bin, or deleted for good."),
    ],
)
def test_form_says_what_visitors_find(admin_client, trait, words):
    assert words in place_of(admin_client, CampaignFactory(**{trait: True}))


def test_form_says_which_edition_of_which_page_it_is(admin_client, admin_user):
    page = CampaignFactory(published=True)
    copy = actions.edit(page, by=admin_user)
    working = place_of(admin_client, copy)
    actions.publish(copy, by=admin_user, emergency_reason="Test.")
    old = place_of(admin_client, Campaign.objects.superseded().get())

    assert "Edition 2. This is the working copy: edition 1 stays as it is" in working
    assert f'href="{change_of(page)}"' in working
    assert "Edition 1. Visitors read it from 1 Jan 2020, 00:00:00 UTC until" in old


@time_machine.travel(NOON, tick=False)
def test_form_says_when_a_replacement_comes(admin_client, admin_user):
    copy = actions.edit(CampaignFactory(published=True), by=UserFactory())
    actions.publish(copy, by=admin_user, at=NOON.replace(day=2), emergency_reason="Test.")
    assert (
        "This working copy takes the place of edition 1 on 2 Jun 2026, 12:00:00 UTC."
        in place_of(admin_client, copy)
    )


def test_form_in_review_warns_whoever_is_about_to_write_in_it(admin_client, client):
    page = CampaignFactory(in_review=True)
    warning = "Whoever changes it here cannot publish it."
    assert warning in admin_client.get(change_of(page)).content.decode()
    client.force_login(UserFactory(role="administrator"))
    assert warning not in client.get(change_of(page)).content.decode()


@pytest.mark.parametrize("trait", ["draft", "published"])
def test_moment_of_expiry_is_shown_with_its_zone(admin_client, trait, settings):
    moment = datetime.datetime(2999, 1, 1, 8, 0, 30, tzinfo=UTC)
    page = CampaignFactory(**{trait: True}, expires_at=moment)
    content = admin_client.get(change_of(page)).content.decode()
    written = {"draft": "Time zone: UTC.", "published": "1 Jan 2999, 08:00:30 UTC"}
    assert written[trait] in content
    if trait == "draft":
        fields = fields_of(admin_client.get(change_of(page)))
        assert (fields["expires_at_0"], fields["expires_at_1"]) == ("2999-01-01", "08:00:30")


# What is wrong


def test_everything_that_is_wrong_stands_above_with_a_link_to_its_field(admin_client):
    programme = ProgrammeFactory(kind="")
    ObjectiveFactory(programme=programme, order=1)
    sent = {"title": "", "expires_at_0": "2020-01-01", "expires_at_1": "08:00"}
    response = submit(admin_client, programme, _submit="1", **sent, **{"objective_set-0-text": ""})

    content = response.content.decode()
    start = content.index('<div class="problems"')
    summary = content[start : content.index("</div>", start)]
    assert 'role="alert"' in summary
    for field in ("id_title", "id_kind", "id_expires_at_0", "id_objective_set-0-text"):
        assert f'href="#{field}"' in summary
        assert f'id="{field}"' in content
    assert set(errors_of(response)) == {"title", "kind", "expires_at", "objective_set-0-text"}
    assert content.index("<title>Error:") < start
    assert "Please correct the error" not in content


def test_form_without_a_fault_has_no_summary(admin_client):
    assert 'class="problems"' not in admin_client.get(change_of(CampaignFactory())).content.decode()


# Without a script


def test_form_without_a_script_lists_every_choice_and_has_room_for_new_rows(admin_client):
    topic = TopicFactory(name="Malaria")
    programme = ProgrammeFactory()
    address = f"{change_of(programme)}?plain=1"
    assert f'<a href="{address[address.index("?") :]}">' in (
        admin_client.get(change_of(programme)).content.decode()
    )

    form = admin_client.get(address)
    assert f'<option value="{topic.pk}">Malaria</option>' in form.content.decode()
    assert "admin-autocomplete" not in form.content.decode().split("<form")[-1]
    sent = {**fields_of(form), "topics": [topic.pk], "objective_set-0-text": "A new one."}
    assert admin_client.post(address, sent).status_code == 302

    assert list(programme.topics.all()) == [topic]
    assert [row.text for row in programme.objective_set.all()] == ["A new one."]


def test_form_without_a_script_offers_what_may_be_chosen_and_no_more(admin_client):
    hidden = ProgrammeFactory(title="In the bin", binned=True)
    ProgrammeFactory(title="Above")
    content = admin_client.get(f"{change_of(ProgrammeFactory())}?plain=1").content.decode()
    assert "Above</option>" in content
    assert f'<option value="{hidden.pk}"' not in content


# What waits: the lists of the first page, as lists of pages


def waiting_pages(client, name):
    return set(client.get(LIST, {"waiting": name}).context["cl"].result_list)


@time_machine.travel(NOON, tick=False)
def test_lists_of_the_first_page_are_filters(admin_client, admin_user):
    writer, soon = UserFactory(), NOON + datetime.timedelta(days=3)
    public = {"published": True}
    pages = {
        "to-review": CampaignFactory(in_review=True),
        "sent-back": CampaignFactory(remark="Name the source."),
        "flagged": CampaignFactory(**public, emergency_reason="A flood."),
        "scheduled": CampaignFactory(scheduled=True),
        "expiring": CampaignFactory(**public, expires_at=soon),
        "expired": CampaignFactory(**public, expires_at=NOON - datetime.timedelta(hours=1)),
        "to-check": CampaignFactory(**public, review_by=NOON.date()),
    }
    changed = CampaignFactory(**public)
    actions.submit(actions.edit(changed, by=writer), by=writer)
    mine = CampaignFactory()
    submit(admin_client, mine, lead="My words.")
    hidden, _other = CampaignFactory.create_batch(2)
    link = f'<p>See <a href="page:news.campaign/{hidden.uid}">the campaign</a>.</p>'
    pages["pointing"] = CampaignFactory(**public, body=link)

    found = {one.name: waiting_pages(admin_client, one.name) for one in WAITING}

    expected = {name: {page} for name, page in pages.items()}
    expected["to-review"] |= {changed}
    assert found == {**expected, "mine": {mine}, "losing": set()}, "campaigns show no photographs"
    assert len(waiting_pages(admin_client, "rubbish")) == 12


def test_long_list_of_the_first_page_leads_to_the_whole_of_it(admin_client):
    CampaignFactory.create_batch(23, in_review=True)
    ProgrammeFactory.create_batch(2, in_review=True)
    page = admin_client.get("/admin/")
    (waiting,) = page.context["lists"]
    content = page.content.decode()
    assert (len(waiting.items), waiting.count) == (20, 25)
    assert [(kind.label, kind.count) for kind in waiting.kinds] == [
        ("campaigns", 23),
        ("programmes", 2),
    ]
    assert "The first 20 are shown." in content
    assert f'href="{LIST}?waiting=to-review">23 campaigns</a>' in content
    assert len(waiting_pages(admin_client, "to-review")) == 23
    rows = admin_client.get(f"{LIST}csv/?waiting=to-review").content.decode().splitlines()
    assert len(rows) == 24


def test_first_page_says_when_nothing_waits(admin_client):
    assert "Nothing waits for you." in admin_client.get("/admin/").content.decode()


def test_page_is_made_by_the_form_and_the_trail_begins(admin_client):
    form = admin_client.get("/admin/programmes/programme/add/")
    sent = {**fields_of(form), "title": "New", "slug": "new"}
    assert admin_client.post("/admin/programmes/programme/add/", sent).status_code == 302
    assert Programme.objects.get().state == State.DRAFT
    assert AuditEntry.objects.get().action == AuditEntry.Action.CREATED


@pytest.mark.parametrize("day", ["0025-04-25", "1950-12-31", "2101-01-01"])
def test_day_of_a_release_is_of_a_year_that_its_address_can_have(admin_client, day):
    release = NewsReleaseFactory()
    assert set(errors_of(submit(admin_client, release, released_on=day))) == {"released_on"}


def test_last_day_of_all_is_no_day_to_expire(admin_client, settings):
    settings.TIME_ZONE = "America/Panama"
    sent = {"expires_at_0": "9999-12-31", "expires_at_1": "23:59:59"}
    assert set(errors_of(submit(admin_client, CampaignFactory(), **sent))) == {"expires_at"}
