"""What may come in as a photograph, and what becomes of it.

An upload is bounded in bytes and pixels before it is decoded, then drawn anew. Nothing of the file
itself is kept: no place where it was taken, no name of a camera's owner, no data behind the image.
"""

import hashlib
import io
import logging

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

logger = logging.getLogger(__name__)

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2560
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")

MESSAGES = {
    "too_heavy": _("The file is larger than 20 MB. Save it smaller or at a lower quality."),
    "wrong_type": _("This is not a photograph in JPEG, PNG or WebP. Export it as JPEG."),
    "too_many_pixels": _("The photograph has more than 50 megapixels. Save it smaller."),
    "broken": _("The file is damaged or incomplete. Export or download it again."),
}


def clean_photo(upload: File) -> ContentFile:
    """Return the photograph upright, in sRGB, without metadata, named by its content."""
    if upload.size > MOST_BYTES:
        raise _refusal("too_heavy")
    image = _opened(upload)
    try:
        image.load()
        image = _in_srgb(ImageOps.exif_transpose(image))
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _encoded(image)
    except Exception as error:  # decoders meet a broken file with almost any exception
        logger.info("Refused an upload that does not decode: %r", error)
        raise _refusal("broken") from error


def _refusal(code: str) -> ValidationError:
    return ValidationError(MESSAGES[code], code=code)


def _opened(upload: File) -> Image.Image:
    """Read the header only; the pixels are counted before any is decoded."""
    try:
        image = Image.open(upload, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refusal("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise _refusal("wrong_type") from error
    except Exception as error:  # a header that lies raises almost anything
        logger.info("Refused an upload with a broken header: %r", error)
        raise _refusal("broken") from error
    if image.width * image.height > MOST_PIXELS:
        raise _refusal("too_many_pixels")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert by the profile of the file where it has a valid one; keep transparency."""
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if not profile or image.mode == "P":
        return image.convert(mode)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)  # a profile that does not fit says nothing about the colours
    return converted or image.convert(mode)


def _encoded(image: Image.Image) -> ContentFile:
    image.info = {}  # WebP would write profile and XMP from here
    buffer = io.BytesIO()
    if image.mode == "RGBA":
        image.save(buffer, "WEBP", quality=QUALITY)
        ending = "webp"
    else:
        image.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        ending = "jpg"
    content = buffer.getvalue()
    return ContentFile(content, name=f"{hashlib.sha256(content).hexdigest()[:32]}.{ending}")
