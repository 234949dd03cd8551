"""Licence, consent and description: what is missing keeps a photograph off every page."""

import datetime
import re
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction

from iomsite.images.models import Photo
from iomsite.publishing import actions
from iomsite.publishing.editions import publication_errors
from iomsite.publishing.inbox import lists_for
from news.models import NewsRelease
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.programmes import EngagementPhotoFactory
from tests.submission import change_of, errors_of, fields_of, submit

pytestmark = pytest.mark.django_db
END = datetime.datetime(2030, 6, 30, 23, 59, 59, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


def until(end=END, expires=END):
    return {"consent": "until", "consent_until": end, "expires_at": expires}


@pytest.mark.parametrize("fields", [{}, until(), until(expires=END - SECOND)])
def test_database_takes_what_is_complete(fields):
    PhotoFactory(with_file=True, published=True, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"licence": ""},
        {"consent": ""},
        {"description": ""},
        {"consent": "until"},
        {"consent_until": END, "expires_at": END},
        until(expires=None),
        until(expires=END + SECOND),
        {"focus_x": 1.01},
        {"focus_y": -0.01},
    ],
)
def test_database_refuses_what_is_not(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        PhotoFactory(with_file=True, published=True, **fields)


def test_nothing_is_asked_of_a_draft_or_where_no_file_is_shown():
    PhotoFactory(with_file=True, licence="", consent="", description="")
    PhotoFactory(published=True)


def test_missing_rights_are_asked_for_at_submission_beside_their_fields(admin_client):
    photo = PhotoFactory(with_file=True, licence="", consent="", description="", taken=None)
    assert submit(admin_client, photo, caption="Words").status_code == 302
    response = submit(admin_client, photo, _submit=1)
    assert errors_of(response) == {
        "licence": ["Choose the licence: without one nobody may show the photograph."],
        "consent": ["Say whether the people shown have agreed to be shown."],
        "description": ["Describe what can be seen, for people who do not see it."],
    }


def test_form_lets_the_photograph_expire_with_the_consent(admin_client):
    photo = PhotoFactory(with_file=True)

    submit(admin_client, photo, consent="until", consent_until="2030-06-30")
    photo.refresh_from_db()
    assert (photo.consent_until, photo.expires_at) == (END, END)
    shown = fields_of(admin_client.get(change_of(photo)))
    assert shown["consent_until"] == "2030-06-30"

    submit(admin_client, photo, consent_until="2031-06-30")
    photo.refresh_from_db()
    assert photo.expires_at.year == photo.consent_until.year == 2031

    submit(admin_client, photo, consent="given")
    photo.refresh_from_db()
    assert (photo.consent_until, photo.expires_at) == (None, None)


def test_form_keeps_an_earlier_end_and_refuses_a_later_one(admin_client):
    photo = PhotoFactory(with_file=True)
    said = {"consent": "until", "consent_until": "2030-06-30", "expires_at_1": "12:00:00"}

    response = submit(admin_client, photo, **said, expires_at_0="2030-07-01")
    assert errors_of(response)["expires_at"][0].startswith("The consent ends before this moment.")

    assert submit(admin_client, photo, **said, expires_at_0="2030-06-01").status_code == 302
    photo.refresh_from_db()
    assert (photo.expires_at.month, photo.consent_until) == (6, END)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"consent": "until", "_submit": 1}, "consent_until"),
        ({"consent": "until", "consent_until": "2020-01-01"}, "consent_until"),
        ({"focus_x": "1.5"}, "focus_x"),
    ],
)
def test_form_refuses_beside_the_field(admin_client, said, field):
    assert list(errors_of(submit(admin_client, PhotoFactory(with_file=True), **said))) == [field]


def test_last_day_counts_in_the_time_zone_of_the_site(admin_client, settings):
    settings.TIME_ZONE = "Africa/Maputo"
    photo = PhotoFactory(with_file=True)
    submit(admin_client, photo, consent="until", consent_until="2030-06-30")
    photo.refresh_from_db()
    assert photo.consent_until == END - datetime.timedelta(hours=2)
    shown = fields_of(admin_client.get(change_of(photo)))
    assert shown["consent_until"] == "2030-06-30"


def test_expired_consent_takes_the_photograph_off_every_page_by_itself(client):
    release = NewsReleaseFactory(published=True)
    photo = PhotoFactory(with_file=True, published=True, caption="Words of it", **until())
    ReleasePhotoFactory(release=release, photo=photo)

    def seen():
        pages = (client.get(address).content.decode() for address in ("/", page))
        return [photo.picture.src in text and "Words of it" in text for text in pages]

    page = release.get_absolute_url()
    with time_machine.travel(END - SECOND, tick=False):
        assert seen() == [True, True]
        assert photo.is_public()
    with time_machine.travel(END, tick=False):
        assert seen() == [False, False]
        assert not photo.is_public()
        assert not Photo.objects.published().exists()


