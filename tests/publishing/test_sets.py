"""A set of pages goes live in one instant or not at all, and is approved as a set."""

import datetime

import pytest
from django.db import OperationalError
from django.db.models import ProtectedError
from django.utils import timezone

from iomsite.publishing import actions, audit, membership, sets, timetable
from iomsite.publishing.models import AuditEntry, Ledger, PublishingSet
from iomsite.publishing.states import State, Withdrawal
from iomsite.publishing.status import Status, status_of
from programmes.models import Country, Programme
from tests.factories.accounts import UserFactory
from tests.submission import change_of

HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def chosen(programme, country, writer, reviewer):
    """A working copy of a public page, and a page that was never public."""
    actions.submit(programme, by=writer)
    actions.publish(programme, by=reviewer)
    row = PublishingSet.objects.create(slug="malaria-day", title="Malaria day")
    copy = actions.edit(programme, by=writer)
    Programme.objects.filter(pk=copy.pk).update(publishing_set=row, body="New words.")
    Country.objects.filter(pk=country.pk).update(publishing_set=row)
    return row


def submit_all(chosen, writer):
    for member in sets.members(chosen):
        if member.state == State.DRAFT:
            actions.submit(member, by=writer)
    return sets.fingerprint(sets.members(chosen))


def approve(chosen, writer, reviewer):
    sets.publish_set(chosen, by=reviewer, seen=submit_all(chosen, writer))


@pytest.fixture
def moment(chosen):
    at = timezone.now() + HOUR
    PublishingSet.objects.filter(pk=chosen.pk).update(published_at=at)
    return at


@pytest.fixture
def waiting(chosen, moment, writer, reviewer):
    """The set, approved for its moment."""
    approve(chosen, writer, reviewer)
    assert Ledger.objects.get().next_at == moment
    return chosen


def states(chosen):
    return {type(one).__name__: State(one.state).name for one in sets.members(chosen)}


def public(at=None):
    """What the public reads: the words of the programme, and the country once it is there."""
    return [
        *Programme.objects.published(at).values_list("body", flat=True),
        *Country.objects.published(at).values_list("name", flat=True),
    ]


BEFORE, AFTER = ["Old words."], ["New words.", "Iran"]


# Approval


def test_set_goes_live_together_and_is_empty_then(chosen, writer, reviewer):
    approve(chosen, writer, reviewer)
    assert public() == AFTER
    assert sets.members(chosen) == []
    moments = {Programme.objects.published().get().published_at, Country.objects.get().published_at}
    assert len(moments) == 1
    assert Ledger.objects.get().next_at is None


