"""Advice beside a text while it is written, and the report on links, in a real browser."""

import pytest

from tests.browser.test_pages_sweep import barriers
from tests.browser.windows import DESKTOP, PHONE, WIDER, inspect, somebody, visit, window
from tests.factories.news import NewsReleaseFactory
from tests.submission import change_of

FAULTY = '<h4>Results</h4><p>More is <a href="https://who.int/">here</a>.</p>'
MENDED = '<h2>Results</h2><p>More is at <a href="https://who.int/">WHO</a>.</p>'


@pytest.fixture
def release(site):
    row = NewsReleaseFactory(title="Malaria", lead="Words.", body="<p>Words.</p>")
    yield row
    row.delete()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["dark phone", "desktop"])
def test_advice_comes_while_one_writes_and_goes_when_it_is_taken(chromium, site, release, screen):
    with somebody(is_superuser=True) as user, window(chromium, site, user, **screen) as page:
        visit(page, site, change_of(release))
        body, region = page.locator("#id_body"), page.locator("#id_body_advice")
        assert region.get_attribute("aria-live") == "polite"
        assert region.inner_text() == ""
        write(body, FAULTY)
        page.locator("#id_body_advice li").nth(1).wait_for()
        assert region.locator("li").all_inner_texts() == [
            "“Results” is a heading of level 4: make it level 2.",
            "The link “here” does not say where it leads. Link the words that name it.",
        ]
        assert "id_body_advice" in body.get_attribute("aria-describedby")
        page.fill("#id_title", "Malaria ends")
        card = page.get_by_role("img", name="Malaria ends")
        assert card.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200
        assert not [*barriers(page), *page.complaints]
        assert not page.evaluate(WIDER)
        write(body, MENDED)
        region.locator("li").first.wait_for(state="detached")
        assert region.inner_text() == ""
        assert not page.complaints


def write(field, text):
    """As the editor does, which keeps the value and says so; the field may be out of sight."""
    field.evaluate(
        "(field, text) => { field.value = text;"
        " field.dispatchEvent(new Event('input', { bubbles: true })); }",
        text,
    )


@pytest.fixture
def linking(site):
    """The seed links to nothing elsewhere."""
    long = "https://unbroken.example/" + "address" * 20
    body = f'<a href="https://who.int/">WHO</a><a href="{long}">U</a>'
    row = NewsReleaseFactory(title="Linking", published=True, body=body)
    yield row
    row.delete()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["dark phone", "desktop"])
def test_report_on_links_puts_up_no_barrier(chromium, site, linking, screen):
    from iomsite.richtext.links import take_stock
    from iomsite.richtext.models import ExternalLink

    take_stock()
    first, second = ExternalLink.objects.order_by("address")
    try:
        ExternalLink.objects.filter(pk=first.pk).update(health="refused", reason="port")
        ExternalLink.objects.filter(pk=second.pk).update(health="well")
        with somebody(is_superuser=True) as user, window(chromium, site, user, **screen) as page:
            visit(page, site, "/admin/richtext/externallink/")
            assert first.address in page.locator("#result_list tbody tr").first.inner_text()
            inspect(page)
            assert not page.complaints
    finally:
        ExternalLink.objects.all().delete()