def test_whoever_uses_the_photograph_is_told_before_its_consent_ends_and_after(client, admin_user):
    office = OfficeFactory()
    photo = PhotoFactory(
        with_file=True, published=True, title="Calais", responsible_office=office, **until()
    )
    release = ReleasePhotoFactory(photo=photo, release__title="The headline").release
    ReleasePhotoFactory(release=release, photo=PhotoFactory(published=True), order=2)
    everywhere = UserFactory(role="contributor")
    elsewhere = UserFactory(role="contributor", role__office=office)

    def told(person=everywhere):
        lists = lists_for(person, lambda model: True)
        return {one.name: [(item.title, item.uses) for item in one.items] for one in lists}

    def read(address):
        client.force_login(admin_user)  # an old session has ended by then
        return client.get(address).content.decode()

    def shown():
        return re.findall(r'"field-shown">\s*<span.*?</span>\s*([^<\n]*)', read(change_of(release)))

    with time_machine.travel(END - datetime.timedelta(days=3)):
        assert told() == {"expiring": [("Calais", ["The headline"])]}
        assert told(elsewhere) == {"expiring": [("Calais", [])]}, "the headline is a draft"
        assert shown()[:2] == ["Yes", "As a pattern: no file"]
    with time_machine.travel(END + datetime.timedelta(days=3)):
        assert told() == {"expired": [("Calais", ["The headline"])]}
        assert shown()[0] == "No: Expired"
        index = read("/admin/")
        assert "Expired in the last 30 days" in index
        assert "used by The headline" in index
    with time_machine.travel(END + datetime.timedelta(days=40)):
        assert told() == {}


def test_people_of_a_page_learn_that_it_loses_a_photograph_they_may_not_see(client):
    """The photograph is of one office, the page of another: its people read no name of it."""
    theirs, ours = OfficeFactory(), OfficeFactory()
    photo = PhotoFactory(
        with_file=True, published=True, title="Secret", responsible_office=theirs, **until()
    )
    page = {"published": True, "responsible_office": ours}
    release = ReleasePhotoFactory(photo=photo, release__title="Ours", **prefixed(page)).release
    EngagementPhotoFactory(photo=PhotoFactory(published=True), engagement__published=True)
    editor = UserFactory(role="editor", role__office=ours)
    stranger = UserFactory(role="editor", role__office=OfficeFactory())

    def told(person):
        lists = {one.name: one for one in lists_for(person, lambda model: True)}
        return [item.title for item in lists["losing"].items] if "losing" in lists else []

    with time_machine.travel(END - datetime.timedelta(days=15)):
        assert told(editor) == []
    with time_machine.travel(END - datetime.timedelta(days=3)):
        assert told(editor) == ["Ours"]
    with time_machine.travel(END + datetime.timedelta(days=300)):
        assert told(editor) == ["Ours"], "until somebody mends the page"
        client.force_login(editor)
        for address in ("/admin/", "/admin/news/newsrelease/?waiting=losing", change_of(release)):
            html = client.get(address).content.decode()
            assert "Ours" in html
            assert "Secret" not in html
        assert "No: " in html
        assert "losing" not in {one.name for one in lists_for(stranger, lambda model: True)}
        release.photos.all().delete()
        assert told(editor) == []


def prefixed(fields):
    return {f"release__{name}": value for name, value in fields.items()}


# What it shows here


def release_with_photo(**use):
    release = NewsReleaseFactory()
    ReleasePhotoFactory(release=release, photo=PhotoFactory(with_file=True, title="Calais"), **use)
    return release


LACKS = "Say what “Calais” shows here, or mark it as decorative."


@pytest.mark.parametrize(
    ("use", "reasons"),
    [
        ({}, {"": [LACKS]}),
        ({"alt_text": "Tents in the sand"}, {}),
        ({"is_decorative": True}, {}),
    ],
)
def test_page_is_published_only_with_words_for_each_photograph(use, reasons):
    assert publication_errors(release_with_photo(**use)) == reasons


def test_no_words_are_asked_for_a_photograph_that_is_not_shown():
    release = NewsReleaseFactory()
    ReleasePhotoFactory(release=release, photo=PhotoFactory())
    assert publication_errors(release) == {}


def test_form_asks_for_the_words_beside_the_photograph(admin_client):
    release = release_with_photo()
    response = submit(admin_client, release, _submit=1)
    assert errors_of(response) == {"photos-0-alt_text": [LACKS]}

    both = {"photos-0-alt_text": "Tents", "photos-0-is_decorative": "on"}
    response = submit(admin_client, release, **both)
    assert "clear one of both" in response.content.decode()

    told = submit(admin_client, release, _submit=1, **{"photos-0-alt_text": "Tents"})
    assert told.status_code == 302
    assert NewsRelease.objects.in_review().get().photos.get().alt_text == "Tents"


def test_bulk_submission_is_refused_in_the_same_sentence():
    with pytest.raises(actions.Refused) as refused:
        actions.submit(release_with_photo(), by=UserFactory())
    assert refused.value.errors == {"": [LACKS]}


def test_database_refuses_words_for_what_is_decorative():
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasePhotoFactory(alt_text="Tents", is_decorative=True)


def test_words_of_the_photograph_stand_in_for_older_uses_without_their_own():
    photo = PhotoFactory(description="A description")
    uses = [{}, {"alt_text": "Here"}, {"is_decorative": True}]
    alts = [ReleasePhotoFactory(photo=photo, **use).alt for use in uses]
    assert alts == ["A description", "Here", ""]


def test_upgrade_names_the_photographs_that_were_published_without_rights(monkeypatch):
    """Published rows cannot lack them any more: a draft stands for one from before."""
    upgrade = import_module("iomsite.images.migrations.0008_rights_sizes_and_focus")
    photo = PhotoFactory(with_file=True, title="Calais", licence="")
    PhotoFactory(with_file=True, title="Complete")
    PhotoFactory(title="Without a file")
    editor = SimpleNamespace(connection=connection)
    upgrade.name_what_lacks_rights(apps, editor)  # nothing is asked of a draft
    monkeypatch.setattr(upgrade, "UNFINISHED", ("binned",))
    with pytest.raises(CommandError) as refused:
        upgrade.name_what_lacks_rights(apps, editor)
    said = str(refused.value)
    assert f"{photo.pk} “Calais”: {photo.file.name}\nNothing was changed." in said
    assert f"WHERE id IN ({photo.pk});" in said
