"""Several pages are withdrawn at once, with one reason that visitors read on each."""

import pytest

from news.models import Campaign
from tests.factories.news import CampaignFactory

LIST = "/admin/news/campaign/"


@pytest.fixture
def campaigns(db):
    return [*CampaignFactory.create_batch(2, published=True), CampaignFactory()]


def send(client, campaigns, **more):
    chosen = [campaign.pk for campaign in campaigns]
    return client.post(LIST, {"action": "withdraw_selected", "_selected_action": chosen, **more})


def test_action_asks_for_the_reason_first(admin_client, campaigns):
    response = send(admin_client, campaigns)
    assert b"Visitors read this on each of them." in response.content
    assert Campaign.objects.published().count() == 2


def test_action_without_a_reason_says_so_beside_the_field(admin_client, campaigns):
    response = send(admin_client, campaigns, withdraw="Withdraw", kind="gone", note=" ")
    assert response.context["form"].errors == {"note": ["This field is required."]}
    assert Campaign.objects.published().count() == 2


def test_action_withdraws_what_is_public_and_names_the_rest(admin_client, campaigns):
    response = send(admin_client, campaigns, withdraw="Withdraw", kind="gone", note="It is over.")
    said = [str(message) for message in response.wsgi_request._messages]
    assert f"“{campaigns[2]}” was skipped: Only a page that is public can be withdrawn." in said
    assert "Withdrawn: 2." in said
    notes = Campaign.objects.gone().values_list("withdrawal_note", flat=True)
    assert list(notes) == ["It is over.", "It is over."]
