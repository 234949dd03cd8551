"""Every page of sign-in and of the administration, without a complaint of the browser."""

import re
from contextlib import contextmanager
from itertools import cycle

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.test import Client

from iomsite.accounts import throttle
from iomsite.accounts.models import User
from iomsite.publishing.states import State
from news.models import NewsRelease
from tests.accounts.addresses import routes
from tests.accounts.signing_in import PASSWORD, give_app, person, sign_in
from tests.browser.windows import (
    DESKTOP,
    PHONE,
    WIDER,
    inspect,
    look_at,
    publisher_in_a_country,
    somebody,
    tab_of,
    visit,
    window,
)
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.factories.publishing import LONG_AGO, PublishingSetFactory

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
        for _attempt in range(4):
            stranger.goto("/account/password/forgotten/")
            stranger.fill("[name=email]", user.email)
            stranger.asked = stranger.url
            stranger.get_by_role("button", name="Send the link").click()
        assert stranger.locator("h1").inner_text() == "Too many attempts"
        inspect(stranger)
        throttle.unlock(user)
        User.objects.filter(pk=user.pk).update(is_superuser=False)
        with window(chromium, site, user, **screen) as idle:
            look_at(idle, site, ["/admin/login/"])
            assert idle.locator("h1").inner_text() == "Nothing to do here today"

    assert not idle.complaints
    assert not stranger.complaints + newcomer.complaints + inside.complaints


STATES = ("draft", "in_review", "scheduled", "published", "withdrawn", "expired", "binned")
# Addresses that show no page of their own: data, fragments, and ways to elsewhere.
NO_PAGES = {
    "/admin/<path:object_id>/",
    "/admin/add/advice/",
    "/admin/add/autosave/",
    "/admin/autocomplete/",
    "/admin/csv/",
    "/admin/jsi18n/",
    "/admin/login/",
    "/admin/password_change/",
    *(f"/admin/<path:object_id>/{name}/" for name in ("advice", "autosave", "presence")),
}


# Where one kind of page stands for all.
ONE_KIND = re.compile(r"/admin/(news/(newsrelease/|$)|publishing/publishingset/|accounts/|$)")


@contextmanager
def rows_in_every_state():
    """News releases as the desk meets them, an account not yet entered, one locked, and a set."""
    releases = [NewsReleaseFactory(**{state: True}) for state in STATES]
    releases.append(NewsReleaseFactory(published=True, emergency_reason="It could not wait."))
    old = {"state": State.SUPERSEDED, "published_at": LONG_AGO}
    copies = [
        NewsReleaseFactory(edition_of=NewsReleaseFactory(published=True), edition=2, **fields)
        for fields in ({"draft": True}, {"in_review": True}, {"scheduled": True}, old)
    ]
    pages = [*releases, *(copy.edition_of for copy in copies)]
    invited = UserFactory(email="new@example.org")
    invited.set_unusable_password()
    invited.save()
    locked = person(username="late")
    give_app(locked)
    UserSession.objects.create(user=locked, session_key="x" * 32, ip="203.0.113.1")
    for _attempt in range(5):
        sign_in(Client(), "late", "wrong")
    others = [PublishingSetFactory(), invited, locked]
    try:
        yield [*pages, *copies, *others]
    finally:
        throttle.unlock(locked)
        for row in [*copies, *pages, *others]:
            row.delete()


def test_no_page_of_the_administration_makes_the_browser_complain(chromium, site):
    """Every address of the resolver, under the policy of the site, in three tabs at a time.

    What leads elsewhere, is refused or is no page is found out first, without a browser.
    """
    with somebody() as user, rows_in_every_state() as rows:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        shown = {route: pages_of(client, route, rows) for route in routes()}
        without = {route for route, found in shown.items() if not found}
        assert kinds_of(without) - kinds_of(shown.keys() - without) == NO_PAGES
        with window(chromium, site, user, **DESKTOP) as page:
            tabs = [page, tab_of(page.context), tab_of(page.context)]
            addresses = [address for found in shown.values() for address in found]
            for address, tab in zip(addresses, cycle(tabs), strict=False):
                tab.wait_for_load_state()
                visit(tab, site, address, wait_until="commit")
            for tab in tabs:
                tab.wait_for_load_state()
    assert not page.complaints + tabs[1].complaints + tabs[2].complaints


