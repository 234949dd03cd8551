"""Acronyms that a page uses before it says what they stand for."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import DateTimeField
from django.utils import timezone

from iomsite.prepared import Given, Prepared
from iomsite.publishing.editions import publishable_models

from .dates import NUMBER_OF, WEEKDAY_OF

# Known to every reader of this site, or better known than the words behind them. Those of partners,
# programmes and frameworks are added: the site explains them on pages of their own.
KNOWN = frozenset(
    {
        *("IOM", "OIM", "UN", "ONU", "EU", "UE", "AU", "NGO", "SDG", "UNICEF", "UNHCR", "WHO"),
        *("UNESCO", "UNAIDS", "UNDP", "NATO", "BBC", "CNN", "USA", "US", "UK", "UAE", "DRC"),
        *("HIV", "AIDS", "TB", "COVID", "SARS", "DNA", "PCR", "CEO", "ID", "GPS", "SMS", "TV"),
        *("PDF", "CSV", "HTML", "FAQ", "AM", "PM", "GMT", "UTC", "USD", "EUR", "GBP", "CHF"),
    }
)
# Days and months in capitals are none; those of three letters may be.
CALENDAR = frozenset(name.upper() for name in (*NUMBER_OF, *WEEKDAY_OF) if len(name) > 3)
ACRONYM = re.compile(r"(?<![\w@./-])([A-Z]{2,8})(?:s|['’]s)?(?![\w@/]|[-.]\w)")
ROMAN = re.compile(r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
# “World Health Organization (WHO)”, “(hereafter ‘WHO’)”: in brackets behind words …
BRACKETS = re.compile(r"\w[”’\"')]*\s*\(([^()]{2,60})\)")
# … or “WHO (World Health Organization)”, “WHO, the World Health Organization,”.
BEFORE_WORDS = re.compile(
    r"(?:s|['’]s)?(?:\s*\(\s*(?:\w+[\s)-]+){2}|,?\s+(?:the|stands for)\s+[A-Z])"
)


def unexplained(
    title: str, texts: Iterable[str], known: Callable[[], set[str]]
) -> Iterator[tuple[int, str, bool]]:
    """Number of the text, acronym, and whether it is explained further on; each acronym once.

    What stands in the title is a name there, and what the title spells out is explained. `known`
    is asked only where something is left to explain.
    """
    seen = KNOWN | CALENDAR | set(ACRONYM.findall(title))
    others: set[str] | None = None
    named = _initials(title)
    texts = list(texts)
    explained = [_explained(text) for text in texts]
    later = set().union(*explained) if explained else set()
    for number, text in enumerate(texts):
        for match in ACRONYM.finditer(text):
            word = match[1]
            if word in seen or word in named or ROMAN.fullmatch(word) or _shouts(text, match):
                continue
            seen |= {word}
            if _is_explained_at(text, match):
                continue
            others = known() if others is None else others
            if word not in others:
                yield number, word, word in later


def _explained(text: str) -> set[str]:
    return {found for inside in BRACKETS.findall(text) for found in ACRONYM.findall(inside)}


def _is_explained_at(text: str, match: re.Match[str]) -> bool:
    if BEFORE_WORDS.match(text, match.end(1)):
        return True
    begin = max(0, match.start() - 80)
    around = BRACKETS.finditer(text, begin, match.end() + 60)
    in_brackets = any(one.start(1) <= match.start() < one.end(1) for one in around)
    return in_brackets or _is_spelt_before(text[begin : match.start()], match[1])


def _is_spelt_before(before: str, acronym: str) -> bool:
    """“the Joint United Nations Programme, JUNP”: initials of the words right before it."""
    return _initials(before).endswith(acronym)


def _initials(words: str) -> str:
    return "".join(word[0] for word in re.findall(r"\w+", words) if word[0].isupper())


def _shouts(text: str, match: re.Match[str]) -> bool:
    """Whether the words beside it are in capitals as well: a heading, no acronym."""
    around = text[max(0, match.start() - 20) : match.start()], text[match.end() : match.end() + 20]
    beside = (*re.findall(r"(\w+)\W*$", around[0]), *re.findall(r"^\W*(\w+)", around[1]))
    return any(len(word) > 2 and word.isupper() and word.isalpha() for word in beside)


def known_to_site() -> set[str]:
    """The acronyms of what has a public page. One statement."""
    return {acronym.upper() for (acronym,) in _ACRONYMS(at=timezone.now())}


def _acronyms() -> Any:
    at: Any = Given("at", DateTimeField())
    first, *others = (
        model.objects.published(at).exclude(acronym="").order_by().values_list("acronym")
        for model in publishable_models()
        if any(field.name == "acronym" for field in model._meta.concrete_fields)
    )
    return first.union(*others, all=True)


_ACRONYMS = Prepared(_acronyms)
