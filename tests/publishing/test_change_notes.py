"""A major change says what changed; the page keeps the list of notes and their dates."""

import pytest

from iomsite.publishing import actions
from programmes.models import Country


@pytest.fixture
def page(programme, country, writer, reviewer):
    for draft in (country, programme):
        actions.submit(draft, by=writer)
        actions.publish(draft, by=reviewer)
    return programme


def change(page, writer, reviewer, note):
    copy = actions.edit(page, by=writer)
    actions.submit(copy, by=writer)
    return actions.publish(copy, by=reviewer, change_note=note)


def test_page_lists_its_major_changes_newest_first(page, writer, reviewer, client):
    for note in ("Added the number of units.", "", "Named the partner."):
        change(page, writer, reviewer, note)
    html = client.get(page.get_absolute_url()).content.decode()
    assert html.index("Named the partner.") < html.index("Added the number of units.")


def test_page_with_changes_stays_within_its_statements(
    page, writer, reviewer, client, django_assert_num_queries
):
    change(page, writer, reviewer, "Added the number of units.")
    with django_assert_num_queries(12):
        client.get(page.get_absolute_url())


def test_note_of_a_withdrawn_page_is_not_told(page, writer, reviewer, client):
    change(page, writer, reviewer, "Added the number of units.")
    actions.withdraw(page, by=reviewer, kind="gone", note="The work has ended.")
    response = client.get(page.get_absolute_url())
    assert response.status_code == 410
    assert b"The work has ended." in response.content
    assert b"Added the number" not in response.content
    assert Country.objects.published().exists()