def test_a_country_office_works_on_a_phone_without_a_complaint(chromium, site):
    """One page of each kind, in the dark: what it may change, and what it may only read."""
    with publisher_in_a_country() as user, rows_in_every_state() as rows:
        for row in rows[::2]:
            if isinstance(row, NewsRelease):
                NewsRelease.objects.filter(pk=row.page.pk).update(responsible_office=user.office)
        client = Client(raise_request_exception=False)
        client.force_login(user)
        shown = [pages_of(client, route, rows) for route in routes() if ONE_KIND.match(route)]
        addresses = [address for found in shown for address in found]
        assert len(addresses) > 20
        with window(chromium, site, user, **PHONE) as page:
            for address in addresses:
                visit(page, site, address)
                if page.evaluate(WIDER):
                    page.complaints.append(f"{page.url}: scrolls sideways")
    assert not page.complaints


REFUSALS = {"/admin/no/such/": 404, "/admin/accounts/user/add/": 403, "/admin/?q=%00": 400}


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["dark phone", "desktop"])
def test_refusals_of_the_administration_put_up_no_barrier(chromium, site, screen):
    """Nor does a form that was open for too long; too many attempts are among sign-in, above."""
    with publisher_in_a_country() as user, window(chromium, site, user, **screen) as page:
        for address, status in REFUSALS.items():
            assert visit(page, site, address).status == status
            inspect(page)
        visit(page, site, "/account/sign-out/")
        page.context.clear_cookies(name="csrftoken")
        page.asked = page.url
        page.get_by_role("button", name="Sign out").last.click()
        assert page.locator("h1").inner_text() == "Please send that again"
        inspect(page)
    assert not page.complaints


def kinds_of(found):
    """Routes without the kind of row that they are about."""
    return {re.sub(r"^/admin/\w+/\w+/", "/admin/", route) for route in found}


def with_each(route, rows):
    """The addresses of this route: of each row that was made for it, or of the first there is."""
    about = re.match(r"/admin/(\w+)/(\w+)/<", route)
    if not about:
        return [route]
    model = apps.get_model(*about.groups())
    chosen = [row for row in rows if type(row) is model] or model._default_manager.all()[:1]
    return [re.sub(r"<\w+:\w+>", str(row.pk), route) for row in chosen]


def pages_of(client, route, rows):
    """Addresses of this route that show a page: forms of rows in all states, else one of them."""
    found = []
    for address in with_each(route, rows):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if is_page(answer):
            found.append(address)
            if not route.endswith("/change/"):
                break
    return found


def is_page(answer):
    is_html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return is_html and b"<!doctype html" in answer.content.lower()


HIDES_A_COLUMN = """() => {
  const list = document.querySelector("#changelist .results");
  return list !== null && list.scrollWidth > list.clientWidth;
}"""


def test_no_list_hides_a_column_beyond_the_edge_of_a_desktop(chromium, site):
    """Of what is seeded, and of releases with long headlines in every state."""
    kinds = [f"{kind._meta.app_label}/{kind._meta.model_name}" for kind in admin.site._registry]
    with somebody() as user, rows_in_every_state() as rows:
        NewsRelease.objects.filter(pk__in=[row.pk for row in rows]).update(
            title="On the health of migrants in the communities of both sides of the border"
        )
        with window(chromium, site, user, **DESKTOP) as page:
            hidden = [
                kind
                for kind in kinds
                if visit(page, site, f"/admin/{kind}/") and page.evaluate(HIDES_A_COLUMN)
            ]
    assert hidden == []


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
