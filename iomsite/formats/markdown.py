"""Markdown, for people who take notes and for programs that read language."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from iomsite.richtext.words import Piece, pieces

from .answer import Answer
from .records import Link, Record

# What would be read as markup where it is meant as it stands.
SIGNS = re.compile(r"([\\`*_\[\]<>|])")
STARTS = re.compile(r"^(\s*)([#+\-=~]|\d+[.)])", re.MULTILINE)
LINES = re.compile(r"[ \t]*\n[ \t]*")
EMPTY_LINES = re.compile(r"\n{3,}")
HEADINGS = {"h2": "### ", "h3": "#### ", "h4": "##### "}
BLOCKS = {"p", "blockquote", "table", "caption", "figure", "figcaption", "ul", "ol", *HEADINGS}
SIDES = {"strong": "**", "em": "_"}


def as_markdown(answer: Answer) -> str:
    if not answer.is_list:
        return "".join(_page(record, level=1) for record in answer.records)
    parts = [f"# {_inline(answer.title)}\n", f"<{answer.address}>\n"]
    parts += [_page(record, level=2) for record in answer.records]
    if answer.following:
        parts.append(f"[{_('Next part')}](<{answer.following}>)\n")
    return "\n".join(parts)


def _page(record: Record, level: int) -> str:
    head = f"{'#' * level} {_inline(record.title)}"
    facts = "\n".join(f"- {name}: {words}" for name, words in _facts(record) if words)
    blocks = [head, facts, _plain(record.lead)]
    for section in record.sections:
        blocks.append(f"{'#' * (level + 1)} {_inline(section.title)}" if section.title else "")
        blocks.append(_from_html(section.html))
    for image in record.pictures:
        words = ", ".join(filter(None, [image.caption, image.credit, image.licence]))
        shown = f"![{_inline(image.description)}](<{image.address}>)\n\n" if image.address else ""
        blocks.append(shown + _inline(words))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _facts(record: Record) -> Iterator[tuple[Any, str]]:
    yield _("Address"), f"<{record.address}>"
    yield _("Kind"), _inline(record.kind)
    yield _("Date"), _inline(record.date.words) if record.date else ""
    yield _("Updated"), record.updated or ""
    yield _("Countries"), _links(record.countries)
    yield _("Regions"), _links(record.regions)
    yield _("Topics"), _links(record.topics)
    yield _("Goals"), _links(record.goals)
    yield _("Partners"), _links(record.partners)
    yield _("Belongs to"), _links(record.belongs_to)
    yield _("Figures"), "; ".join(_inline(f"{one.words} {one.label}") for one in record.figures)
    yield _("Website"), f"<{record.website}>" if record.website else ""
    yield _("Sources"), "; ".join(_inline(origin.title) for origin in record.sources)


def _links(links: list[Link]) -> str:
    return "; ".join(f"[{_inline(link.name)}](<{link.address}>)" for link in links)


def _plain(text: str) -> str:
    return STARTS.sub(r"\1\\\2", SIGNS.sub(r"\\\1", text))


def _inline(text: str) -> str:
    return SIGNS.sub(r"\\\1", " ".join(text.split()))


def _from_html(html: str) -> str:
    """Of what our own writer of rich text has written."""
    text = "".join(_Markdown().write(pieces(html)))
    return EMPTY_LINES.sub("\n\n", LINES.sub("\n", text)).strip()


class _Markdown:
    def __init__(self) -> None:
        self._targets: list[str] = []
        self._lists: list[str] = []

    def write(self, found: Iterator[Piece]) -> Iterator[str]:
        for piece in found:
            tag = piece.tag.removeprefix("/")
            is_end = piece.tag != tag
            if not tag:
                yield _plain(piece.text)
            elif tag in ("ul", "ol"):
                yield self._list(tag, is_end)
            elif tag == "a":
                yield self._link(piece, is_end)
            elif tag == "img":
                alt, src = (piece.attributes.get(name, "") for name in ("alt", "src"))
                yield f"![{_inline(alt)}](<{src}>)"
            elif tag in BLOCKS:
                yield "\n\n" + ("" if is_end else HEADINGS.get(tag, ""))
            else:
                yield self._other(tag, is_end)

    def _other(self, tag: str, is_end: bool) -> str:
        if tag == "li":
            return "" if is_end else "\n" + (self._lists[-1] if self._lists else "- ")
        if tag in ("br", "tr"):
            return "\n"
        if tag in ("td", "th"):
            return " | " if is_end else ""
        return SIDES.get(tag, "")

    def _list(self, tag: str, is_end: bool) -> str:
        if not is_end:
            self._lists.append("- " if tag == "ul" else "1. ")
        elif self._lists:
            self._lists.pop()
        return "\n\n" if len(self._lists) == (0 if is_end else 1) else ""

    def _link(self, piece: Piece, is_end: bool) -> str:
        if is_end:
            target = self._targets.pop() if self._targets else ""
            return f"](<{target}>)" if target else ""
        href = piece.attributes.get("href", "")
        self._targets.append("" if href.startswith("#") else href)
        return "[" if self._targets[-1] else ""
