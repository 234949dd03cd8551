"""What staff do in a real browser: write, meet each other, review and publish.

The site is shared with the other journeys, so whatever is made here is deleted again.
"""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from tests.browser.test_journeys import tab_until
from tests.browser.test_pages_sweep import WIDER_THAN_THE_WINDOW, barriers, report
from tests.browser.windows import let_in

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def staff(site):
    """A writer without the right to publish, a reviewer with it, and somebody who may do all."""
    from iomsite.accounts.models import Assignment
    from tests.factories.accounts import UserFactory

    people = SimpleNamespace(
        amina=UserFactory(username="amina", first_name="Amina", role="editor"),
        ben=UserFactory(username="ben", first_name="Ben", role="publisher"),
        clara=UserFactory(username="clara", first_name="Clara", is_superuser=True),
    )
    yield people
    for person in vars(people).values():
        Assignment.objects.filter(person=person).delete()
        person.delete()


@pytest.fixture
def programme(staff):
    """A public page with parts, for one journey."""
    from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory

    row = ProgrammeFactory(published=True, title="Health on the road", lead="Old words.")
    ObjectiveFactory(programme=row, order=1, text="Old objective.")
    yield row
    row.delete()


@pytest.fixture
def window(chromium, site):
    """Opens windows, each of somebody else; what their consoles complain about fails the test."""
    contexts, complaints = [], []

    def note(message):
        if message.type in ("error", "warning"):
            complaints.append(f"{message.text} {message.location}")

    def open_window(**how):
        context = chromium.new_context(
            base_url=site, viewport=DESKTOP, reduced_motion="reduce", **how
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not complaints, report(complaints)


@pytest.fixture
def signed_in(window, site):
    """Windows of people whose browser knows them."""

    def open_window(person, **how):
        page = window(**how)
        let_in(page.context, site, person)
        return page

    return open_window


def change_of(row):
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])


def working_copy(row, by):
    from iomsite.publishing import actions

    return actions.edit(row, by=by)


def lead_of(row):
    row.refresh_from_db()
    return row.lead


def wait_for_words(page, words):
    page.get_by_text(words).first.wait_for()


OBJECTIVE = "#id_objective_set-0-text"


def objective_of(page):
    """The editor before the area that the form sends."""
    return page.locator(f"xpath=//*[@id='{OBJECTIVE[1:]}']/preceding-sibling::*[1]").locator(
        "[contenteditable]"
    )


# Writing


def test_words_survive_a_closed_browser(signed_in, staff, programme):
    copy = working_copy(programme, staff.amina)
    first = signed_in(staff.amina)
    first.goto(change_of(copy))
    first.fill("#id_lead", "Typed and never saved.")
    objective_of(first).fill("An objective never saved.")
    first.get_by_text(re.compile(r"Saved automatically at \d\d:\d\d")).wait_for()
    first.context.close()

    again = signed_in(staff.amina)
    again.goto(change_of(copy))
    assert again.input_value("#id_lead") == "Old words."
    wait_for_words(again, "You typed something here that is not saved yet")
    again.get_by_role("link", name="Take it over").click()
    assert again.input_value("#id_lead") == "Typed and never saved."
    assert again.input_value(OBJECTIVE) == "<p>An objective never saved.</p>"
    again.get_by_role("button", name="Save draft").click()

    wait_for_words(again, "was changed successfully")
    assert lead_of(copy) == "Typed and never saved."
    assert lead_of(programme) == "Old words."


def test_new_page_survives_before_it_was_ever_saved(signed_in, staff):
    first = signed_in(staff.amina)
    first.goto("/admin/news/campaign/add/")
    first.fill("#id_title", "A campaign to come")
    wait_for_words(first, "Saved automatically at")
    first.context.close()

    again = signed_in(staff.amina)
    again.goto("/admin/news/campaign/add/")
    again.get_by_role("link", name="Take it over").click()
    assert again.input_value("#id_title") == "A campaign to come"


# Beside others


def test_two_people_see_each_other_and_since_when(signed_in, staff, programme):
    copy = working_copy(programme, staff.amina)
    first, second = signed_in(staff.amina), signed_in(staff.ben)
    first.clock.install()
    first.goto(change_of(copy))
    second.goto(change_of(copy))

    second.get_by_text(re.compile(r"Amina has had this page open since \d\d:\d\d\.")).wait_for()
    assert first.get_by_text("has had this page open").count() == 0
    first.clock.fast_forward(21_000)
    first.get_by_text(re.compile(r"Ben has had this page open since \d\d:\d\d\.")).wait_for()


