"""Uploads that nobody would think of: drawn pictures, written in every format and then spoiled.

Each input follows from a seed and its number alone, so that one that fails can be had again (where
the decoder of HEIC is at hand, others do than where it is not).
"""

import io
import random
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from .drawing import encoded, scene
from .uploads import LONGEST_SIDE, MESSAGES, clean_photo, load_heic, takes_heic

MODES = {
    "JPEG": ("RGB", "L", "CMYK"),
    "PNG": ("RGB", "RGBA", "P", "L", "LA", "1", "I;16"),
    "WEBP": ("RGB", "RGBA"),
    "AVIF": ("RGB", "RGBA"),
    "HEIF": ("RGB", "RGBA"),
}
SIDES = (1, 2, 7, 16, 63, 200, 333)
LENGTHS = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0", b"\0\0\0\1")


class Crash(Exception):
    """An upload that was neither refused in a sentence nor stored clean."""


def picture(rng: random.Random) -> bytes:
    """A sound file with most of what its format knows."""
    form = rng.choice([one for one in MODES if one != "HEIF" or takes_heic()])
    if form == "HEIF":
        load_heic()
    image = scene(rng.choice(SIDES), rng.choice(SIDES), rng.randrange(99))
    image = _in_mode(image, rng.choice(MODES[form]))
    options: dict[str, Any] = {"quality": rng.choice((5, 60, 95))} if form != "PNG" else {}
    if rng.random() < 0.4:
        exif = Image.Exif()
        exif[0x0112] = rng.randrange(0, 10)
        exif[0x013B] = "Somebody"
        options["exif"] = exif
    if rng.random() < 0.2 and image.mode == "RGB":
        options["icc_profile"] = srgb()
    if form == "JPEG":
        options["progressive"] = rng.random() < 0.5
    if form == "WEBP" and rng.random() < 0.3:
        options |= {"save_all": True, "append_images": [image, image]}
    if form == "AVIF":
        options["speed"] = 10
    return encoded(image, form, **options)


def srgb() -> bytes:
    """Return a profile of colours without the second in which it was made (ICC.1, 7.2.8)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)
    return bytes(profile)


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return image.convert("I").convert("I;16")
    return image.convert(mode)


def spoiled(content: bytes, rng: random.Random) -> bytes:
    """Up to six injuries, one after the other."""
    data = bytearray(content)
    for _number in range(rng.choice((0, 1, 1, 1, 2, 3, 6))):
        _injure(data, rng)
    return bytes(data)


def _injure(data: bytearray, rng: random.Random) -> None:
    place = rng.randrange(len(data) + 1)
    # The structure stands in front: half of the injuries go there.
    place = min(place, rng.randrange(400)) if rng.random() < 0.5 else place
    length = rng.choice((1, 2, 4, 16, 300))
    match rng.randrange(8):
        case 0 if data:
            data[min(place, len(data) - 1)] ^= 1 << rng.randrange(8)
        case 1:
            del data[place:]
        case 2:
            data[place : place + length] = rng.randbytes(length)
        case 3:
            data[place : place + 4] = rng.choice(LENGTHS)
        case 4:
            del data[place : place + length]
        case 5:
            data[place:place] = data[place : place + length] * rng.choice((1, 50, 2000))
        case 6:
            data[place:place] = picture(rng)
        case _:
            data += rng.randbytes(length) + b"<script>alert(1)</script>"


def upload_of(seed: int, number: int) -> bytes:
    rng = random.Random(f"{seed}-{number}")
    return spoiled(picture(rng), rng)


def judge(content: bytes) -> str:
    """Return what became of an upload: the code of its refusal, or `taken`."""
    try:
        clean = clean_photo(ContentFile(content, name="upload.jpg"))
    except ValidationError as refusal:
        if refusal.code not in MESSAGES:
            raise Crash(f"refused without a sentence: {refusal!r}") from refusal
        return str(refusal.code)
    image = Image.open(io.BytesIO(clean.read()))
    image.load()
    told = set(image.info) & {"exif", "icc_profile", "xmp", "XML:com.adobe.xmp", "comment"}
    if told or image.size != (clean.width, clean.height) or max(image.size) > LONGEST_SIDE:
        raise Crash(f"stored as {image.size} with {told}")
    return "taken"


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def in_words(found: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in found.most_common())
