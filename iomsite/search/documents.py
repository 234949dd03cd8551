"""What search may know of a page: its own words, and the names of what public it is tied to."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from iomsite.organisation.models import Framework, HistoryEvent, Page
from iomsite.partialdate import PartialDate
from iomsite.publishing import editions
from iomsite.publishing.models import Publishable
from iomsite.richtext.words import as_text
from news.models import Campaign, NewsRelease, Publication
from programmes.models import (
    Country,
    Goal,
    OutcomeDocument,
    Partner,
    Programme,
    Region,
    RegionalEngagement,
    Topic,
)

from .models import CALLED, CAMPAIGN, LONGEST_NAME, PUBLICATION, Entry, Kind, Tag
from .related import date_of
from .words import tokens

# Columns that say what else a row is called, and others whose words belong to its names.
ALIASES = ("acronym", "aliases", "iso2", "iso3")
BESIDES = ("series", "ordinal", "dateline", "city", "host_event", "adopted_by", "code")
# Whoever types just their names is led to these before all else.
NAMED = (Country, Partner, Region, Topic, Page)


@dataclass(frozen=True)
class Source:
    """How rows of a model become entries."""

    kind: Kind
    single: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    date: str = ""


SOURCES: dict[type[Any], Source] = {
    NewsRelease: Source(
        Kind.RELEASE,
        ("campaign", "publication"),
        ("countries", "topics", "partners"),
        date="released_on",
    ),
    Campaign: Source(Kind.CAMPAIGN, (), ("countries", "topics", "partners"), date="date"),
    Publication: Source(
        Kind.PUBLICATION, (), ("countries", "topics", "partners", "goals"), date="date"
    ),
    Country: Source(Kind.COUNTRY, ("region",)),
    Region: Source(Kind.REGION),
    Programme: Source(
        Kind.PROGRAMME,
        ("country", "parent"),
        ("countries", "topics", "partners", "goals"),
        ("objective_set", "keyresult_set", "areaofintervention_set"),
        date="period",
    ),
    RegionalEngagement: Source(
        Kind.ENGAGEMENT,
        ("region", "office", "country", "parent"),
        ("countries", "topics", "partners"),
        ("roles",),
        date="date",
    ),
    OutcomeDocument: Source(Kind.OUTCOME, ("engagement",), date="date"),
    Framework: Source(Kind.FRAMEWORK, date="adopted"),
    HistoryEvent: Source(Kind.EVENT, date="date"),
    Page: Source(Kind.PAGE, ("parent",)),
    Topic: Source(Kind.TOPIC),
    Partner: Source(Kind.PARTNER, ("country",)),
    Goal: Source(Kind.GOAL, ("parent",)),
}
REFERENCES = (Topic, Partner, Goal)
NOTHING: Mapping[Any, Any] = {}
# What entries are chosen and related by.
FACETS: dict[type[Any], str] = {
    Country: "country",
    Region: "region",
    Topic: "topic",
    Partner: "partner",
    Goal: "goal",
}
GATHERING: dict[type[Any], str] = {Campaign: CAMPAIGN, Publication: PUBLICATION}


def public(model: type[Any]) -> Any:
    """The rows that have a page that everybody may read."""
    if model in REFERENCES:
        return model.objects.in_use()
    return model.text_targets(None)


@dataclass(frozen=True)
class Document:
    """An entry that is not saved yet, and its tags; and what public its row is tied to."""

    entry: Entry
    tags: list[Tag]
    ties: Collection[Any] = ()


def has_usual_targets(model: type[Any]) -> bool:
    """Whether what is public of this kind is what is `published()`, and nothing less."""
    own = getattr(model, "text_targets", None)
    return getattr(own, "__func__", None) is Publishable.text_targets.__func__  # type: ignore[attr-defined]


def documents(
    model: type[Any], keys: Collection[int], at_hand: Mapping[tuple[Any, int], Any] = NOTHING
) -> Iterator[Document]:
    """Those of these rows that are public. A constant number of statements."""
    source = SOURCES[model]
    own: list[Any] = [at_hand.get((model, key)) for key in keys]
    if all(one is not None and _is_whole(one, source) for one in own):
        # They keep what was read: cards of a page print its countries as well.
        public_ones = [one for one in own if one.is_public()]
        for row in public_ones:
            row._prefetched_objects_cache = {**row.known_empty}
        if len(public_ones) == 1:
            _read_several(public_ones[0], source)
        prefetch_related_objects(public_ones, *_lists(model, source))
        for row in public_ones:
            yield _document(row, source)
        return
    rows = public(model).filter(pk__in=keys).order_by("pk")
    paths = [path for name in source.single for path in _paths(model, name)]
    rows = rows.select_related(*paths) if paths else rows
    if model is Goal:
        # It stands below another, which may have nothing public to show.
        rows = rows.annotate(is_below=Exists(public(Goal).filter(pk=OuterRef("parent"))))
    for row in rows.prefetch_related(*_lists(model, source)):
        yield _document(row, source)


def documents_in_use(model: type[Any], rows: Collection[Any]) -> Iterator[Document]:
    """Those of topics and their like at hand that a public page names, by which they are public.

    One statement where one of them refers to another row, or none.
    """
    source = SOURCES[model]
    if all(_stands_alone(row, source) for row in rows):
        return (_document(row, source) for row in rows)
    return documents(model, [row.pk for row in rows])


def _is_whole(row: Any, source: Source) -> bool:
    """Whether the row can be taken as it is."""
    return has_usual_targets(type(row)) and _stands_alone(row, source)


def _stands_alone(row: Any, source: Source) -> bool:
    """Whether it refers to no other row that would be read."""
    keys = (row._meta.get_field(name).attname for name in source.single)
    return all(getattr(row, key) is None for key in keys)


def _paths(model: type[Any], name: str) -> Iterator[str]:
    yield name
    if model._meta.get_field(name).related_model is Country:
        yield f"{name}__region"


def _read_several(row: Any, source: Source) -> None:
    """Of one row, what `_lists` reads of several. Mostly it is one page that is published."""
    for name in source.several:
        if name not in row._prefetched_objects_cache:
            field: Any = row._meta.get_field(name)
            editions.read_link(row, field, _beside(field.related_model))


def _beside(related: type[Any]) -> str:
    """What is read with rows of that kind: a country brings its region."""
    return "region" if related is Country else ""


def _lists(model: type[Any], source: Source) -> Iterator[Any]:
    for name in source.several:
        related: Any = model._meta.get_field(name).related_model
        beside = _beside(related)
        yield Prefetch(name, related.objects.select_related(beside)) if beside else name
    yield from source.parts


def _document(row: Any, source: Source) -> Document:
    ties = [*_tied(row, source)]
    title, lead = str(row), getattr(row, "lead", "")
    called = "\n".join(_called(row))
    besides = [getattr(row, name, "") for name in BESIDES]
    names = [called, *besides, *(word for one in ties for word in _called(one))]
    machine, date = _date(row, source.date)
    entry = Entry(
        model=row._meta.label_lower,
        row_id=row.pk,
        uid=getattr(row, "uid", None),
        kind=source.kind,
        title=title,
        lead=lead,
        text="\n\n".join(filter(None, _texts(row, source))),
        called=called,
        names="\n".join(dict.fromkeys(filter(None, names))),
        address=row.get_absolute_url(),
        date=date,
        date_words=machine,
        year=machine[:4] if machine[:4].isdecimal() else "",
        public_until=getattr(row, "expires_at", None),
    )
    tags = [*_tags(row, ties)]
    for tag in tags:
        tag.date = date_of(tag.facet, entry)
    return Document(entry, tags, ties)


def _tied(row: Any, source: Source) -> Iterator[Any]:
    """What public the row is tied to; regions by its countries too, each once."""
    found: dict[tuple[type[Any], int], Any] = {}
    for one in _directly_tied(row, source):
        found[type(one), one.pk] = one
        if isinstance(one, Country) and one.region and one.region.is_public():
            found[Region, one.region.pk] = one.region
    yield from found.values()


def _directly_tied(row: Any, source: Source) -> Iterator[Any]:
    for name in source.single:
        one = getattr(row, name)
        is_shown = one.is_public() if isinstance(one, Publishable) else one
        if is_shown and getattr(row, "is_below", True):
            yield one
    for name in source.several:
        for one in getattr(row, name).all():
            if not isinstance(one, Publishable) or one.is_public():
                yield one


def _called(row: Any) -> Iterator[str]:
    yield getattr(row, "name", "") or str(row)
    for name in ALIASES:
        yield from (getattr(row, name, "") or "").splitlines()


def _texts(row: Any, source: Source) -> Iterator[str]:
    yield as_text(getattr(row, "body", ""))
    for name in source.parts:
        for part in getattr(row, name).all():
            for column in ("title", "text", "description"):
                yield as_text(getattr(part, column, ""))


def _date(row: Any, name: str) -> tuple[str, datetime.date | None]:
    date = getattr(row, name) if name else None
    if isinstance(date, PartialDate):
        return str(date.machine), date.first
    return (date.isoformat(), date) if date else ("", None)


def _tags(row: Any, ties: Collection[Any]) -> Iterator[Tag]:
    """A country is among what is found in it."""
    for one in (row, *ties):
        if type(one) in FACETS:
            yield Tag(facet=FACETS[type(one)], value=one.slug, label=str(one))
    for one in ties:
        if type(one) in GATHERING:
            yield Tag(facet=GATHERING[type(one)], value=str(one.pk))
    if type(row) in NAMED:
        names = (" ".join(token.folded for token in tokens(name)) for name in _called(row))
        for name in dict.fromkeys(filter(None, names)):
            yield Tag(facet=CALLED, value=name[:LONGEST_NAME])
