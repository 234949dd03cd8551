"""What another version of the site left behind is read by nobody."""

from importlib.metadata import version

import pytest
from django.conf import settings
from django.core.cache.backends.db import DatabaseCache
from django.test import Client

from iomsite.accounts import throttle
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
WRONG = {"login": "jane", "password": "wrong"}


def of(library):
    """The shared cache as a release with that version of the library for sign-in sees it."""
    own = settings.CACHES["default"]
    prefix = own["KEY_PREFIX"].replace(version("django-allauth"), library)
    return DatabaseCache(own["LOCATION"], {"KEY_PREFIX": prefix})


def fill(shared, person):
    """Everything that is counted of a person, in a shape that nobody knows any more."""
    for name, _rate in throttle._counters(person):
        shared.set(name, ["yesterday"] * 500)


def test_cache_full_of_entries_of_another_release_is_not_read():
    person = UserFactory(username="jane", password="a long password")
    fill(of("0.1"), person)
    assert throttle.locked_until(person) is None
    response = Client().post("/account/sign-in/", WRONG)
    assert response.status_code == 200
    assert "do not belong together" in response.content.decode()


def test_such_entries_would_have_been_in_the_way():
    person = UserFactory(username="jane", password="a long password")
    fill(of(version("django-allauth")), person)
    with pytest.raises(TypeError):
        throttle.locked_until(person)


def test_attempts_are_counted_on_over_releases_that_share_the_library():
    person = UserFactory(username="jane", password="a long password")
    for _time in range(5):
        Client().post("/account/sign-in/", WRONG)
    assert throttle.locked_until(person)
    again = DatabaseCache(settings.CACHES["default"]["LOCATION"], settings.CACHES["default"])
    assert any(again.get(name) for name, _rate in throttle._counters(person))
