"""Editions at the real address: for those who may see them, and for nobody else."""

import datetime

import pytest
from django.utils import timezone

from iomsite.publishing import actions, editions, preview
from iomsite.publishing.models import PreviewLink
from iomsite.publishing.moments import in_words
from iomsite.publishing.states import State, Withdrawal
from news.models import Campaign, NewsRelease
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.submission import change_of

DAY = datetime.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    """Works here: a link shows nothing that its maker may not read."""
    return UserFactory(role="contributor")


@pytest.fixture
def page():
    return CampaignFactory(slug="day", title="Old title", published=True)


@pytest.fixture
def copy(page, writer):
    edition = actions.edit(page, by=writer)
    Campaign.objects.filter(pk=edition.pk).update(title="New title")
    return edition


@pytest.fixture
def link(page, copy, writer):
    return f"{page.get_absolute_url()}?preview={preview.make_link(copy, by=writer)}"


def staff(client, **office):
    client.force_login(UserFactory(role="contributor", **office))
    return client


@pytest.mark.parametrize("asked", ["edition={}", "as-of=2026-01-01", "preview=", "preview=x{}"])
def test_strangers_find_nothing(client, page, copy, asked):
    address = f"{page.get_absolute_url()}?{asked.format(copy.pk)}"
    assert client.get(address).status_code == 404
    assert staff(client, role__office=OfficeFactory()).get(address).status_code == 404


def test_staff_read_an_edition_marked_and_never_kept(client, page, copy):
    reader = staff(client)
    response = reader.get(f"{page.get_absolute_url()}?edition={copy.pk}")
    assert b"New title" in response.content
    assert b"notice--preview" in response.content
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_edition_of_another_page_does_not_show_at_this_address(client, page):
    other = CampaignFactory(slug="other")
    reader = staff(client)
    assert reader.get(f"{page.get_absolute_url()}?edition={other.pk}").status_code == 404


def test_link_shows_one_edition_without_an_account(client, page, link):
    response = client.get(link)
    assert b"New title" in response.content
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    other = CampaignFactory(slug="other", published=True)
    assert client.get(link.replace("/day/", "/other/")).status_code == 404
    assert client.get(other.get_absolute_url()).status_code == 200


def test_link_expires(client, link, time_machine):
    time_machine.move_to(timezone.now() + preview.LIFETIME)
    assert client.get(link).status_code == 404


def test_link_is_revoked(client, copy, link):
    preview.revoke(copy, str(PreviewLink.objects.get().pk))
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("end", ["closed", "deleted"])
def test_link_falls_with_the_account_of_whoever_made_it(client, copy, end):
    leaver = UserFactory(is_superuser=True)
    secret = preview.make_link(copy, by=leaver)
    link = f"{copy.page.get_absolute_url()}?preview={secret}"
    assert client.get(link).status_code == 200
    if end == "closed":
        type(leaver).objects.filter(pk=leaver.pk).update(is_active=False)
    else:
        leaver.delete()
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("end", ["published", "discarded"])
def test_link_dies_with_its_edition(client, copy, link, writer, reviewer, end):
    if end == "published":
        actions.submit(copy, by=writer)
        assert client.get(link).status_code == 200
        actions.publish(copy, by=reviewer)
    else:
        actions.discard(copy, by=writer)
    assert client.get(link).status_code == 404


def test_link_lives_until_what_it_shows_is_public(
    client, copy, link, writer, reviewer, time_machine
):
    moment = timezone.now() + DAY
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, at=moment)
    assert b"New title" in client.get(link).content
    time_machine.move_to(moment)
    assert client.get(link).status_code == 404


def test_link_to_a_scheduled_page_lives_until_its_moment(client, writer, reviewer, time_machine):
    page = CampaignFactory(slug="first", title="First")
    link = f"{page.get_absolute_url()}?preview={preview.make_link(page, by=writer)}"
    moment = timezone.now() + DAY
    actions.submit(page, by=writer)
    actions.publish(page, by=reviewer, at=moment)
    assert client.get(link).status_code == 200
    time_machine.move_to(moment)
    assert client.get(link).status_code == 404
    assert client.get(page.get_absolute_url()).status_code == 200


def test_link_of_a_page_that_was_never_public_dies_when_it_is(client, writer, reviewer):
    page = CampaignFactory(slug="first", title="First")
    link = f"{page.get_absolute_url()}?preview={preview.make_link(page, by=writer)}"
    assert client.get(link).status_code == 200
    assert client.get(page.get_absolute_url()).status_code == 404
    actions.submit(page, by=writer)
    actions.publish(page, by=reviewer)
    assert client.get(link).status_code == 404


