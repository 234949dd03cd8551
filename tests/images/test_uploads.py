"""What comes in as a photograph, drawn here by Pillow, and what is refused."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

from iomsite.images.uploads import LONGEST_SIDE, MOST_BYTES, clean_photo

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


def near(colour, wanted):
    return all(abs(a - b) < 25 for a, b in zip(colour, wanted, strict=True))


def png_header(width, height):
    """A PNG that promises so many pixels and holds none."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
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


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
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
    _file, image = cleaned(drawn(form, exif=exif))
    assert image.size == size
    assert near(image.getpixel(red_at), RED)
    assert ORIENTATION not in image.getexif()


def test_colours_of_another_profile_become_srgb():
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = cleaned(drawn())[1].getpixel((5, 20))
    converted = cleaned(drawn(icc_profile=lab_like))[1]
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(cleaned(drawn(icc_profile=srgb))[1].getpixel((5, 20)), plain)
    assert "icc_profile" not in converted.info


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


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wrong_type"),
        (SVG, "wrong_type"),
        (b"<html><script>alert(1)</script>", "wrong_type"),
        (b"\xff\xd8\xff", "wrong_type"),
        (b"GIF89a/*" + b"x" * 200 + b"*/=1;alert(1)", "wrong_type"),
        (drawn("GIF"), "wrong_type"),
        (drawn("TIFF"), "wrong_type"),
        (drawn("BMP"), "wrong_type"),
        (drawn("AVIF"), "wrong_type"),
        (drawn(size=(600, 400), quality=95)[:-900], "broken"),
        (drawn("PNG", size=(600, 400))[:-60], "broken"),
        (drawn("WEBP", size=(600, 400))[:-20], "broken"),
        (png_header(60, 40), "broken"),
        (png_header(10_000, 5001), "too_many_pixels"),
        (png_header(12_000, 8000), "too_many_pixels"),
        (png_header(100_000, 100_000), "too_many_pixels"),
        (drawn() + b"\0" * MOST_BYTES, "too_heavy"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(content, code):
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload(content))
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


def test_pixels_are_counted_before_any_is_decoded():
    """A file of 300 megapixels is refused by its header, which is all there is of it."""
    content = png_header(20_000, 15_000)
    assert len(content) < 200
    with pytest.raises(ValidationError) as caught:
        clean_photo(upload(content))
    assert caught.value.code == "too_many_pixels"
