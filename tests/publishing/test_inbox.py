"""The first page of the admin says what needs somebody, to whoever may see it."""

import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from iomsite.publishing import actions, audit, sets
from iomsite.publishing.inbox import lists_for
from iomsite.publishing.models import AuditEntry, PublishingSet
from programmes.models import Programme
from tests.factories.accounts import UserFactory

from .tampering import tampering

DAY = datetime.timedelta(days=1)


@pytest.fixture
def writer(db):
    return UserFactory(role="editor")


@pytest.fixture
def reviewer(db):
    return UserFactory(role="publisher")


def titles(user, may_see=lambda model: True):
    return {str(one.title): [item.title for item in one.items] for one in lists_for(user, may_see)}


def publish(programme, writer, reviewer):
    actions.submit(programme, by=writer)
    return actions.publish(programme, by=reviewer)


def test_inbox_names_what_waits(programme, writer, reviewer):
    audit.record(programme, AuditEntry.Action.CREATED, by=writer)
    assert titles(writer) == {"My drafts": ["Health"]}
    actions.submit(programme, by=writer)
    assert titles(reviewer) == {"To review": ["Health"]}
    actions.send_back(programme, by=reviewer, remark="Name the source.")
    assert titles(writer) == {"Sent back": ["Health"], "My drafts": ["Health"]}


def test_inbox_flags_an_emergency_until_it_is_approved(programme, writer, reviewer):
    actions.publish(programme, by=writer, emergency_reason="An outbreak.")
    flagged = "Published in an emergency, not yet approved"
    assert titles(reviewer) == {flagged: ["Health"]}
    actions.approve(programme, by=reviewer)
    assert titles(reviewer) == {}


def test_inbox_reminds_of_expiry_and_review(programme, writer, reviewer):
    publish(programme, writer, reviewer)
    now = timezone.now()
    Programme.objects.update(expires_at=now + DAY, review_by=timezone.localdate() - DAY)
    assert titles(reviewer) == {"Expiring soon": ["Health"], "Review date passed": ["Health"]}


def test_inbox_holds_nothing_that_a_person_may_not_see(programme, writer):
    actions.submit(programme, by=writer)
    assert titles(writer, may_see=lambda model: model is not Programme) == {}


def test_inbox_keeps_the_pages_of_a_set_together(programme, writer, reviewer, admin_client):
    moment = timezone.now() + DAY
    chosen = PublishingSet.objects.create(slug="day", title="Malaria day", published_at=moment)
    titles = {"A": chosen, "B": None, "C": chosen}
    pages = [
        Programme.objects.create(slug=title, title=title, kind="fund", publishing_set=belongs)
        for title, belongs in titles.items()
    ]
    for page in pages:
        actions.submit(page, by=writer)
    actions.publish(pages[1], by=reviewer, at=moment)
    sets.publish_set(chosen, by=reviewer, seen=sets.fingerprint(sets.members(chosen)))
    [scheduled] = lists_for(reviewer, lambda model: True)
    found = [(item.title, item.together) for item in scheduled.items]
    assert sorted(found) == [("A", "Malaria day"), ("B", None), ("C", "Malaria day")]
    assert abs(found.index(("A", "Malaria day")) - found.index(("C", "Malaria day"))) == 1
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert page.count("in the set “Malaria day”") == 2


@pytest.mark.parametrize(("number", "statements"), [(1, 12), (20, 12), (25, 13)])
def test_inbox_costs_the_same_for_any_number(
    programme, writer, number, statements, django_assert_num_queries
):
    """And one more to count what is not shown."""
    for copy in range(number):
        row = Programme.objects.create(
            slug=f"p{copy}", title="P", kind="network", state="in-review"
        )
        audit.record(row, AuditEntry.Action.CREATED, by=writer)
    with django_assert_num_queries(statements):
        lists_for(writer, lambda model: True)


def test_lists_are_told_the_time_anew(programme, writer, reviewer):
    publish(programme, writer, reviewer)
    now = timezone.now()
    Programme.objects.update(expires_at=now + 20 * DAY, review_by=now.date() + 9 * DAY)
    found = {}
    for days in (0, 10, 25, 60):
        with time_machine.travel(now + days * DAY):
            found[days] = [*titles(reviewer)]
    assert found == {
        0: [],
        10: ["Expiring soon", "Review date passed"],
        25: ["Expired in the last 30 days"],
        60: [],
    }


def test_first_page_of_the_admin_shows_the_lists(admin_client, programme, writer):
    actions.submit(programme, by=writer)
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert "To review" in page
    assert reverse("admin:programmes_programme_change", args=[programme.pk]) in page


def test_verify_audit_notices_a_changed_entry(programme, writer, capsys):
    audit.record(programme, AuditEntry.Action.CREATED, by=writer)
    call_command("verify_audit")
    assert "whole: 1 entries" in capsys.readouterr().out
    with tampering():
        AuditEntry.objects.update(actor_name="Somebody else")
    with pytest.raises(CommandError, match="was changed"):
        call_command("verify_audit")


def test_review_reminders_list_what_is_public_and_due(programme, writer, reviewer, capsys):
    publish(programme, writer, reviewer)
    Programme.objects.update(review_by=timezone.localdate() - DAY)
    call_command("review_reminders")
    assert "programme: Health" in capsys.readouterr().out


def test_replace_due_puts_a_replacement_in_place(programme, writer, reviewer, capsys):
    page = publish(programme, writer, reviewer)
    copy = actions.edit(page, by=writer)
    Programme.objects.filter(pk=copy.pk).update(body="New words.")
    actions.submit(copy, by=writer)
    actions.publish(copy, by=reviewer, at=timezone.now() + DAY)
    with time_machine.travel(timezone.now() + 2 * DAY):
        call_command("replace_due")
        assert Programme.objects.published().get().body == "New words."
    assert capsys.readouterr().out == "Replaced: 1.\n"
