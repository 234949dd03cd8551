"""What may come in as a photograph, and what becomes of it.

An upload is bounded in bytes, parts and pixels before it is decoded, then drawn anew. Nothing of
the file itself is kept: no place where it was taken, no name of a camera's owner, no data behind
the image.
"""

import hashlib
import io
import logging
from importlib.util import find_spec

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from . import containers
from .renditions import SMOOTH

logger = logging.getLogger(__name__)

MOST_BYTES = 20 * 1024 * 1024
# What each decoder needs less than 400 MB for. A JPEG is decoded at a fraction of its size, unless
# it is progressive; a WebP is held four times over.
MOST_MEGAPIXELS = {"JPEG": 50, "PNG": 36, "AVIF": 30, "HEIF": 30, "WEBP": 18}
MOST_PROGRESSIVE = 30
# As the files of phones are called.
NAMES = {"HEIF": "HEIC"}
LONGEST_SIDE = 2560
QUALITY = 85
# What is read to tell one format from another.
START = 64

MESSAGES = {
    "too_heavy": _("The file is larger than 20 MB. Save it smaller or at a lower quality."),
    "wrong_type": _("This is not a photograph in JPEG, PNG, WebP or AVIF. Export it as JPEG."),
    "heic": _(
        "This is a HEIC photograph, which this site cannot read. Export it as JPEG; on an iPhone, "
        "choose “Most Compatible” under Settings, Camera, Formats."
    ),
    "too_many_pixels": _(
        "The photograph has more than %(most)s megapixels, the most for %(kind)s. Save it smaller."
    ),
    "broken": _("The file is damaged or incomplete. Export or download it again."),
}


class CleanPhoto(ContentFile):
    """A photograph upright, in sRGB, without metadata, named by its content; with its size."""

    def __init__(self, content: bytes, ending: str, width: int, height: int) -> None:
        digest = hashlib.sha256(content).hexdigest()[:32]
        super().__init__(content, name=f"{digest}.{ending}")
        self.width, self.height = width, height


def clean_photo(upload: File) -> CleanPhoto:
    if upload.size > MOST_BYTES:
        raise _refusal("too_heavy")
    kind = _kind(upload)
    image = _opened(upload, kind)
    try:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # of a JPEG, decode no more than is kept
        image.load()
        return _encoded(_in_srgb(ImageOps.exif_transpose(_small(image))))
    except Exception as error:  # decoders meet a broken file with almost any exception
        logger.info("Refused an upload that does not decode: %r", error)
        raise _refusal("broken") from error


def takes_heic() -> bool:
    """Whether a decoder of HEIC is at hand: Pillow has none of its own, and servers need none."""
    return find_spec("pillow_heif") is not None


def load_heic() -> None:
    """Let Pillow read and write it. Not before one comes: it takes six megabytes."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def _refusal(code: str, **words: object) -> ValidationError:
    return ValidationError(MESSAGES[code], code=code, params=words)


def _too_many_pixels(kind: str, *, is_progressive: bool = False) -> ValidationError:
    most = MOST_PROGRESSIVE if is_progressive else MOST_MEGAPIXELS[kind]
    named = _("a progressive JPEG") if is_progressive else NAMES.get(kind, kind)
    return _refusal("too_many_pixels", most=most, kind=named)


def _kind(upload: File) -> str:
    """The format, after a walk over the parts of the file."""
    upload.seek(0)
    kind = containers.kind_of(upload.read(START))
    if kind is None:
        raise _refusal("wrong_type")
    if kind == "HEIF" and not takes_heic():
        raise _refusal("heic")
    upload.seek(0)
    try:
        containers.check(kind, upload.read())
    except containers.Damaged as error:
        raise _refusal("broken") from error
    upload.seek(0)
    return kind


def _opened(upload: File, kind: str) -> Image.Image:
    """Read the header only; the pixels are counted before any is decoded."""
    if kind == "HEIF":
        load_heic()
    try:
        image = Image.open(upload, formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(kind) from error
    except UnidentifiedImageError as error:
        raise _refusal("broken") from error
    except Exception as error:  # a header that lies raises almost anything
        logger.info("Refused an upload with a broken header: %r", error)
        raise _refusal("broken") from error
    megapixels = image.width * image.height / 1_000_000
    if megapixels > MOST_MEGAPIXELS[kind]:
        raise _too_many_pixels(kind)
    if megapixels > MOST_PROGRESSIVE and image.info.get("progressive"):
        raise _too_many_pixels(kind, is_progressive=True)
    return image


def _small(image: Image.Image) -> Image.Image:
    """No larger than is kept; before anything else, which then costs less."""
    if image.mode in ("1", "P", "PA"):  # no colours to mix
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), SMOOTH, reducing_gap=2.0)
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert by the profile of the file where it has a valid one; keep transparency."""
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert(mode)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)  # a profile that does not fit says nothing about the colours
    return converted or image.convert(mode)


def _encoded(image: Image.Image) -> CleanPhoto:
    image.info = {}  # WebP would write profile and XMP from here
    buffer = io.BytesIO()
    if image.mode == "RGBA":
        image.save(buffer, "WEBP", quality=QUALITY)
        ending = "webp"
    else:
        image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
        ending = "jpg"
    return CleanPhoto(buffer.getvalue(), ending, image.width, image.height)
