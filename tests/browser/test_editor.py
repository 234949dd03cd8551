"""The editor of texts in a real browser: by keyboard, from the clipboard, and where it cannot run.

The site is shared with the other journeys, so whatever is made here is deleted again.
"""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.windows import DESKTOP, PHONE, inspect, let_in, somebody, tab_of, window

# What programs put on the clipboard as HTML, shortened, each beside what stays of it: after what
# Word, Outlook, Google Docs, LibreOffice and Gmail write, with their classes, comments for Word
# alone, fonts, empty paragraphs and ways to draw a list.
PASTED = Path(__file__).parent / "pasted"
PROGRAMS = ("gmail", "google-docs", "libreoffice", "outlook", "word")

PASTE = """([area, html]) => {
  const { editor } = area.richtext;
  editor.commands.clearContent();
  editor.commands.focus();
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  editor.view.dom.dispatchEvent(paste);
  return area.value;
}"""
WRITTEN = """([area, texts]) => {
  const { editor, kit } = area.richtext;
  return texts.map((html) => {
    const doc = kit.markup.read(editor.schema, html);
    return [kit.markup.write(doc), kit.markup.isCarried(html, doc)];
  });
}"""


# Beyond the last stop of a dialog lie the buttons of the browser itself.
IS_INSIDE = "() => document.activeElement.matches('body, dialog, dialog *')"


@pytest.fixture(scope="module")
def clara(site):
    with somebody() as user:
        yield user


@pytest.fixture
def world(site):
    """A draft to write in, and what its text may refer to."""
    from tests.factories.images import PhotoFactory, stored
    from tests.factories.organisation import FigureFactory
    from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory

    class World:
        page = ProgrammeFactory(title="Health on the road", responsible_office=None)
        target = ProgrammeFactory(title="Zanzibar harbour", published=True)
        figure = FigureFactory(label="zanzibar clinics", value=17, published=True)
        photo = PhotoFactory(
            with_file=True,
            file=stored(7),
            published=True,
            title="Zanzibar market",
            caption="The market.",
            description="Stalls with fruit.",
        )

    ObjectiveFactory(programme=World.page, order=1, text="<p>An objective</p>")
    yield World
    for row in (World.page, World.target, World.figure, World.photo):
        row.refresh_from_db()
        row.delete()


@pytest.fixture
def desk(chromium, site, clara):
    with window(chromium, site, clara, **DESKTOP) as page:
        yield page
        assert page.complaints == []


def open_form(page, row):
    page.goto(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))
    return text_of(page)


def text_of(page, label="Context"):
    return page.get_by_role("textbox", name=label, exact=False).and_(
        page.locator("[contenteditable]")
    )


def tick(way):
    """By keyboard: a list that opens below the field before it moves what a click aims at."""
    way.press("Space")
    expect(way).to_be_checked()


def source(page, name="body"):
    return page.locator(f"textarea[name={name}]")


def body_of(row):
    row.refresh_from_db()
    return row.body


def choose(page, words):
    """Type into the search of a dialog until there is one, and take it: all by keyboard."""
    page.keyboard.type(words)
    found = page.get_by_role("dialog").get_by_role("option")
    found.filter(has_text=re.compile(words, re.IGNORECASE)).wait_for()
    expect(found).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def press_tool(page, name):
    """To the bar, along to the button, and press it: all by keyboard."""
    page.keyboard.press("Alt+F10")
    for _step in range(20):
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
    raise AssertionError(name)


def test_text_with_all_that_it_may_hold_is_written_by_keyboard_and_read_by_visitors(desk, world):
    text = open_form(desk, world.page)
    text.focus()
    keys = desk.keyboard
    keys.type("## What we do")
    keys.press("Enter")
    keys.type("- One")
    keys.press("Enter")
    keys.type("Two")
    keys.press("Control+]")
    keys.press("Enter")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("With ")
    press_tool(desk, "Figure (a number)")
    choose(desk, "zanzibar clinics")
    keys.press("Enter")
    keys.type(" clinics, see ")
    keys.press("Control+k")
    choose(desk, "zanzibar harbour")
    keys.press("Enter")
    keys.type(".")
    press_tool(desk, "Photograph")
    choose(desk, "zanzibar market")
    assert desk.get_by_label("Alternative text").input_value() == "Stalls with fruit."
    keys.press("Enter")
    keys.press("End")
    keys.type(" At noon.")
    keys.press("Enter")
    keys.type("After it.")
    assert source(desk).input_value() == (
        "<h2>What we do</h2><ul><li>One<ul><li>Two</li></ul></li></ul>"
        f'<p>With <data value="organisation.figure/{world.figure.uid}">17</data> clinics, see '
        f'<a href="page:programmes.programme/{world.target.uid}">Zanzibar harbour</a>.</p>'
        f'<figure><img src="page:images.photo/{world.photo.uid}" alt="Stalls with fruit.">'
        "<figcaption>The market. At noon.</figcaption></figure><p>After it.</p>"
    )

    # Tab leaves the text; what was typed is saved as it stands there.
    keys.press("Tab")
    assert not text.evaluate("text => text.contains(document.activeElement)")
    sent = source(desk).input_value()
    desk.get_by_role("button", name="Save and go on").click()
    desk.get_by_text("was changed successfully").wait_for()
    assert body_of(world.page) == sent == source(desk).input_value()

    publish(world.page)
    desk.goto(world.page.get_absolute_url())
    main = desk.locator("main")
    main.get_by_role("heading", name="What we do").wait_for()
    link = main.get_by_role("link", name="Zanzibar harbour")
    assert link.get_attribute("href") == world.target.get_absolute_url()
    main.get_by_role("link", name="17").click()
    assert "zanzibar clinics" in desk.locator(":target").inner_text()
    assert main.get_by_role("img", name="Stalls with fruit.").evaluate(
        "image => image.naturalWidth"
    )


