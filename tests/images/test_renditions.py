"""Sizes and cards: what is made, what a page prints of it, and that no request makes any."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from iomsite.images import library, renditions
from iomsite.images.drawing import encoded
from iomsite.images.models import Photo
from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory

RED, GREEN = (200, 30, 30), (30, 160, 60)


def store(size, form="JPEG", mode="RGB", name="photos/drawn.jpg", at=None):
    """Green, with a red square whose upper left corner is at `at`."""
    image = Image.new(mode, size, (*GREEN, 0)[: len(mode)])
    if at:
        image.paste(RED, (*at, at[0] + 60, at[1] + 60))
    default_storage.delete(name)
    default_storage.save(name, ContentFile(encoded(image, form)))
    return name


def image_of(name):
    with default_storage.open(name) as file:
        image = Image.open(io.BytesIO(file.read()))
        image.load()
        return image


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (100, [100]),
        (320, [320]),
        (700, [320, 640, 700]),
        (1920, [320, 640, 960, 1280, 1920]),
        (2560, [320, 640, 960, 1280, 1920]),
    ],
)
def test_no_size_is_larger_than_the_photograph(width, widths):
    assert renditions.widths_for(width) == widths


def test_every_size_is_there_in_three_formats_and_its_proportions():
    name = store((700, 420))
    made = renditions.make(name, [(0.5, 0.5), (0.25, 0.5)])
    assert made == ("320 640 700", 700, 420)
    formats = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}
    for width, height in ((320, 192), (640, 384), (700, 420)):
        for ending, form in formats.items():
            image = image_of(renditions.rendition_name(name, width, ending))
            assert (image.size, image.format) == ((width, height), form)
    for focus in ((0.5, 0.5), (0.25, 0.5)):
        assert image_of(renditions.card_name(name, focus)).size == (1200, 630)


@pytest.mark.parametrize(
    ("size", "at"),
    [((2000, 700), (0, 300)), ((2000, 700), (1900, 300)), ((800, 1600), (300, 1500))],
)
def test_card_shows_the_focal_point(size, at):
    """Even at the edge, where a card around the middle shows none of it."""

    def has_red(focus):
        renditions.make(name, [focus])
        card = image_of(renditions.card_name(name, focus)).resize((120, 63))
        return any(red > 150 and green < 90 for red, green, _blue in card.get_flattened_data())

    name = store(size, at=at)
    assert has_red(((at[0] + 30) / size[0], (at[1] + 30) / size[1]))
    assert not has_red((0.5, 0.5))


def test_transparent_picture_stands_on_white_in_every_format():
    name = store((400, 300), "WEBP", "RGBA", name="photos/clear.webp")
    renditions.make(name, [])
    for ending in renditions.TYPES:
        image = image_of(renditions.rendition_name(name, 320, ending))
        assert image.mode == "RGB"
        assert min(image.getpixel((9, 9))) > 250


# On pages


def page_with(photo, **use):
    release = NewsReleaseFactory(published=True)
    ReleasePhotoFactory(release=release, photo=photo, **use)
    return release.get_absolute_url()


@pytest.mark.django_db
def test_page_prints_formats_sizes_and_room_without_asking_the_store(client, monkeypatch):
    photo = PhotoFactory(with_file=True, published=True, focus_x=0.21, focus_y=1)
    page = page_with(photo, alt_text="Tents in the sand")
    client.get("/")  # WhiteNoise looks for its files once
    for name in ("exists", "_open", "size", "listdir"):
        monkeypatch.delattr(f"django.core.files.storage.FileSystemStorage.{name}")

    html = client.get(page).content.decode()

    stem = photo.file.name.removeprefix("photos/").removesuffix(".jpg")
    picture = re.search(r"<picture>.*?</picture>", html, re.DOTALL)[0]
    for ending, kind in renditions.TYPES.items():
        sizes = (f"/media/renditions/{stem}/{width}.{ending} {width}w" for width in (320, 400))
        assert f'srcset="{", ".join(sizes)}" sizes="' in picture
        assert ending == "jpg" or f'<source type="{kind}"' in picture
    assert picture.index("image/avif") < picture.index("image/webp")
    assert 'width="400" height="300" alt="Tents in the sand" fetchpriority="high"' in picture
    assert "photo__image focus-x2 focus-y10" in picture
    assert "style=" not in picture


@pytest.mark.django_db
def test_one_photograph_a_page_comes_first_and_the_others_when_they_are_scrolled_to(client):
    release = NewsReleaseFactory(published=True)
    for order in (1, 2, 3):
        photo = PhotoFactory(with_file=True, published=True)
        ReleasePhotoFactory(release=release, photo=photo, order=order)
    html = client.get(release.get_absolute_url()).content.decode()
    assert (html.count('fetchpriority="high"'), html.count('loading="lazy"')) == (1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"file": "", "widths": ""}, {"widths": ""}])
def test_photograph_without_sizes_is_drawn_as_a_pattern(client, fields):
    photo = PhotoFactory(with_file=True, published=True)
    Photo.objects.update(**fields)
    page = page_with(photo)
    for address in (page, "/"):
        html = client.get(address).content.decode()
        assert "<img" not in html
        assert "<picture" not in html
        assert '<svg class="pattern photo__image"' in html
        assert "The photograph itself is not shown here." in html


@pytest.mark.django_db
def test_licence_that_asks_to_be_named_stands_beside_the_credit(client):
    photo = PhotoFactory(with_file=True, published=True, licence="cc-by", credit_year=2015)
    assert "© IOM 2015, CC BY 4.0<" in client.get(page_with(photo)).content.decode()


@pytest.mark.django_db
def test_same_file_has_its_sizes_made_once(monkeypatch):
    first = PhotoFactory(with_file=True)
    second = PhotoFactory(with_file=True, widths="", width=None, focus_x=0.1)
    monkeypatch.delattr(renditions, "make")
    library.complete(second)
    second.refresh_from_db()
    assert (second.widths, second.width) == (first.widths, 400)
    assert default_storage.exists(renditions.card_name(second.file.name, (0.1, 0.5)))
