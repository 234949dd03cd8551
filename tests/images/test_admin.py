"""The form of a photograph."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from iomsite.images.models import Photo
from tests.factories.images import PhotoFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db


def file(size=(600, 400), form="JPEG"):
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, form)
    return SimpleUploadedFile("IMG_0001.JPG", buffer.getvalue())


def test_upload_is_stored_clean_with_its_size_and_shown(admin_client):
    photo = PhotoFactory(alt_text="A red field")
    assert "pages draw a pattern" in admin_client.get(change_of(photo)).content.decode()

    assert submit(admin_client, photo, file=file()).status_code == 302

    photo.refresh_from_db()
    assert photo.file.name.startswith("photos/")
    assert "IMG_0001" not in photo.file.name
    assert (photo.width, photo.height) == (600, 400)
    assert photo.file.storage.exists(photo.file.name)
    content = admin_client.get(change_of(photo)).content.decode()
    assert (
        f'<img class="preview" src="{photo.file.url}" width="600" height="400" alt="A red field">'
        in content
    )


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("photo.jpg", b"<svg/>"), "not a photograph"),
        (file(size=(9000, 6000), form="PNG"), "50 megapixels"),
        (SimpleUploadedFile("photo.jpg", file().read()[:900]), "damaged"),
    ],
)
def test_upload_is_refused_beside_its_field(admin_client, upload, words):
    photo = PhotoFactory()
    response = submit(admin_client, photo, file=upload)
    errors = errors_of(response)
    assert list(errors) == ["file"]
    assert words in errors["file"][0]
    photo.refresh_from_db()
    assert not photo.file


def test_form_without_a_file_keeps_the_one_there_is(admin_client):
    photo = PhotoFactory()
    submit(admin_client, photo, file=file())
    photo.refresh_from_db()
    name = photo.file.name

    submit(admin_client, photo, caption="Another caption")

    photo.refresh_from_db()
    assert (photo.file.name, photo.caption) == (name, "Another caption")


def test_photograph_whose_file_is_lost_still_opens(admin_client):
    photo = PhotoFactory(file="photos/lost.jpg", width=6, height=4)
    assert admin_client.get(change_of(photo)).status_code == 200
    assert submit(admin_client, photo, caption="Another caption").status_code == 302


def test_missing_credit_is_refused_beside_its_field(admin_client):
    form = admin_client.get("/admin/images/photo/add/")
    said = {"title": "Photo", "slug": "photo", "caption": "Caption", "_submit": 1}
    data = {**fields_of(form), **said}
    response = admin_client.post("/admin/images/photo/add/", data)
    assert errors_of(response) == {
        "credit_person": ["Name the photographer or the organisation to credit."]
    }
    assert not Photo.objects.exists()