def test_second_to_save_sees_both_versions_and_loses_no_word(signed_in, staff, programme):
    copy = working_copy(programme, staff.amina)
    first, second = signed_in(staff.amina), signed_in(staff.ben)
    for page in (first, second):
        page.goto(change_of(copy))
    first.fill("#id_lead", "Words of Amina.")
    first.fill("#id_title", "Title of Amina")
    first.get_by_role("button", name="Save draft").click()
    wait_for_words(first, "was changed successfully")

    second.fill("#id_lead", "Words of Ben.")
    objective_of(second).fill("Objective of Ben.")
    second.get_by_role("button", name="Save draft").click()

    sides = second.locator(".sides").filter(has_text="Lead").locator(".sides__side")
    sides.first.wait_for()
    theirs, mine = sides.all()
    boxes = theirs.bounding_box(), mine.bounding_box()
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    assert "Words of Amina." in theirs.inner_text()
    assert "Words of Ben." in mine.inner_text()
    assert second.evaluate("document.activeElement.matches('.problems')")
    assert second.input_value("#id_title") == "Title of Amina"
    assert second.input_value("#id_lead") == "Words of Ben."
    assert not barriers(second)
    assert lead_of(copy) == "Words of Amina."

    second.get_by_role("button", name="Save draft").click()
    wait_for_words(second, "was changed successfully")
    copy.refresh_from_db()
    assert (copy.title, copy.lead) == ("Title of Amina", "Words of Ben.")
    assert copy.objective_set.get().text == "<p>Objective of Ben.</p>"


# From one person over another to the public


