"""The card that is shown where a page is shared: its title, where it is about, and its date.

It is drawn when the page is published, and by `manage.py make_cards`. Its name follows from the
words on it, so a page prints it without asking anybody, and other words make another card.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache, reduce
from importlib.resources import files
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import DateTimeField
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.http import urlencode
from django.utils.translation import gettext
from PIL import Image, ImageColor, ImageDraw, ImageFont

from iomsite.accounts.choices import may_be_key
from iomsite.prepared import Given, Prepared, filled, several
from iomsite.publishing.advice import Typed
from iomsite.publishing.models import NaturalKeyModel, Publishable
from iomsite.templatetags.pattern import NEAR

from .renditions import CARD

FOLDER = "cards"
# Part of the name: a new drawing is not taken for the old one.
DRAWING = "1"
FONT = files("font_source_sans_pro") / "files"
ADLER = 65_521  # the largest prime below two to the sixteenth
GROUND, WARM, INK, SOFT = "#0b2b5e", "#f0a22e", "#ffffff", "#c3d2ea"
# Colours of letters, each in so many shades, beside those of the ground.
COLOURS, SHADES, OF_GROUND = (WARM, INK, SOFT), 16, 16
LINES, WAY = "#1d4480", "#2f5a9e"
EDGE, LINE = 80, 1.14
TITLE_SIZES, TITLE_HEIGHT = range(68, 39, -4), 300
# The rows in which the kicker has room, and the title none.
KICKER = range(100, 164)
# Below this row stands the name of the site.
FOOT = 544
# Cards of each kind that wait for nobody: a second or two.
AT_ONCE = 40
# Characters of each line that somebody may have drawn for a look; and countries asked for.
LONGEST, MOST_COUNTRIES = 300, 30
# Drawn larger, then made smaller: the lines have no steps.
FINE = 2


class Words(NamedTuple):
    kicker: str
    title: str
    date: str


def words_of(page: Any) -> Words:
    """As lists print the page. Reads the countries of what has some: select them."""
    public = [country for country in countries_of(page) if country.is_public()]
    return _words(page, public[0].name if len(public) == 1 else "")


def ever_words_of(page: Any) -> set[Words]:
    """On all cards that a page may name: its country may come and go without it."""
    return {_words(page, name) for name in ["", *(one.name for one in countries_of(page))]}


def countries_of(page: Any) -> list[Any]:
    """What a page says it is about."""
    match _about(type(page)):
        case ["country"]:
            return [page.country] if page.country_id else []
        case ["countries"] if page.pk:
            return list(page.countries.all())
    return []


def _about(model: Any) -> list[str]:
    """The field that says it: one country, else several."""
    names = {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    return [name for name in ("country", "countries") if name in names][:1]


def _words(page: Any, country: str) -> Words:
    kind = getattr(page, "get_kind_display", getattr(page, "get_framework_display", str))()
    if hasattr(page, "kicker_in"):
        kicker = page.kicker_in(country)
    else:
        kicker = ", ".join(filter(None, [getattr(page, "kicker", "") or kind, country]))
    dates = (getattr(page, name, None) for name in ("released_on", "date", "period"))
    date = next(filter(None, dates), None)
    place = getattr(page, "dateline", "")
    return Words(kicker, str(page), ", ".join(filter(None, [place, _in_words(date)])))


def _in_words(date: Any) -> str:
    return format_date(date, "j F Y") if hasattr(date, "isoformat") else str(date or "")


# The columns whose words stand on a card, with the name of the page.
SAID = ("kind", "framework", "released_on", "date", "period", "dateline", "city", "recurrence")


def words_typed(typed: Typed) -> Words:
    """Of a form, as far as it makes sense by now; its country where visitors may read it."""
    page, names = typed.model(), {field.name for field in typed.model._meta.concrete_fields}
    for name in {typed.model.name_field, "acronym", *SAID} & names:
        with suppress(ValidationError):
            field: Any = typed.model._meta.get_field(name)
            setattr(page, name, field.clean(field.to_python(typed.values.get(name)), page))
    named = [public for name in _about(typed.model) for public in _public_names(name, typed)]
    return _words(page, named[0] if len(named) == 1 else "")


def _public_names(name: str, typed: Typed) -> list[str]:
    said = typed.values.get(name) or []
    keys = [str(key) for key in (said if isinstance(said, list | tuple) else [said])]
    numbers = [int(key) for key in keys if may_be_key(key)][:MOST_COUNTRIES]
    if not numbers:
        return []
    named = _named(typed.model._meta.get_field(name).related_model)
    rows = named(at=timezone.now(), keys=filled(numbers, MOST_COUNTRIES))
    return [name for (name,) in rows]


@cache
def _named(model: Any) -> Prepared:
    """What two of these rows are called in public."""
    moment: Any = Given("at", DateTimeField())
    keys = several("keys", model._meta.pk, MOST_COUNTRIES)
    rows = model.objects.published(moment).filter(pk__in=keys).order_by()
    return Prepared(lambda: rows.values_list("name")[:2])


def address_typed(typed: Typed) -> str:
    """Where the card is drawn for what is typed, and kept nowhere."""
    words = words_typed(typed)._asdict()
    return f"{reverse('admin:images_card')}?{urlencode({k: v[:LONGEST] for k, v in words.items()})}"


def words_of_site() -> Words:
    """For lists and whatever else is no page of its own."""
    return Words("", gettext("International Organization for Migration"), "")


def has_card(page: Any) -> bool:
    return hasattr(page, "get_absolute_url")


def digest_of(words: Words) -> str:
    said = "\0".join([DRAWING, *words])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def name_for(digest: str) -> str:
    return f"{FOLDER}/{digest}.png"


def name_of(words: Words) -> str:
    return name_for(digest_of(words))


def url_of(words: Words) -> str:
    """Of the site rather than of the store: there is something at it in any case (`views.card`)."""
    return reverse("card", kwargs={"digest": digest_of(words)})


def make(words: Words) -> None:
    """Draw a card, if it is not there."""
    if not default_storage.exists(name_of(words)):
        default_storage.save(name_of(words), ContentFile(draw(words)))


def make_for(page: Any) -> None:
    """The card that a page names, and all that it may name, where a country of it may come or go by
    itself. For the day when one is withdrawn, `make_cards` draws.
    """
    countries = countries_of(page)
    if all(one.is_public() and one.expires_at is None for one in countries):
        make(_words(page, countries[0].name if len(countries) == 1 else ""))
        return
    for words in sorted(ever_words_of(page)):
        make(words)


def make_for_pages_about(country: Any) -> None:
    """Of a country that was published: others print its name.

    Whoever publishes it waits for that, so only the newest pages of each kind get theirs at once,
    and none where the name is the one of before. `manage.py make_cards` draws all others.
    """
    about = [(model, name) for model in with_cards() for name in _about(model)]
    about = [one for one in about if _related(*one) is type(country)]
    if not about or _was_called_so(country):
        return
    for model, name in about:
        pages = _shown(model).filter(**{name: country.page}).order_by("-pk")
        for page in pages[:AT_ONCE]:
            make(_words(page, country.name))


def _related(model: Any, name: str) -> Any:
    return model._meta.get_field(name).related_model


def _was_called_so(country: Any) -> bool:
    """By the page, and by the edition before it: whatever was published since has its card, but for
    pages of several countries, of which one has been withdrawn since.
    """
    rows = type(country).objects
    before = rows.superseded().filter(edition_of=country.page).first()
    names = {one.name for one in (rows.get(pk=country.page.pk), before) if one}
    return before is not None and names == {country.name}


def with_cards() -> list[Any]:
    """Pages, and what is public while pages use it."""
    known = [model for model in apps.get_models() if issubclass(model, NaturalKeyModel)]
    return sorted(filter(has_card, known), key=lambda model: model._meta.label)


def _shown(model: Any) -> Any:
    """What is public or waits to be; of what is no page in its own words, everything."""
    if issubclass(model, Publishable):
        return model.objects.published() | model.objects.scheduled()
    return model.objects.all()


def all_words() -> Iterator[Words]:
    """Of the site, and of every page that is public or waits to be."""
    yield words_of_site()
    for model in with_cards():
        rows = _shown(model).prefetch_related(*_about(model))
        for page in rows.iterator(chunk_size=500):
            yield from ever_words_of(page)


def draw(words: Words) -> bytes:
    """As a PNG of a few colours. Four milliseconds, one for each other card of the same title."""
    small = _font("Semibold", 32)
    card = _ground().crop((0, KICKER.start, CARD[0], KICKER.stop))
    _write(card, 108 - KICKER.start, _cut(words.kicker, small), SOFT, small)
    name = words_of_site().title
    foot = _foot("" if words.title == name else name)
    return _png([_above(), Rows.of(card), _middle(words.title, words.date), foot])


class Rows(NamedTuple):
    """Some rows of a card as a PNG has them, made small so that they can stand among others; and of
    what they were before, the check and the number of bytes.
    """

    small: bytes
    check: int
    length: int

    @classmethod
    def of(cls, piece: Image.Image) -> "Rows":
        pixels, width = piece.tobytes(), piece.width
        starts = range(0, len(pixels), width)
        plain = b"".join(b"\0" + pixels[start : start + width] for start in starts)
        # At 4, a sixth smaller in twice as long; at 9, a third in thirty times as long.
        packer = zlib.compressobj(2, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
        # Such a piece refers to nothing before it, and another one may follow.
        small = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
        return cls(small, zlib.adler32(plain), len(plain))


def _png(pieces: list[Rows]) -> bytes:
    """Put together here, so that a piece that several cards have is made small once."""
    check = reduce(_check_of_both, pieces, 1)
    end = b"\3\0" + check.to_bytes(4)  # an empty last piece
    pixels = b"".join([b"\x78\x5e", *(one.small for one in pieces), end])
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", *CARD, 8, 3, 0, 0, 0)),  # a byte for each number
        (b"PLTE", bytes(_palette())),
        (b"IDAT", pixels),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
        for name, data in chunks
    )


def _check_of_both(before: int, behind: Rows) -> int:
    """Adler-32 of some bytes and those behind them, by the checks of each (as zlib's own
    `adler32_combine`, which Python does not offer).
    """
    (high, low), (other_high, other_low) = divmod(before, 1 << 16), divmod(behind.check, 1 << 16)
    high = (high + other_high + behind.length * (low - 1)) % ADLER
    return high << 16 | (low + other_low - 1) % ADLER


@cache
def _above() -> Rows:
    """What stands above the kicker, on every card the same."""
    card = _ground().crop((0, 0, CARD[0], KICKER.start))
    ImageDraw.Draw(card).rectangle((EDGE, 84, EDGE + 90, 90), fill=_shades(WARM)[-1])
    return Rows.of(card)


@lru_cache(maxsize=2)
def _middle(title: str, date: str) -> Rows:
    """What stands below the kicker, on all cards of a page the same."""
    card, small = _ground().copy(), _font("Semibold", 32)
    font, lines = _fitting(title)
    for number, line in enumerate(lines):
        _write(card, 172 + number * font.size * LINE, line, INK, font)
    _write(card, 496, _cut(date, small), WARM, small)
    return Rows.of(card.crop((0, KICKER.stop, CARD[0], FOOT)))


@lru_cache(maxsize=2)
def _foot(name: str) -> Rows:
    """The name of the site, on all cards the same; none where the title is that."""
    card, font = _ground().copy(), _font("Regular", 26)
    _write(card, 548, _cut(name, font), SOFT, font)
    return Rows.of(card.crop((0, FOOT, *CARD)))


def _write(
    card: Image.Image, top: float, text: str, colour: str, font: ImageFont.FreeTypeFont
) -> None:
    """In numbers of the palette: letters shade off into the ground."""
    place = (EDGE, round(top))
    left, upper, right, lower = font.getbbox(text)
    if right <= left:
        return
    letters = Image.new("L", (int(right - left) + 1, int(lower - upper) + 1))
    ImageDraw.Draw(letters).text((-left, -upper), text, 255, font)
    numbers, covered = _tables(colour)
    where = place[0] + int(left), place[1] + int(upper)
    card.paste(letters.point(numbers), where, letters.point(covered))


@cache
def _tables(colour: str) -> tuple[list[int], list[int]]:
    """For each grey of a letter: its number in the palette, and whether it is written at all."""
    shades = _shades(colour)
    numbers = [shades[grey * len(shades) // 256] for grey in range(256)]
    return numbers, [255 * (grey >= 256 // len(shades)) for grey in range(256)]


def _shades(colour: str) -> range:
    """The numbers of a colour in the palette, from that of the ground on."""
    first = OF_GROUND + COLOURS.index(colour) * SHADES
    return range(first, first + SHADES)


@cache
def _palette() -> list[int]:
    """The ground's own, then each colour of letters from none of it to all of it."""
    own = _drawn_ground().getpalette() or []
    found = (own + [0] * 3 * OF_GROUND)[: 3 * OF_GROUND]
    ground = ImageColor.getrgb(GROUND)
    for colour in COLOURS:
        ink = ImageColor.getrgb(colour)
        for shade in range(SHADES):
            part = shade / (SHADES - 1)
            found += [round(g + (i - g) * part) for g, i in zip(ground, ink, strict=True)]
    return found


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """By its path: of an open file Pillow holds a copy of its own for each size, 4 MB of all."""
    return ImageFont.truetype(str(FONT / f"SourceSansPro-{weight}.ttf"), size)


