"""The outside of an image file, read before a decoder sees it.

Decoders spend seconds on a file of a few bytes, or on one made of a million empty parts. What no
camera and no program writes is refused here, at the cost of a walk over the parts of the file.
"""

import struct

# A photograph of 20 MB has a few hundred; a progressive one has some ten scans.
MOST_PARTS = 20_000
MOST_SIDE_PARTS = 2_000
MOST_SCANS = 64
# Leave no decoder to guess where a part begins.
MOST_FILL = 16

HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


class Damaged(Exception):
    """The file ends before its parts do, or has parts without end."""


def kind_of(start: bytes) -> str | None:
    """Pillow's name of the format, by the first bytes: the name of a file says nothing."""
    if start.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start[4:8] == b"ftyp":
        return _kind_of_brand(start)
    return None


def _kind_of_brand(start: bytes) -> str | None:
    length = min(int.from_bytes(start[:4], "big"), len(start))
    brands = {start[place : place + 4] for place in (8, *range(16, length - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    return "HEIF" if brands & HEIC_BRANDS else None


def check(kind: str, content: bytes) -> None:
    """Raise `Damaged` where the parts of the file are not whole."""
    {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "AVIF": _boxes, "HEIF": _boxes}[kind](content)


def _jpeg(content: bytes) -> None:
    """Segments up to the first scan; the rest is one stream, in which only scans are counted."""
    place = 2
    for _number in range(MOST_SIDE_PARTS):
        start = place
        while content[place : place + 1] == b"\xff" and place - start <= MOST_FILL:
            place += 1
        marker = content[place : place + 1]
        if place == start or not marker or marker in (b"\x00", b"\xff"):
            break
        if marker == b"\xda":
            has_end = content.find(b"\xff\xd9", place) > 0
            if not has_end or content.count(b"\xff\xda", place - 1) > MOST_SCANS:
                break
            return
        if 0xD0 <= marker[0] <= 0xD9 or marker == b"\x01":  # without a length
            place += 1
            continue
        (length,) = struct.unpack(">H", content[place + 1 : place + 3].rjust(2, b"\0"))
        if length < 2 or place + 1 + length > len(content):
            break
        place += 1 + length
    raise Damaged


def _png(content: bytes) -> None:
    place, side_parts = 8, 0
    for _number in range(MOST_PARTS):
        head = content[place : place + 8]
        if len(head) < 8:
            break
        length, name = struct.unpack(">I4s", head)
        place += 12 + length
        side_parts += name != b"IDAT"
        if place > len(content) or side_parts > MOST_SIDE_PARTS:
            break
        if name == b"IEND":
            return
    raise Damaged


def _webp(content: bytes) -> None:
    (length,) = struct.unpack("<I", content[4:8])
    if length + 8 > len(content):
        raise Damaged
    _walk(content, 12, length + 8, "<")


def _boxes(content: bytes) -> None:
    _walk(content, 0, len(content), ">")


def _walk(content: bytes, place: int, end: int, order: str) -> None:
    """Boxes of AVIF and HEIC carry their length first and count it in, chunks of WebP neither."""
    for _number in range(MOST_SIDE_PARTS):
        if place >= end:
            return
        head = content[place : place + 8]
        if len(head) < 8:
            break
        if order == "<":
            (length,) = struct.unpack("<I", head[4:])
            place += 8 + length + length % 2
        else:
            length = _length_of_box(content, place, end)
            if length < 8:
                break
            place += length
        if place > end + (order == "<"):
            break
    raise Damaged


def _length_of_box(content: bytes, place: int, end: int) -> int:
    (length,) = struct.unpack(">I", content[place : place + 4])
    if length == 0:  # up to the end
        return end - place
    if length == 1:  # the length follows, as it needs more room
        return int.from_bytes(content[place + 8 : place + 16], "big")
    return int(length)
