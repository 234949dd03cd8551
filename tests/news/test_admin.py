"""What the form of a release refuses."""

import pytest

from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory, ReleaseContactFactory, ReleasePhotoFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


def test_release_without_a_date_yet_is_saved_and_asked_for_it_when_submitted(admin_client):
    release = NewsReleaseFactory()
    assert submit(admin_client, release, released_on="", lead="").status_code == 302
    release.refresh_from_db()
    assert release.released_on is None

    response = submit(admin_client, release, _submit="on")

    assert set(errors_of(response)) >= {"released_on"}


def test_photographs_and_contacts_are_added_in_order(admin_client):
    release, photos = NewsReleaseFactory(), PhotoFactory.create_batch(2)
    data = {"photos-TOTAL_FORMS": "2", "contacts-TOTAL_FORMS": "1", "contacts-0-name": "Ada"}
    for row, photo in enumerate(photos):
        data |= {f"photos-{row}-photo": photo.pk, f"photos-{row}-order": ""}
    assert submit(admin_client, release, **data).status_code == 302
    assert list(release.photos.values_list("order", "photo")) == [
        (1, photos[0].pk),
        (2, photos[1].pk),
    ]
    assert list(release.contacts.values_list("order", "name")) == [(1, "Ada")]


def test_photograph_twice_is_refused_in_the_words_of_its_constraint(admin_client):
    release = NewsReleaseFactory()
    one, _other = (ReleasePhotoFactory(release=release, order=order) for order in (1, 2))
    response = submit(admin_client, release, **{"photos-1-photo": one.photo.pk})
    assert response.status_code == 200
    assert "This photograph is in the release already." in response.content.decode()


def test_contact_without_a_name_is_refused_beside_its_field(admin_client):
    contact = ReleaseContactFactory(order=1)
    response = submit(admin_client, contact.release, **{"contacts-0-name": ""})
    assert errors_of(response) == {"contacts-0-name": ["This field is required."]}


def test_release_is_found_by_its_day(admin_client):
    release = NewsReleaseFactory()
    page = admin_client.get("/admin/news/newsrelease/", {"released_on__year": "2016"})
    assert list(page.context["cl"].result_list) == [release]
    none = admin_client.get("/admin/news/newsrelease/", {"released_on__year": "2017"})
    assert list(none.context["cl"].result_list) == []
    assert "released_on" in fields_of(admin_client.get(change_of(release)))