def press(page, key="Enter"):
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def skip_to_content(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip-to-content-link')")
    page.keyboard.press("Enter")


def test_page_is_changed_and_published_by_keyboard_alone(signed_in, staff, programme):
    writer, reviewer = signed_in(staff.amina), signed_in(staff.ben)

    writer.goto(change_of(programme))
    skip_to_content(writer)
    tab_until(writer, "e.matches('button.verbs__main')")
    assert writer.locator(":focus").inner_text() == "Edit"
    press(writer)
    skip_to_content(writer)
    tab_until(writer, "e.id === 'id_lead'")
    writer.keyboard.press("Control+A")
    writer.keyboard.type("Written by keyboard.")
    tab_until(writer, "e.name === '_submit'")
    press(writer)
    wait_for_words(writer, "waits for somebody else to read and publish it")

    reviewer.goto("/admin/")
    skip_to_content(reviewer)
    tab_until(reviewer, "e.innerText === 'Health on the road'")
    press(reviewer)
    skip_to_content(reviewer)
    tab_until(reviewer, "e.matches('a.verbs__main')")
    press(reviewer)
    added = reviewer.locator(".changes ins").all_inner_texts()
    assert " ".join(added) == "Written by keyboard"
    skip_to_content(reviewer)
    tab_until(reviewer, "e.type === 'radio'")
    reviewer.keyboard.press("Space")
    tab_until(reviewer, "e.matches('.asks__main')")
    press(reviewer)

    wait_for_words(reviewer, "Published.")
    assert lead_of(programme) == "Written by keyboard."


def test_page_is_changed_and_published_without_javascript(signed_in, staff, programme):
    from tests.factories.programmes import TopicFactory

    topic = TopicFactory(name="Keyboards and screens")
    writer = signed_in(staff.amina, java_script_enabled=False)
    writer.goto(change_of(programme))
    writer.get_by_role("button", name="Edit", exact=True).click()
    writer.get_by_role("link", name="Show the whole lists").click()
    writer.fill("#id_lead", "Written without a script.")
    writer.select_option("#id_topics", label="Keyboards and screens")
    writer.fill("#id_objective_set-1-text", "A second objective.")
    writer.get_by_role("button", name="Save and submit for review").click()
    wait_for_words(writer, "waits for somebody else to read and publish it")

    reviewer = signed_in(staff.ben, java_script_enabled=False)
    reviewer.goto("/admin/")
    reviewer.get_by_role("link", name="Health on the road").click()
    reviewer.get_by_role("link", name="Publish", exact=True).click()
    wait_for_words(reviewer, "A second objective.")
    reviewer.get_by_label("major").check()
    reviewer.get_by_role("button", name="Publish").click()
    reviewer.get_by_role("link", name="A major change needs a note for visitors.").click()
    reviewer.fill("#id_change_note", "Said what is new.")
    reviewer.get_by_role("button", name="Publish").click()

    wait_for_words(reviewer, "Published.")
    assert lead_of(programme) == "Written without a script."
    assert programme.change_note == "Said what is new."
    assert [row.text for row in programme.objective_set.all()] == [
        "Old objective.",
        "A second objective.",
    ]
    programme.topics.clear()
    topic.delete()


# Every page of the desk


@pytest.fixture
def pages_of_the_desk(staff, programme):
    """The address of each kind of page, in the state that shows the most."""
    from iomsite.publishing import actions
    from iomsite.publishing.models import AuditEntry, PublishingSet
    from tests.factories.news import CampaignFactory
    from tests.factories.programmes import ProgrammeFactory

    copy = working_copy(programme, staff.amina)
    type(copy).objects.filter(pk=copy.pk).update(lead="New words.")
    actions.submit(copy, by=staff.amina)
    changed = ProgrammeFactory(published=True, title="Changed once", lead="Old words.")
    second = working_copy(changed, staff.amina)
    actions.publish(second, by=staff.amina, emergency_reason="A flood.", change_note="Said more.")
    old = type(changed).objects.superseded().get(edition_of=changed)
    chosen = PublishingSet.objects.create(slug="desk", title="World day")
    campaign = {"kind": "campaign", "updated_by": staff.amina}
    draft = CampaignFactory(title="A draft", remark="Name the source.", **campaign)
    binned = CampaignFactory(title="In the bin", binned=True, **campaign)
    expired = CampaignFactory(title="Expired", expired=True, **campaign)
    ready = CampaignFactory(in_review=True, publishing_set=chosen, **campaign)
    entry = AuditEntry.objects.filter(page_id=changed.pk).first()

    def verb(name, row):
        return change_of(row).replace("/change/", f"/{name}/")

    yield [
        "/admin/",
        "/admin/news/campaign/?status=binned",
        "/admin/news/campaign/add/",
        *(change_of(row) for row in (programme, copy, old, draft)),
        *(verb(name, copy) for name in ("publish", "send-back", "compare", "preview-link")),
        verb("withdraw", programme),
        verb("publish", draft),
        verb("history", changed),
        verb("approve", changed),
        verb("bin", draft),
        verb("delete", binned),
        verb("explain", expired),
        change_of(chosen),
        verb("members", chosen),
        verb("publish", chosen),
        "/admin/publishing/auditentry/?q=Changed",
        change_of(entry),
    ]
    for row in (changed, draft, binned, expired, ready, chosen):
        row.delete()


def faint_words(page):
    """What differs between light and dark: the colours. Axe is in the page already."""
    found = page.evaluate("axe.run({runOnly: ['color-contrast']})")
    return [node["html"][:160] for one in found["violations"] for node in one["nodes"]]


def test_no_page_of_the_desk_puts_up_a_barrier(signed_in, staff, pages_of_the_desk):
    page = signed_in(staff.clara)
    found = []
    for address in pages_of_the_desk:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)
        answer = page.goto(address)
        assert answer.status == 200, address
        found += [f"{address}: {one}" for one in barriers(page)]
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        if wide := page.evaluate(WIDER_THAN_THE_WINDOW):
            found.append(f"{address}: wide: {wide}")
        found += [f"{address} (dark phone): {one}" for one in faint_words(page)]
    assert not found, report(found)


@pytest.mark.parametrize("action", ["Publish what is in review", "Withdraw"])
def test_page_that_asks_about_many_puts_up_no_barrier(signed_in, staff, programme, action):
    from tests.factories.programmes import ProgrammeFactory

    waiting = ProgrammeFactory(in_review=True, title="Health on the roof")
    page = signed_in(staff.clara)
    page.goto("/admin/programmes/programme/?q=Health+on+the+ro")
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option(label=action)
    page.get_by_role("button", name="Go").click()
    wait_for_words(page, "These are left out")
    assert not barriers(page)
    page.locator(".asks__main").click()
    done = {"Withdraw": "There is a problem", "Publish what is in review": "Published: 1."}
    wait_for_words(page, done[action])
    assert not barriers(page)
    waiting.delete()
