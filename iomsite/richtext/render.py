"""Rich text as visitors read it: references become what they stand for now.

All references of one answer are read with one statement for each kind that is mentioned. What
visitors may not see leaves the words of the text and tells nothing else.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe

from iomsite.accounts.factor import is_verified
from iomsite.publishing import preview

from .fields import rich_fields
from .sanitise import ALLOWED, KEY, SCHEME, UID, sanitise
from .words import PARAGRAPHS, Piece, as_text, pieces

Key = tuple[str, str]
MENTIONED = re.compile(rf'"(?:{SCHEME})?([a-z_]+\.[a-z_]+)/({UID})"')
BLOCKS = re.compile(rf"<(?:{'|'.join(sorted(PARAGRAPHS))})\b")


def mentions(html: str) -> set[Key]:
    """What a text refers to: kind and lasting number."""
    return set(MENTIONED.findall(html))


class Targets:
    """What the texts of one answer refer to, as far as its reader may see it."""

    def __init__(self, request: Any = None) -> None:
        self._request = request
        self._rows: dict[Key, Any] = {}
        self._noted: set[str] = set()

    def read(self, texts: Iterable[str]) -> None:
        """One statement for each kind that is mentioned and not known yet."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, uid in {key for text in texts for key in mentions(text)} - self._rows.keys():
            wanted[kind].add(uid)
        for kind, uids in wanted.items():
            self._rows |= dict.fromkeys((kind, uid) for uid in uids)
            if (rows := self._seen(kind)) is not None:
                found = rows.filter(uid__in=uids)
                self._rows |= {(kind, str(row.uid)): row for row in found}

    def seen_among(self, keys: Iterable[Key]) -> set[Key]:
        """Without reading their rows whole. One statement for each kind."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for kind, uid in keys:
            wanted[kind].add(uid)
        seen: set[Key] = set()
        for kind, uids in wanted.items():
            if (rows := self._seen(kind)) is not None:
                found = rows.filter(uid__in=uids).order_by().prefetch_related(None)
                seen |= {(kind, str(uid)) for uid in found.values_list("uid", flat=True)}
        return seen

    def _seen(self, kind: str) -> QuerySet[Any] | None:
        model: Any = apps.all_models[kind.partition(".")[0]].get(kind.partition(".")[2])
        if not hasattr(model, "text_targets"):
            return None
        found: QuerySet[Any] = model.text_targets(self._staff)
        return found

    @cached_property
    def _staff(self) -> Any:
        """Whoever previews an edition by right of an account sees what else waits for them.

        Whoever only holds a link sees the one edition that it opens, and what is public.
        """
        request = self._request
        if request is None or not preview.is_asked(request) or "preview" in request.GET:
            return None
        return request.user if is_verified(request) else None

    def get(self, value: str) -> Any:
        match = KEY.fullmatch(value.removeprefix(SCHEME))
        return self._rows.get((match[1], match[2])) if match else None

    def is_first(self, uid: str) -> bool:
        """Whether an answer mentions this for the first time: it is explained once."""
        is_new = uid not in self._noted
        self._noted.add(uid)
        return is_new


def as_html(text: str, targets: Targets | None = None) -> SafeString:
    """The text as a page prints it, with a note below for each figure in it."""
    if not text:
        return SafeString()
    clean, targets = _in_blocks(sanitise(text)), targets or Targets()
    targets.read([clean])
    writer = Writer(targets)
    html = "".join(writer.write(pieces(clean)))
    # Every tag in it was written by Writer, and all else is escaped there.
    return mark_safe(html + writer.notes())


def as_words(text: str, targets: Targets | None = None) -> str:
    """The words alone, figures with their values of now."""
    clean, targets = sanitise(text), targets or Targets()
    targets.read([clean])
    return as_text("".join(Writer(targets, is_plain=True).write(pieces(clean))))


def _in_blocks(clean: str) -> str:
    """Text that was typed without markup: an empty line begins a new paragraph."""
    if BLOCKS.search(clean):
        return clean
    blocks = (block.strip("\n").replace("\n", "<br>") for block in re.split(r"\n\s*\n", clean))
    return "".join(f"<p>{block}</p>" for block in blocks if block)


class Writer:
    """Writes sanitised pieces as public HTML."""

    def __init__(self, targets: Targets, *, is_plain: bool = False) -> None:
        self._targets = targets
        self._is_plain = is_plain
        self._open: list[str] = []  # what each `a` and `data` that is open ends with
        self._figures: dict[str, Any] = {}
        self._value = False  # inside a figure whose words of then are left out

    def write(self, found: Iterator[Piece]) -> Iterator[str]:
        for piece in found:
            tag = piece.tag.removeprefix("/")
            if tag == "data":
                yield self._figure(piece)
            elif self._value:
                continue
            elif not tag:
                yield escape(piece.text, quote=False)
            elif tag == "a":
                yield self._link(piece)
            elif tag == "img":
                yield self._photograph(piece)
            elif piece.tag == tag:
                yield self._tag(tag, piece.attributes)
            else:
                yield f"</{tag}>{AFTER.get(tag, '')}"

    def _tag(self, tag: str, attributes: dict[str, str]) -> str:
        kept = (name for name in sorted(attributes) if name in KEPT[tag])
        said = "".join(f' {name}="{escape(attributes[name])}"' for name in kept)
        return f"{BEFORE.get(tag, '')}<{tag}{said}>"

    def _link(self, piece: Piece) -> str:
        if piece.tag.startswith("/"):
            return self._open.pop() if self._open else ""
        href = piece.attributes.get("href", "")
        rel = ' rel="noopener"' if href.lower().startswith("http") else ""
        if href.startswith(SCHEME):
            row = self._targets.get(href)
            href = row.text_address() if row else ""
        self._open.append("</a>" if href else "")
        return f'<a href="{escape(href)}"{rel}>' if href else ""

    def _figure(self, piece: Piece) -> str:
        if piece.tag.startswith("/"):
            self._value = False
            return ""
        row = self._targets.get(piece.attributes.get("value", ""))
        if row is None or not hasattr(row, "value_in_text"):
            return ""  # the words as they were when it was inserted
        self._value = True
        value = escape(row.value_in_text())
        if self._is_plain or self._open:  # no link inside a link
            return value
        self._figures[str(row.uid)] = row
        return f'<a class="figure-value" href="#figure-{escape(str(row.uid))}">{value}</a>'

    def _photograph(self, piece: Piece) -> str:
        row = self._targets.get(piece.attributes.get("src", ""))
        if self._is_plain or row is None or not hasattr(row, "picture_in_text"):
            return ""
        return str(row.picture_in_text(piece.attributes.get("alt", "")))

    def notes(self) -> str:
        """Where each figure comes from, once in an answer: the number leads here."""
        new = [row for uid, row in self._figures.items() if self._targets.is_first(uid)]
        return "".join(str(row.note_in_text()) for row in new)


# A table may be wider than a telephone: it moves in a frame of its own, by keyboard as well.
BEFORE = {"table": '<div class="table-frame" role="group" tabindex="0">'}
AFTER = {"table": "</div>"}
KEPT = {tag: (names | {"dir", "lang"}) for tag, names in ALLOWED.items()}


def texts_in(values: Iterable[Any]) -> Iterator[str]:
    """The rich texts of rows at hand: what a template is given. No statement.

    By type and not `isinstance`, which would read what is lazy: the session behind `user`.
    """
    for value in values:
        rows = value._result_cache if issubclass(type(value), QuerySet) else value
        for row in rows if issubclass(type(rows), list | tuple) else [rows]:
            if issubclass(type(row), Model):
                names = (field.attname for field in rich_fields(type(row)))
                yield from (row.__dict__.get(name) or "" for name in names)