def _fitting(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters in which the title has room; at the smallest, it is cut off."""
    for size in TITLE_SIZES:
        font = _font("Bold", size)
        lines = _wrapped(title, font)
        most = int(TITLE_HEIGHT // (size * LINE))
        if len(lines) <= most:
            return font, lines
    return font, [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), font)]


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= CARD[0] - 2 * EDGE:
            lines[-1] = longer
        else:
            lines.append(_cut(word, font))
    return lines


def _cut(text: str, font: ImageFont.FreeTypeFont) -> str:
    """Shortened until it has room in one line, after a word if there are several; a line break in
    it cannot be drawn."""
    whole = text = " ".join(text.split())
    while text and font.getlength(text + "…" * (text != whole)) > CARD[0] - 2 * EDGE:
        text = text.rpartition(" ")[0] or text[:-1]
    return text if text == whole else f"{text.rstrip(',;:–— ')}…"


@cache
def _ground() -> Image.Image:
    """As numbers of the palette, in which letters can be written."""
    drawn = _drawn_ground()
    return Image.frombytes("L", drawn.size, drawn.tobytes())


@cache
def _drawn_ground() -> Image.Image:
    """The lines of the site's pattern, faint, on deep blue."""
    scale = CARD[0] / 800 * FINE
    card = Image.new("RGB", (CARD[0] * FINE, CARD[1] * FINE), GROUND)
    pen = ImageDraw.Draw(card)
    for number, path in enumerate(NEAR):
        points = [(x * scale, (y + 120) * scale) for x, y in _points(path)]
        pen.line(points, WAY if number == 2 else LINES, width=3 * FINE, joint="curve")
    small = card.resize(CARD, Image.Resampling.BOX)
    return small.quantize(OF_GROUND, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _points(path: str) -> Iterator[tuple[float, float]]:
    """A path of the pattern, `M x y C … S …`, as points along its two curves."""
    for mark in "MCS":
        path = path.replace(mark, " ")
    numbers = [float(number) for number in path.split()]
    start, one, two, meet, four, end = zip(numbers[::2], numbers[1::2], strict=True)
    three = (2 * meet[0] - two[0], 2 * meet[1] - two[1])
    for curve in ((start, one, two, meet), (meet, three, four, end)):
        for step in range(41):
            yield _on_curve(curve, step / 40)


def _on_curve(curve: tuple[tuple[float, ...], ...], part: float) -> tuple[float, float]:
    rest = 1 - part
    shares = (rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3)
    x, y = (sum(s * p[axis] for s, p in zip(shares, curve, strict=True)) for axis in (0, 1))
    return x, y
