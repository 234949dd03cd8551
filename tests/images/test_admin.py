"""The form of a photograph."""

import io
import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from iomsite.images import admin as admin_module
from iomsite.images import renditions
from iomsite.images.models import Photo
from iomsite.publishing import actions
from iomsite.publishing import admin as publishing_admin
from iomsite.publishing.states import State
from news.admin import NewsReleaseAdmin
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import ReleasePhotoFactory
from tests.factories.programmes import EngagementPhotoFactory
from tests.submission import change_of, errors_of, fields_of, submit, verb_of

from .hostile import png_header

pytestmark = pytest.mark.django_db


def file(size=(600, 400), form="JPEG"):
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, form)
    return SimpleUploadedFile("IMG_0001.JPG", buffer.getvalue())


def bring(client, capture, photo, **fields):
    """Send the form and let happen what is to happen once it is saved."""
    with capture(execute=True):
        response = submit(client, photo, **fields)
    photo.refresh_from_db()
    return response


def test_upload_is_stored_clean_and_its_sizes_are_made_once_it_is_saved(
    admin_client, django_capture_on_commit_callbacks
):
    photo = PhotoFactory(description="A red field")
    assert "pages draw a pattern" in admin_client.get(change_of(photo)).content.decode()

    with django_capture_on_commit_callbacks() as later:
        assert submit(admin_client, photo, file=file()).status_code == 302
    photo.refresh_from_db()
    assert re.fullmatch(r"photos/[0-9a-f]{32}\.jpg", photo.file.name)
    assert (photo.width, photo.height, photo.picture) == (600, 400, None)

    for callback in later:
        callback()
    photo.refresh_from_db()
    for name in renditions.names_of(photo.file.name, [320, 600], [(0.5, 0.5)]):
        assert renditions.is_whole(name), name
    content = admin_client.get(change_of(photo)).content.decode()
    assert (
        f'<img class="preview" src="{photo.picture.src}" width="600" height="400" alt="A red field"'
        in content
    )
    assert '<circle cx="300" cy="200"' in content


def test_moved_focal_point_has_a_card_of_its_own(admin_client, django_capture_on_commit_callbacks):
    photo = PhotoFactory(with_file=True)
    bring(admin_client, django_capture_on_commit_callbacks, photo, focus_x="0.204", focus_y="1")
    assert (photo.focus_x, photo.focus_y) == (0.2, 1)
    assert renditions.is_whole(renditions.card_name(photo.file.name, (0.2, 1)))

    bring(admin_client, django_capture_on_commit_callbacks, photo, file=file())
    assert (photo.focus_x, photo.focus_y) == (0.5, 0.5)  # of another picture
    submit(admin_client, photo, focus_x="0.1", focus_y="")
    photo.refresh_from_db()
    assert (photo.focus_x, photo.focus_y) == (0.1, 0.5)


@pytest.mark.django_db(transaction=True)
def test_form_says_when_the_sizes_could_not_be_made(admin_client, monkeypatch):
    photo = PhotoFactory()
    monkeypatch.setattr(renditions, "make", lambda *_: 1 / 0)
    submit(admin_client, photo, file=file(), caption="Words")
    photo.refresh_from_db()
    assert (photo.caption, photo.picture) == ("Words", None)
    content = admin_client.get(change_of(photo)).content.decode()
    assert "its sizes could not be made" in content


def test_file_is_brought_and_submitted_in_one_step(admin_client):
    photo = PhotoFactory(licence="own", consent="given", description="A red field", taken=None)
    assert submit(admin_client, photo, file=file(), _submit=1).status_code == 302
    photo.refresh_from_db()
    assert (photo.state, bool(photo.file)) == (State.IN_REVIEW, True)


def test_file_can_be_taken_away(admin_client):
    photo = PhotoFactory(with_file=True)
    assert submit(admin_client, photo, **{"file-clear": "on"}).status_code == 302
    photo.refresh_from_db()
    assert (photo.file.name, photo.width, photo.widths) == ("", None, "")


# Beside other photographs


def test_same_photograph_twice_is_refused_with_a_link_to_the_first(admin_client):
    first = PhotoFactory(title="Calais & <i>Dover</i>")
    submit(admin_client, first, file=file())
    response = submit(admin_client, PhotoFactory(), file=file())
    link = f'<a href="{change_of(first)}">Calais &amp; &lt;i&gt;Dover&lt;/i&gt;</a>'
    assert f"This photograph is in the library already: {link}." in response.content.decode()
    assert list(errors_of(response)) == ["file"]
    # Its own form takes it again.
    response = submit(admin_client, first, file=file())
    assert (response.status_code, warnings_in(response)) == (302, [])

    # What is new is compared as well.
    assert errors_of(add(admin_client)).keys() == {"file"}


def add(client):
    form = client.get("/admin/images/photo/add/")
    said = {"title": "New", "slug": "new", "caption": "Caption", "file": file()}
    return client.post("/admin/images/photo/add/", {**fields_of(form), **said})


