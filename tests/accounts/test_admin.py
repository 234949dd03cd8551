"""The accounts of staff, their roles and their offices."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import CASCADE

from iomsite.accounts.models import Office, User
from iomsite.accounts.rights import works_here
from iomsite.publishing import audit, preview
from iomsite.publishing.models import AuditEntry, PreviewLink
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory
from tests.submission import change_of, delete_of, fields_of, submit

FAR_AHEAD = datetime.date(2999, 1, 1)

pytestmark = pytest.mark.django_db


def test_whoever_has_changed_something_is_kept(client, admin_client):
    editor = UserFactory(is_superuser=True)
    client.force_login(editor)
    submit(client, CampaignFactory(), title="Changed")

    response = admin_client.post(delete_of(editor), {"post": "yes"})

    assert "Take away the mark “active” instead" in response.content.decode()
    assert User.objects.filter(pk=editor.pk).exists()


def test_whoever_has_changed_nothing_can_be_deleted(admin_client):
    person = UserFactory()
    assert admin_client.post(delete_of(person), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=person.pk).exists()


def test_stranger_is_asked_to_sign_in(client):
    response = client.get("/admin/accounts/user/")
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


# Roles and offices


ROW = "assignments-{}-{}".format


def with_assignment(number=0, **fields):
    """A row as the form of a person sends it."""
    values = {"role": "editor", "starts_on": "2027-05-01", "ends_on": "", "id": "", **fields}
    return {ROW(number, name): value for name, value in values.items()}


def test_administrator_gives_somebody_a_role_and_reads_it_in_words(client):
    client.force_login(UserFactory(role="administrator"))
    person, office = UserFactory(first_name="Ada"), OfficeFactory(name="Mozambique")
    row = with_assignment(office=office.pk, person=person.pk, starts_on="2020-01-01")
    counts = {"assignments-TOTAL_FORMS": 1, "assignments-INITIAL_FORMS": 0}

    assert submit(client, person, **row, **counts).status_code == 302

    assert person.assignments.get().office == office
    words = "Ada can write and review pages of Mozambique, and submit them or send them back."
    form = client.get(change_of(person)).content.decode()
    assert words in form
    # Fields alone: neither the name of a row across them, nor a cross that deletes the office.
    assert f"{person}: Editor, Mozambique" not in form
    assert "delete-related" not in form


def test_what_has_begun_is_ended_and_neither_rewritten_nor_deleted(client):
    client.force_login(UserFactory(role="administrator"))
    begun = AssignmentFactory(role="editor", office=OfficeFactory())
    ahead = AssignmentFactory(person=begun.person, starts_on=FAR_AHEAD)
    form = fields_of(client.get(change_of(begun.person)))
    numbers = {form[ROW(n, "id")]: n for n in range(2)}
    forged = {
        ROW(numbers[str(begun.pk)], "role"): "publisher",
        ROW(numbers[str(begun.pk)], "starts_on"): "2010-01-01",
        ROW(numbers[str(begun.pk)], "office"): ahead.office.pk,
        ROW(numbers[str(begun.pk)], "ends_on"): "2020-02-01",
        ROW(numbers[str(begun.pk)], "DELETE"): "on",
        ROW(numbers[str(ahead.pk)], "DELETE"): "on",
    }

    assert submit(client, begun.person, **forged).status_code == 302

    left = begun.person.assignments.get()
    assert (left.role, left.office) == ("editor", begun.office)
    assert (left.starts_on, left.ends_on) == (begun.starts_on, datetime.date(2020, 2, 1))


def test_administrator_becomes_no_superuser_and_touches_none(client):
    administrator, top = UserFactory(role="administrator"), UserFactory(is_superuser=True)
    client.force_login(administrator)

    submit(client, administrator, is_superuser="on", is_staff="on")
    answers = [
        client.post(change_of(top), {"username": "mine"}),
        client.get(change_of(top).replace("change", "take-factor")),
        client.post(change_of(top).replace("change", "sign-out")),
        client.post(delete_of(top), {"post": "yes"}),
    ]

    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert {answer.status_code for answer in answers} == {403}
    assert User.objects.filter(pk=top.pk, username=top.username).exists()


def test_whoever_ever_worked_here_is_kept_and_what_they_did_as_well(client, admin_client):
    writer = UserFactory(role="editor", first_name="Ada", last_name="Lovelace")
    client.force_login(writer)
    page = CampaignFactory()
    submit(client, page, title="Changed")
    LogEntry.objects.all().delete()

    refused = admin_client.post(delete_of(writer), {"post": "yes"})
    many = {"action": "delete_selected", "_selected_action": [writer.pk], "post": "yes"}
    admin_client.post("/admin/accounts/user/", many)

    assert "Take away the mark “active” instead" in refused.content.decode()
    assert User.objects.filter(pk=writer.pk).exists()
    submit(admin_client, writer, is_active="")
    page.refresh_from_db()
    assert page.updated_by == writer
    assert AuditEntry.objects.get(action="edited").actor_name == "Ada Lovelace"
    assert not works_here(User.objects.get(pk=writer.pk))


def test_what_is_left_of_an_account_that_never_worked_orphans_nothing(admin_client):
    person = UserFactory()
    page = CampaignFactory(updated_by=person)
    audit.record(page, AuditEntry.Action.CREATED, by=person)
    preview.make_link(page, by=person)
    assert admin_client.post(delete_of(person), {"post": "yes"}).status_code == 302
    page.refresh_from_db()
    assert page.updated_by is None
    assert AuditEntry.objects.get().actor_name == person.username
    assert list(audit.faults()) == []
    assert PreviewLink.objects.get().created_by is None


def test_everybody_reads_what_they_can_do(client):
    office = OfficeFactory(name="Mozambique")
    client.force_login(UserFactory(role="contributor", role__office=office))
    page = client.get("/admin/accounts/user/my-rights/").content.decode()
    assert "You can write pages of Mozambique and submit them for review." in page
    assert "Publish, schedule and withdraw" not in page
    assert client.get("/admin/accounts/user/").status_code == 403


def test_form_of_a_closed_account_says_that_it_can_do_nothing(client):
    client.force_login(UserFactory(role="administrator"))
    for fields in ({"role": "editor"}, {"is_superuser": True}):
        closed = UserFactory(is_active=False, **fields)
        shown = client.get(change_of(closed)).content.decode()
        assert "Nothing: the account is closed." in shown
        assert " can write" not in shown
        assert "Everything, everywhere" not in shown


def test_what_points_to_a_person_keeps_the_person_or_outlives_them():
    """What somebody did stays; only what is of use to nobody else goes with an account."""
    gone = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in User._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.on_delete is CASCADE
    }
    assert gone == {
        "account.EmailAddress.user",
        "admin.LogEntry.user",  # whoever has one is not deleted
        "mfa.Authenticator.user",
        "publishing.Autosave.user",
        "publishing.Presence.user",
        "usersessions.UserSession.user",
    }


def test_office_that_is_needed_stays(admin_client):
    page = CampaignFactory(responsible_office=OfficeFactory())
    office = page.responsible_office
    admin_client.post(delete_of(office), {"post": "yes"})
    assert Office.objects.filter(pk=office.pk).exists()