def publish(page):
    from iomsite.publishing.states import State
    from tests.factories.publishing import LONG_AGO

    type(page).objects.filter(pk=page.pk).update(state=State.PUBLISHED, published_at=LONG_AGO)


# What is there already

PERMITTED = [
    "<p>a<br>b</p><h3>c</h3><h4>d</h4>",
    '<p dir="rtl">a <span lang="ar">b <strong>c</strong></span></p>',
    '<ul lang="fr"><li dir="ltr">d</li></ul><ol><li>d<blockquote><p>e</p></blockquote></li></ol>',
    "<ul><li><p>a</p><p>b</p></li><li><h3>c</h3></li></ul>",
    '<table lang="fr"><caption>a <em>b</em></caption><thead><tr><th scope="col">c</th></tr></thead>'
    '<tbody><tr><th scope="row">d</th></tr><tr><td><ul><li>e</li></ul></td></tr></tbody></table>',
    '<p><a href="mailto:a@example.org">a</a> <a href="/x/?a=1&amp;b=2#c">b &lt; c</a>&nbsp;d</p>',
    "<figure><figcaption>a</figcaption><table><tbody><tr><td>b</td></tr></tbody></table></figure>",
    f'<p>a <img src="page:images.photo/{"0" * 8}-0000-0000-0000-{"0" * 12}" alt=""> b</p>',
]
# Shown as well, and written in a shorter or a more usual way once somebody has changed something.
ALIKE = {
    "Plain words.\n\nMore\nwords.": "<p>Plain words.</p><p>More<br>words.</p>",
    "<p>a</p>\n\n<p></p>\n<p>b</p>": "<p>a</p><p>b</p>",
    "<p><em><strong>a</strong></em></p>": "<p><strong><em>a</em></strong></p>",
    "<blockquote>a</blockquote>": "<blockquote><p>a</p></blockquote>",
}
NOT_SHOWN = [
    "<li>no list</li>",
    '<p><data value="x.y/1"><em>a</em></data></p>',
    "<ul><ul><li>a</li></ul></ul>",
]


def texts_of_the_seed():
    from django.apps import apps

    from iomsite.richtext.fields import rich_fields

    for model in apps.get_models():
        for field in rich_fields(model):
            yield from model.objects.values_list(field.name, flat=True).exclude(**{field.name: ""})


def test_no_text_loses_a_byte_by_being_opened(desk, world):
    """Every text of the seed, and all that may stand in one."""
    from iomsite.richtext.sanitise import sanitise

    open_form(desk, world.page).wait_for()
    area = source(desk).element_handle()
    texts = [*texts_of_the_seed(), *PERMITTED]
    assert len(texts) > 60
    assert [sanitise(text) for text in texts] == texts
    assert desk.evaluate(WRITTEN, [area, texts]) == [[text, True] for text in texts]
    alike = desk.evaluate(WRITTEN, [area, list(ALIKE)])
    assert alike == [[text, True] for text in ALIKE.values()]
    assert [carried for _text, carried in desk.evaluate(WRITTEN, [area, NOT_SHOWN])] == [False] * 3


