"""How somebody who is given an account gets into it."""

import smtplib

import pytest
import time_machine
from django.core import mail, signing
from django.test import Client
from django.urls import reverse

from iomsite.accounts import invitations
from iomsite.accounts.models import User
from tests.accounts.signing_in import PASSWORD, is_inside, link_in, person
from tests.factories.accounts import UserFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/user/add/"
NEW = {
    "username": "grace",
    "first_name": "Grace",
    "last_name": "Hopper",
    "email": "Grace@Example.org",
}
WORDS = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def administrator(client):
    """A browser in which an administrator, who is no superuser, is at work."""
    client.force_login(
        UserFactory(username="bob", email="bob@example.org", role="administrator"),
    )
    return client


def invited(**fields):
    user = UserFactory(**{"email": "grace@example.org", "username": "grace"} | fields)
    user.set_unusable_password()
    user.save()
    return user


def link_to(user):
    return reverse("account_invitation_link", args=[invitations.renew(user)])


def void(answer):
    return answer.status_code == 410 and "does not work" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_administrator_invites_and_the_link_leads_in(administrator):
    form = administrator.get(ADD)
    assert "password" not in " ".join(fields_of(form)), "nobody gives a password"
    made = administrator.post(ADD, {**fields_of(form), **NEW}, follow=True)
    assert "An invitation is on its way to grace@example.org" in made.content.decode()
    user = User.objects.get(username="grace")
    assert made.request["PATH_INFO"] == change_of(user)
    assert not user.has_usable_password()
    assert "Has not accepted the invitation yet" in made.content.decode()

    (message,) = mail.outbox
    assert message.to == ["grace@example.org"]
    assert "Grace Hopper" in message.body
    assert "within 3 days" in message.body
    browser = Client()
    link = link_in(message)
    form = browser.get(link)
    assert form.url == reverse("account_invitation"), "the secret leaves the address"
    page = browser.get(form.url).content.decode()
    assert "grace" in page
    answer = browser.post(form.url, WORDS)

    assert answer.url == reverse("admin:index")
    assert not is_inside(browser), "a second factor is still missing"
    assert browser.get(answer.url, follow=True).request["PATH_INFO"] == "/account/set-up/"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    for again in (browser, Client()):
        assert void(again.get(link)), "once"


def test_invitation_ends_after_three_days(client):
    with time_machine.travel("2026-06-01 10:00", tick=False) as clock:
        link = link_to(invited())
        clock.shift(3 * 24 * 3600 - 1)
        form = client.get(link)
        assert form.status_code == 302
        clock.shift(2)
        assert void(client.get(link))
        assert void(client.get(form.url)), "nor in a browser that has opened it before"
        assert void(client.post(form.url, WORDS))
        assert "send the invitation again" in client.get(link).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"email": "another@example.org"},
        {"is_active": False},
        {"password": "!another-word-that-nobody-has"},
    ],
)
def test_invitation_ends_with_what_it_was_signed_for(client, change):
    user = invited()
    link = link_to(user)
    User.objects.filter(pk=user.pk).update(**change)
    assert void(client.get(link))


@pytest.mark.parametrize(
    "token",
    ["x", "1:2:3", "x" * 3000, signing.dumps(["x"]), "%00"],
    ids=["short", "in-parts", "long", "signed", "nul"],
)
def test_made_up_invitation_is_refused_on_a_clear_page(client, token):
    answer = client.get(f"/account/invitation/{token}/")
    assert void(answer) or (token == "%00" and answer.status_code == 400)
    assert void(client.get("/account/invitation/"))
    assert "sessionid" not in client.cookies, "nobody fills the table of sessions this way"


def test_invitation_signed_for_something_else_is_void(client):
    user = invited()
    good = invitations.renew(user)
    state = signing.loads(good, salt=invitations.SALT)
    for token in (signing.dumps(state), signing.dumps([user.pk], salt=invitations.SALT)):
        assert void(client.get(reverse("account_invitation_link", args=[token])))


def test_weak_password_is_refused_beside_its_field(client):
    form = client.get(link_to(invited())).url
    for word in ("12345678", "grace@example", "short"):
        page = client.post(form, {"password1": word, "password2": word})
        assert page.status_code == 200
        assert page.context["form"].errors["password1"]
    page = client.post(form, {**WORDS, "password2": "another"})
    assert page.context["form"].errors["password2"]


def test_invitation_in_the_browser_of_somebody_else_signs_them_out(client):
    client.force_login(person())
    form = client.get(link_to(invited())).url
    client.post(form, WORDS)
    assert client.get("/account/set-up/").wsgi_request.user.username == "grace"
    assert not is_inside(client), "the second factor was another person's"


def test_new_invitation_replaces_those_before(administrator):
    user = invited()
    old = link_to(user)
    user.refresh_from_db()
    address = change_of(user).replace("change", "invite")
    assert address in administrator.get(change_of(user)).content.decode()

    done = administrator.post(address, follow=True)

    assert "An invitation is on its way" in done.content.decode()
    assert void(Client().get(old))
    assert Client().get(link_in(mail.outbox[-1])).status_code == 302
    history = administrator.get(change_of(user).replace("change", "history")).content.decode()
    assert "An invitation is on its way" in history


def test_whoever_has_a_password_is_not_invited_again(administrator):
    user = person(is_superuser=False)
    address = change_of(user).replace("change", "invite")
    assert address not in administrator.get(change_of(user)).content.decode()

    answer = administrator.post(address, follow=True)

    assert "nothing to do" in answer.content.decode()
    assert mail.outbox == []
    user.refresh_from_db()
    assert user.has_usable_password()


def test_administrator_reads_that_no_mail_left(administrator, monkeypatch):
    def refuse(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    user = invited()
    answer = administrator.post(change_of(user).replace("change", "invite"), follow=True)
    assert "does not take mail" in answer.content.decode()
    assert not user.logentry_set.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "nonsense"),
        ("email", "Ada@EXAMPLE.org"),
        ("email", "ada@example.org\nBcc: all@example.org"),
        ("username", "ADA"),
        ("username", "ada@example.org"),
    ],
)
def test_name_or_address_of_somebody_else_is_refused(administrator, field, value):
    person(username="ada", email="ada@example.org")
    refused = administrator.post(ADD, {**NEW, field: value})
    assert list(errors_of(refused)) == [field]
    assert mail.outbox == []

    other = invited(username="other", email="other@example.org")
    refused = submit(administrator, other, **{field: value})
    assert list(errors_of(refused)) == [field]


def test_nobody_sets_the_password_of_somebody_else(administrator):
    user = person(is_superuser=False)
    for address in (f"/admin/accounts/user/{user.pk}/password/", change_of(user)):
        administrator.post(address, {"password1": "x" * 20, "password2": "x" * 20, "password": "x"})
    submit(administrator, user, password="x", password1="x" * 20)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert "password" not in fields_of(administrator.get(change_of(user)))


def test_only_whoever_may_change_a_person_helps_them(client):
    user = invited()
    link = invitations.renew(user)
    client.force_login(UserFactory(role="editor"))
    for remedy in ("invite", "unlock", "take-factor", "sign-out"):
        for answer in (
            client.get(change_of(user).replace("change", remedy)),
            client.post(change_of(user).replace("change", remedy), {"why": "x"}),
        ):
            assert answer.status_code == 403
    assert mail.outbox == []
    assert invitations.person_of(link) == user
