"""Where somebody is signed in, and how that ends."""

import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.accounts.signing_in import PASSWORD, code, enter, give_app, is_inside, person, sign_in
from tests.factories.accounts import UserFactory
from tests.submission import change_of, submit

pytestmark = pytest.mark.django_db

SESSIONS = "/account/sessions/"


@pytest.fixture
def user():
    return person(username="ada")


@pytest.fixture
def browsers(user):
    """Two browsers in which the same person is inside, signed in as browsers do it."""
    secret = give_app(user)
    found = []
    for name, later in (("Firefox", 0), ("Safari", 30)):
        browser = Client(headers={"user-agent": name})
        sign_in(browser, user.username)
        browser.post(reverse("mfa_authenticate"), {"code": code(secret, later=later)})
        assert is_inside(browser)
        found.append(browser)
    return found


@pytest.fixture
def administrator(client):
    client.force_login(person(username="bob", email="bob@example.org"))
    return client


def test_sessions_are_listed_and_one_is_ended(browsers, user):
    here, there = browsers
    strange = UserSession.objects.create(
        user=UserFactory(), session_key="x" * 32, ip="203.0.113.1", user_agent="Opera"
    )
    page = here.get(SESSIONS).content.decode()
    assert "Firefox" in page
    assert "Safari" in page
    assert "Opera" not in page
    rows = {row.user_agent: row for row in UserSession.objects.filter(user=user)}

    here.post(SESSIONS, {"session": strange.pk})
    here.post(SESSIONS, {"session": rows["Firefox"].pk})
    for nonsense in ("", "x", "-1", "9" * 30, "١"):
        assert here.post(SESSIONS, {"session": nonsense}).status_code == 302
    assert is_inside(there), "what is nobody's ends nothing"
    assert UserSession.objects.filter(pk=strange.pk).exists()
    assert is_inside(here)

    here.post(SESSIONS, {"session": rows["Safari"].pk})
    assert not is_inside(there)
    assert is_inside(here)


def test_all_other_sessions_are_ended_at_once(browsers):
    here, there = browsers
    done = here.post(SESSIONS, follow=True)
    assert "1 session has ended" in done.content.decode()
    assert is_inside(here)
    assert not is_inside(there)


def test_new_password_signs_out_everywhere(browsers, user):
    here, there = browsers
    words = {"oldpassword": PASSWORD, "password1": "another-secret", "password2": "another-secret"}
    address = reverse("account_change_password")

    refused = here.post(address, words | {"oldpassword": "x"})
    assert refused.context["form"].errors["oldpassword"]
    assert is_inside(there)
    done = here.post(address, words, follow=True)

    assert done.request["PATH_INFO"] == reverse("account_login")
    assert "Sign in with the new one" in done.content.decode()
    assert not is_inside(here)
    assert not is_inside(there)
    assert not UserSession.objects.filter(user=user).exists()
    assert mail.outbox[-1].subject == "Your password was changed"


def test_closed_account_is_signed_out_for_good(browsers, administrator, user):
    submit(administrator, user, is_active="")
    assert not any(map(is_inside, browsers))
    user.refresh_from_db()
    assert not user.is_active

    submit(administrator, user, is_active="on")
    user.refresh_from_db()
    assert user.is_active
    assert not any(map(is_inside, browsers)), "no session comes back to life"


def test_other_changes_of_a_person_end_no_session(browsers, administrator, user):
    submit(administrator, user, first_name="Ada")
    assert all(map(is_inside, browsers))


@pytest.mark.django_db(transaction=True)
def test_former_address_hears_of_a_new_one(administrator, user):
    """Else an administrator's open browser is enough to lead new passwords elsewhere unseen."""
    submit(administrator, user, first_name="Ada")
    assert mail.outbox == []
    submit(administrator, user, email="elsewhere@example.org")
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert mail.outbox[0].subject == "Your e-mail address was changed"
    assert "elsewhere@example.org" not in mail.outbox[0].body


def test_administrator_signs_somebody_out_everywhere(browsers, administrator, user):
    address = change_of(user).replace("change", "sign-out")
    assert address in administrator.get(change_of(user)).content.decode()
    asked = administrator.get(address)
    assert "All sessions of this person end" in asked.content.decode()
    assert all(map(is_inside, browsers)), "asking ends nothing"

    done = administrator.post(address, follow=True)

    assert "2 sessions have ended" in done.content.decode()
    assert not any(map(is_inside, browsers))
    assert is_inside(administrator)


def test_administrator_takes_a_lost_factor_away(browsers, administrator, user):
    address = change_of(user).replace("change", "take-factor")
    assert (
        "Second factor: app and recovery codes"
        in administrator.get(change_of(user)).content.decode()
    )
    silent = administrator.post(address, {"why": ""})
    assert "This field is required" in silent.content.decode()
    assert all(map(is_inside, browsers))

    done = administrator.post(address, {"why": "She stood before me."}, follow=True)

    assert "The second factor is taken away" in done.content.decode()
    assert not Authenticator.objects.filter(user=user).exists()
    assert not any(map(is_inside, browsers))
    assert mail.outbox[-1].to == [user.email]
    assert "taken away" in mail.outbox[-1].subject
    history = administrator.get(change_of(user).replace("change", "history")).content.decode()
    assert "She stood before me." in history
    again = Client()
    sign_in(again, user.username)
    assert not is_inside(again)
    assert again.get("/admin/", follow=True).request["PATH_INFO"] == "/account/set-up/"


def test_taking_a_factor_away_asks_who_is_there(browsers, administrator, user):
    """An unlocked screen is not enough to open somebody else's account."""
    address = change_of(user).replace("change", "take-factor")
    now = datetime.datetime.now(tz=datetime.UTC)
    with time_machine.travel(now + datetime.timedelta(minutes=6)):
        for answer in (administrator.get(address), administrator.post(address, {"why": "x"})):
            assert answer.url.startswith("/account/confirm/")
        assert Authenticator.objects.filter(user=user).exists()

        confirmed = administrator.post("/account/confirm/", {"password": PASSWORD, "next": address})
        assert confirmed.status_code in (200, 302)
        assert administrator.get(address).status_code in (200, 302)


def test_session_ends_after_a_working_day():
    with time_machine.travel("2026-06-01 08:00", tick=False) as clock:
        user = person()
        browser = Client()
        enter(browser, user, give_app(user))
        assert browser.cookies["sessionid"]["expires"] == "", "gone when the browser is closed"
        clock.shift(12 * 3600 - 60)
        assert is_inside(browser)
        clock.shift(120)
        assert not is_inside(browser)


def test_sign_out_asks_and_ends_the_session(client):
    user = person()
    enter(client, user, give_app(user))
    key = client.session.session_key

    assert client.get(reverse("account_logout")).status_code == 200
    assert is_inside(client)
    client.post(reverse("account_logout"))

    assert not is_inside(client)
    thief = Client()
    thief.cookies["sessionid"] = key
    assert not is_inside(thief)
