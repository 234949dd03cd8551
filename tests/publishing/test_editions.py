"""Working copies, publication and history: the public page changes only when it is published."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from iomsite.publishing import actions, audit, editions, timetable
from iomsite.publishing.compare import compare, describe
from iomsite.publishing.models import AuditEntry, Redirect
from iomsite.publishing.states import State, Withdrawal
from programmes.models import Objective, Programme
from tests.factories.programmes import TopicFactory

from .tampering import tampering

HOUR = datetime.timedelta(hours=1)


def live(page, writer, reviewer):
    actions.submit(page, by=writer)
    return actions.publish(page, by=reviewer)


def texts(edition):
    return [part.text for part in Objective.objects.filter(programme=edition)]


@pytest.fixture
def page(programme, writer, reviewer):
    return live(programme, writer, reviewer)


def test_edit_makes_one_working_copy_with_parts_and_relations(page, writer):
    copy = actions.edit(page, by=writer)
    assert actions.edit(page, by=writer) == copy
    assert copy.edition_of == page
    assert texts(copy) == texts(page) == ["First objective.", "Second objective."]
    assert [topic.slug for topic in copy.topics.all()] == ["malaria"]
    assert [role.partner.slug for role in copy.partner_roles.all()] == ["ministry"]


def test_public_page_stays_as_it_is_until_the_copy_is_published(page, writer, reviewer):
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    Objective.objects.filter(programme=copy, order=2).delete()
    public = Programme.objects.published().get()
    assert (public.body, texts(public)) == ("Old words.", texts(page))

    live(copy, writer, reviewer)
    public = Programme.objects.published().get()
    assert public.pk == page.pk
    assert (public.body, texts(public)) == ("New words.", ["First objective."])


def test_what_was_replaced_stays_as_a_superseded_edition(page, writer, reviewer):
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    live(copy, writer, reviewer)
    old = Programme.objects.superseded().get()
    assert (old.edition_of_id, old.edition, old.body) == (page.pk, 1, "Old words.")
    assert texts(old) == ["First objective.", "Second objective."]
    assert not Programme.objects.filter(pk=copy.pk).exists()
    assert Programme.objects.published().get().edition == 2


def test_discarding_a_copy_leaves_the_page_and_its_parts(page, writer):
    before = describe(page)
    actions.discard(actions.edit(page, by=writer), by=writer)
    assert compare(before, describe(Programme.objects.get())) == []


def test_only_a_working_copy_can_be_discarded(page, writer, reviewer):
    """Neither the page itself nor what it said before: its history stays whole."""
    live(actions.edit(page, by=writer), writer, reviewer)
    before = set(Programme.objects.values_list("pk", flat=True))
    for edition in (Programme.objects.published().get(), Programme.objects.superseded().get()):
        with pytest.raises(actions.Refused, match="Only a working copy"):
            actions.discard(edition, by=writer)
    assert set(Programme.objects.values_list("pk", flat=True)) == before


def test_number_of_a_discarded_copy_is_never_used_again(page, writer, reviewer):
    discarded = actions.edit(page, by=writer)
    audit.record(discarded, AuditEntry.Action.EDITED, by=reviewer)
    actions.discard(discarded, by=writer)
    copy = actions.edit(page, by=writer)
    assert (discarded.edition, copy.edition) == (2, 3)
    assert audit.writers(copy) == {writer.pk}


def test_database_refuses_a_second_working_copy(page, writer):
    actions.edit(page, by=writer)
    with pytest.raises(IntegrityError), transaction.atomic():
        editions.copy(page)


def test_writer_cannot_publish_alone(programme, writer):
    audit.record(programme, AuditEntry.Action.EDITED, by=writer)
    actions.submit(programme, by=writer)
    with pytest.raises(actions.Refused, match="somebody else has to publish it"):
        actions.publish(programme, by=writer)
    assert not Programme.objects.published().exists()


def test_emergency_publication_stays_flagged_until_a_second_person_approves(
    programme, writer, reviewer
):
    audit.record(programme, AuditEntry.Action.EDITED, by=writer)
    actions.publish(programme, by=writer, emergency_reason="An outbreak.")
    assert Programme.objects.published().get().emergency_reason == "An outbreak."
    with pytest.raises(actions.Refused, match="neither wrote nor published"):
        actions.approve(programme, by=writer)
    actions.approve(programme, by=reviewer)
    assert Programme.objects.published().get().emergency_reason == ""


def test_submit_asks_for_everything_at_once(writer):
    draft = Programme.objects.create(slug="empty", kind="country-programme")
    with pytest.raises(actions.Refused) as refusal:
        actions.submit(draft, by=writer)
    assert set(refusal.value.errors) == {"title", ""}


def test_copy_may_keep_the_slug_of_its_page_but_not_take_another_pages(page, country, writer):
    Programme.objects.create(slug="taken", title="Other", kind="country-programme", country=country)
    copy = actions.edit(page, by=writer)
    assert editions.publication_errors(copy) == {}
    copy.slug = "taken"
    assert editions.publication_errors(copy) == {
        "slug": ["Another page (perhaps in the bin) has this slug. Choose another."]
    }


def test_scheduled_replacement_takes_place_when_somebody_asks(page, writer, reviewer):
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    moment = timezone.now() + HOUR
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, at=moment)
    assert not timetable.look(moment - HOUR / 2).is_due
    assert timetable.replace_due(moment - HOUR / 2) == 0
    assert Programme.objects.published().get().body == "Old words."
    assert timetable.look(moment).is_due
    assert timetable.replace_due(moment) == 1
    assert not timetable.look(moment + HOUR).is_due
    public = Programme.objects.published(moment).get()
    assert (public.body, public.published_at) == ("New words.", moment)


def test_withdrawing_a_page_takes_its_replacement_off_the_schedule(page, writer, reviewer):
    copy = actions.edit(page, by=writer)
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, at=timezone.now() + HOUR)
    actions.withdraw(page, by=reviewer, kind=Withdrawal.GONE, note="Out of date.")
    assert timetable.replace_due(timezone.now() + 2 * HOUR) == 0
    assert Programme.objects.drafts().get().pk == copy.pk


def test_changed_slug_redirects_and_chains_are_flat(page, writer, reviewer):
    addresses = [page.get_absolute_url()]
    for slug in ("second", "third"):
        copy = actions.edit(page, by=writer)
        Programme.objects.filter(pk=copy.pk).update(slug=slug)
        copy.refresh_from_db()
        addresses.append(live(copy, writer, reviewer).get_absolute_url())
    found = dict(Redirect.objects.values_list("old_path", "new_path"))
    assert found == {addresses[0]: addresses[2], addresses[1]: addresses[2]}


def test_slug_that_comes_back_closes_no_loop(page, writer, reviewer):
    for slug in ("second", "health"):
        copy = actions.edit(page, by=writer)
        Programme.objects.filter(pk=copy.pk).update(slug=slug)
        copy.refresh_from_db()
        live(copy, writer, reviewer)
    public = Programme.objects.published().get().get_absolute_url()
    assert [row.new_path for row in Redirect.objects.all()] == [public]


def test_restore_brings_old_words_back_as_a_working_copy(page, writer, reviewer):
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    Objective.objects.filter(programme=copy).delete()
    live(copy, writer, reviewer)
    restored = actions.restore(Programme.objects.superseded().get(), by=writer)
    assert (restored.body, len(texts(restored))) == ("Old words.", 2)
    assert Programme.objects.published().get().body == "New words."


def test_bin_keeps_a_draft_and_refuses_what_the_public_saw(programme, writer, reviewer):
    actions.bin_(programme, by=writer)
    assert Programme.objects.binned().exists()
    actions.unbin(programme, by=writer)
    live(programme, writer, reviewer)
    with pytest.raises(actions.Refused, match="withdraw it instead"):
        actions.bin_(programme, by=writer)


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"kind": "notice"}, "withdrawal_note"),
        ({"kind": "gone", "note": " "}, "withdrawal_note"),
        ({"kind": "moved", "moved_to": "//evil.example"}, "moved_to"),
        ({"kind": "moved", "moved_to": "javascript:alert(1)"}, "moved_to"),
        ({"kind": "else"}, "withdrawal"),
    ],
)
def test_withdrawal_says_what_it_lacks(page, reviewer, how, field):
    with pytest.raises(actions.Refused) as refusal:
        actions.withdraw(page, by=reviewer, **how)
    assert set(refusal.value.errors) == {field}
    assert Programme.objects.published().exists()


def test_audit_trail_is_whole_and_notices_tampering(page, writer, reviewer):
    actions.discard(actions.edit(page, by=writer), by=writer)
    assert list(audit.faults()) == []
    with tampering():
        published = AuditEntry.objects.filter(action=AuditEntry.Action.PUBLISHED)
        published.update(actor_name="nobody")
    assert len(list(audit.faults())) == 1
    with tampering():
        AuditEntry.objects.filter(action=AuditEntry.Action.DISCARDED).delete()
    assert len(list(audit.faults())) == 2


def test_audit_trail_survives_the_account(page, reviewer):
    reviewer.delete()
    published = AuditEntry.objects.get(action=AuditEntry.Action.PUBLISHED)
    assert published.actor_name == "reviewer"
    assert list(audit.faults()) == []


@pytest.mark.parametrize("parts", [2, 50])
def test_publishing_costs_the_same_however_many_parts(
    programme, writer, reviewer, parts, django_assert_num_queries
):
    page = live(programme, writer, reviewer)
    copy = actions.edit(page, by=writer)
    Objective.objects.filter(programme=copy).delete()
    Objective.objects.bulk_create(
        Objective(programme=copy, order=order, text="Words.") for order in range(parts)
    )
    actions.submit(copy, by=writer)
    # What its texts refer to, and the index, are among them: SQLite keeps words in another table.
    with django_assert_num_queries(32 if connection.vendor == "sqlite" else 31):
        actions.publish(copy, by=reviewer)


def test_compare_names_words_parts_and_relations(page, writer):
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="Old brave words.")
    copy.refresh_from_db()
    Objective.objects.filter(programme=copy, order=2).update(text="Second aim.")
    copy.topics.clear()
    changes = {change.label: change for change in compare(describe(page), describe(copy))}
    assert set(changes) == {"Context", "Objectives", "Topics"}
    added = [piece.text for piece in changes["Context"].lines[0] if piece.kind == "added"]
    assert added == [" brave"]


def test_page_states_are_what_the_database_allows(programme):
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(state=State.SUPERSEDED)


def test_page_keeps_its_lasting_number_through_every_edition(page, writer, reviewer):
    number = page.uid
    copy = actions.edit(page, by=writer)
    live(copy, writer, reviewer)
    old = Programme.objects.superseded().get()
    actions.edit(Programme.objects.get(pk=page.pk), by=writer)
    assert old.uid == number
    assert [row.uid for row in Programme.objects.all()] == [number] * 3


def test_no_two_pages_share_a_lasting_number(page):
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.create(slug="another", title="Another", uid=page.uid)


def test_links_that_were_read_are_those_of_the_manager_and_can_be_asked_further(
    page, django_assert_num_queries
):
    page.topics.set([TopicFactory(slug="water"), TopicFactory(slug="health")])
    fields = page._meta.many_to_many
    named = [one.name for one in fields if one.remote_field.through._meta.auto_created]
    expected = {name: list(getattr(page, name).all()) for name in named}
    edition = type(page).objects.get(pk=page.pk)

    editions.read_links(edition)

    with django_assert_num_queries(0):
        read = {name: list(getattr(edition, name).all()) for name in named}
    assert read == expected
    assert [vars(row)["name"] for row in read["topics"]] == [row.name for row in expected["topics"]]
    assert edition.topics.filter(slug="water").count() == 1
