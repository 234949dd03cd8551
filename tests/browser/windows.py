"""Windows in which somebody of the staff is at work, and what a browser complains about there."""

from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from iomsite.accounts.models import Assignment, User
from tests.accounts.signing_in import person
from tests.factories.accounts import OfficeFactory

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
# It would fetch the style sheets that others import, by an inline style; and it would say of every
# element that is in order how to find it, which is a third of its work.
AXE = {"preload": False, "resultTypes": ["violations"]}


@contextmanager
def somebody(**fields):
    """An account for one journey; the database outlives it."""
    user = person(username="journey", email="journey@example.org", **fields)
    try:
        yield user
    finally:
        Assignment.objects.filter(person=user).delete()
        User.objects.filter(pk=user.pk).delete()


@contextmanager
def publisher_in_a_country():
    """Whose rights end with one office; the office goes as well."""
    office = OfficeFactory(name="Office of the journey")
    place = {"role": "publisher", "role__office": office}
    with somebody(is_superuser=False, **place) as user:
        user.office = office
        yield user
    office.delete()


@contextmanager
def window(chromium, site, user=None, *, factor=True, **options):
    """A window of a browser in which somebody is signed in, and what it complains about."""
    with chromium.new_context(base_url=site, reduced_motion="reduce", **options) as context:
        if user:
            let_in(context, site, user, factor=factor)
        context.set_default_timeout(15_000)
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) =>"
            " console.error('POLICY', event.violatedDirective, event.blockedURI))"
        )
        yield tab_of(context)


def let_in(context, site, user, *, factor=True):
    """Signed in already: the journeys of signing in use the forms."""
    client = Client()
    client.force_login(user, factor=factor)
    cookie = {"name": "sessionid", "value": client.session.session_key, "url": site}
    context.add_cookies([cookie])


def tab_of(context):
    page = context.new_page()
    page.asked, page.complaints = "", []
    page.on("pageerror", lambda error: page.complaints.append(f"{page.url}: {error}"))
    page.on("console", lambda message: note(page, message))
    return page


def note(page, message):
    """What the console says, but not that the page itself was refused or is not there."""
    about_itself = message.location.get("url", "") == page.asked and "the server" in message.text
    if message.type in ("error", "warning") and not about_itself:
        page.complaints.append(f"{page.url}: {message.text}")


def visit(page, site, address, **options):
    page.asked = site + address
    return page.goto(address, **options)


def look_at(page, site, addresses):
    for address in addresses:
        visit(page, site, address)
        inspect(page)


def inspect(page):
    found = Axe().run(page, options=AXE).response["violations"]
    page.complaints += [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]
    if page.evaluate(WIDER):
        page.complaints.append(f"{page.url}: scrolls sideways")
