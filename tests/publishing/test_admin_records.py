"""The audit trail as staff read it, and lists as spreadsheets read them."""

import csv
import datetime
import io

import pytest
import time_machine

from iomsite.publishing import actions, audit
from iomsite.publishing.export import inert
from iomsite.publishing.models import AuditEntry
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.programmes import ProgrammeFactory
from tests.submission import ask_many, change_of, submit, verb_of

pytestmark = pytest.mark.django_db

TRAIL = "/admin/publishing/auditentry/"
LIST = "/admin/news/campaign/"
Action = AuditEntry.Action


def rows_of(response):
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def trail():
    """Two kinds of page, two people, two days."""
    amina, ben = (UserFactory(first_name=name, last_name="Moss") for name in ("Amina", "Ben"))
    campaign, programme = CampaignFactory(title="A campaign"), ProgrammeFactory(title="Health")
    with time_machine.travel(datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)):
        audit.record(campaign, Action.CREATED, by=amina)
    with time_machine.travel(datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)):
        changes = [{"field": "Lead", "from": "Old words.", "to": "New words."}]
        audit.record(programme, Action.EDITED, by=ben, changes=changes, reason="A reason.")
    return campaign, programme


def found(client, **query):
    return [entry.title for entry in client.get(TRAIL, query).context["cl"].result_list]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Health", "A campaign"]),
        ({"action__exact": "edited"}, ["Health"]),
        ({"model": "news.campaign"}, ["A campaign"]),
        ({"who": "Amina Moss"}, ["A campaign"]),
        ({"at__year": "2026", "at__month": "7"}, ["Health"]),
        ({"at__gte": "2026-06-15 00:00:00+00:00"}, ["Health"]),
        ({"q": "reason"}, ["Health"]),
    ],
)
def test_trail_is_narrowed_by_what_who_and_when(admin_client, trail, query, titles):
    assert found(admin_client, **query) == titles


def test_trail_names_people_whose_account_is_gone(admin_client, trail):
    from iomsite.accounts.models import User

    User.objects.filter(first_name="Ben").delete()
    choices = admin_client.get(TRAIL).content.decode()
    assert "who=Ben+Moss" in choices
    assert found(admin_client, who="Ben Moss") == ["Health"]


def test_entry_is_read_as_a_comparison_and_leads_to_its_page(admin_client, trail):
    _campaign, programme = trail
    entry = AuditEntry.objects.get(action=Action.EDITED)
    content = admin_client.get(f"{TRAIL}{entry.pk}/change/").content.decode()
    assert "<del>Old</del><ins>New</ins> words." in content
    assert "1 Jul 2026, 12:00:00 UTC" in content
    assert f'href="{verb_of("history", programme)}"' in content
    assert f'href="{TRAIL}?model=programmes.programme&amp;page_id={programme.pk}"' in content


def test_entry_of_a_page_that_is_gone_is_still_read(admin_client, trail):
    campaign, _programme = trail
    entry = AuditEntry.objects.get(action=Action.CREATED)
    campaign.delete()
    answer = admin_client.get(f"{TRAIL}{entry.pk}/change/")
    assert "A campaign" in answer.content.decode()
    assert answer.context["page_address"] == ""


def test_entry_is_for_those_who_may_see_its_page(client, trail):
    client.force_login(UserFactory(role="publisher", role__office=OfficeFactory()))
    entry = AuditEntry.objects.get(action=Action.EDITED)
    assert client.get(f"{TRAIL}{entry.pk}/change/").status_code == 404


def test_history_of_a_page_leads_to_its_entries(admin_client, trail):
    campaign, _programme = trail
    address = f"{TRAIL}?model=news.campaign&amp;page_id={campaign.pk}"
    assert address in admin_client.get(verb_of("history", campaign)).content.decode()
    assert found(admin_client, model="news.campaign", page_id=campaign.pk) == ["A campaign"]
    assert found(admin_client, model="news.campaign", page_id=0) == []


