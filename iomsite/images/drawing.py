"""Pictures drawn for tests, measurements and the fuzzer: no photograph of anybody is needed."""

import io
import random
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

# Grain of each size and its share: as in a photograph, the finer the fainter.
GRAIN = ((64, 1.0), (16, 0.35), (4, 0.15), (1, 0.08))


def scene(width: int, height: int, seed: int = 1) -> Image.Image:
    """About as hard to compress as a photograph: soft ground, ever finer grain, and edges."""
    rng = random.Random(seed)
    grey = Image.new("L", (width, height))
    for size, share in GRAIN:
        grey = Image.blend(grey, _noise(rng, width, height, size), share)
    tints = [grey.point(lambda value, share=share: int(value * share)) for share in (1, 0.9, 0.8)]
    picture = Image.merge("RGB", tints)
    pen = ImageDraw.Draw(picture)
    for _number in range(40):
        x, y = rng.randrange(width), rng.randrange(height)
        side = rng.randrange(width // 30 + 1, width // 6 + 2)
        colour = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
        pen.ellipse((x, y, x + side, y + side // 2 + 1), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(0.6))


def _noise(rng: random.Random, width: int, height: int, size: int) -> Image.Image:
    """Grains of `size` pixels. Pillow has a noise of its own, which no seed repeats."""
    across, down = max(1, width // size), max(1, height // size)
    grain = Image.frombytes("L", (across, down), rng.randbytes(across * down))
    return grain.resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
