"""What comes in as a photograph, drawn here by Pillow, and what is refused."""

import io
import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

from iomsite.images import forms, fuzzing, uploads
from iomsite.images.uploads import LONGEST_SIDE, MOST_BYTES, clean_photo, load_heic

from . import hostile
from .hostile import SVG, jpeg_of_segments, png_header

load_heic()
RED, BLUE = (200, 30, 30), (30, 30, 200)
GPS, ORIENTATION, ARTIST = 0x8825, 0x0112, 0x013B


def upload(content, name="photo.jpg"):
    return SimpleUploadedFile(name, content)


def drawn(form="JPEG", size=(60, 40), mode="RGB", colour=RED, **options):
    """A picture, red on the left and blue on the right."""
    image = Image.new(mode, size, colour)
    if mode == "RGB":
        image.paste(BLUE, (size[0] // 2, 0, *size))
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def cleaned(content):
    file = clean_photo(upload(content))
    image = Image.open(io.BytesIO(file.read()))
    image.load()
    return file, image


def heic_header(width, height):
    """A HEIC that promises so many pixels and holds a few."""
    content = drawn("HEIF", size=(64, 64))
    place = content.index(b"ispe") + 8
    return content[:place] + struct.pack(">II", width, height) + content[place + 8 :]


def webp_header(width, height):
    """The same as WebP."""
    content = drawn("WEBP", size=(64, 64))
    place = content.index(b"\x9d\x01\x2a") + 3
    return content[:place] + struct.pack("<HH", width, height) + content[place + 4 :]


def near(colour, wanted):
    return all(abs(a - b) < 25 for a, b in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_photograph_is_stored_as_jpeg_named_by_its_content(form):
    content = drawn(form)
    file, image = cleaned(content)
    again, _image = cleaned(content)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (60, 40))
    assert near(image.getpixel((5, 20)), RED)
    assert near(image.getpixel((55, 20)), BLUE)
    assert file.name == again.name
    assert file.name.removesuffix(".jpg").isalnum()


def test_name_of_the_upload_does_not_count():
    assert cleaned(drawn("PNG"))[1].format == "JPEG"
    file = clean_photo(upload(drawn(), name="../../evil.php"))
    assert file.name.endswith(".jpg")
    assert "evil" not in file.name


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", (*RED, 90)), ("LA", (120, 90)), ("P", 3), ("L", 120), ("1", 1)]
)
def test_transparency_is_kept_in_webp_and_the_rest_becomes_jpeg(mode, colour):
    _file, image = cleaned(drawn("PNG", mode=mode, colour=colour))
    transparent = mode in ("RGBA", "LA")
    assert image.format == ("WEBP" if transparent else "JPEG")
    assert image.mode == ("RGBA" if transparent else "RGB")
    if transparent:
        assert image.getpixel((5, 5))[3] == 90


def test_sixteen_bits_of_grey_are_not_cut_off():
    content = drawn("PNG", mode="I;16", colour=128 * 256)
    assert near(cleaned(content)[1].getpixel((5, 5)), (128, 128, 128))


def test_place_owner_and_words_inside_the_file_are_dropped():
    exif = Image.Exif()
    exif[ARTIST] = "Somebody's name"
    exif.get_ifd(GPS)[2] = (15.0, 30.0, 0.0)
    content = drawn(exif=exif, comment=b"a secret", xmp=b"<x:xmpmeta>secret</x:xmpmeta>")
    assert b"secret" in content
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)

    file, image = cleaned(content)

    assert dict(image.getexif()) == {}
    file.seek(0)
    stored = file.read()
    for trace in (b"Exif", b"Somebody", b"secret", b"xmp", b"ICC_PROFILE"):
        assert trace not in stored


def test_words_inside_a_transparent_png_are_dropped():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Somebody's name")
    words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>secret</x:xmpmeta>")
    content = drawn("PNG", mode="RGBA", colour=(*RED, 90), pnginfo=words)
    file, _image = cleaned(content)
    file.seek(0)
    stored = file.read()
    assert b"Somebody" not in stored
    assert b"secret" not in stored


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (60, 40), (5, 20)),
        (3, (60, 40), (55, 20)),
        (6, (40, 60), (20, 5)),
        (8, (40, 60), (20, 55)),
    ],
)
def test_photograph_stands_upright_without_the_note_that_turned_it(form, orientation, size, red_at):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    _file, image = cleaned(drawn(form, exif=exif.tobytes()))
    assert image.size == size
    assert near(image.getpixel(red_at), RED)
    assert ORIENTATION not in image.getexif()


def test_colours_of_another_profile_become_srgb():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(cleaned(drawn(icc_profile=srgb))[1].getpixel((5, 20)), RED)
    # A profile in which the first channel is blue, and the third one red.
    swapped = srgb.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    _file, image = cleaned(drawn(icc_profile=swapped))
    assert near(image.getpixel((5, 20)), BLUE)
    assert "icc_profile" not in image.info


def test_profile_that_is_rubbish_is_ignored():
    assert near(cleaned(drawn(icc_profile=b"rubbish"))[1].getpixel((5, 20)), RED)


def test_print_colours_become_srgb():
    content = drawn(mode="CMYK", colour=(0, 0, 0, 0))
    assert near(cleaned(content)[1].getpixel((5, 5)), (255, 255, 255))


