"""The accounts of staff."""

import pytest

from iomsite.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.news import CampaignFactory
from tests.submission import delete_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


def test_account_is_made_with_a_password(admin_client):
    form = admin_client.get("/admin/accounts/user/add/")
    words = {"password1": "a-long-enough-secret", "password2": "a-long-enough-secret"}
    data = {**fields_of(form), "username": "ada", "usable_password": "true"}

    refused = admin_client.post("/admin/accounts/user/add/", {**data, **words, "password2": "x"})
    made = admin_client.post("/admin/accounts/user/add/", {**data, **words})

    assert list(errors_of(refused)) == ["password2"]
    assert made.status_code == 302
    assert User.objects.get(username="ada").check_password("a-long-enough-secret")


def test_whoever_has_changed_something_is_kept(client, admin_client):
    editor = UserFactory(is_superuser=True)
    client.force_login(editor)
    submit(client, CampaignFactory(), title="Changed")

    response = admin_client.post(delete_of(editor), {"post": "yes"})

    assert "Take away the mark “active” instead" in response.content.decode()
    assert User.objects.filter(pk=editor.pk).exists()


def test_whoever_has_changed_nothing_can_be_deleted(admin_client):
    person = UserFactory()
    assert admin_client.post(delete_of(person), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=person.pk).exists()


def test_stranger_is_asked_to_sign_in(client):
    response = client.get("/admin/accounts/user/")
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")
