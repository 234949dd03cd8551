"""The page for journalists: what public releases hold, and nothing of others."""

import datetime

import pytest

from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory, ReleaseContactFactory, ReleasePhotoFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE = "/news/press/"


def release(day, **state):
    return NewsReleaseFactory(
        released_on=datetime.date(2016, 4, day), **state or {"published": True}
    )


def test_contacts_of_public_releases_stand_there_once_newest_first(client):
    for day, name in ((1, "Amina Old"), (9, "Joel New"), (5, "amina OLD")):
        ReleaseContactFactory(release=release(day), name=name, email="press@example.org")
    for state in ("draft", "scheduled", "withdrawn", "expired", "binned"):
        ReleaseContactFactory(release=release(20, **{state: True}), name="Hidden Person")
    words = client.get(PAGE).content.decode()
    assert "Hidden Person" not in words
    assert "Amina Old" not in words  # as the newest release has it
    assert 0 < words.index("Joel New") < words.index("amina OLD")


def test_photographs_are_those_that_may_be_printed(client):
    shown = PhotoFactory(published=True, with_file=True, caption="Shown", credit_person="A. Nero")
    hidden = PhotoFactory(draft=True, with_file=True, caption="Draft")
    unused = PhotoFactory(published=True, with_file=True, caption="On a draft")
    without_file = PhotoFactory(published=True, caption="Only told of")
    not_ours = PhotoFactory(
        published=True, with_file=True, caption="For this site alone", licence="permission"
    )
    for photo in (shown, hidden, without_file, not_ours):
        ReleasePhotoFactory(release=release(2), photo=photo)
    ReleasePhotoFactory(release=release(3), photo=shown)
    ReleasePhotoFactory(release=release(4, draft=True), photo=unused)
    words = client.get(PAGE).content.decode()
    assert words.count("<figure") == 1
    assert "A. Nero" in words
    assert f'href="{shown.picture.largest}" download' in words
    for caption in ("Draft", "On a draft", "Only told of", "For this site alone"):
        assert caption not in words


def test_page_costs_the_same_with_many_and_says_so_with_none(client, django_assert_num_queries):
    words = client.get(PAGE).content.decode()
    assert "no photographs" in words
    assert "give no press contact" in words
    for day in range(1, 29):
        row = release(day)
        ReleaseContactFactory(release=row)
        ReleasePhotoFactory(release=row, photo=PhotoFactory(published=True, with_file=True))
    with django_assert_num_queries(6):
        assert client.get(PAGE).content.decode().count("<figure") == 24
    assert client.get("/news/press.json").json()["items"]
