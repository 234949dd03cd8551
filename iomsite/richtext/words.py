"""Rich text as words: for feeds, cards, mail, exports and lists, and for comparing editions."""

import re
from collections.abc import Iterator
from html import unescape

from .sanitise import KEY, SCHEME

PIECE = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^>\"]|\"[^\"]*\")*)>|([^<]+|<)")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
PARAGRAPHS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "table", "caption", "figure", "figcaption")
}
LINES = {"br", "li", "tr"}
# What a comparison shows of what is no word.
MARKS = {
    **{"h2": "## ", "h3": "### ", "h4": "#### ", "blockquote": "> ", "th": "| ", "td": "| "},
    **{"strong": "**", "em": "_", "/strong": "**", "/em": "_", "caption": "[table] "},
}
SPACES = re.compile(r"[ \t]+")
EMPTY_LINES = re.compile(r"\n{3,}")


class Piece:
    """A tag or a run of text of what the sanitiser has written."""

    __slots__ = ("attributes", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], text: str) -> None:
        self.tag = tag  # with a slash before it where it ends; empty for a run of text
        self.attributes = attributes
        self.text = text


def pieces(html: str) -> Iterator[Piece]:
    """Take sanitised text apart. What stands in it is unescaped."""
    for slash, tag, attributes, text in PIECE.findall(html):
        found = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        yield Piece(slash + tag, found, unescape(text))


def as_text(html: str) -> str:
    """The words alone, with an empty line between paragraphs. Plain text stays as it is."""
    return _joined(_break(piece) + piece.text for piece in pieces(html))


def as_marked_text(html: str) -> str:
    """The words with a mark for each heading, list, link and picture, so that no change of them
    goes unseen where two editions are compared."""
    return _joined(_marked(html))


def _marked(html: str) -> Iterator[str]:
    lists: list[str] = []
    targets: list[str] = []
    for piece in pieces(html):
        yield _break(piece)
        tag, found = piece.tag, piece.attributes
        if tag in ("ul", "ol"):
            lists.append("- " if tag == "ul" else "# ")
        elif tag in ("/ul", "/ol") and lists:
            lists.pop()
        elif tag == "li":
            yield "  " * (len(lists) - 1) + (lists[-1] if lists else "")
        elif tag == "a":
            targets.append(_named(found.get("href", "")))
        elif tag == "/a" and targets:
            yield f" [{targets.pop()}]"
        elif tag in ("data", "img"):
            target = found.get("value") or found.get("src", "")
            yield f"[{_named(target)}] {found.get('alt', '')}"
        else:
            yield MARKS.get(tag, "") + piece.text
        named = (name for name in ("dir", "lang", "scope") if name in found)
        yield from (f"[{name}={found[name]}] " for name in named)


def _named(target: str) -> str:
    """A reference by its kind and the beginning of its number: enough to tell two apart."""
    found = KEY.fullmatch(target.removeprefix(SCHEME))
    return f"{found[1].rpartition('.')[2]} {found[2][:8]}" if found else target


def _break(piece: Piece) -> str:
    tag = piece.tag.removeprefix("/")
    if tag in PARAGRAPHS:
        return "\n\n"
    if tag in LINES:
        return "" if piece.tag == "/li" else "\n"
    return " " if piece.tag in ("/td", "/th") else ""


def _joined(parts: Iterator[str]) -> str:
    lines = "".join(parts).split("\n")
    text = "\n".join(SPACES.sub(" ", line).strip(" ") for line in lines)
    return EMPTY_LINES.sub("\n\n", text).strip(" \n")