@pytest.mark.parametrize(
    ("size", "stored"),
    [
        ((LONGEST_SIDE, 10), (LONGEST_SIDE, 10)),
        ((4000, 3000), (LONGEST_SIDE, 1920)),
        ((3000, 4000), (1920, LONGEST_SIDE)),
        ((10, 5000), (5, LONGEST_SIDE)),
    ],
)
def test_photograph_is_never_larger_than_pages_need(size, stored):
    assert cleaned(drawn(size=size))[1].size == stored


def test_what_hides_behind_a_photograph_is_dropped():
    payload = b"<script>alert(1)</script>PK\x03\x04"
    file, _image = cleaned(drawn() + payload)
    file.seek(0)
    assert payload not in file.read()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wrong_type"),
        (SVG, "wrong_type"),
        (b"<html><script>alert(1)</script>", "wrong_type"),
        (b"\xff\xd8\xff", "broken"),
        (b"GIF89a/*" + b"x" * 200 + b"*/=1;alert(1)", "wrong_type"),
        (drawn("GIF"), "wrong_type"),
        (drawn("TIFF"), "wrong_type"),
        (drawn("BMP"), "wrong_type"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "broken"),
        (drawn("HEIF", size=(600, 400))[:-20], "broken"),
        (drawn(size=(600, 400), quality=95)[:-900], "broken"),
        (drawn("PNG", size=(600, 400))[:-60], "broken"),
        (drawn("WEBP", size=(600, 400))[:-20], "broken"),
        (drawn("AVIF", size=(600, 400))[:-20], "broken"),
        (drawn("AVIF") + SVG, "broken"),
        (drawn("HEIF") + SVG, "broken"),
        (jpeg_of_segments(3000), "broken"),
        (hostile.png_of_chunks(3000), "broken"),
        (hostile.jpeg_of_scans(100), "broken"),
        (png_header(60, 40), "broken"),
        (png_header(10_000, 5001), "too_many_pixels"),
        (png_header(12_000, 8000), "too_many_pixels"),
        (png_header(100_000, 100_000), "too_many_pixels"),
        (hostile.jpeg_header(65_000, 65_000), "too_many_pixels"),
        (drawn() + b"\0" * MOST_BYTES, "too_heavy"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(content, code):
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload(content))
    assert caught.value.code == code
    assert caught.value.messages[0].endswith(".")


def test_heic_is_refused_in_a_sentence_where_its_decoder_is_not_at_hand(monkeypatch):
    """Whose it is, a site decides: Pillow has none. AVIF it reads by itself."""
    content = drawn("HEIF")
    assert forms.PhotoFileField().widget.attrs["accept"].endswith(",image/heic,image/heif")
    monkeypatch.setattr(uploads, "find_spec", lambda name: None)
    assert "heic" not in forms.PhotoFileField().widget.attrs["accept"]
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload(content, "IMG_0001.HEIC"))
    assert "HEIC photograph, which this site cannot read. Export it as JPEG" in str(caught.value)
    assert cleaned(drawn("AVIF"))[1].size == (60, 40)
    assert {fuzzing.picture(random.Random(seed))[4:12] for seed in range(40)} & {b"ftypavif"}


def test_scans_are_counted_for_each_costs_the_whole_picture():
    content = drawn(progressive=True)
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    for number, is_taken in ((10, True), (100, False)):
        again = upload(content[:-2] + scan * number + content[-2:])
        if is_taken:
            assert clean_photo(again).width == 60
        else:
            with pytest.raises(ValidationError):
                clean_photo(again)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png_header(6001, 6000), "more than 36 megapixels, the most for PNG."),
        (hostile.jpeg_header(10_000, 5001), "more than 50 megapixels, the most for JPEG."),
        (
            hostile.jpeg_header(6001, 5000, progressive=True),
            "more than 30 megapixels, the most for a progressive JPEG.",
        ),
        (webp_header(6001, 3000), "more than 18 megapixels, the most for WEBP."),
        (heic_header(6001, 5000), "more than 30 megapixels, the most for HEIC."),
    ],
)
def test_limit_is_what_its_decoder_can_hold(content, words):
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload(content))
    assert words in caught.value.messages[0]


def test_refusals_cost_less_than_a_hundred_megabytes(tmp_path):
    """All of them in one process, whose peak is read from the system."""
    files = hostile.files() | {"heic of 300 megapixels": heic_header(20_000, 15_000)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    root = Path(__file__).resolve().parents[2]
    result = subprocess.run(
        [sys.executable, "-m", "tests.images.hostile", tmp_path],
        cwd=root,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "iomsite.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    refused, megabytes, _seconds = map(float, result.stdout.split())
    assert refused == len(files)
    assert megabytes < 100


def test_fuzzer_finds_nothing_in_its_first_inputs():
    drawn_first = [fuzzing.upload_of(1, number) for number in range(120)]
    found = [fuzzing.judge(content) for content in drawn_first]
    assert {"taken", "broken"} <= set(found)
    assert [fuzzing.upload_of(1, number) for number in range(120)] == drawn_first
    assert fuzzing.upload_of(2, 7) != drawn_first[7]


def test_fuzzer_draws_the_same_in_whatever_second():
    assert fuzzing.srgb()[24:36] == bytes(12)


def test_fuzzer_says_when_an_upload_comes_out_with_its_metadata(monkeypatch):
    def careless(upload):
        clean = clean_photo(upload)
        clean.file = io.BytesIO(drawn(comment=b"Somebody's name"))
        return clean

    monkeypatch.setattr(fuzzing, "clean_photo", careless)
    with pytest.raises(fuzzing.Crash, match="comment"):
        fuzzing.judge(drawn())