def test_what_nobody_touches_is_saved_as_it_was(desk, world):
    """Even where the editor would write it in another way, and where it cannot show it."""
    odd = "<p><em><strong>a</strong></em></p>\n\n<p></p>\n<blockquote>b</blockquote>"
    for body in (odd, "<p>c</p><li>no list</li>"):
        type(world.page).objects.filter(pk=world.page.pk).update(body=body)
        text = open_form(desk, world.page)
        if body == odd:
            text.focus()
            desk.keyboard.type("x")
            assert source(desk).input_value() != odd
            desk.keyboard.press("Control+z")
        else:
            assert source(desk).is_visible()
            desk.get_by_text("markup that the editor cannot show").wait_for()
        desk.get_by_role("button", name="Save and go on").click()
        desk.get_by_text("was changed successfully").wait_for()
        assert body_of(world.page) == body


def test_what_is_pasted_keeps_its_structure_alone(desk, world):
    from iomsite.richtext.sanitise import sanitise

    open_form(desk, world.page).wait_for()
    area = source(desk).element_handle()
    for name in PROGRAMS:
        text = desk.evaluate(PASTE, [area, (PASTED / f"{name}.txt").read_text()])
        assert text == (PASTED / f"{name}.clean.txt").read_text().strip()
        assert sanitise(text) == text


# Dialogs and bars


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["light-desktop", "dark-phone"])
def test_each_dialog_is_reached_read_and_left_by_keyboard(chromium, site, clara, world, size):
    with window(chromium, site, clara, **size) as page:
        text = open_form(page, world.page)
        text.focus()
        page.keyboard.type("Words ")
        inspect(page)
        for name in ("Link", "Figure (a number)", "Photograph", "Table"):
            press_tool(page, name)
            dialog = page.get_by_role("dialog")
            if name != "Table":
                dialog.get_by_role("option").first.wait_for()
            inspect(page)
            box = dialog.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["viewport"]["width"]
            for _stop in range(12):
                page.keyboard.press("Tab")
                assert page.evaluate(IS_INSIDE)
            page.keyboard.press("Escape")
            dialog.wait_for(state="detached")
            assert text.evaluate("text => text === document.activeElement")
        press_tool(page, "Table")
        page.keyboard.press("Control+a")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Row below").wait_for()
        page.keyboard.type("Year")
        inspect(page)
        assert page.complaints == []


def test_dialogs_refuse_with_a_sentence_and_show_what_is_there(desk, world):
    text = open_form(desk, world.page)
    text.focus()
    keys, area = desk.keyboard, source(desk)
    keys.press("Control+k")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("option").first.wait_for()
    keys.press("Enter")
    dialog.get_by_text("Choose a page from the list.").wait_for()
    tick(dialog.get_by_label("Another address"))
    address = dialog.get_by_label("Address", exact=True)
    for wrong in ("", "javascript:alert(1)", "https://", "two words", "//evil.example"):
        address.fill(wrong)
        keys.press("Enter")
        assert "This is no address" in dialog.locator(".errorlist:visible").inner_text()
    for typed, kept in (
        ("www.iom.int/x", "https://www.iom.int/x"),
        ("press@iom.int", "mailto:press@iom.int"),
        ("+41 22 717 91 11", "tel:+41227179111"),
    ):
        address.fill(typed)
        keys.press("Enter")
        dialog.wait_for(state="detached")
        assert f'<a href="{kept}">' in area.input_value()
        keys.press("ArrowLeft")
        keys.press("Control+k")
        assert address.input_value() == kept
    dialog.get_by_role("button", name="Remove the link").click()
    assert area.input_value() == "<p>www.iom.int/x</p>"

    press_tool(desk, "Photograph")
    choose(desk, "zanzibar market")
    dialog.get_by_label("Alternative text").fill("")
    keys.press("Enter")
    dialog.get_by_text("Say what it shows, or tick that it is decorative.").wait_for()
    dialog.get_by_label("Decorative").check()
    keys.press("Enter")
    assert 'uid}" alt="">'.replace("uid}", str(world.photo.uid)) in area.input_value()


def test_figure_is_one_piece_and_shows_its_value_of_now(desk, world):
    was = f'<p>With <data value="organisation.figure/{world.figure.uid}">9</data></p>'
    type(world.page).objects.filter(pk=world.page.pk).update(body=was)
    text = open_form(desk, world.page)
    chip = text.locator(".richtext-value")
    chip.get_by_text("17").wait_for()
    assert "zanzibar clinics" in chip.get_attribute("title")
    source(desk).evaluate("(area) => area.richtext.editor.commands.focus('end')")
    expect(text).to_be_focused()  # it comes with the next frame
    desk.keyboard.type("x")
    assert source(desk).input_value() == was.replace("</data>", "</data>x")
    desk.keyboard.press("Backspace")
    desk.keyboard.press("Backspace")
    assert source(desk).input_value() == "<p>With </p>"


