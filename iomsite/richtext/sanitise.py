"""What may stand in rich text. One list, asked when a text is saved and again when it is printed.

Links to our own pages, figures and photographs are references: `page:<app>.<model>/<uid>`.
"""

import re
from collections import Counter
from html import escape, unescape

import nh3

GLOBAL = {"dir", "lang"}
ALLOWED: dict[str, set[str]] = {
    **{
        tag: set()
        for tag in (
            *("h2", "h3", "h4", "p", "br", "ul", "ol", "li", "blockquote", "strong", "em"),
            *("table", "caption", "thead", "tbody", "tr", "td", "figure", "figcaption", "span"),
        )
    },
    "a": {"href"},
    "data": {"value"},
    "img": {"src", "alt"},
    "th": {"scope"},
}
# What else would open or read something by itself goes with all it holds.
WITH_CONTENT = {"script", "style", "title", "template", "textarea", "svg", "math", "noscript"}
SCOPES = {"row", "col", "rowgroup", "colgroup"}
DIRECTIONS = {"ltr", "rtl", "auto"}

UID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
KEY = re.compile(rf"([a-z_]+\.[a-z_]+)/({UID})")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
# One slash: browsers take two of them, also backwards, for another site.
ADDRESS = re.compile(r"(?:https?://[^\s/\\?#]|mailto:|tel:|/(?![/\\])|#)[^\s\\]*", re.IGNORECASE)
# What no text of people holds: control characters, surrogates without their twin, and the signs
# that HTML takes for nothing at all. Line ends and tabs stay.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# A second reading of what a parser has mended may mend something more; almost never a third.
MOST_READINGS = 6
# The parser looks through everything that is open for each new item: deep enough for any text, and
# far from where that takes seconds.
MOST_LEVELS = 100
NESTING = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption"
    r"|figure|footer|header|hgroup|listing|main|menu|nav|ol|pre|search|section|summary|ul)\b",
    re.IGNORECASE,
)
# Fifty times the longest text of the seed. What is longer may take the parser seconds, as
# where one tag has ten thousands of attributes.
MOST_CHARACTERS = 200_000
# No tag goes on over the beginning of the next: else each would be looked for to the very end.
TAG = re.compile(r"<[^<>]*>")

SCHEME = "page:"


def reference(kind: str, uid: object) -> str:
    """As it stands in `href` and `src`; `data` has it without the scheme."""
    return f"{SCHEME}{kind}/{uid}"


def is_reference(value: str) -> bool:
    return value.startswith(SCHEME) and bool(KEY.fullmatch(value.removeprefix(SCHEME)))


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value as it may stand, or None to leave the attribute out."""
    stays: object
    match tag, name:
        case "a", "href":
            stays = is_reference(value) or ADDRESS.fullmatch(value)
        case "img", "src":
            stays = is_reference(value)
        case "data", "value":
            stays = KEY.fullmatch(value)
        case "th", "scope":
            stays = value in SCOPES
        case _, "dir":
            stays = value in DIRECTIONS
        case _, "lang":
            stays = LANGUAGE.fullmatch(value)
        case _:
            stays = True
    return value if stays else None


CLEANER = nh3.Cleaner(
    tags=set(ALLOWED),
    attributes={**{tag: names for tag, names in ALLOWED.items() if names}, "*": GLOBAL},
    attribute_filter=_attribute,
    clean_content_tags=WITH_CONTENT,
    url_schemes={"http", "https", "mailto", "tel", SCHEME.rstrip(":")},
    link_rel=None,
    strip_comments=True,
)
# The cleaner ends every attribute with a quotation mark and has none inside.
EMPTY = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>|<(data|span)>([^<]*)</\1>')


def printable(text: str) -> str:
    """The text without what cannot be stored or shown, and with plain line ends."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def sanitise(html: str) -> str:
    """What may stand of a text. A second time changes nothing, and nothing makes it raise."""
    text = printable(html)
    if is_too_long(text) or _is_too_deep(text):
        return _words_only(text)
    for _reading in range(MOST_READINGS):
        before, text = text, _read(text)
        if is_too_long(text):
            break
        if text == before:
            return text
    return _words_only(text)


def is_too_long(text: str) -> bool:
    return len(text) > MOST_CHARACTERS


def _is_too_deep(text: str) -> bool:
    opened: Counter[str] = Counter()
    for slash, tag in NESTING.findall(text):
        name = tag.lower()
        opened[name] = max(0, opened[name] + (-1 if slash else 1))
        if not slash and opened.total() > MOST_LEVELS:
            return True
    return False


def _words_only(text: str) -> str:
    """What the parser cannot settle, or not soon, is kept without its markup. It is not asked."""
    words = " ".join(printable(unescape(TAG.sub(" ", text))).split())
    return f"<p>{escape(words, quote=False)}</p>"


def _read(text: str) -> str:
    return EMPTY.sub(lambda match: match[2] or "", printable(CLEANER.clean(text))).strip()
