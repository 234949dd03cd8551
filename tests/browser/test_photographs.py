"""Photographs in a real browser: what is fetched, what moves, and how their focal point is picked.

The site is shared with the other journeys, so whatever is made here is deleted again.
"""

import datetime
import io

import pytest
from django.urls import reverse
from PIL import Image

from tests.browser.windows import DESKTOP, PHONE, WIDER, let_in, somebody, window

# How far the page has moved under its reader.
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


@pytest.fixture
def release(site):
    """A public page with three photographs, each another file."""
    from tests.factories.images import PhotoFactory, stored
    from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory

    row = NewsReleaseFactory(
        published=True,
        title="Three photographs",
        body="<p>Words.</p>" * 120,
        released_on=datetime.date(2026, 1, 2),  # the newest: the home page begins with it
    )
    photos = [PhotoFactory(with_file=True, file=stored(seed), published=True) for seed in (1, 2, 3)]
    for order, photo in enumerate(photos, 1):
        ReleasePhotoFactory(release=row, photo=photo, order=order, alt_text="A drawing")
    yield row
    row.delete()
    for photo in photos:
        photo.delete()


@pytest.fixture
def clara(site):
    with somebody() as user:
        yield user


@pytest.fixture
def draft(site):
    from tests.factories.images import PhotoFactory

    photo = PhotoFactory(with_file=True, title="To be cut")
    yield photo
    photo.delete()


def test_photographs_come_in_the_newest_format_when_they_are_needed_and_nothing_moves(
    page, release
):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(release.get_absolute_url(), wait_until="networkidle")

    names = [photo.file.name[7:-4] for photo in (use.photo for use in release.photos.all())]
    sent = [url for url in fetched if "/media/" in url]
    # What lies far below is fetched as its reader comes near.
    assert [url.rpartition("/media/")[2] for url in sent] == [f"renditions/{names[0]}/400.avif"]
    page.mouse.wheel(0, 9000)
    page.locator("img").last.evaluate("image => image.decode()")
    assert len({url.split("/")[-2] for url in fetched if "/media/" in url}) == 3
    assert all(url.endswith(".avif") for url in fetched if "/media/" in url)
    assert page.evaluate(SHIFT) == 0


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["dark phone", "desktop"])
def test_nothing_moves_on_any_kind_of_page_with_photographs(chromium, site, release, size):
    """At its top and all the way down; one picture is asked for first, with its room kept."""
    from tests.factories.programmes import EngagementFactory, EngagementPhotoFactory

    engagement = EngagementFactory(published=True, title="Two photographs")
    uses = [
        EngagementPhotoFactory(engagement=engagement, photo=use.photo, order=use.order)
        for use in release.photos.all()[:2]
    ]
    try:
        with window(chromium, site, **size) as page:
            for address in ("/", release.get_absolute_url(), engagement.get_absolute_url()):
                page.goto(address, wait_until="networkidle")
                images = page.locator("main img")
                for image in images.all():
                    image.scroll_into_view_if_needed()
                    image.evaluate("image => image.decode()")
                assert page.evaluate(SHIFT) == 0, address
                found = images.evaluate_all(
                    "all => all.map(i => [i.loading, i.fetchPriority, i.width > 0, i.height > 0])"
                )
                first, *others = found
                assert first == ["auto", "high", True, True], address
                assert others == [["lazy", "auto", True, True]] * len(others), address
                assert page.evaluate(WIDER) is False
            assert page.complaints == []
    finally:
        for use in uses:
            use.delete()
        engagement.delete()


def test_pattern_is_drawn_over_a_picture_that_is_gone(page, release):
    page.route("**/media/**", lambda route: route.fulfill(status=404))
    with page.expect_response("**/icons/pattern.svg"):
        page.goto(release.get_absolute_url())
    image = page.locator("img").first
    assert image.evaluate("image => image.complete && !image.naturalWidth")
    shown = Image.open(io.BytesIO(image.screenshot())).convert("RGB")
    assert shown.width > 800
    _number, most = max(shown.getcolors(1 << 24))
    assert most == (11, 43, 94)
    # Safari draws nothing over such an image, and what is behind it as all do.
    behind = image.evaluate("image => getComputedStyle(image).backgroundImage")
    assert "/icons/pattern" in behind


def open_form(page, site, user, photo):
    let_in(page.context, site, user)
    page.goto(reverse("admin:images_photo_change", args=[photo.pk]))
    page.locator("#id_focus_x").wait_for()


def saved(page, photo):
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("was changed successfully").wait_for()
    photo.refresh_from_db()
    return photo.focus_x, photo.focus_y


def test_focal_point_is_picked_by_clicking_or_by_keyboard(page, site, clara, draft):
    open_form(page, site, clara, draft)
    page.get_by_text("Click on what must stay in view").wait_for()
    box = page.locator(".focus").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    assert (page.input_value("#id_focus_x"), page.input_value("#id_focus_y")) == ("0.75", "0.25")
    page.locator("#id_focus_y").focus()
    page.keyboard.press("ArrowUp")
    ring = page.locator(".focus__mark circle")
    assert [float(ring.get_attribute(name)) for name in ("cx", "cy")] == [300, 78]
    assert saved(page, draft) == (0.75, 0.26)


def test_focal_point_is_typed_without_javascript(page_without_javascript, site, clara, draft):
    page = page_without_javascript
    open_form(page, site, clara, draft)
    assert page.get_by_text("Click on what must stay in view").is_hidden()
    page.fill("#id_focus_x", "0.1")
    assert saved(page, draft) == (0.1, 0.5)
