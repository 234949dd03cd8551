"""A mail of alerts as somebody reads it: narrow and wide, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from iomsite.alerts.letters import letter
from iomsite.alerts.models import Alert, Message, Reader
from news.models import NewsRelease

# A mail is shown inside of the page of a mail program, which has the landmarks.
OF_PAGES = {name: {"enabled": False} for name in ("region", "landmark-one-main")}


@pytest.fixture
def mails(site, django_db_blocker):
    """What a reader is sent: one that asks, and one that tells."""
    with django_db_blocker.unblock():
        reader = Reader.objects.create(email="reader@example.org", root=site)
        known = {"reader": reader, "question": "/news/"}
        alert = Alert.objects.create(**known, confirmed_at=timezone.now())
        news = Message.objects.create(reader=reader, kind=Message.Kind.NEWS)
        for row in NewsRelease.objects.published():
            alert.items.create(
                model="news.newsrelease", row_id=row.pk, found_at=timezone.now(), message=news
            )
        asked = Alert.objects.create(reader=reader, question="/news/campaigns/")
        question = Message.objects.create(
            reader=reader, kind=Message.Kind.CONFIRMATION, alert=asked
        )
        yield [letter(one).alternatives[0][0] for one in (news, question)]
        reader.delete()


@pytest.mark.parametrize("width", [390, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_mail_is_read_on_any_screen(page, mails, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for mail in mails:
        page.set_content(mail)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(246, 244, 239)", "dark": "rgb(12, 19, 30)"}[scheme]
        found = Axe().run(page, options={"rules": OF_PAGES}).response["violations"]
        assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]
    assert asked == []  # nothing tells that it was read