def warnings_in(response):
    return [str(one) for one in get_messages(response.wsgi_request) if one.level_tag == "warning"]


def test_photograph_of_another_office_is_not_named_when_it_comes_again(client):
    ours, theirs = OfficeFactory(), OfficeFactory()
    first = PhotoFactory(title="Secret", responsible_office=theirs)
    client.force_login(UserFactory(role="editor", role__office=theirs))
    assert submit(client, first, file=file()).status_code == 302
    client.force_login(UserFactory(role="editor", role__office=ours))
    response = add(client)
    assert response.status_code == 302
    (said,) = warnings_in(response)
    assert said.startswith("Another office keeps the same photograph")
    assert Photo.objects.get(title="New").file.name == Photo.objects.get(title="Secret").file.name


def test_uses_are_named_to_whoever_may_see_them(admin_client, monkeypatch):
    photo = PhotoFactory()
    assert "On no page yet." in admin_client.get(change_of(photo)).content.decode()
    use = ReleasePhotoFactory(photo=photo, release__title="The headline")
    EngagementPhotoFactory(photo=photo, engagement__title="The dialogue")
    content = admin_client.get(change_of(photo)).content.decode()
    assert f'<a href="{change_of(use.release)}">The headline</a> (news release)' in content
    assert "The dialogue</a> (" in content

    monkeypatch.setattr(NewsReleaseAdmin, "has_view_permission", lambda *_: False)
    content = admin_client.get(change_of(photo)).content.decode()
    assert "The headline" not in content
    assert "On 1 page that you may not see." in content


def test_form_and_editor_offer_only_photographs_that_the_person_may_use(client):
    ours, theirs = OfficeFactory(), OfficeFactory()
    PhotoFactory(title="Bridge, our draft", responsible_office=ours)
    PhotoFactory(title="Bridge, public", responsible_office=theirs, published=True)
    PhotoFactory(title="Bridge, their draft", responsible_office=theirs)
    PhotoFactory(title="Bridge, withdrawn", responsible_office=theirs, withdrawn=True)
    client.force_login(UserFactory(role="editor", role__office=ours))
    place = {"app_label": "news", "model_name": "releasephoto", "field_name": "photo"}
    picked = client.get("/admin/autocomplete/", {**place, "term": "Bridge"}).json()["results"]
    found = client.get("/admin/texts/find/", {"kind": "photo", "words": "Bridge"}).json()["found"]
    mine = {"Bridge, our draft", "Bridge, public"}
    assert {one["text"] for one in picked} == mine
    assert {one["name"] for one in found} == mine


# Another picture on a live page


def test_another_file_on_a_live_page_waits_for_approval_like_words(
    admin_client, django_capture_on_commit_callbacks, client
):
    page = PhotoFactory(with_file=True, published=True)
    release = ReleasePhotoFactory(photo=page, release__published=True).release
    before = page.picture

    copy = actions.edit(page, by=UserFactory())
    bring(admin_client, django_capture_on_commit_callbacks, copy, file=file(), focus_x="0.2")

    def shown():
        return client.get(release.get_absolute_url()).content.decode()

    assert copy.picture.src != before.src
    assert before.srcset in shown()
    compared = admin_client.get(verb_of("compare", copy)).content.decode()
    asked = admin_client.get(verb_of("publish", copy)).content.decode()
    assert "Sizes made" not in compared
    for content in (compared, asked):
        assert before.src in content
        assert copy.picture.src in content
        assert '<circle cx="120" cy="200"' in content

    actions.submit(copy, by=UserFactory())
    assert before.srcset in shown()
    actions.publish(copy, by=UserFactory())
    html = shown()
    assert copy.picture.srcset in html
    assert "focus-x2 focus-y5" in html
    assert before.src not in html

    old = Photo.objects.superseded().get()
    assert old.picture == before
    back = actions.restore(old, by=UserFactory())
    assert back.picture == before


def test_words_alone_are_compared_without_pictures(admin_client):
    copy = actions.edit(PhotoFactory(with_file=True, published=True), by=UserFactory())
    submit(admin_client, copy, caption="Other words")
    content = admin_client.get(verb_of("compare", copy)).content.decode()
    assert "Other words" in content or "<ins>Other" in content
    assert 'class="pictures"' not in content


def test_upload_is_read_before_the_lock_is_taken(admin_client, monkeypatch):
    """Whoever reads a large photograph keeps nobody from saving."""
    order = []
    monkeypatch.setattr(admin_module, "checked_photo", lambda upload: order.append("read"))
    monkeypatch.setattr(
        publishing_admin, "locked_ledger", lambda **how: order.append("lock") or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        submit(admin_client, PhotoFactory(), file=file())
    assert order == ["read", "lock"]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("photo.jpg", b"<svg/>"), "not a photograph"),
        (SimpleUploadedFile("photo.png", png_header(9000, 6000)), "36 megapixels"),
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
