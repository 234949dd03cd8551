"""Search with a keyboard alone, and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_journeys import tab_until

FIELD = "#search-field"


def active(page):
    """The words of the option that a screen reader is told of."""
    return page.evaluate(
        """() => {
          const field = document.activeElement;
          const option = document.getElementById(field.getAttribute("aria-activedescendant"));
          return option && option.getAttribute("aria-selected") === "true" && option.textContent;
        }"""
    )


def barriers(page):
    return [found["id"] for found in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", [390, 1280])
def test_suggestion_is_chosen_by_keyboard(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/search/")
    tab_until(page, "e.id === 'search-field'")
    field = page.locator(FIELD)
    assert field.get_attribute("aria-expanded") == "false"

    page.keyboard.type("mal")
    page.wait_for_selector(".suggestions__option")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert active(page) == field.input_value() == "malaria"
    assert barriers(page) == []
    page.keyboard.press("ArrowUp")
    assert (active(page), field.input_value()) == (None, "mal")
    page.keyboard.press("ArrowUp")
    assert active(page).startswith(page.locator(".suggestions__option").last.text_content())
    assert field.input_value() == "mal"  # the name of a page is not what was being typed
    page.keyboard.press("Escape")
    assert page.locator(".suggestions__option").first.is_hidden()
    assert field.input_value() == "mal"

    page.keyboard.type("a")
    page.wait_for_selector(".suggestions__option")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=malaria")
    assert page.locator(".entry").count() > 1
    assert barriers(page) == []


def test_search_works_without_javascript(page_without_javascript):
    page = page_without_javascript
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto("/our-work/")
    page.fill("#site-search", "malarria")
    page.press("#site-search", "Enter")
    page.wait_for_url("**/search/?q=malarria")
    assert page.locator(".notice strong").text_content() == "malaria"
    page.click(".notice a")
    page.wait_for_selector(".empty")
    page.fill(FIELD, "")
    page.press(FIELD, "Enter")
    page.wait_for_selector(".search__hint")
