"""What opens with a passkey, and what does not."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.accounts.passkeys import PRESENT, Passkey
from tests.accounts.signing_in import give_app, is_inside, person, sign_in

pytestmark = pytest.mark.django_db

ASKED = {"accept": "application/json"}


def challenge(client):
    """As the page of sign-in asks for it."""
    answer = client.get(reverse("mfa_login_webauthn"), headers=ASKED)
    assert answer.json()["request_options"]["publicKey"]["userVerification"] == "required"


def use(client, passkey, name="mfa_login_webauthn", **how):
    return client.post(reverse(name), passkey.answer(client, **how))


def test_passkey_opens_by_itself_and_its_answer_once(client):
    passkey = Passkey(person())
    challenge(client)
    answer = passkey.answer(client)
    thief = Client()
    challenge(thief)
    thief.post(reverse("mfa_login_webauthn"), answer)
    assert not is_inside(thief), "an answer to another challenge"

    client.post(reverse("mfa_login_webauthn"), answer)
    assert is_inside(client)
    client.post(reverse("account_logout"))
    client.post(reverse("mfa_login_webauthn"), answer)
    assert not is_inside(client)


def test_passkey_of_another_account_or_made_for_another_site_opens_nothing(client):
    mine = Passkey(person())
    theirs = Passkey(person(username="bob", email="bob@example.org"))
    sign_in(client, mine.user.username)
    client.get(reverse("mfa_authenticate"))
    for passkey, how in ((theirs, {}), (mine, {"origin": "https://evil.example"})):
        use(client, passkey, "mfa_authenticate", **how)
        assert not is_inside(client)
    use(client, mine, "mfa_authenticate")
    assert is_inside(client)


def test_challenge_of_another_page_does_not_let_a_key_alone_stand_for_a_password(client):
    """Of the challenges in a session, some ask for less than a finger, a face or a PIN."""
    stolen = Passkey(person(username="bob", email="bob@example.org"))
    colleague = person()
    Passkey(colleague)
    with time_machine.travel("2026-06-01 10:00", tick=False) as clock:
        sign_in(client, colleague.username)
        client.get(reverse("mfa_authenticate"))
        clock.shift(16 * 60)  # nobody waits for the code any more

        use(client, stolen, flags=PRESENT)

        assert not is_inside(client)
        challenge(client)
        use(client, stolen)
        assert is_inside(client)


def test_passkey_tried_at_a_closed_account_leaves_nothing_behind(client):
    """Else a password alone would do in this browser, once the account is open again."""
    user = person()
    passkey = Passkey(user)
    give_app(user)
    user.is_active = False
    user.save()
    challenge(client)
    refused = client.post(reverse("mfa_login_webauthn"), passkey.answer(client), follow=True)
    assert "This account is closed." in refused.content.decode()

    user.is_active = True
    user.save()
    sign_in(client, user.username)

    assert not is_inside(client)
