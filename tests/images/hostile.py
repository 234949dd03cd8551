"""Files that are made to cost whoever opens them.

`python -m tests.images.hostile FOLDER` refuses those in a folder, and says how many, its peak in
megabytes and the seconds of CPU of the slowest.
"""

import struct
import sys
import time
import zlib
from pathlib import Path

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MEGABYTE = 1024 * 1024


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks):
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND")


def png_head(width, height, depth=8, colours=2):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))


def png_header(width, height):
    """A PNG that promises so many pixels and holds none."""
    return png(png_head(width, height), chunk(b"IDAT", zlib.compress(b"\0" * 100)))


def png_of_chunks(number):
    return png(png_head(60, 40), *[chunk(b"teSt")] * number)


def png_of_words(megabytes):
    """Words that are small in the file and large in memory."""
    packer = zlib.compressobj()
    words = b"".join(packer.compress(b"a" * MEGABYTE) for _number in range(megabytes))
    words += packer.flush()
    return png(png_head(60, 40), chunk(b"zTXt", b"k\0\0" + words), chunk(b"iCCP", b"k\0\0" + words))


def segment(marker, data=b""):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_frame(width, height, progressive):
    parts = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    return segment(0xC2 if progressive else 0xC0, struct.pack(">BHHB", 8, height, width, 3) + parts)


def jpeg_header(width, height, progressive=False):
    scan = segment(0xDA, b"\x03\x01\0\x02\x11\x03\x11\0\x3f\0")
    return b"\xff\xd8" + jpeg_frame(width, height, progressive) + scan + b"\xff\xd9"


def jpeg_of_segments(number):
    """Each costs a decoder written in Python some microseconds."""
    return b"\xff\xd8" + segment(0xFE) * number + jpeg_header(60, 40)[2:]


def jpeg_of_scans(number):
    return jpeg_header(60, 40)[:-2] + segment(0xDA, b"\x01\x01\0\0\x3f\0") * number + b"\xff\xd9"


def webp_header(width, height):
    """The container says one size, and there is no picture in it."""
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def files():
    """By what they are. Some are large, so they are made where they are wanted."""
    return {
        "nothing": b"",
        "svg": SVG,
        "gif that is a script": b"GIF89a/*" + b"x" * 200 + b"*/=1;alert(1)",
        "archive": b"PK\x03\x04" + b"\0" * 200,
        "png of 300 megapixels": png_header(20_000, 15_000),
        "png of 49 megapixels without one": png_header(7000, 7000),
        "png of ten thousand megapixels": png_header(100_000, 100_000),
        "png cut off": png_header(7000, 7000)[:-20],
        "png of a million parts": png(png_head(60, 40), chunk(b"teSt") * 1_000_000),
        "png of a great many words": png_of_words(200),
        "jpeg of 300 megapixels": jpeg_header(20_000, 15_000),
        "jpeg of 48 megapixels without one": jpeg_header(8000, 6000)[:-2],
        "jpeg of five million parts": jpeg_of_segments(4_900_000),
        "jpeg of scans": jpeg_of_scans(100_000),
        "jpeg of padding": b"\xff\xd8" + b"\xff" * 19 * MEGABYTE,
        "webp of 268 megapixels": webp_header(16_383, 16_383),
        "webp that ends early": webp_header(60, 40)[:-4],
        "avif of nothing": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0\0\0\x08mdat",
        "avif of small boxes": b"\0\0\0\x18ftypavif\0\0\0\0avifmif1"
        + b"\0\0\0\x08free" * 1_000_000,
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99,
        "too heavy": b"\xff\xd8\xff" + b"\0" * 21 * MEGABYTE,
    }


def main(folder):
    import django

    django.setup()
    from django.core.exceptions import ValidationError
    from django.core.files.base import ContentFile

    from iomsite.images.measuring import peak_megabytes
    from iomsite.images.uploads import clean_photo

    refused, slowest, before = 0, 0.0, peak_megabytes()
    for path in sorted(Path(folder).iterdir()):
        start = time.process_time()
        try:
            clean_photo(ContentFile(path.read_bytes()))
        except ValidationError:
            refused += 1
        slowest = max(slowest, time.process_time() - start)
    print(refused, peak_megabytes() - before, f"{slowest:.2f}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
