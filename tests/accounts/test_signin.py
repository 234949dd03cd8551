"""Signing in by name and password, and getting a new password."""

import re
import smtplib

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from iomsite.accounts.models import User
from tests.accounts.signing_in import (
    PASSWORD,
    code,
    enter,
    give_app,
    give_code,
    is_inside,
    link_in,
    person,
    sign_in,
)
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

FORGOTTEN = "/account/password/forgotten/"
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "http:///evil.example/",
    "javascript:alert(1)",
    "https://www.example.org/admin/",  # the site answers to it, but this is another host
    "\thttps://evil.example/",
)


def said(response):
    """A page without what differs at each request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", "Ada@Example.org"])
def test_user_name_and_address_open_the_same_account(client, login):
    user = person(username="ada")
    secret = give_app(user)

    answer = sign_in(client, login)
    assert answer.url == reverse("mfa_authenticate")
    assert not is_inside(client)

    answer = give_code(client, code(secret))
    assert answer.url == reverse("admin:index")
    assert client.get(answer.url).wsgi_request.user == user


def test_nobody_signs_up(client):
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not {name for name in names if "signup" in name or "sign_up" in name}

    for address in ("/account/signup/", "/account/sign-up/", "/accounts/signup/", "/signup/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"username": "eve"}).status_code in (404, 405)
    assert "sign up" not in client.get(reverse("account_login")).content.decode().lower()


def test_what_sign_in_leaves_in_a_session_is_what_the_test_clients_have(client):
    """Else the whole suite would be inside by another door than people are."""
    user = person()
    enter(client, user, give_app(user))
    other = Client()
    other.force_login(user)

    def shape(session):
        records = session["account_authentication_methods"]
        whose = session["account_authentication_methods_user"]
        return [(record["method"], record.get("type")) for record in records], whose

    assert shape(client.session) == shape(other.session)
    assert is_inside(other)


def test_session_of_before_is_worth_nothing_after_sign_in(client):
    """Somebody who has put a session of theirs into this browser does not get in with it."""
    user = person()
    secret = give_app(user)
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    sign_in(client, user.username)
    give_code(client, code(secret))

    assert is_inside(client)
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert not is_inside(thief)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_next_leads_to_no_other_site(client, settings, elsewhere):
    settings.ALLOWED_HOSTS = ["testserver", "www.example.org"]
    user = person()
    secret = give_app(user)

    sign_in(client, user.username, then=elsewhere)
    inside = give_code(client, code(secret))
    again = client.get(reverse("account_login"), {"next": elsewhere})
    out = client.post(reverse("account_logout"), {"next": elsewhere})

    assert inside.url == again.url == "/admin/"
    assert out.url == reverse("account_login")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_next_leads_nowhere_else_from_the_set_up(client, settings, elsewhere):
    settings.ALLOWED_HOSTS = ["testserver", "www.example.org"]
    client.force_login(person(), factor=False)

    choice = client.get(reverse("account_set_up"), {"next": elsewhere})
    app = client.get(reverse("mfa_activate_totp"), {"next": elsewhere})

    assert choice.context["next"] == app.context["next"] == "/admin/"


def test_next_leads_to_the_page_that_was_asked_for(client):
    user = person()
    secret = give_app(user)

    asked = client.get("/admin/news/campaign/?q=malaria", follow=True)
    then = asked.wsgi_request.GET["next"]
    sign_in(client, user.username, then=then)

    assert give_code(client, code(secret)).url == "/admin/news/campaign/?q=malaria"


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_change_password",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_activate_totp",
        "usersessions_list",
        "account_invitation",
    ],
)
def test_form_from_another_site_is_refused(name):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person())
    browser.get(reverse("mfa_index"))  # sets the cookie
    token = browser.cookies["csrftoken"].value

    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}):
        answer = browser.post(reverse(name), {"csrfmiddlewaretoken": token}, headers=headers)
        assert answer.status_code == 403
        assert "Please send that again" in answer.content.decode()
    assert browser.post(reverse(name), {}).status_code == 403


def invited_person():
    user = UserFactory(username="ivy", email="ivy@example.org")
    user.set_unusable_password()
    user.save()
    return user


@pytest.mark.parametrize("ending", ["", "@example.org"], ids=["by name", "by address"])
def test_wrong_closed_invited_and_unknown_answer_alike(client, ending):
    """In the same words, and with as many statements."""
    person(username="ada")
    person(username="bob", email="bob@example.org", is_active=False)
    invited_person()
    client.get(reverse("account_login"))
    tried = [("ada", "x"), ("eve", PASSWORD), ("bob", PASSWORD), ("bob", "x"), ("ivy", "x")]

    answers = []
    for name, password in tried:
        with CaptureQueriesContext(connection) as statements:
            page = said(sign_in(client, f"{name}{ending}", password))
        answers.append((page.replace(f'value="{name}{ending}"', ""), len(statements)))

    assert len(set(answers)) == 1
    assert "do not belong together" in answers[0][0]


def test_password_that_was_changed_between_the_two_steps_opens_nothing(client):
    user = person()
    secret = give_app(user)
    sign_in(client, user.username)
    user.set_password("another-long-secret")
    user.save()

    refused = give_code(client, code(secret))

    assert refused.url == reverse("account_login")
    assert not is_inside(client)
    assert "account_authentication_methods" not in client.session, "nor does the code count later"
    sign_in(client, user.username, "another-long-secret")
    give_code(client, code(secret, later=30))
    assert is_inside(client)


@pytest.mark.parametrize("login", ["ada", "eve"])
def test_a_password_is_hashed_whoever_it_is(client, monkeypatch, login):
    hashed = []
    monkeypatch.setattr(
        "django.contrib.auth.hashers.MD5PasswordHasher.encode",
        lambda self, password, salt: hashed.append(password) or f"md5${salt}$x",
    )
    person(username="ada")
    hashed.clear()

    sign_in(client, login, "wrong")

    assert hashed == ["wrong"]


def test_forgotten_password_answers_alike_whoever_asks(client):
    """One mail goes to that address, and as many statements are asked: no time tells either."""
    person()
    person(username="closed", email="closed@example.org", is_active=False)
    invited_person()
    asked = ["ada@example.org", "nobody@example.org", "closed@example.org", "ivy@example.org"]

    answers, counts = [], set()
    for email in asked:
        with CaptureQueriesContext(connection) as statements:
            answers.append(client.post(FORGOTTEN, {"email": email}))
        counts.add(len(statements))

    assert len(counts) == 1
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, f"{FORGOTTEN}sent/")}
    assert [message.to for message in mail.outbox] == [[email] for email in asked]
    assert len({message.subject for message in mail.outbox}) == 1
    with_link = [message for message in mail.outbox if "/account/password/new/" in message.body]
    assert [message.to for message in with_link] == [["ada@example.org"]]
    assert "session" not in "".join(client.cookies)


def test_forgotten_password_answers_alike_when_no_mail_leaves(client, monkeypatch, caplog):
    """The log says so, and does not name them either."""

    def refuse(message):
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"unknown")})

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    person()

    answers = [
        client.post(FORGOTTEN, {"email": email}) for email in ("ada@example.org", "x@example.org")
    ]

    assert {answer.url for answer in answers} == {f"{FORGOTTEN}sent/"}
    assert caplog.text.count("A mail could not be sent") == 2
    assert "SMTPRecipientsRefused" in caplog.text
    assert "@example.org" not in caplog.text


def test_link_of_a_forgotten_password_works_once(client):
    user = person()
    secret = give_app(user)
    inside = Client()
    enter(inside, user, secret)
    client.post(FORGOTTEN, {"email": user.email})
    link = link_in(mail.outbox[0])
    words = {"password1": "another-long-secret", "password2": "another-long-secret"}

    form = client.get(link)
    assert "another" not in form.url
    assert link.rpartition("-")[2] not in form.url, "the secret leaves the address"
    done = client.post(form.url, words)
    assert done.url == reverse("account_reset_password_from_key_done")

    user.refresh_from_db()
    assert check_password("another-long-secret", user.password)
    assert not is_inside(client), "a new password is not a second factor"
    assert not is_inside(inside), "signed out wherever somebody was"
    for browser in (client, Client()):
        again = browser.get(link)
        assert "This link does not work" in again.content.decode()
    late = client.post(form.url, {"password1": "third-long-secret", "password2": "x"})
    assert "This link does not work" in late.content.decode()
    assert "was changed" in mail.outbox[-1].subject


def test_link_of_a_forgotten_password_ends_with_the_account(client):
    user = person()
    client.post(FORGOTTEN, {"email": user.email})
    form = client.get(link_in(mail.outbox[0])).url
    User.objects.update(is_active=False)

    words = {"password1": "another-long-secret", "password2": "another-long-secret"}
    assert "This link does not work" in client.post(form, words).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("word", ["12345678901", "password123", "ada@example", "short"])
def test_weak_password_is_refused_wherever_one_chooses(client, word):
    user = person(username="ada")
    client.post(FORGOTTEN, {"email": user.email})
    reset = client.get(link_in(mail.outbox[0])).url
    inside = Client()
    words = {"oldpassword": PASSWORD, "password1": word, "password2": word}

    refused = [client.post(reset, words)]
    inside.force_login(user)
    refused.append(inside.post(reverse("account_change_password"), words))

    assert [list(page.context["form"].errors) for page in refused] == [["password1"]] * 2


def test_link_of_a_forgotten_password_ends_after_an_hour(client):
    with time_machine.travel("2026-06-01 10:00", tick=False) as clock:
        user = person()
        client.post(FORGOTTEN, {"email": user.email})
        link = link_in(mail.outbox[0])

        clock.shift(3601)

        assert "This link does not work" in client.get(link, follow=True).content.decode()
        assert "Ask for a new link" in client.get(link, follow=True).content.decode()


@pytest.mark.parametrize(
    "link",
    ["1-abc-def", "zzz-abc-def", "1-set-password", "99999999999999999999-abc-def", "1-%00"],
)
def test_made_up_link_is_refused_on_a_clear_page(client, link):
    answer = client.get(f"/account/password/new/{link}/")
    if answer.status_code != 400:  # a NUL character
        assert "This link does not work" in answer.content.decode()


def test_header_of_a_mail_takes_no_second_line(client):
    """Neither from the form nor from what somebody is called."""
    for email in ("ada@example.org\nBcc: all@example.org", "ada@example.org%0aBcc: x@example.org"):
        assert client.post(FORGOTTEN, {"email": email}).status_code == 200
    assert mail.outbox == []

    user = person(username="ada")
    User.objects.update(first_name="Ada\nBcc: all@example.org", email="ada@example.org")
    client.post(FORGOTTEN, {"email": user.email})
    sent = mail.outbox[0].message()
    assert sent.get_all("Bcc") is None
    assert sent["To"] == "ada@example.org"

    User.objects.update(email="ada@example.org\nbcc: all@example.org")
    client.post(FORGOTTEN, {"email": "ada@example.org"})
    assert all(message.message()["Bcc"] is None for message in mail.outbox)


def test_address_is_kept_in_small_letters_and_given_once():
    """However a command or a fixture writes it: people sign in by it."""
    assert User.objects.create_user("ada", "Ada@Example.ORG").email == "ada@example.org"
    assert User.objects.create_user("a").email == User.objects.create_user("b").email == ""
    for email in ("ada@example.org", "Bob@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username=email, email=email)


def test_nobody_changes_their_own_address(client):
    """Administrators do: else whoever finds an open browser could take the account over."""
    user = person()
    client.force_login(user)
    addresses = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
    assert not {"account_email", "account_confirm_email"} & set(addresses)
    assert client.get("/account/email/").status_code == 404
    assert "Administrators change these" in client.get(reverse("mfa_index")).content.decode()
