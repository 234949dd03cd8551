"""What somebody's own right does not reach: what is approved, sets, and links of yesterday."""

import datetime

import pytest

from iomsite.publishing import actions, membership, preview
from iomsite.publishing.models import PublishingSet
from news.models import Campaign
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory
from tests.factories.publishing import FAR_AHEAD, PublishingSetFactory
from tests.submission import change_of, fields_of, say, submit, verb_of

pytestmark = pytest.mark.django_db

YESTERDAY = datetime.date(2020, 1, 2)


@pytest.fixture
def here():
    return OfficeFactory(name="Here")


@pytest.fixture
def there():
    return OfficeFactory(name="There")


@pytest.fixture
def writer(client, here):
    """A contributor here, at the desk."""
    person = UserFactory(role="contributor", role__office=here)
    client.force_login(person)
    return person


def members_of(chosen):
    return change_of(chosen).replace("change", "members")


# What is approved


def test_approved_copy_is_discarded_by_publishers_only(client, here, writer):
    page = CampaignFactory(published=True, responsible_office=here)
    copy = actions.edit(page, by=writer)
    publisher = UserFactory(role="publisher", role__office=here)
    actions.submit(copy, by=writer)
    actions.publish(copy, by=publisher, at=FAR_AHEAD)

    assert say(client, "discard", copy).status_code == 403
    assert verb_of("discard", copy) not in client.get(change_of(copy)).content.decode()
    assert Campaign.objects.scheduled().get() == copy
    client.force_login(publisher)
    assert say(client, "discard", copy).status_code == 302
    assert not Campaign.objects.working_copies().exists()


# Sets


def test_contributor_puts_no_page_into_a_set_and_takes_none_out(client, here, writer):
    """Either would ask for the approval of the whole set again."""
    chosen = PublishingSetFactory(responsible_office=here, published_at=FAR_AHEAD)
    waiting = CampaignFactory(scheduled=True, publishing_set=chosen, responsible_office=here)
    said = fields_of(client.get("/admin/news/campaign/add/"))
    new = {**said, "title": "New", "slug": "new", "publishing_set": chosen.pk}
    client.post("/admin/news/campaign/add/", new)
    page = Campaign.objects.get(slug="new")
    assert page.publishing_set is None

    submit(client, page, publishing_set=chosen.pk)
    page.refresh_from_db()
    assert page.publishing_set is None
    assert Campaign.objects.scheduled().get() == waiting

    Campaign.objects.filter(pk=page.pk).update(publishing_set=chosen)
    submit(client, page, publishing_set="", title="Newer")
    page.refresh_from_db()
    assert (page.publishing_set, page.title) == (chosen, "Newer")
    assert client.get(members_of(chosen)).status_code == 403


def test_form_offers_the_sets_that_one_may_change(client, here, there):
    person = UserFactory(role="editor", role__office=here)
    AssignmentFactory(person=person, role="contributor", office=there)
    client.force_login(person)
    ours, theirs = (PublishingSetFactory(responsible_office=office) for office in (here, there))
    page = CampaignFactory(responsible_office=here)
    assert submit(client, page, publishing_set=theirs.pk).status_code == 200
    assert submit(client, page, publishing_set=ours.pk).status_code == 302
    asked = {"app_label": "news", "model_name": "campaign", "field_name": "publishing_set"}
    found = client.get("/admin/autocomplete/", {**asked, "term": ""}).json()["results"]
    assert [one["id"] for one in found] == [str(ours.pk)]
    assert set(PublishingSet.objects.visible_to(person)) == {ours, theirs}


def test_candidates_of_a_set_are_what_one_may_write_in(client, here, there, monkeypatch):
    """What is not one's own takes no place among the few that are listed, and is not listed."""
    monkeypatch.setattr(membership, "MOST", 2)
    person = UserFactory(role="editor", role__office=here)
    AssignmentFactory(person=person, role="contributor", office=there)
    client.force_login(person)
    chosen = PublishingSetFactory(responsible_office=here)
    ours = CampaignFactory(responsible_office=here)
    by_others = CampaignFactory(responsible_office=there)
    CampaignFactory.create_batch(2)  # of headquarters
    found = client.get(members_of(chosen)).context_data["candidates"]
    assert [one.edition for one in found] == [ours]
    assert membership.candidates([Campaign], "", person) == [by_others, ours]


# What is offered


def search(client, model, field):
    asked = {"app_label": "news", "model_name": model, "field_name": field, "term": ""}
    return [one["id"] for one in client.get("/admin/autocomplete/", asked).json()["results"]]


def test_neither_headquarters_nor_the_bin_is_offered(client, here):
    """A page of headquarters has no office; what is in the bin is nothing to refer to."""
    client.force_login(UserFactory(role="editor"))
    kept = CampaignFactory(responsible_office=here)
    CampaignFactory(responsible_office=here, binned=True)
    assert search(client, "campaign", "responsible_office") == [str(here.pk)]
    assert search(client, "newsrelease", "campaign") == [str(kept.pk)]


# Links


@pytest.mark.parametrize("change", ["the page is given away", "the maker leaves the office"])
def test_link_shows_nothing_that_its_maker_may_not_read_any_more(client, here, there, change):
    person = UserFactory(role="editor", role__office=here)
    page = CampaignFactory(responsible_office=here)
    link = f"{page.get_absolute_url()}?preview={preview.make_link(page, by=person)}"
    assert client.get(link).status_code == 200
    if change == "the page is given away":
        actions.hand_over(page, by=UserFactory(is_superuser=True), office=there)
    else:
        person.assignments.update(ends_on=YESTERDAY)
    assert client.get(link).status_code == 404