def test_history_says_that_it_holds_the_newest_entries_only(admin_client):
    page = CampaignFactory()
    for _ in range(101):
        audit.record(page, Action.EDITED, by=None)
    history = admin_client.get(verb_of("history", page))
    assert len(history.context["entries"]) == 100
    assert "Only the newest entries are shown." in history.content.decode()


@pytest.mark.parametrize("page", ["add/", "{}/change/", "{}/delete/"])
def test_nobody_writes_in_the_trail(admin_client, trail, page):
    entry = AuditEntry.objects.first()
    answer = admin_client.post(TRAIL + page.format(entry.pk), {"post": "yes", "title": "Forged"})
    assert answer.status_code == 403
    assert AuditEntry.objects.count() == 2
    assert not AuditEntry.objects.filter(title="Forged").exists()


def test_nothing_is_done_with_many_entries(admin_client, trail):
    keys = list(AuditEntry.objects.values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    admin_client.post(TRAIL, data)
    assert AuditEntry.objects.count() == 2


# Spreadsheets


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "  =1", "＝1+1", "|calc", "\0=1"]
)
def test_cell_is_inert(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize(("value", "cell"), [("Harmless", "Harmless"), (None, ""), (7, "7")])
def test_harmless_cell_stays_as_it_is(value, cell):
    assert inert(value) == cell


def test_list_is_downloaded_as_it_is_narrowed_on_all_its_pages(admin_client):
    titles = ["=1+1", "Harmless; =1+1"]
    for title in titles:
        CampaignFactory(title=title)
    CampaignFactory.create_batch(60, in_review=True)

    drafts = admin_client.get(f"{LIST}csv/?status=draft")
    everything = rows_of(admin_client.get(f"{LIST}csv/"))

    rows = rows_of(drafts)
    assert rows[0][:3] == ["Title", "Slug", "Status"]
    assert {row[0] for row in rows[1:]} == {"'=1+1", titles[1]}
    # A spreadsheet that parts cells at semicolons finds none outside quotes.
    assert b'"Harmless; =1+1"' in drafts.content
    assert len(everything) == 63
    assert "csv/?status=draft" in admin_client.get(LIST, {"status": "draft"}).content.decode()
    assert admin_client.get(f"{LIST}csv/?status__in=x").status_code == 302


def test_chosen_pages_are_downloaded(admin_client):
    page, _other = CampaignFactory.create_batch(2)
    rows = rows_of(ask_many(admin_client, "download_selected", page))
    assert [row[0] for row in rows[1:]] == [str(page)]


def test_download_says_when_and_what_waits(admin_client, admin_user):
    moment = datetime.datetime(2026, 6, 1, 12, 0, 5, tzinfo=datetime.UTC)
    page = CampaignFactory(published=True, updated_at=moment, updated_by=admin_user)
    actions.edit(page, by=admin_user)
    _heads, row = rows_of(admin_client.get(f"{LIST}csv/"))
    assert row[2:4] == ["Published", "draft"]
    assert row[-2:] == ["2026-06-01 12:00:05+00:00", "admin"]


def test_trail_is_downloaded_as_it_is_narrowed(admin_client, trail):
    _heads, row = rows_of(admin_client.get(f"{TRAIL}csv/?action__exact=edited"))
    assert row[:5] == ["2026-07-01 12:00:00+00:00", "Ben Moss", "edited", "Programme", "Health"]
    assert row[-2:] == ["A reason.", "Lead: “Old words.” → “New words.”"]


@pytest.mark.parametrize("address", [f"{LIST}csv/", f"{TRAIL}csv/"])
def test_download_is_for_those_who_see_the_list(client, address):
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    assert client.get(address).status_code == 302


def test_changes_of_a_form_are_in_the_trail_from_and_to(admin_client):
    page = CampaignFactory(lead="Old words.")
    submit(admin_client, page, lead="New words.")
    entry = AuditEntry.objects.get()
    assert entry.changes == [{"field": "Lead", "from": "Old words.", "to": "New words."}]
    content = admin_client.get(verb_of("history", page)).content.decode()
    assert "Old words." in content
    assert change_of(page) in content
