"""What an editor is told about a text: advice, and what keeps it from being published.

An `Adviser` of `publishing.advice`. Every rule says what to do, and would rather be silent than
wrong: the texts of the seed are the measure.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iomsite.partialdate import PartialDate
from iomsite.publishing.advice import Advice, Text, Typed

from . import acronyms, dates, pointing
from .sanitise import sanitise
from .words import Piece, as_text, pieces

# Of one kind, as much beside a field as somebody will read.
MOST_OF_A_KIND = 3
TITLE = 100
LEAD = 500
SENTENCE = 50  # words
SAYS_NOTHING = frozenset(
    """here|click here|click|this|this link|link|this page|read more|more|learn more|see more|
    find out more|read|see here|download|go|continue|details|website|
    aqui|clique aqui|leia mais|saiba mais|ler mais|mais|veja aqui|
    ici|cliquez ici|lire la suite|lire plus|en savoir plus|plus|voir ici|
    aquí|haga clic aquí|clic aquí|pulse aquí|leer más|más|ver más|más información""".replace(
        "\n", ""
    ).split("|")
)
SAYS_NOTHING = frozenset(words.strip() for words in SAYS_NOTHING)
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
FILE = re.compile(
    r"[\w .()-]+\.(?:jpe?g|png|webp|avif|heic|gif|tiff?)|(?:img|dsc|dscn|pict?)[_-]?\d+"
)
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|ca|approx|Art|Vol|pp?|Sr|Sra|Mme|M|e\.g|i\.e)"
    r"|\b[A-Z](?:\.[A-Z])*)\.$"
)
END = re.compile(r"(?<=[.!?…])[”’\"')\]]*\s+(?=[^\W\d_a-zß-öø-ÿ]|[“‘\"(¿¡\d])")
DAY = forms.DateField(required=False)


def advise(typed: Typed) -> list[Advice]:
    """Two statements at most for each kind that the texts mention, and one for acronyms."""
    texts = [text._replace(html=sanitise(text.html)) for text in typed.texts()]
    found = [*_of_title(typed), *_of_lead(typed)]
    pointed = pointing.find(text.html for text in texts)
    for text in texts:
        found += _about(text, harm_in(text.html), is_needed=True)
        for sentences in (headings(text.html), link_texts(text.html), file_names(text.html)):
            found += _about(text, sentences)
        found += _pointing(text, pointed, typed.user)
    own = own_dates(typed)
    words = [Text("lead", "", typed.lead)] if typed.has("lead") else []
    words += [text._replace(html=as_text(text.html)) for text in texts]
    for text in words:
        found += _about(text, sentences_too_long(text.html))
        found += _about(text, days(text.html, own))
    return [*found, *_unexplained(typed, words)]


def harm(texts: Mapping[Any, str]) -> dict[Any, list[str]]:
    """One statement for each kind that the texts mention, two where something is missing."""
    found = pointing.to_nothing(texts)
    for key, text in texts.items():
        if undecided := list(harm_in(sanitise(text))):
            found.setdefault(key, []).extend(undecided)
    return found


def _about(text: Text, sentences: Iterable[str], *, is_needed: bool = False) -> Iterator[Advice]:
    said = list(dict.fromkeys(sentences))
    for words in said if is_needed else said[:MOST_OF_A_KIND]:
        yield Advice(text.name, words, is_needed)


def _pointing(text: Text, found: pointing.Found, user: Any) -> Iterator[Advice]:
    for pointer in pointing.pointers(text.html):
        if said := pointing.said_of(pointer, found, user):
            yield Advice(text.name, *said)


# Of the structure


def harm_in(html: str) -> Iterator[str]:
    """A photograph of which nobody has said what it shows."""
    if any(piece.tag == "img" and "alt" not in piece.attributes for piece in pieces(html)):
        yield _(
            "A photograph in the text has no alternative text. Say what it shows, or mark it as "
            "decorative."
        )


def file_names(html: str) -> Iterator[str]:
    for piece in pieces(html):
        alt = piece.attributes.get("alt", "") if piece.tag == "img" else ""
        if FILE.fullmatch(alt.strip().lower()):
            yield _("“%(alt)s” is the name of a file. Say what the photograph shows.") % {
                "alt": alt
            }


def headings(html: str) -> Iterator[str]:
    """The page has its title above: a text begins with level 2 and leaves no level out."""
    above = 1
    for tag, words in _with_words(html, {"h2", "h3", "h4"}):
        level, said = int(tag[1]), {"words": _short(words)}
        if not words:
            yield _("A heading is empty. Write it, or remove it.")
            continue
        if level > above + 1:
            said |= {"level": str(level), "right": str(above + 1)}
            yield _("“%(words)s” is a heading of level %(level)s: make it level %(right)s.") % said
        above = level


def link_texts(html: str) -> Iterator[str]:
    for _tag, words in _with_words(html, {"a"}):
        plain = words.lower().strip(" .…:;!?»›→>")
        if not plain:
            yield _("A link has no words. Write where it leads, or remove it.")
        elif plain in SAYS_NOTHING:
            yield _(
                "The link “%(words)s” does not say where it leads. Link the words that name it."
            ) % {"words": _short(words)}
        elif ADDRESS.fullmatch(words):
            yield _("The link “%(words)s” is a bare address. Link the name of what is there.") % {
                "words": _short(words)
            }


def _with_words(html: str, tags: set[str]) -> Iterator[tuple[str, str]]:
    """Each of these elements, with its words."""
    tag, words = "", list[str]()
    for piece in pieces(html):
        if piece.tag in tags:
            tag, words = piece.tag, []
        elif tag and piece.tag == f"/{tag}":
            yield tag, " ".join("".join(words).split())
            tag = ""
        else:
            words.append(_words_of(piece))


def _words_of(piece: Piece) -> str:
    """A photograph says what its alternative text says."""
    return piece.attributes.get("alt", "") if piece.tag == "img" else piece.text


# Of the words


def sentences_too_long(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for sentence in _sentences(line):
            count = len(sentence.split())
            if count > SENTENCE:
                yield _("The sentence “%(words)s” has %(count)s words. Two are easier to read.") % {
                    "words": _short(sentence),
                    "count": count,
                }


def _sentences(line: str) -> Iterator[str]:
    begun = ""
    for part in END.split(line):
        begun = f"{begun} {part}".strip()
        if not ABBREVIATION.search(begun):
            yield begun
            begun = ""
    if begun:
        yield begun


def days(text: str, own: dates.Span | None) -> Iterator[str]:
    for one in dates.contradictions(text, own):
        said = {"words": one.words}
        if one.wrong == "no such day":
            yield _("There is no day “%(words)s”.") % said
        elif one.wrong == "weekday":
            said["weekday"] = date_format(datetime.date(2024, 1, 1 + one.weekday), "l")
            yield _("“%(words)s”: this day is a %(weekday)s.") % said
        else:
            yield _("“%(words)s” is not the date of this page. Correct one of the two.") % said


def own_dates(typed: Typed) -> dates.Span | None:
    """The first and the last day of the page's own date; None where that tells nothing."""
    if typed.has("released_on"):
        try:
            day = DAY.clean(typed.said("released_on"))
        except forms.ValidationError:
            return None
        return (day, day) if day else None
    try:
        date = PartialDate.parse(typed.said("date"))
    except (forms.ValidationError, ValueError):
        return None
    return (date.first, date.last) if date and (date.last - date.first).days < 366 else None


