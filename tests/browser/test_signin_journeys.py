"""How staff get in, by keyboard; and every page behind the door, without a complaint."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from iomsite.accounts import invitations
from iomsite.accounts.models import User
from tests.accounts.addresses import routes, with_rows
from tests.accounts.signing_in import PASSWORD, code, give_app, person
from tests.factories.accounts import UserFactory

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def local(site):
    """The same site by a name: browsers know passkeys for names only."""
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(chromium, local):
    with chromium.new_context(base_url=local, viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(15_000)
        yield context.new_page()


@contextmanager
def somebody(**fields):
    """An account for one journey; the database outlives it."""
    user = person(username="journey", email="journey@example.org", **fields)
    try:
        yield user
    finally:
        User.objects.filter(pk=user.pk).delete()


@pytest.fixture
def newcomer(site):
    user = UserFactory(username="grace", email="grace@example.org", is_superuser=True)
    yield user
    User.objects.filter(pk=user.pk).delete()


def type_and_send(page, *words):
    """Fill fields in the order of the page, the first of which has the focus already."""
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


def test_from_the_invitation_to_the_desk_and_back_in_by_every_code(page, newcomer):
    page.goto(reverse("account_invitation_link", args=[invitations.renew(newcomer)]))
    assert heading(page) == "Welcome"
    type_and_send(page, PASSWORD, PASSWORD)

    assert heading(page) == "Set up a second factor"
    press(page, "Use an app")
    secret = page.locator(".qr-key").inner_text()
    type_and_send(page, "000000")
    assert page.locator(".errorlist").is_visible()
    assert page.locator(".qr-key").inner_text() == secret, "the app has read it already"
    type_and_send(page, code(secret))

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
    for wrong in ("123456", code(secret)):  # the second has been used
        type_and_send(page, wrong)
        assert page.locator(".errorlist").is_visible()
    type_and_send(page, codes[0])
    assert heading(page) == "What needs you"
    assert "9 are left" in page.locator(".messagelist").inner_text()

    press(page, "Sign out")
    type_and_send(page, "grace", PASSWORD)
    type_and_send(page, code(secret, later=30))
    assert heading(page) == "What needs you"


PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


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
        press(page, "Sign in with a passkey")
        assert heading(page) == "What needs you"

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


@contextmanager
def window(chromium, site, user=None, *, factor=True, **options):
    """A window of a browser in which somebody is signed in, and what it complains about."""
    with chromium.new_context(base_url=site, reduced_motion="reduce", **options) as context:
        if user:
            client = Client()
            client.force_login(user, factor=factor)
            cookie = {"name": "sessionid", "value": client.session.session_key, "url": site}
            context.add_cookies([cookie])
        context.set_default_timeout(15_000)
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) =>"
            " console.error('POLICY', event.violatedDirective, event.blockedURI))"
        )
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: note(page, message))
        yield page


def note(page, message):
    """What the console says, but not that the page itself was refused or is not there."""
    about_itself = message.location.get("url", "") == page.asked and "the server" in message.text
    if message.type in ("error", "warning") and not about_itself:
        page.complaints.append(f"{page.url}: {message.text}")


def visit(page, site, address):
    page.asked = site + address
    return page.goto(address)


PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
OUTSIDE = (
    "/account/sign-in/",
    "/account/password/forgotten/",
    "/account/password/forgotten/sent/",
    "/account/password/new/1-abc-def/",
    "/account/password/new/set/",
    "/account/invitation/",
)
NEWCOMER = ("/account/set-up/", "/account/app/", "/account/passkeys/add/")
INSIDE = (
    "/account/",
    "/account/sign-out/",
    "/account/confirm/",
    "/account/confirm/code/",
    "/account/password/",
    "/account/app/remove/",
    "/account/recovery-codes/",  # shown
    "/account/recovery-codes/",  # and never again
    "/account/recovery-codes/new/",
    "/account/sessions/",
)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["dark phone", "desktop"])
def test_pages_of_sign_in_put_up_no_barrier(chromium, site, screen):
    """Whoever meets them: axe, the width of the screen, and the console."""
    with somebody() as user, window(chromium, site, **screen) as stranger:
        look_at(stranger, site, OUTSIDE)
        with window(chromium, site, user, factor=False, **screen) as newcomer:
            look_at(newcomer, site, NEWCOMER)
        give_app(user)
        with window(chromium, site, user, **screen) as inside:
            look_at(inside, site, INSIDE)
        stranger.goto("/account/sign-in/")
        stranger.fill("[name=login]", user.username)
        stranger.fill("[name=password]", PASSWORD)
        stranger.get_by_role("button", name="Sign in", exact=True).click()
        stranger.fill("[name=code]", "000000")
        stranger.get_by_role("button", name="Sign in", exact=True).click()
        inspect(stranger)

    assert not stranger.complaints + newcomer.complaints + inside.complaints


def look_at(page, site, addresses):
    for address in addresses:
        visit(page, site, address)
        inspect(page)


def inspect(page):
    found = Axe().run(page).response["violations"]
    page.complaints += [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]
    if page.evaluate(WIDER):
        page.complaints.append(f"{page.url}: scrolls sideways")


def test_no_page_of_the_administration_makes_the_browser_complain(chromium, site):
    """Every address of the resolver that shows a page, under the policy of the site.

    What leads elsewhere, is refused or is no page is found out first, without a browser.
    """
    tried = [address for route in routes() if (address := with_rows(route))]
    with somebody() as user, window(chromium, site, user, **DESKTOP) as page:
        client = Client()
        client.force_login(user)
        answers = {address: client.get(address) for address in tried}
        assert not [address for address, answer in answers.items() if answer.status_code >= 500]
        pages = [address for address, answer in answers.items() if is_page(answer)]
        assert len(pages) > 100
        for address in pages:
            visit(page, site, address)
    assert not page.complaints


def is_page(answer):
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def test_working_with_a_form_breaks_no_policy(chromium, site):
    """Scripts of the administration that only run when somebody uses them."""
    with somebody() as user, window(chromium, site, user, **DESKTOP) as page:
        visit(page, site, "/admin/news/newsrelease/add/")
        page.locator(".select2-selection").first.click()
        page.locator(".select2-search__field").last.press_sequentially("mal", delay=20)
        page.locator(".select2-results__option").first.wait_for()
        page.keyboard.press("Enter")
        page.locator(".add-row a").first.click()
        page.locator("#header .theme-toggle").click()
        page.locator("[name=title]").fill("A title")
        visit(page, site, "/admin/news/newsrelease/")
        page.locator("#action-toggle").check()
        visit(page, site, "/admin/")
    assert not page.complaints
