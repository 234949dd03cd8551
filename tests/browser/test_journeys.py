"""What a visitor does with a keyboard alone, and without JavaScript."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

LISTS = (
    "/our-work/what-we-do/",
    "/our-work/partnerships/",
    "/news/",
    "/data-and-research/publications/",
)
MOST_TABS = 120
CHOICES = "all => all.map((one) => [one.closest('select').name, one.value, one.textContent])"
TOTAL = ".filter-summary__total .number"


def tab_until(page, condition: str) -> None:
    """Press Tab until the focused element, `e` in the JavaScript condition, is the wanted one."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"() => {{ const e = document.activeElement; return {condition}; }}"):
            return
    pytest.fail(f"{MOST_TABS} times Tab on {page.url} never reached: {condition}")


def test_skip_link_leads_past_the_menu(page):
    page.goto("/")

    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.matches('a[href=\"#main\"]')")
    assert page.locator(":focus").is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("() => Boolean(document.activeElement.closest('main'))")


@pytest.mark.parametrize("width", [390, 1280])
def test_menu_is_reached_and_followed_by_keyboard(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/")

    if page.locator("header summary").is_visible():
        tab_until(page, "e.matches('header summary')")
        page.keyboard.press("Enter")
    tab_until(page, "e.matches('header nav a[href=\"/where-we-work/\"]')")
    assert page.locator(":focus").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/where-we-work/")

    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", LISTS)
def test_list_is_filtered_by_keyboard(page, address, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(address)

    if page.locator("main details:has(form) > summary").is_visible():
        tab_until(page, "e.matches('main details:has(form) > summary')")
        page.keyboard.press("Enter")
    tab_until(page, "e.matches('main form select') && e.options.length > 1")
    name = page.evaluate("() => document.activeElement.name")
    page.keyboard.press("ArrowDown")
    value = page.evaluate("() => document.activeElement.value")
    tab_until(page, "e.matches('main form [type=submit]')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}?*")

    assert parse_qs(urlsplit(page.url).query)[name] == [value]
    assert page.locator(f"main form [name={name}]").input_value() == value


@pytest.mark.parametrize("address", LISTS)
def test_list_is_filtered_without_javascript(page_without_javascript, address):
    page = page_without_javascript
    page.goto(address)
    select = page.locator("main form select").first
    name = select.get_attribute("name")
    option = select.locator("option:not([value=''])").first
    value, label = option.get_attribute("value"), option.text_content()

    open_filters(page)
    select.select_option(value)
    page.locator("main form [type=submit]").click()

    assert parse_qs(urlsplit(page.url).query)[name] == [value]
    assert page.locator(TOTAL).text_content() == promised_count(label)


def open_filters(page):
    summary = page.locator("main details:has(form) > summary")
    if summary.is_visible():
        summary.click()


def test_filter_is_taken_away_without_javascript(page_without_javascript):
    page = page_without_javascript
    name, _ = fullest_choice(page)
    filtered = page.locator(TOTAL).text_content()

    page.locator(".filter-summary .chip").first.click()

    assert name not in parse_qs(urlsplit(page.url).query)
    assert int(page.locator(TOTAL).text_content()) >= int(filtered)
    assert page.locator(".filter-summary .chip").count() == 0


@pytest.fixture
def full_newsroom(site):
    """More releases of one year than a page holds, for one test."""
    from tests.factories.news import NewsReleaseFactory

    releases = NewsReleaseFactory.create_batch(45, published=True)
    yield
    for release in releases:
        release.delete()


@pytest.mark.usefixtures("full_newsroom")
def test_pages_of_a_list_keep_its_filter_without_javascript(page_without_javascript):
    """Of all choices of all lists, the one that leaves the most results."""
    page = page_without_javascript
    name, value = fullest_choice(page)

    page.locator("a[rel=next]").click()
    assert parse_qs(urlsplit(page.url).query) == {name: [value], "page": ["2"]}
    page.locator("a[rel=prev]").click()

    assert parse_qs(urlsplit(page.url).query)[name] == [value]


def fullest_choice(page) -> tuple[str, str]:
    """Go to the choice with the most results; return the names of its filter and itself."""
    found = []
    for address in LISTS:
        page.goto(address)
        options = page.locator("main form option:not([value=''])")
        for name, value, label in options.evaluate_all(CHOICES):
            found.append((int(promised_count(label)), address, name, value))
    _, address, name, value = max(found)
    page.goto(f"{address}?{urlencode({name: value})}")
    return name, value


def promised_count(label: str) -> str:
    """The number in "Southern Africa (7)"."""
    return label.rpartition("(")[2].strip(" )\n")