def test_table_is_changed_by_its_bar(desk, world):
    text = open_form(desk, world.page)
    text.focus()
    press_tool(desk, "Table")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("spinbutton", name="Columns").fill("2")
    dialog.get_by_role("spinbutton", name="Rows").fill("2")
    dialog.get_by_role("textbox", name="Caption").fill("Years")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Year")
    head = '<tr><th scope="col">Year</th><th scope="col"></th></tr>'
    row = "<tr><td></td><td></td></tr>"
    table = "<table><caption>Years</caption>{}</table>"
    area = source(desk)
    assert area.input_value() == table.format(f"<thead>{head}</thead><tbody>{row}</tbody>")
    bar = desk.get_by_role("group", name="Table")
    assert bar.get_by_role("button", name="Row above").get_attribute("aria-disabled") == "true"
    bar.get_by_role("button", name="Row below").click()
    assert area.input_value() == table.format(f"<thead>{head}</thead><tbody>{row}{row}</tbody>")
    bar.get_by_role("button", name="Delete column").click()
    bar.get_by_role("button", name="Header row").click()
    plain = "<tr><td></td></tr>"
    assert area.input_value() == table.format(f"<tbody>{plain * 3}</tbody>")
    bar.get_by_role("button", name="Delete table").click()
    assert area.input_value() == ""
    desk.keyboard.press("Control+z")
    assert area.input_value().startswith("<table><caption>Years</caption>")


# Beside the rest of the form


def test_rows_that_are_added_what_was_kept_and_conflicts_have_the_editor(desk, world):
    from iomsite.publishing.models import Autosave

    open_form(desk, world.page).focus()
    desk.keyboard.type("Typed")
    desk.get_by_text("Add another Objective").click()
    added = text_of(desk, "Text").last
    added.focus()
    with desk.expect_response("**/autosave/"):
        desk.keyboard.type("Another objective")
    assert source(desk, "objective_set-1-text").input_value() == "<p>Another objective</p>"

    # Somebody comes back after the window was closed, and a colleague has saved meanwhile.
    model = type(world.page)
    model.objects.filter(pk=world.page.pk).update(body="<p>Theirs</p>", version=2)
    desk.reload()
    desk.get_by_role("link", name="Take it over").click()
    desk.get_by_text("saved this page after you opened it").wait_for()
    assert "Theirs" in desk.locator("#content-main").inner_text()
    assert text_of(desk).inner_text() == "Typed"
    assert text_of(desk, "Text").last.inner_text() == "Another objective"
    assert source(desk).is_hidden()
    desk.get_by_role("button", name="Save and go on").click()
    desk.get_by_text("was changed successfully").wait_for()
    assert body_of(world.page) == "<p>Typed</p>"
    Autosave.objects.all().delete()


def test_without_the_editor_the_text_is_written_as_html(chromium, site, clara, world):
    """Without scripts, and where a part of the editor does not arrive."""
    for how in ("no script", "no library"):
        options = {"java_script_enabled": False} if how == "no script" else {}
        with chromium.new_context(base_url=site, **options) as context:
            let_in(context, site, clara)
            page = tab_of(context)
            page.route("**/django_prose_editor/**", lambda route: route.abort())
            page.goto(reverse("admin:programmes_programme_change", args=[world.page.pk]))
            area = page.get_by_role("textbox", name="Context")
            if how == "no library":
                page.get_by_text("The editor could not be loaded").first.wait_for()
            area.fill(f"<p>Written <strong>by hand</strong>, {how}</p><script>alert(1)</script>")
            page.get_by_role("button", name="Save and go on").click()
            page.get_by_text("was changed successfully").wait_for()
            assert body_of(world.page) == f"<p>Written <strong>by hand</strong>, {how}</p>"


def test_what_is_typed_as_a_dialog_closes_stands_where_the_dialog_was_opened(desk, world):
    type(world.page).objects.filter(pk=world.page.pk).update(body="<p>One two</p>")
    text = open_form(desk, world.page)
    text.wait_for()
    source(desk).evaluate("(area) => area.richtext.editor.commands.focus('end')")
    for ending in ("dialog.querySelector('.as-link').click()", "form.requestSubmit()"):
        expect(text).to_be_focused()  # it comes with the next frame
        desk.keyboard.press("Control+k")
        dialog = desk.get_by_role("dialog")
        tick(dialog.get_by_label("Another address"))
        dialog.get_by_label("Address", exact=True).fill("https://www.iom.int/x")
        dialog.evaluate(
            "async (dialog) => {"
            "  const form = dialog.querySelector('form');"
            f"  {ending};"
            "  document.execCommand('insertText', false, '.');"
            "  await new Promise((done) => setTimeout(done, 100));"
            "}"
        )
    linked = '<a href="https://www.iom.int/x">www.iom.int/x</a>'
    assert source(desk).input_value() == f"<p>One two.{linked}.</p>"
