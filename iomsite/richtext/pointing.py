"""What texts point at and visitors cannot see: links, figures and photographs that lead nowhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import F, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iomsite.publishing.advice import text_parts, texts_of
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.inbox import Waiting
from iomsite.publishing.models import Publishable
from iomsite.publishing.offered import may_be_named
from iomsite.remembered import remembered

from .render import Key, Targets, mentions
from .sanitise import KEY, SCHEME, sanitise
from .words import pieces

WORDS = 60
# Texts in memory; most pages may mention something.
AT_ONCE = 500


class Pointer(NamedTuple):
    """A reference in a text, with the words that stand there."""

    key: Key
    tag: str
    words: str


class Found(NamedTuple):
    """The pages behind references: those that visitors see, and the others that there are."""

    public: Targets
    hidden: dict[Key, Any]

    def is_seen(self, key: Key) -> bool:
        return self.public.get("/".join(key)) is not None


def pointers(html: str) -> Iterator[Pointer]:
    """The references of a sanitised text."""
    opened: list[tuple[Key, str, list[str]]] = []
    for piece in pieces(html):
        if piece.text:
            for _key, _tag, words in opened:
                words.append(piece.text)
        elif piece.tag == "img" and (key := _key_of(piece.attributes.get("src", ""))):
            yield Pointer(key, "img", piece.attributes.get("alt", ""))
        elif piece.tag in ("a", "data"):
            named = piece.attributes.get("href") or piece.attributes.get("value") or ""
            if key := _key_of(named):
                opened.append((key, piece.tag, []))
        elif opened and piece.tag == f"/{opened[-1][1]}":
            key, tag, words = opened.pop()
            yield Pointer(key, tag, " ".join("".join(words).split())[:WORDS])


def _key_of(value: str) -> Key | None:
    match = KEY.fullmatch(value.removeprefix(SCHEME))
    return (match[1], match[2]) if match else None


def find(texts: Iterable[str]) -> Found:
    """Two statements at most for each kind that is mentioned."""
    texts = list(texts)
    found = Found(Targets(), {})
    found.public.read(texts)
    missing: dict[str, set[str]] = defaultdict(set)
    for kind, uid in {key for text in texts for key in mentions(text)}:
        if not found.is_seen((kind, uid)):
            missing[kind].add(uid)
    for kind, uids in sorted(missing.items()):
        app, _dot, name = kind.partition(".")
        model: Any = apps.all_models[app].get(name)
        if model and issubclass(model, Publishable):
            rows = model.objects.pages().filter(uid__in=uids)
            found.hidden.update({(kind, str(row.uid)): row for row in rows})
    return found


def said_of(pointer: Pointer, found: Found, user: Any) -> tuple[str, bool] | None:
    """What is wrong with a reference, if anything, and whether it leads to nothing at all."""
    if found.is_seen(pointer.key):
        return None
    row = found.hidden.get(pointer.key)
    words = {"words": pointer.words or _("without words"), "page": row}
    if row is None:
        return NOTHING[pointer.tag]() % words, True
    if not may_be_named(row, user):
        return HIDDEN[pointer.tag]() % words, False
    return NAMED[pointer.tag]() % words, False


NOTHING = {
    "a": lambda: _(
        "The link “%(words)s” leads to a page that is not there any more. Choose the page "
        "again, or take the link away."
    ),
    "data": lambda: _(
        "The figure “%(words)s” is not there any more. Choose another one, or write the number."
    ),
    "img": lambda: _(
        "The photograph “%(words)s” is not in the library any more. Choose another one, or take it "
        "out of the text."
    ),
}
HIDDEN = {
    "a": lambda: _(
        "The link “%(words)s” leads to a page that visitors cannot see: they find words without a "
        "link."
    ),
    "data": lambda: _(
        "The figure “%(words)s” is not public: visitors read the number as it was when it was put "
        "into the text."
    ),
    "img": lambda: _("The photograph “%(words)s” is not public: visitors do not see it."),
}
NAMED = {
    "a": lambda: _(
        "The link “%(words)s” leads to “%(page)s”, which visitors cannot see: they find words "
        "without a link. Publish that page, or choose another."
    ),
    "data": lambda: _(
        "The figure “%(words)s” (“%(page)s”) is not public: visitors read the number as it was "
        "when it was put into the text. Publish it, or choose another."
    ),
    "img": lambda: _(
        "The photograph “%(words)s” (“%(page)s”) is not public: visitors do not see it. Publish "
        "it, or choose another."
    ),
}


def to_nothing(texts: Mapping[Any, str]) -> dict[Any, list[str]]:
    """By text, a sentence for each reference to what is not there at all."""
    clean = {key: sanitise(text) for key, text in texts.items()}
    found = find(clean.values())
    said: dict[Any, list[str]] = {}
    for key, text in clean.items():
        for pointer in pointers(text):
            if not found.is_seen(pointer.key) and pointer.key not in found.hidden:
                sentence = NOTHING[pointer.tag]() % {"words": pointer.words or _("without words")}
                said.setdefault(key, []).append(sentence)
    return said


def keys_of_pointing(models: list[type[Publishable]], user: Any) -> dict[str, set[int]]:
    """By kind of page, the public pages that point at something hidden.

    It follows from what is public, so it is found once a generation, for everybody: the list leaves
    out what this person may not see.
    """
    return remembered(("pointing",), _pointing)


def _pointing() -> dict[str, set[int]]:
    """One statement for all texts that mention something, and one for each kind that they do."""
    models = publishable_models()
    parts = [
        rows.values_list(Value(number), "owner_key", "said")
        for number, model in enumerate(models)
        for rows in _telling(model)
    ]
    rows = parts[0].union(*parts[1:], all=True).iterator(AT_ONCE)
    named = [(number, key, mentions(text)) for number, key, text in rows]
    seen = Targets().seen_among({one for _number, _key, keys in named for one in keys})
    found: dict[str, set[int]] = defaultdict(set)
    for number, key, keys in named:
        if not keys <= seen:
            found[models[number]._meta.label_lower].add(key)
    return dict(found)


def _telling(model: type[Publishable]) -> Iterator[Any]:
    """The texts of public pages that may mention something, with the key of the page."""
    public = model.objects.published()
    for field in texts_of(model):
        rows = public.filter(**{f"{field.name}__mentions": True}).order_by()
        yield rows.annotate(owner_key=F("pk"), said=F(field.name))
    for part, owner in text_parts(model):
        for field in texts_of(part):
            rows = part._default_manager.filter(**{f"{field.name}__mentions": True}).order_by()
            rows = rows.filter(**{f"{owner.name}__in": public.values("pk")})
            yield rows.annotate(owner_key=F(owner.attname), said=F(field.name))


# On the first page of the admin. Pages alone: the copy of a page may have mended it already.
POINTING = Waiting(
    "pointing",
    gettext_lazy("Texts that point at something visitors cannot see"),
    "-updated_at",
    lambda rows, at: rows.published(at.now),
    keys=keys_of_pointing,
)