def test_as_of_shows_the_page_as_it_stood(client, page, copy, writer, reviewer):
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer)
    reader = staff(client)
    today = timezone.localdate()
    for day, words in ((today - DAY, b"Old title"), (today, b"New title")):
        assert words in reader.get(f"{page.get_absolute_url()}?as-of={day}").content
    assert reader.get(f"{page.get_absolute_url()}?as-of=2019-12-31").status_code == 404


def as_of(client, page, day):
    """Signed in anew: sessions of staff do not last for days."""
    staff(client)
    return client.get(f"{page.get_absolute_url()}?as-of={day:%Y-%m-%d}")


@pytest.mark.parametrize(
    ("kind", "how", "after"),
    [
        (Withdrawal.GONE, {"note": "Over."}, 404),
        (Withdrawal.MOVED, {"moved_to": "/news/"}, 404),
        (Withdrawal.NOTICE, {"note": "Over."}, 200),
    ],
)
def test_as_of_after_a_withdrawal_shows_what_visitors_found(
    client, page, writer, reviewer, time_machine, kind, how, after
):
    start = timezone.now()
    time_machine.move_to(start + 4 * DAY)
    actions.withdraw(page, by=reviewer, kind=kind, **how)
    assert as_of(client, page, start + 3 * DAY).status_code == 200
    assert as_of(client, page, start + 5 * DAY).status_code == after

    time_machine.move_to(start + 8 * DAY)
    again = actions.edit(page, by=writer)
    Campaign.objects.filter(pk=again.pk).update(title="Back again")
    actions.submit(again, by=writer)
    actions.publish(again, by=reviewer)
    assert b"Old title" in as_of(client, page, start + 3 * DAY).content
    assert as_of(client, page, start + 6 * DAY).status_code == after
    assert b"Back again" in as_of(client, page, start + 9 * DAY).content


def test_as_of_after_the_expiry_shows_nothing(client, page):
    now = timezone.now()
    Campaign.objects.filter(pk=page.pk).update(expires_at=now - 5 * DAY)
    assert as_of(client, page, now - 7 * DAY).status_code == 200
    assert as_of(client, page, now - 3 * DAY).status_code == 404


def test_page_that_had_expired_was_public_until_then(page, writer, reviewer):
    until = timezone.now() - 5 * DAY
    Campaign.objects.filter(pk=page.pk).update(expires_at=until)
    again = actions.edit(page, by=writer)
    Campaign.objects.filter(pk=again.pk).update(expires_at=None)
    actions.submit(again, by=writer)
    actions.publish(again, by=reviewer)
    assert Campaign.objects.superseded().get().superseded_at == until


def test_withdrawn_page_was_public_until_then(page, reviewer, time_machine):
    moment = timezone.now() + DAY
    time_machine.move_to(moment, tick=False)
    actions.withdraw(page, by=reviewer, kind=Withdrawal.GONE, note="Over.")
    assert Campaign.objects.get().superseded_at == moment


def test_page_that_expired_before_it_was_withdrawn_was_public_until_then(
    page, reviewer, admin_client
):
    until = timezone.now() - 5 * DAY
    Campaign.objects.filter(pk=page.pk).update(expires_at=until)
    actions.withdraw(page, by=reviewer, kind=Withdrawal.GONE, note="Over.")
    form = admin_client.get(change_of(page)).content.decode()
    assert f"Visitors read it until {in_words(until)}." in form


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30", "20260101"])
def test_as_of_nonsense_is_no_error_of_ours(client, page, day):
    reader = staff(client)
    assert reader.get(f"{page.get_absolute_url()}?as-of={day}").status_code in (200, 404)


def test_preview_shows_only_public_neighbours(client, page, copy, link):
    NewsReleaseFactory(title="Hidden neighbour", campaign=page)
    NewsReleaseFactory(title="Public neighbour", campaign=page, published=True)
    content = client.get(link).content
    assert b"Hidden neighbour" not in content
    assert b"Public neighbour" in content


@pytest.mark.parametrize("model", editions.publishable_models())
def test_preview_of_an_unfinished_draft_is_no_error(client, model, writer):
    page = model.objects.create(slug="unfinished")
    if not hasattr(page, "get_absolute_url") or "#" in page.get_absolute_url():
        return
    secret = preview.make_link(page, by=writer)
    assert client.get(f"{page.get_absolute_url()}?preview={secret}").status_code == 200


def test_withdrawn_page_has_no_preview_for_strangers(client, page, link, reviewer):
    actions.withdraw(page, by=reviewer, kind=Withdrawal.GONE, note="Over.")
    assert client.get(page.get_absolute_url()).status_code == 410
    assert client.get(link).status_code == 200
    assert NewsRelease.objects.count() == 0
    assert Campaign.objects.get(edition_of=None).state == State.WITHDRAWN