def _unexplained(typed: Typed, words: list[Text]) -> Iterator[Advice]:
    def known() -> set[str]:
        return {typed.said("acronym").upper(), *acronyms.known_to_site()}

    said, told = [one.html for one in words], dict[str, int]()
    for number, acronym, is_later in acronyms.unexplained(typed.title, said, known):
        name = words[number].name
        told[name] = told.get(name, 0) + 1
        if told[name] <= MOST_OF_A_KIND:
            sentence = (
                _("“%(acronym)s” is explained only further on. Explain it where it comes first.")
                if is_later
                else _(
                    "“%(acronym)s” is not explained. Where it comes first, write the whole name "
                    "and then the acronym in brackets."
                )
            )
            yield Advice(name, sentence % {"acronym": acronym})


def _of_title(typed: Typed) -> Iterator[Advice]:
    if len(typed.title) > TITLE:
        yield Advice(
            typed.model.name_field,
            _("%(count)s characters. Search results and shared links cut a title after about 60.")
            % {"count": len(typed.title)},
        )


def _of_lead(typed: Typed) -> Iterator[Advice]:
    if len(typed.lead) > LEAD:
        yield Advice(
            "lead",
            _("%(count)s characters. Search results and shared links show about the first 155.")
            % {"count": len(typed.lead)},
        )


def _short(words: str) -> str:
    return " ".join(words.split()[:8]) + ("…" if len(words.split()) > 8 else "")
