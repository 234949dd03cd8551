"""What comes out of a printer, and what a journalist copies."""

import re

RELEASE = "/news/2016/iom-partners-unite-to-end-malaria-for-good/"


def test_paper_holds_the_words_and_nothing_to_click(page):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(RELEASE)
    words = page.locator("body").inner_text()
    order = ["IOM, Partners Unite", "25 April 2016", "World Malaria Day 2016", "Sources", RELEASE]
    places = [words.index(part) for part in order]
    assert places == sorted(places)
    for hidden in ("Menu", "Search", "Also as", "Copy", "Staff sign-in", "Related"):
        assert hidden not in words, hidden
    ink = page.evaluate("() => getComputedStyle(document.querySelector('h1')).color")
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    file = page.pdf(prefer_css_page_size=True, outline=True, tagged=True)
    assert len(re.findall(rb"/Type\s*/Page\b", file)) <= 2


def test_citation_is_copied_with_the_keyboard(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(RELEASE)
    button = page.get_by_role("button", name="Copy")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("International Organization for Migration (IOM), “IOM, Partners")
    assert copied.endswith(RELEASE)


def test_citation_is_there_without_a_script(page_without_javascript):
    page = page_without_javascript
    page.goto(RELEASE)
    assert RELEASE in page.locator(".citation__words").inner_text()
    assert page.get_by_role("button", name="Copy").count() == 0
