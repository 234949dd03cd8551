"""Drawn pictures for whoever looks at a development site."""

import io

import pytest
from django.core.management import CommandError, call_command

from iomsite.images import renditions
from iomsite.images.models import Photo
from iomsite.management.commands import demo_photographs
from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.programmes import EngagementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def said(*arguments):
    out = io.StringIO()
    call_command("demo_photographs", *arguments, stdout=out)
    return out.getvalue()


def test_drawings_stand_on_pages_say_that_they_are_drawn_and_go_again(
    client, settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(demo_photographs, "SIZE", (400, 300))
    pages = [NewsReleaseFactory(published=True), EngagementFactory(published=True)]
    kept = ReleasePhotoFactory(release=pages[0])

    with pytest.raises(CommandError, match="development"):
        said()
    assert Photo.objects.count() == 1

    settings.DEBUG = True
    for _turn in range(2):
        assert said() == "2 drawings stand on pages. --remove takes them away.\n"
    for photo in Photo.objects.exclude(pk=kept.photo.pk):
        photo.full_clean()
        needed = renditions.names_of(photo.file.name, photo.picture.widths, [(0.5, 0.5)])
        assert all(renditions.is_whole(name) for name in needed)
    for page in pages:
        html = client.get(page.get_absolute_url()).content.decode()
        assert html.count(demo_photographs.CAPTION) == 2  # on the page and in its data
        assert "© Drawn by a program" in html

    assert said("--remove") == "2 drawings taken away.\n"
    assert list(Photo.objects.all()) == [kept.photo]