def test_set_with_one_unready_member_stays_whole(chosen, writer, reviewer):
    actions.submit(Programme.objects.working_copies().get(), by=writer)
    seen = sets.fingerprint(sets.members(chosen))
    with pytest.raises(actions.Refused, match="“Iran” is not in review yet"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == BEFORE


def test_set_that_the_reviewer_wrote_in_stays_whole(chosen, writer, reviewer):
    copy = Programme.objects.working_copies().get()
    audit.record(copy, AuditEntry.Action.EDITED, by=reviewer)
    seen = submit_all(chosen, writer)
    with pytest.raises(actions.Refused, match="“Health”: .*somebody else has to publish it"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == BEFORE


def test_set_that_lacks_something_says_what(chosen, writer, reviewer):
    seen = submit_all(chosen, writer)
    Country.objects.update(iso2="x")
    with pytest.raises(actions.Refused, match="“Iran”: .*Two capital letters"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == BEFORE


def test_change_of_a_member_asks_to_read_the_set_again(chosen, country, writer, reviewer):
    seen = submit_all(chosen, writer)
    Country.objects.update(version=99)
    with pytest.raises(actions.Refused, match="has changed since you opened it"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == BEFORE


def test_empty_set_is_refused(reviewer):
    empty = PublishingSet.objects.create(slug="empty", title="Empty")
    with pytest.raises(actions.Refused, match="nothing in this set"):
        sets.publish_set(empty, by=reviewer, seen="")


def test_set_whose_moment_has_passed_is_refused_with_what_to_do(chosen, writer, reviewer):
    PublishingSet.objects.update(published_at=timezone.now() - SECOND)
    seen = submit_all(chosen, writer)
    with pytest.raises(actions.Refused, match="Choose a later one in the set, or leave it empty"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert public() == BEFORE


def test_member_that_expires_before_the_moment_is_refused(chosen, moment, writer, reviewer):
    Country.objects.update(expires_at=moment)
    seen = submit_all(chosen, writer)
    with pytest.raises(actions.Refused, match="“Iran”: The page would expire before"):
        sets.publish_set(chosen, by=reviewer, seen=seen)
    assert states(chosen) == {"Country": "IN_REVIEW", "Programme": "IN_REVIEW"}


@pytest.mark.parametrize(
    "how", [{}, {"at": timezone.now() + HOUR}, {"emergency_reason": "An outbreak."}]
)
def test_member_is_not_published_alone(chosen, country, writer, how):
    submit_all(chosen, writer)
    reviewer = UserFactory(role="publisher")  # the name of the set is not for everybody
    with pytest.raises(actions.Refused, match="the set “Malaria day”. Publish the set"):
        actions.publish(country, by=reviewer, **how)
    assert states(chosen) == {"Country": "IN_REVIEW", "Programme": "IN_REVIEW"}


# The moment


def test_scheduled_set_appears_whole_when_somebody_asks(waiting, moment):
    assert public(moment - SECOND) == BEFORE
    assert timetable.replace_due(moment - SECOND) == 0
    # Time alone shows none of it, so no answer holds one page without the other.
    assert public(moment) == BEFORE
    assert timetable.replace_due(moment) == 2
    assert public(moment) == AFTER
    assert sets.members(waiting) == []
    assert Country.objects.get().first_published_at == moment
    assert Ledger.objects.get().next_at is None


def test_status_of_a_member_is_scheduled_until_it_is_in_place(waiting, moment):
    for at in (moment - SECOND, moment):
        country = Country.objects.get()
        assert status_of(country, at) == Status.SCHEDULED
        assert list(Country.objects.scheduled(at)) == [country]
        assert not country.is_public(at)
    timetable.replace_due(moment)
    assert status_of(Country.objects.get(), moment) == Status.PUBLISHED
    assert not Country.objects.scheduled(moment).exists()


def test_visitor_of_the_moment_reads_the_whole_set(waiting, country, client, time_machine, moment):
    address = country.get_absolute_url()
    time_machine.move_to(moment - SECOND)
    assert client.get(address).status_code == 404
    time_machine.move_to(moment)
    assert client.get(address).status_code == 200
    assert public() == AFTER


def test_visitor_reads_what_was_there_while_the_database_is_busy(
    waiting, country, client, time_machine, moment, monkeypatch
):
    def busy(at):
        raise OperationalError("database is locked")

    monkeypatch.setattr("iomsite.publishing.middleware.replace_due", busy)
    time_machine.move_to(moment)
    assert client.get(country.get_absolute_url()).status_code == 404
    assert public() == BEFORE


def test_set_with_a_member_that_no_longer_fits_goes_back_whole(
    waiting, country, client, time_machine, moment
):
    Programme.objects.working_copies().update(slug="taken")
    Programme.objects.create(slug="taken", title="Taken", kind="programme")
    time_machine.move_to(moment)
    assert client.get(country.get_absolute_url()).status_code == 404
    assert public() == BEFORE
    assert states(waiting) == {"Country": "IN_REVIEW", "Programme": "DRAFT"}
    for member in sets.members(waiting):
        assert member.remark.startswith("This could not be published at its moment. “Health”: Ano")
        assert member.published_at is member.first_published_at is None
    assert Ledger.objects.get().next_at is None


def test_first_publication_that_no_longer_fits_keeps_the_replacement_back(waiting, moment):
    Country.objects.update(iso2="x")
    assert timetable.replace_due(moment) == 0
    assert public(moment) == BEFORE
    assert states(waiting) == {"Country": "DRAFT", "Programme": "IN_REVIEW"}


@pytest.mark.parametrize("change", ["a new member", "another moment"])
def test_set_that_was_changed_past_the_forms_goes_back_whole(waiting, country, moment, change):
    if change == "a new member":
        Programme.objects.create(slug="late", title="Late", kind="fund", publishing_set=waiting)
    else:
        PublishingSet.objects.update(published_at=moment - SECOND)
    assert timetable.replace_due(moment) == 0
    assert public(moment) == BEFORE
    country.refresh_from_db()
    assert country.state == State.IN_REVIEW
    assert "was changed after it was approved" in country.remark


# Changes to a set that waits


def unschedule(chosen, by):
    actions.unschedule(Programme.objects.working_copies().get(), by=by)


def discard(chosen, by):
    actions.discard(Programme.objects.working_copies().get(), by=by)


def withdraw(chosen, by):
    page = Programme.objects.published().get()
    actions.withdraw(page, by=by, kind=Withdrawal.GONE, note="Over.")


def join(chosen, by):
    late = Country.objects.create(slug="x", name="X", iso2="XX", iso3="XXX", m49="999")
    membership.join(late, by=by, chosen=chosen)


@pytest.mark.parametrize("change", [unschedule, discard, withdraw, join])
def test_change_of_a_waiting_set_asks_for_approval_of_all_again(
    waiting, country, moment, writer, change
):
    change(waiting, writer)
    country.refresh_from_db()
    assert country.state == State.IN_REVIEW
    assert country.published_at is country.first_published_at is None
    assert "has to be approved again" in country.remark
    assert not Programme.objects.scheduled().exists()
    assert Ledger.objects.get().next_at is None
    entry = AuditEntry.objects.filter(page_id=country.pk, model="programmes.country").first()
    assert (entry.action, entry.actor_name) == (AuditEntry.Action.UNSCHEDULED, "writer")


def test_member_that_was_taken_off_is_a_draft_and_the_set_can_be_approved_again(
    waiting, moment, writer, reviewer
):
    unschedule(waiting, writer)
    assert states(waiting) == {"Country": "IN_REVIEW", "Programme": "DRAFT"}
    approve(waiting, writer, reviewer)
    assert timetable.replace_due(moment) == 2
    assert public(moment) == AFTER
    assert Country.objects.get().remark == ""


def test_page_that_waits_in_a_set_is_not_edited_beside_it(waiting, country, writer):
    with pytest.raises(actions.Refused, match="Take it off the schedule to change it"):
        actions.edit(country, by=writer)


def test_page_in_the_bin_is_in_no_set(chosen, country, writer):
    Programme.objects.working_copies().delete()
    Programme.objects.update(country=None, kind="fund")
    actions.bin_(country, by=writer)
    assert sets.members(chosen) == []


def test_set_with_members_cannot_be_deleted(waiting):
    with pytest.raises(ProtectedError):
        waiting.delete()


def test_form_that_moves_the_set_asks_for_approval_again(
    waiting, country, moment, admin_client, admin_user
):
    later = moment + HOUR
    admin_client.post(
        f"/admin/publishing/publishingset/{waiting.pk}/change/",
        {
            "slug": waiting.slug,
            "title": waiting.title,
            "published_at_0": f"{later:%Y-%m-%d}",
            "published_at_1": f"{later:%H:%M:%S}",
        },
    )
    assert states(waiting) == {"Country": "IN_REVIEW", "Programme": "IN_REVIEW"}
    country.refresh_from_db()
    assert "moment of the set has changed" in country.remark
    form = admin_client.get(change_of(country)).content.decode()
    assert "<strong>To be approved again:</strong> The moment of the set" in form
