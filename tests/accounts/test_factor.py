"""Nobody works here without a second factor in their session."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.accounts.addresses import account_addresses, routes, with_ones
from tests.accounts.signing_in import (
    PASSWORD,
    code,
    enter,
    give_app,
    give_code,
    is_inside,
    person,
    recovery_codes_of,
    sign_in,
)
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory

pytestmark = pytest.mark.django_db

SET_UP = "/account/set-up/"
LEADS_ON = ("/admin/login/", SET_UP, "/account/password/")
APP = "/account/app/"


def test_password_alone_opens_no_address_of_the_administration(client):
    """Not even to somebody who may do everything; the resolver itself says what there is.

    What a POST finds is asked before any view looks at the method, so a few of those will do.
    """
    NewsReleaseFactory(pk=1)
    client.force_login(person(), factor=False)
    tried = sorted({with_ones(route) for route in routes()} | {"/admin/no/such/"})
    assert len(tried) > 200

    opened = {}
    for number, address in enumerate(tried):
        answer = client.post(address) if number % 10 == 0 else client.get(address)
        if answer.status_code != 302 or not answer.url.startswith(LEADS_ON):
            opened[address] = answer.status_code, answer.get("Location")

    assert opened == {"/admin/logout/": (302, "/admin/")}


def test_password_alone_shows_no_draft_at_its_public_address(client):
    draft = NewsReleaseFactory()
    address = f"{draft.get_absolute_url()}?edition={draft.pk}"
    user = person()

    client.force_login(user, factor=False)
    assert client.get(address).status_code == 404
    client.force_login(user)
    assert client.get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_newcomer_is_led_through_the_set_up_to_where_they_wanted(client):
    user = person()
    wanted = "/admin/news/campaign/"

    sign_in(client, user.username, then=wanted)
    choice = client.get(wanted, follow=True)
    assert choice.request["PATH_INFO"] == SET_UP
    assert choice.context["next"] == wanted

    form = client.get(APP, {"next": wanted})
    secret = form.context["secret"]
    assert secret in form.content.decode()
    wrong = client.post(APP, {"code": "000000", "next": wanted})
    assert "not the code of the moment" in wrong.content.decode()
    right = client.post(APP, {"code": code(secret), "next": wanted})

    codes = client.get(right.url)
    assert codes.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")
    shown = recovery_codes_of(user)
    assert len(shown) == 10
    assert all(one in codes.content.decode() for one in shown)
    assert f'href="{wanted}"' in codes.content.decode()
    assert client.get(wanted).status_code == 200

    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(one in again for one in shown), "shown once"
    assert "was added" in mail.outbox[-1].subject
    assert client.get(SET_UP).url == reverse("mfa_index")


def test_code_is_asked_for_at_the_next_sign_in(client):
    user = person()
    secret = give_app(user)

    assert sign_in(client, user.username).url == reverse("mfa_authenticate")
    for wrong in ("000000", "", "abcdef", "١٢٣٤٥٦", code(secret, later=300)):
        assert give_code(client, wrong).status_code == 200
        assert not is_inside(client)
    right = code(secret)
    assert give_code(client, f"{right[:3]} {right[3:]}").url == reverse("admin:index")


def test_code_opens_once_for_as_long_as_it_would_fit():
    with time_machine.travel("2026-06-01 10:00:01", tick=False) as clock:
        user = person()
        secret = give_app(user)
        used = code(secret, later=30)  # of a clock that is half a minute ahead
        first, thief = Client(), Client()
        sign_in(first, user.username)
        assert give_code(first, used).status_code == 302

        for _half_minute in range(2):
            sign_in(thief, user.username)
            for digits in (used, f"{used[:3]}-{used[3:]}"):
                assert give_code(thief, digits).status_code == 200, "it fits, but was used"
            assert not is_inside(thief)
            clock.shift(30)


def test_code_that_set_the_app_up_opens_nothing(client):
    user = person()
    client.force_login(user, factor=False)
    secret = client.get(APP).context["secret"]
    used = code(secret)
    client.post(APP, {"code": used})

    sign_in(thief := Client(), user.username)
    assert give_code(thief, used).status_code == 200


def test_recovery_code_opens_once_and_says_how_many_are_left(client):
    user = person()
    give_app(user)
    spare = recovery_codes_of(user)[3]

    sign_in(client, user.username)
    page = client.get(give_code(client, spare).url)
    assert "9 are left" in page.content.decode()

    browser = Client()
    sign_in(browser, user.username)
    assert give_code(browser, spare).status_code == 200
    assert not is_inside(browser)


def test_new_recovery_codes_replace_the_old(client):
    user = person()
    give_app(user)
    old = recovery_codes_of(user)
    client.force_login(user)

    done = client.post(reverse("mfa_generate_recovery_codes"))

    shown = client.get(done.url).content.decode()
    assert not any(one in shown for one in old)
    assert "Make new codes" not in shown
    sign_in(browser := Client(), user.username)
    assert give_code(browser, old[0]).status_code == 200


def test_session_of_a_password_alone_ends_when_a_factor_is_set_up_elsewhere(client):
    """Else whoever guessed the password before could add a second factor of their own."""
    user = person()
    thief = Client()
    sign_in(thief, user.username)
    assert thief.get(APP).status_code == 200

    sign_in(client, user.username)
    secret = client.get(APP).context["secret"]
    copied = Client()
    copied.cookies["sessionid"] = client.session.session_key
    client.post(APP, {"code": code(secret)})

    assert is_inside(client)
    assert not is_inside(copied), "under another key from now on"
    assert thief.get(APP).url.startswith("/account/sign-in/")
    assert thief.session.get("_auth_user_id") is None


def test_session_of_a_password_alone_adds_nothing_to_a_factor(client):
    """Even where such a session has stayed alive."""
    user = person()
    client.force_login(user, factor=False)
    give_app(user)

    for name in ("mfa_add_webauthn", "mfa_activate_totp", "account_set_up"):
        client.force_login(user, factor=False)
        answer = client.get(reverse(name))
        assert answer.url.startswith("/account/sign-in/")
        assert "_auth_user_id" not in client.session


# Of the addresses of the account: what is there for anybody, and what for whoever sets up.
FOR_ANYBODY = {
    "/account/sign-in/",
    "/account/sign-in/code/",
    "/account/sign-in/passkey/",
    "/account/sign-out/",
    "/account/invitation/",
    "/account/invitation/1/",
    "/account/password/forgotten/",
    "/account/password/forgotten/sent/",
    "/account/password/new/1-abc-def/",
    "/account/password/new/set/",
}
FOR_NEWCOMERS = {
    SET_UP,
    APP,
    "/account/passkeys/add/",
    "/account/confirm/",
    "/account/confirm/code/",
    "/account/confirm/passkey/",
}


def test_pages_of_an_account_are_closed_to_a_password_alone():
    """The resolver says which there are; whoever has a second factor signs in anew."""
    newcomer, other, nobody = Client(), Client(), Client()
    newcomer.force_login(person(), factor=False)
    give_app(user := person(username="bob", email="bob@example.org"))
    guarded = set(account_addresses()) - FOR_ANYBODY
    assert guarded > FOR_NEWCOMERS

    wrong = []
    for address in sorted(guarded):
        for method in ("get", "post"):
            other.force_login(user, factor=False)
            answers = [getattr(client, method)(address) for client in (newcomer, other, nobody)]
            led = [str(answer.get("Location")).partition("?")[0] for answer in answers]
            first = led[0] if address in FOR_NEWCOMERS else SET_UP
            expected = [first, "/account/sign-in/", "/account/sign-in/"]
            wrong += [] if led == expected else [(method, address, led)]
    assert wrong == []


def passkey_of(user, name="Laptop"):
    """A passkey as the table keeps it; nothing here asks it to sign."""
    return WebAuthn.add(user, name, {"id": name}).instance


def test_only_second_factor_stays(client):
    user = person()
    give_app(user)
    client.force_login(user)

    refused = client.post(reverse("mfa_deactivate_totp"))
    assert "your only second factor" in refused.content.decode()
    passkey = passkey_of(user)
    assert client.post(reverse("mfa_deactivate_totp")).url == reverse("mfa_index")

    address = reverse("mfa_remove_webauthn", args=[passkey.pk])
    page = client.post(address, follow=True)
    assert "your only second factor" in page.content.decode()
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_nobody_touches_the_passkey_of_somebody_else(client):
    mine, theirs = passkey_of(person()), passkey_of(UserFactory())
    passkey_of(mine.user, "second")
    client.force_login(mine.user)

    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        address = reverse(name, args=[theirs.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "mine"}).status_code == 404
    done = client.post(reverse("mfa_edit_webauthn", args=[mine.pk]), {"name": "Desk"})
    assert done.status_code == 302
    assert "Desk" in client.get(reverse("mfa_index")).content.decode()


@pytest.mark.parametrize(
    "credential", ["", "null", "[]", "{}", "1", '"x"', '{"id": 1}', '{"response": {}}', "{", "[[[["]
)
def test_nonsense_for_a_passkey_opens_nothing(client, credential):
    user = person()
    passkey = {"credential": credential}
    answers = [client.post(reverse("mfa_login_webauthn"), passkey)]
    client.force_login(user)
    answers.append(client.post(reverse("mfa_add_webauthn"), passkey))

    assert {answer.status_code for answer in answers} <= {200, 302}
    assert not Authenticator.objects.exists()
    assert not is_inside(Client())


def test_secret_is_not_readable_in_the_database(client, settings):
    user = person()
    secret = give_app(user)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(one in kept for one in recovery_codes_of(user))

    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another key of more than fifty characters, as it should be"
    sign_in(client, user.username)
    assert give_code(client, code(secret)).status_code == 200, "lost, and said so in the log"

    settings.SECRET_KEY_FALLBACKS = [key]
    assert give_code(client, code(secret)).status_code == 302


def test_closed_account_has_no_way_in_by_its_factor(client):
    user = person()
    secret = give_app(user)
    sign_in(client, user.username)
    user.is_active = False
    user.save()

    give_code(client, code(secret))

    assert not is_inside(client)
    assert client.get(reverse("mfa_index")).status_code == 302


def test_somebody_without_an_assignment_reads_so(client):
    user = person(is_superuser=False)
    give_app(user)
    client.force_login(user)

    page = client.get(reverse("admin:index"), follow=True)

    assert page.status_code == 403
    assert "no assignment for today" in page.content.decode()


def test_doors_of_the_administration_lead_to_those_of_the_account(client):
    """Django's own pages to sign in, to sign out and to change a password are not there."""
    user = person(username="ada")
    words = {"username": "ada", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", words).url.startswith("/account/sign-in/")
    assert not is_inside(client)

    enter(client, user, give_app(user))
    assert client.get("/admin/login/").url == "/admin/"
    for address in ("/admin/password_change/", "/admin/password_change/done/"):
        assert client.post(address, {"old_password": PASSWORD}).url == "/account/password/"
    assert client.get("/admin/logout/").status_code == 200, "asks first"
    assert is_inside(client)
    client.post("/admin/logout/")
    assert not is_inside(client)


def test_no_table_of_sign_in_is_in_the_administration():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert not labels & {"account", "mfa", "usersessions", "sessions"}
