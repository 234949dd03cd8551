"""What somebody typed who meant harm, before a browser that nothing else protects.

The content security policy is off: nothing may run because the pages themselves are inert.
"""

from html import escape

import pytest
from playwright.sync_api import expect

from iomsite.publishing import actions
from iomsite.publishing.models import AuditEntry
from news.models import NewsRelease, ReleaseContact
from tests.browser.windows import DESKTOP, somebody, window
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.richtext import hostile
from tests.submission import change_of, list_of, verb_of

SCRIPTS = [piece.replace("\0", "") for piece in hostile.SCRIPTS]
HOOKS = "() => { for (const name of ['alert', 'confirm', 'prompt', 'msgbox']) \
window[name] = () => console.error('RAN', name); }"
# What would run by a pointer or a key: everything is pointed at and focused.
TOUCH = """() => {
  for (const element of document.querySelectorAll("body *")) {
    for (const kind of ["mouseover", "mouseenter", "pointerover", "focus", "error", "load"]) {
      element.dispatchEvent(new Event(kind, { bubbles: false }));
    }
  }
}"""


def said(start):
    """Other scripts in each field, as many as it holds."""
    turned = SCRIPTS[start:] + SCRIPTS[:start]
    found = ""
    for piece in turned:
        found += piece if len(found) + len(piece) <= 240 else ""
    return found


@pytest.fixture
def release():
    everything = "\n\n".join(SCRIPTS)
    rich = "".join(SCRIPTS) + f"<p>{escape(everything)}</p>"
    texts = {"lead": everything, "body": rich, "dateline": said(2)[:120]}
    notes = dict.fromkeys(("source_text", "correction_note", "editor_note"), everything)
    by, reviewer = UserFactory.create_batch(2, is_superuser=True)
    page = NewsReleaseFactory(title=said(0), slug="hostile", **texts, **notes)
    ReleaseContact.objects.create(release=page, name=said(9)[:120], post=said(20)[:120])
    actions.submit(page, by=by)
    actions.publish(page, by=reviewer)
    copy = actions.edit(page, by=by)
    NewsRelease.objects.filter(pk=copy.pk).update(title=said(30), lead=everything[::-1])
    page.refresh_from_db()
    yield page, copy
    copy.delete()
    page.delete()
    for user in (by, reviewer):
        user.delete()


def test_nothing_that_somebody_typed_runs_or_asks_another_site(chromium, site, release):
    page, copy = release
    entry = AuditEntry.objects.filter(page_id=page.pk, model="news.newsrelease").latest("pk")
    addresses = [
        page.get_absolute_url(),
        "/news/",
        list_of(page),
        *(verb_of(name, copy) for name in ("compare", "history", "discard")),
        change_of(entry),
        f"{list_of(page)}?q=%3Cscript%3Ealert(1)%3C/script%3E",
        change_of(copy),
    ]
    with (
        somebody(is_superuser=True) as user,
        window(chromium, site, user, bypass_csp=True, **DESKTOP) as tab,
    ):
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: (tab.complaints.append(dialog.message), dialog.dismiss()))
        tab.add_init_script(f"({HOOKS})()")
        for address in addresses:
            tab.goto(site + address)
            tab.evaluate(TOUCH)
        expect(tab.locator("[data-richtext]").first).to_have_value(copy.body)
        expect(tab.locator(".ProseMirror, textarea#id_body").first).to_be_visible()
        assert tab.complaints == []
        assert [url for url in asked if not url.startswith((f"{site}/", "data:"))] == []
