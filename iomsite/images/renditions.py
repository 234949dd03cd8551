"""A photograph in the sizes that pages send, and the card that is shown where it is shared.

They are made when a photograph is saved and by `manage.py make_renditions`, never in a visitor's
request. Their names follow from the name of the file, which is a hash of its content, so a page
prints them without asking the store; `Photo.widths` says which there are.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

WIDTHS = (320, 640, 960, 1280, 1920)
# For browsers that know neither `srcset` nor the newer formats.
PLAIN_WIDTH = 960
CARD = (1200, 630)
FOLDER = "renditions"
# A browser takes the first that it knows: the lightest stands first.
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
OPTIONS = {
    "avif": {"format": "AVIF", "quality": 50, "speed": 9, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 75, "method": 2},
    "jpg": {"format": "JPEG", "quality": 78, "progressive": True, "optimize": True},
}
# As sharp as a cubic filter where a picture becomes smaller, at half the cost.
SMOOTH = Image.Resampling.HAMMING

Focus = tuple[float, float]


def widths_for(width: int) -> list[int]:
    """Never larger than the photograph itself."""
    smaller = [one for one in WIDTHS if one < width]
    return smaller if width > WIDTHS[-1] else [*smaller, width]


def widths_in(text: str) -> list[int]:
    return [int(word) for word in text.split() if word.isdecimal()]


def folder_of(name: str) -> str:
    """Where the renditions of a stored file are."""
    return f"{FOLDER}/{PurePosixPath(name).stem}"


def rendition_name(name: str, width: int, ending: str) -> str:
    return f"{folder_of(name)}/{width}.{ending}"


def card_name(name: str, focus: Focus) -> str:
    across, down = (round(part * 100) for part in focus)
    return f"{folder_of(name)}/card-{across}-{down}.jpg"


@dataclass(frozen=True)
class Picture:
    """What a page prints of a photograph. Nothing here opens or looks for a file."""

    name: str
    width: int
    height: int
    widths: list[int]
    focus: Focus

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Type and `srcset` of each format but the last, which every browser knows."""
        return [(TYPES[ending], self._srcset(ending)) for ending in TYPES if ending != "jpg"]

    @property
    def srcset(self) -> str:
        return self._srcset("jpg")

    @property
    def src(self) -> str:
        return self._url(rendition_name(self.name, self.src_width, "jpg"))

    @property
    def src_width(self) -> int:
        fitting = [width for width in self.widths if width <= PLAIN_WIDTH]
        return (fitting or self.widths)[-1]

    @property
    def src_height(self) -> int:
        return round(self.height * self.src_width / self.width)

    @property
    def largest(self) -> str:
        """For whoever prints it."""
        return self._url(rendition_name(self.name, self.widths[-1], "jpg"))

    @property
    def smallest(self) -> str:
        return self._url(rendition_name(self.name, self.widths[0], "jpg"))

    @property
    def focus_at(self) -> tuple[int, int]:
        """In the pixels of `width` and `height`."""
        return round(self.focus[0] * self.width), round(self.focus[1] * self.height)

    @property
    def focus_radius(self) -> int:
        return max(1, self.width // 30)

    @property
    def card(self) -> str:
        return self._url(card_name(self.name, self.focus))

    @property
    def focus_class(self) -> str:
        """The stylesheet knows the focal point in tenths: a page has no style of its own."""
        across, down = (round(part * 10) for part in self.focus)
        return f"focus-x{across} focus-y{down}"

    def _srcset(self, ending: str) -> str:
        names = ((width, rendition_name(self.name, width, ending)) for width in self.widths)
        return ", ".join(f"{self._url(name)} {width}w" for width, name in names)

    def _url(self, name: str) -> str:
        return default_storage.url(name)


class Made(NamedTuple):
    """What there is of a photograph now, as `Photo` says it."""

    widths: str
    width: int
    height: int


def make(name: str, focuses: Iterable[Focus]) -> Made:
    """Draw every size of a stored photograph, and a card for each focal point.

    The file is decoded once, and each size is drawn from the next larger one.
    """
    image = _opened(name)
    for focus in focuses:
        _store(card_name(name, focus), _card(image, focus), "jpg")
    widths = widths_for(image.width)
    sized = image
    for width in reversed(widths):
        height = max(1, round(image.height * width / image.width))
        sized = sized.resize((width, height), SMOOTH)
        for ending in TYPES:
            _store(rendition_name(name, width, ending), sized, ending)
    return Made(" ".join(map(str, widths)), *image.size)


def make_card(name: str, focus: Focus) -> None:
    """For a photograph that has its sizes, and a new focal point."""
    if not default_storage.exists(card_name(name, focus)):
        _store(card_name(name, focus), _card(_opened(name), focus), "jpg")


def names_of(name: str, widths: Iterable[int], focuses: Iterable[Focus]) -> Iterator[str]:
    """Every file that belongs to a stored photograph, itself first."""
    yield name
    for focus in focuses:
        yield card_name(name, focus)
    for width in widths:
        yield from (rendition_name(name, width, ending) for ending in TYPES)


def is_whole(name: str) -> bool:
    """Whether the store has this file and it decodes to the last pixel."""
    try:
        with default_storage.open(name) as file:
            Image.open(file, formats=["AVIF", "JPEG", "WEBP"]).load()
    except Exception:  # of the store or of a decoder
        return False
    return True


def _opened(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        image = Image.open(file, formats=["JPEG", "WEBP"])
        image.load()
    return image if image.mode == "RGB" else _on_white(image)


def _card(image: Image.Image, focus: Focus) -> Image.Image:
    """The largest part of the right shape, as near to the focal point as the edges allow."""
    scale = min(image.width / CARD[0], image.height / CARD[1])
    size = (CARD[0] * scale, CARD[1] * scale)
    corner = [
        min(max(part * whole - side / 2, 0), whole - side)
        for part, whole, side in zip(focus, image.size, size, strict=True)
    ]
    box = (*corner, corner[0] + size[0], corner[1] + size[1])
    return image.resize(CARD, SMOOTH, box=box, reducing_gap=2.0)


def _store(name: str, image: Image.Image, ending: str) -> None:
    """Put a file in place of what an earlier try may have left half done."""
    buffer = io.BytesIO()
    image.save(buffer, **OPTIONS[ending])
    default_storage.delete(name)
    default_storage.save(name, ContentFile(buffer.getvalue()))


def _on_white(image: Image.Image) -> Image.Image:
    """In every format alike: what lies behind a picture on a page is none of its colours."""
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground
