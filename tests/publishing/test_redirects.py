"""Old addresses lead to where things are, and to nothing else."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from iomsite.organisation.models import Page
from iomsite.publishing import actions, redirects
from iomsite.publishing.models import Redirect
from iomsite.publishing.states import State, Withdrawal
from tests.factories.news import CampaignFactory
from tests.factories.organisation import PageFactory

pytestmark = pytest.mark.django_db


def table():
    return dict(Redirect.objects.values_list("old_path", "new_path"))


def renamed(page, slug, writer, reviewer):
    copy = actions.edit(page, by=writer)
    type(page).objects.filter(pk=copy.pk).update(slug=slug)
    actions.submit(copy, by=writer)
    return actions.publish(copy, by=reviewer)


def test_children_of_a_renamed_page_redirect_but_drafts_keep_silent(client, writer, reviewer):
    top = PageFactory(slug="top", published=True)
    PageFactory(slug="seen", parent=top, published=True)
    for state in ("draft", "scheduled"):
        PageFactory(slug=f"secret-{state}", parent=top, **{state: True})
    renamed(top, "new", writer, reviewer)
    assert table() == {"/top/": "/new/", "/top/seen/": "/new/seen/"}
    assert client.get("/top/seen/")["Location"] == "/new/seen/"
    assert client.get("/top/secret-draft/").status_code == 404


def test_query_string_goes_along(client):
    redirects.add("/old/", "/new/")
    redirects.add("/old-list/", "/news/?topic=malaria#list")
    assert client.get("/old/?utm_source=mail&x=1")["Location"] == "/new/?utm_source=mail&x=1"
    assert client.get("/old-list/?utm=1")["Location"] == "/news/?topic=malaria&utm=1#list"
    assert "s-maxage=2" in client.get("/old/")["Cache-Control"]


def test_only_where_there_is_nothing(client, writer, reviewer):
    page = CampaignFactory(slug="day", published=True)
    redirects.add(page.get_absolute_url(), "/news/")
    assert client.get(page.get_absolute_url()).status_code == 200
    actions.withdraw(page, by=reviewer, kind=Withdrawal.GONE, note="It is over.")
    response = client.get(page.get_absolute_url())
    assert response.status_code == 410
    assert b"It is over." in response.content


def test_hand_made_chain_and_loop_are_followed_to_an_end():
    Redirect.objects.create(old_path="/a/", new_path="/b/")
    Redirect.objects.create(old_path="/b/", new_path="/a/")
    redirects.add("/c/", "/a/")
    assert set(table()) == {"/a/", "/b/", "/c/"}
    Redirect.objects.all().delete()
    redirects.add("/b/", "/c/")
    redirects.add("/a/", "/b/")
    redirects.add("/0/", "/a/")
    assert set(table().values()) == {"/c/"}


def test_page_cannot_move_to_what_leads_back_to_it(writer, reviewer):
    page = renamed(CampaignFactory(slug="old", published=True), "new", writer, reviewer)
    for address in ("/news/campaigns/old/", "/news/campaigns/new/", "/news/campaigns/old/?x=1"):
        with pytest.raises(actions.Refused) as refusal:
            actions.withdraw(page, by=reviewer, kind=Withdrawal.MOVED, moved_to=address)
        assert set(refusal.value.errors) == {"moved_to"}


def test_moved_page_leads_on_and_answers_itself_when_it_is_back(client, writer, reviewer):
    page = CampaignFactory(slug="day", published=True)
    address = page.get_absolute_url()
    actions.withdraw(page, by=reviewer, kind=Withdrawal.MOVED, moved_to="/news/")
    assert client.get(address)["Location"] == "/news/"
    copy = actions.edit(page, by=writer)
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer)
    assert client.get(address).status_code == 200
    assert table() == {}


def test_withdrawn_with_notice_is_readable_unlisted_and_not_indexed(client, reviewer):
    page = CampaignFactory(slug="day", title="A day", published=True)
    actions.withdraw(page, by=reviewer, kind=Withdrawal.NOTICE, note="Out of date.")
    response = client.get(page.get_absolute_url())
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert b"Out of date." in response.content
    assert b"A day" not in client.get("/news/campaigns/").content


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "http://evil.example"])
def test_nobody_is_led_to_another_site_by_accident(target, reviewer):
    page = CampaignFactory(slug="day", published=True)
    with pytest.raises(actions.Refused):
        actions.withdraw(page, by=reviewer, kind=Withdrawal.MOVED, moved_to=target)
    with pytest.raises(IntegrityError), transaction.atomic():
        Redirect.objects.create(old_path="/a/", new_path=target)


@pytest.mark.parametrize(
    "path", ["/%00/", "/a%00b/?q=%00", "/%ff%fe/", "/" + "x" * 900 + "/", "/%0d%0aX/"]
)
def test_odd_paths_are_errors_of_the_visitor(client, path):
    assert client.get(path).status_code in (400, 404)


def test_renaming_frees_the_address_that_is_taken_again(writer, reviewer):
    page = renamed(PageFactory(slug="one", published=True), "two", writer, reviewer)
    renamed(page, "one", writer, reviewer)
    assert table() == {"/two/": "/one/"}
    assert Page.objects.published().filter(state=State.PUBLISHED).get().slug == "one"


@pytest.fixture
def taken(writer, reviewer):
    """A page that is called otherwise now, and another one published where it was."""
    old = renamed(CampaignFactory(slug="day", published=True), "day-2016", writer, reviewer)
    new = CampaignFactory(slug="day")
    actions.submit(new, by=writer)
    return old, actions.publish(new, by=reviewer)


def test_page_that_takes_an_old_address_answers_for_itself(client, taken, reviewer):
    old, new = taken
    address = new.get_absolute_url()
    other = CampaignFactory(slug="other", published=True)
    for page in (other, old):
        actions.withdraw(page, by=reviewer, kind=Withdrawal.MOVED, moved_to=address)
        assert client.get(page.get_absolute_url())["Location"] == address
    type(new).objects.filter(pk=new.pk).update(expires_at=timezone.now())
    assert client.get(address).status_code == 410


def test_child_that_moved_leads_on_when_its_parent_is_renamed(client, writer, reviewer):
    top = PageFactory(slug="top", published=True)
    child = PageFactory(slug="seen", parent=top, published=True)
    actions.withdraw(child, by=reviewer, kind=Withdrawal.MOVED, moved_to="/news/")
    renamed(top, "new", writer, reviewer)
    for address in ("/top/seen/", "/new/seen/"):
        assert client.get(address)["Location"] == "/news/"


@pytest.mark.parametrize(
    "target", ["https://[bad", "https://ex℀mple.com/", "https://", "https://example.com:99999999/x"]
)
def test_what_no_browser_reads_is_no_target(client, admin_client, reviewer, target):
    address = "/admin/publishing/redirect/add/"
    answer = admin_client.post(address, {"old_path": "/old/", "new_path": target})
    assert "new_path" in answer.context["adminform"].form.errors
    page = CampaignFactory(published=True)
    with pytest.raises(actions.Refused):
        actions.withdraw(page, by=reviewer, kind=Withdrawal.MOVED, moved_to=target)
    Redirect.objects.create(old_path="/old/", new_path=target)
    assert client.get("/old/").status_code == 404
