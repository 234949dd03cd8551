"""Advice on what somebody writes: while it is typed, in the form, and when it is submitted.

What to look at, other apps know: they add an `Adviser` to `advisers`. Advice warns. What would
harm a reader is also asked by `publication_errors`, and then keeps an edition from being published.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, Protocol

from django.db.models import Q
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext

from .models import Publishable

# Characters of all texts of a form together. More is not looked at while somebody types.
MOST = 300_000
# In the line that says that something was submitted.
SAID_AT_ONCE = 5
# About as many characters as search engines show.
TITLE_SHOWN, WORDS_SHOWN = 60, 155
ROW = re.compile(r"-(\d{1,4})-")


class Advice(NamedTuple):
    """A sentence beside a field, by the name that the field has in the form."""

    name: str
    words: str
    is_needed: bool = False  # keeps the page from being published


class Text(NamedTuple):
    """A rich text of a form."""

    name: str
    label: str
    html: str


@dataclass(frozen=True)
class Typed:
    """What stands in the form of a page now, by the names of its fields."""

    model: type[Publishable]
    values: Mapping[str, Any]
    user: Any

    def said(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    @property
    def title(self) -> str:
        return self.said(self.model.name_field)

    @property
    def lead(self) -> str:
        return self.said("lead")

    def has(self, name: str) -> bool:
        """Whether the form has this field; a page to be read only has none."""
        return name in self.values

    def texts(self) -> Iterator[Text]:
        """The rich texts in the order of the form: of the page, then of its parts."""
        for field in texts_of(self.model):
            if self.has(field.name):
                yield Text(field.name, str(capfirst(field.verbose_name)), self.said(field.name))
        for part, owner in text_parts(self.model):
            yield from self._rows(part, owner.remote_field.get_accessor_name(self.model))

    def _rows(self, part: Any, prefix: str) -> Iterator[Text]:
        fields = {field.name: field for field in texts_of(part)}
        for name in self.values:
            row = ROW.match(name, len(prefix)) if name.startswith(prefix) else None
            field = fields.get(name[row.end() :]) if row else None
            if row and field and not self.values.get(f"{name[: row.end()]}{DELETION_FIELD_NAME}"):
                label = f"{capfirst(part._meta.verbose_name)} {int(row[1]) + 1}"
                yield Text(name, label, self.said(name))

    @property
    def size(self) -> int:
        return len(self.title) + len(self.lead) + sum(len(text.html) for text in self.texts())


class Adviser(Protocol):
    def advise(self, typed: Typed) -> list[Advice]:
        """All there is to say about what is typed."""

    def harm(self, texts: Mapping[Any, str]) -> dict[Any, list[str]]:
        """What keeps each of these texts from being published, by their keys."""


advisers: list[Adviser] = []
# Who draws cards adds the address at which one is drawn for what is typed.
card_addresses: list[Callable[[Typed], str]] = []


def texts_of(model: type[Any]) -> list[Any]:
    """The fields of rich text, which know how to stand in a comparison."""
    return [field for field in model._meta.concrete_fields if hasattr(field, "in_words")]


def text_parts(model: type[Publishable]) -> list[tuple[Any, Any]]:
    """The kinds of part that have such fields, with the field that leads to the page."""
    from .editions import belongings  # asks this module when an edition is published

    return [(part, owner) for part, owner in belongings(model) if texts_of(part)]


def on(typed: Typed) -> list[Advice]:
    """All advice, in the order of the form; what is needed stands first beside its field."""
    found = [one for adviser in advisers for one in adviser.advise(typed)]
    places = {name: place for place, name in enumerate(dict.fromkeys(one.name for one in found))}
    return sorted(found, key=lambda one: (places[one.name], not one.is_needed))


def harm(texts: Mapping[Any, str]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for adviser in advisers:
        for key, reasons in adviser.harm(texts).items():
            found.setdefault(key, []).extend(reasons)
    return found


def harm_of(edition: Publishable, *, parts: bool) -> dict[str, list[str]]:
    """What keeps the texts of an edition from being published, by field; "" for those of parts.

    One statement for all parts, and what the advisers ask.
    """
    texts: dict[Any, str] = {
        field.name: getattr(edition, field.name) or "" for field in texts_of(type(edition))
    }
    if parts:
        texts |= {("", number): text for number, text in enumerate(_texts_of_parts(edition))}
    found: dict[str, list[str]] = {}
    for key, reasons in harm(texts).items():
        found.setdefault(key if isinstance(key, str) else "", []).extend(reasons)
    return found


def _texts_of_parts(edition: Publishable) -> list[str]:
    """Only those that name or show something. One statement."""
    found = []
    for part, owner in text_parts(type(edition)):
        for field in texts_of(part):
            telling = reduce(or_, (Q(**{f"{field.name}__contains": it}) for it in ("<img", "/")))
            rows = part._default_manager.filter(telling, **{owner.name: edition}).order_by()
            found.append(rows.values_list(field.name))
    return [text for (text,) in found[0].union(*found[1:], all=True)] if found else []


class Beside(NamedTuple):
    """What is said beside one field."""

    name: str
    label: str
    sentences: list[Advice]

    @property
    def field_id(self) -> str:
        return f"id_{self.name}"


def by_field(typed: Typed, found: list[Advice]) -> list[Beside]:
    labels = {text.name: text.label for text in typed.texts()}
    beside: dict[str, Beside] = {}
    for one in found:
        label = labels.get(one.name) or _label_of(typed.model, one.name)
        beside.setdefault(one.name, Beside(one.name, label, [])).sentences.append(one)
    return list(beside.values())


def _label_of(model: type[Publishable], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(capfirst(field.verbose_name))


def in_words(typed: Typed, found: list[Advice]) -> str:
    """For the line that says that something was submitted."""
    said = [
        f"{one.label}: {each.words}" for one in by_field(typed, found) for each in one.sentences
    ]
    more = len(said) - SAID_AT_ONCE
    words = " ".join([gettext("Advice for whoever goes on with it:"), *said[:SAID_AT_ONCE]])
    return words if more <= 0 else f"{words} {gettext('And %(number)s more.') % {'number': more}}"


def values_of(form: Any, formsets: Any) -> dict[str, Any]:
    """What the fields of a form show, by their names."""
    rows = [row for formset in formsets for row in formset.forms]
    return {field.html_name: field.value() for one in (form, *rows) for field in one}


def values_sent(data: QueryDict) -> dict[str, Any]:
    """What a form sent, by its names; a list where more than one was chosen."""
    return {name: said if len(said) > 1 else said[0] for name, said in data.lists() if said}


@dataclass(frozen=True)
class Share:
    """How a page would look in the results of a search, and where somebody shares it."""

    title: str
    words: str
    address: str
    # Where the card is drawn that it would be shared with.
    card: str = ""

    @property
    def found_title(self) -> str:
        return _cut(self.title, TITLE_SHOWN)

    @property
    def found_words(self) -> str:
        return _cut(self.words, WORDS_SHOWN)


def share(typed: Typed, address: str) -> Share | None:
    """For kinds of page that have an address of their own."""
    if not hasattr(typed.model, "get_absolute_url") or not typed.title:
        return None
    card = next((address_of(typed) for address_of in card_addresses), "")
    return Share(typed.title, Truncator(typed.lead).words(40) or typed.title, address, card)


def _cut(words: str, most: int) -> str:
    """As search engines do: between two words."""
    words = " ".join(words.split())
    return words if len(words) <= most else f"{words[:most].rpartition(' ')[0]} …"
