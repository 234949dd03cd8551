"""How staff get in and out, by keyboard alone: on a phone and at a desk."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from iomsite.accounts import invitations
from iomsite.accounts.models import User
from tests.accounts.signing_in import PASSWORD, code, give_app, is_inside
from tests.browser.windows import DESKTOP, PHONE, somebody, window
from tests.factories.accounts import UserFactory


@pytest.fixture
def local(site):
    """The same site by a name: browsers know passkeys for names only."""
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(chromium, local):
    with window(chromium, local, **DESKTOP) as page:
        yield page


@pytest.fixture
def phone(chromium, local):
    with window(chromium, local, **PHONE) as page:
        yield page


@pytest.fixture
def newcomer(site):
    user = UserFactory(username="grace", email="grace@example.org", is_superuser=True)
    yield user
    User.objects.filter(pk=user.pk).delete()


def type_and_send(page, *words):
    """Fill fields in the order of the page, the first of which has the focus without being asked.

    A browser gives it that with the first frame it draws, which may be after the page has loaded.
    """
    page.locator("input:focus").wait_for()
    for number, word in enumerate(words):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type(word)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page, words):
    """Go by Tab to the link or button of these words, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.innerText.trim()") == words:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    pytest.fail(f"No Tab leads to “{words}” on {page.url}")


def heading(page):
    return page.locator("h1").inner_text()


def test_from_the_invitation_to_the_desk_and_back_in_by_every_code(phone, newcomer):
    page = phone
    page.goto(reverse("account_invitation_link", args=[invitations.renew(newcomer)]))
    assert heading(page) == "Welcome"
    type_and_send(page, PASSWORD, PASSWORD)

    assert heading(page) == "Set up a second factor"
    press(page, "Use an app")
    secret = page.locator(".qr-key").inner_text()
    type_and_send(page, "000000")
    assert page.locator(".errorlist").is_visible()
    assert page.locator(".qr-key").inner_text() == secret, "the app has read it already"
    used = code(secret)
    type_and_send(page, used)

    assert heading(page) == "Recovery codes"
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    press(page, "I have kept them: go on")
    assert heading(page) == "What needs you"

    press(page, "Sign out")
    assert heading(page) == "Sign in"
    type_and_send(page, "grace", "wrong")
    assert "do not belong together" in page.locator(".errorlist").inner_text()
    type_and_send(page, "grace@example.org", PASSWORD)
    assert heading(page) == "Second factor"
    for wrong in ("123456", used):
        type_and_send(page, wrong)
        assert page.locator(".errorlist").is_visible()
    type_and_send(page, codes[0])
    assert heading(page) == "What needs you"
    assert "9 are left" in page.locator(".messagelist").inner_text()

    press(page, "Sign out")
    type_and_send(page, "grace", PASSWORD)
    type_and_send(page, code(secret, later=30))
    assert heading(page) == "What needs you"
    assert page.complaints == []


PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def assert_replay_opens_nothing(request):
    """The answer of a passkey fits the one question that it was given."""
    fields = dict(parse_qsl(request.post_data))
    assert json.loads(fields["credential"])["response"]["signature"]
    thief = Client(headers={"host": urlsplit(request.url).netloc})
    address = reverse("mfa_login_webauthn")
    thief.post(address, {"credential": fields["credential"]})
    thief.get(address, headers={"accept": "application/json"})  # a question of its own
    thief.post(address, {"credential": fields["credential"]})
    assert "mfa.webauthn.state" in thief.session
    assert not is_inside(thief)


def test_passkey_is_set_up_and_opens_alone_and_as_second_factor(page):
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
    with somebody() as user:
        page.goto("/admin/news/campaign/")
        type_and_send(page, user.username, PASSWORD)
        press(page, "Use a passkey")
        press(page, "Add the passkey")
        assert heading(page) == "Recovery codes"
        press(page, "I have kept them: go on")
        assert page.url.endswith("/admin/news/campaign/")

        press(page, "Sign out")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            press(page, "Sign in with a passkey")
        assert heading(page) == "What needs you"
        assert_replay_opens_nothing(sent.value)

        press(page, "Sign out")
        type_and_send(page, user.username, PASSWORD)
        press(page, "Use a passkey instead")
        assert heading(page) == "What needs you"

        press(page, "Your account")
        assert "Passkey 1" in page.locator("table").inner_text()
        press(page, "Sign out")
        devtools.send(
            "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device["authenticatorId"]}
        )
        devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": PASSKEY | {"isUserVerified": False}},
        )
        type_and_send(page, user.username, PASSWORD)
        page.get_by_role("button", name="Use a passkey instead").press("Enter")
        page.get_by_role("alert").wait_for()
        assert "The passkey was not used" in page.get_by_role("alert").inner_text()


def test_somebody_signs_out_wherever_they_are(page, phone):
    with somebody() as user:
        secret = give_app(user)
        for browser, later in ((page, 0), (phone, 30)):
            browser.goto("/admin/news/campaign/")
            type_and_send(browser, user.username, PASSWORD)
            type_and_send(browser, code(secret, later=later))
            assert browser.url.endswith("/admin/news/campaign/")

        press(page, "Your account")
        press(page, "Where you are signed in")
        assert page.locator("tbody tr").count() == 2
        press(page, "End all others")
        assert "1 session has ended" in page.locator(".messagelist").inner_text()
        phone.reload()
        assert heading(phone) == "Sign in"

        press(page, "Your account")
        press(page, "Change your password")
        type_and_send(page, PASSWORD, "another-long-secret", "another-long-secret")
        assert heading(page) == "Sign in", page.locator("main").inner_text()
        assert "Sign in with the new one" in page.locator(".messagelist").inner_text()
    assert page.complaints == phone.complaints == []
