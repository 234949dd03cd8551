"""What every form of a page is made of.

One rule for all kinds: a record tells of a page what its columns and relations hold, and of what it
is related to only what is public by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import ForeignKey, ManyToManyField, Model, Prefetch, QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language

from iomsite.images.models import Photo, PhotoUse
from iomsite.partialdate import Point
from iomsite.publishing.models import Part, Publishable, Source
from iomsite.richtext.fields import rich_fields
from iomsite.richtext.render import Targets, as_html, as_words

from .absolute import Absolute

# As programs know them; the others are called as the model is.
TYPES = {
    "historyevent": "event",
    "newsrelease": "release",
    "outcomedocument": "outcome",
    "regionalengagement": "engagement",
}
# Relations of a page, by the list of the record that they stand in.
RELATED = {
    "countries": ("country", "countries"),
    "regions": ("region",),
    "topics": ("topics",),
    "goals": ("goals",),
    "partners": ("partners",),
    "belongs_to": ("parent", "engagement", "campaign", "publication"),
}
DATES = ("released_on", "date", "period", "adopted")
CODES = ("iso2", "iso3", "m49")


@dataclass(frozen=True)
class Date:
    """As precise as what is known, in the notation of ISO 8601-2 (EDTF)."""

    value: str
    precision: str
    words: str


@dataclass(frozen=True)
class Link:
    """Something else that the page names. The codes are those of countries."""

    name: str
    address: str
    iso2: str = ""
    iso3: str = ""
    m49: str = ""


@dataclass(frozen=True)
class Origin:
    """A document that the page rests on."""

    title: str
    address: str


@dataclass(frozen=True)
class Image:
    """A photograph of the page. Without an address it is only told of: the site has no file."""

    address: str
    width: int | None
    height: int | None
    description: str
    caption: str
    credit: str
    licence: str


@dataclass(frozen=True)
class Number:
    """A figure that the page quotes, with the documents that give it."""

    words: str
    label: str
    value: str
    qualifier: str
    unit: str
    scope: str
    as_of: Date | None
    sources: list[Origin]


@dataclass(frozen=True)
class Section:
    """A part of the text; the first one may stand without a title."""

    title: str
    html: str
    text: str


@dataclass(frozen=True)
class Record:
    """A page as programs read it. Lists are empty where nothing is known."""

    id: str
    type: str
    kind: str
    title: str
    address: str
    language: str
    lead: str
    date: Date | None
    published: str | None
    updated: str | None
    website: str
    iso2: str = ""
    iso3: str = ""
    m49: str = ""
    countries: list[Link] = field(default_factory=list)
    regions: list[Link] = field(default_factory=list)
    topics: list[Link] = field(default_factory=list)
    goals: list[Link] = field(default_factory=list)
    partners: list[Link] = field(default_factory=list)
    belongs_to: list[Link] = field(default_factory=list)
    figures: list[Number] = field(default_factory=list)
    sources: list[Origin] = field(default_factory=list)
    pictures: list[Image] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def for_records(rows: QuerySet[Any], *, texts: bool = True) -> QuerySet[Any]:
    """The rows with all that their records tell: as many statements for a thousand as for one."""
    model: type[Model] = rows.model
    names = [name for names in RELATED.values() for name in names]
    found = {name: one for name in names if (one := _relation(model, name))}
    single = [name for name, one in found.items() if isinstance(one, ForeignKey)]
    many = [name for name, one in found.items() if isinstance(one, ManyToManyField)]
    pages = [name for name in single if issubclass(found[name].related_model, Publishable)]
    loaded: list[str | Prefetch] = ["sources"]
    loaded += [Prefetch(name, _public(found[name].related_model)) for name in many]
    loaded += [
        Prefetch(name, found[name].related_model.objects.in_use())
        for name in single
        if name not in pages
    ]
    if figures := _relation(model, "figures"):
        public = _public(figures.related_model).prefetch_related("sources")
        loaded.append(Prefetch("figures", public))
    loaded += [_photographs(part, name) for name, part in _parts(model, PhotoUse)]
    if texts:
        loaded += [name for name, part in _parts(model, Part) if rich_fields(part)]
    rows = rows.select_related(*pages) if pages else rows  # without a name it follows all
    return rows.prefetch_related(None).prefetch_related(*loaded)


@cache
def _relation(model: type[Model], name: str) -> Any:
    fields = {one.name: one for one in (*model._meta.fields, *model._meta.many_to_many)}
    return fields.get(name)


def _public(model: Any) -> QuerySet[Any]:
    """Reference rows are public while a public page names them."""
    return model.objects.published() if issubclass(model, Publishable) else model.objects.all()


def _photographs(use: Any, name: str) -> Prefetch:
    shown = use.objects.filter(photo__in=Photo.objects.published())
    return Prefetch(name, shown.select_related("photo"))


@cache
def _parts(model: type[Model], kind: type[Model]) -> list[tuple[str, type[Model]]]:
    """The ordered parts of a page, with the names that they are read by."""
    found = []
    for one in model._meta.related_objects:
        part, name = one.related_model, one.get_accessor_name()
        if isinstance(part, str) or not issubclass(part, kind):
            continue
        if name and getattr(part, "owner_field", "") == one.field.name:
            found.append((name, part))
    return found


class _Targets(Targets):
    """Read once for all records; each of them explains what it mentions."""

    def explain_again(self) -> None:
        self._noted.clear()


class Records:
    """Makes records of rows that `for_records` has loaded, with absolute addresses."""

    def __init__(self, absolute: Absolute, *, texts: bool = True) -> None:
        self._absolute = absolute
        self._texts = texts

    def of(self, rows: Iterable[Any]) -> list[Record]:
        rows = list(rows)
        targets = _Targets()
        if self._texts:
            targets.read(text for row in rows for _title, text in _texts_of(row))
        return [self._record(row, targets) for row in rows]

    def _record(self, row: Any, targets: _Targets) -> Record:
        address = self._absolute(row.get_absolute_url())
        uid = getattr(row, "uid", None)
        lists: dict[str, Any] = {name: self._links(row, own) for name, own in RELATED.items()}
        return Record(
            id=f"urn:uuid:{uid}" if uid else address,
            type=type_of(type(row)),
            kind=str(row.get_kind_display()) if hasattr(row, "get_kind_display") else "",
            title=str(row),
            address=address,
            language=get_language(),
            lead=getattr(row, "lead", ""),
            date=_date_of(row),
            published=_moment(first_public(row)),
            updated=_moment(getattr(row, "published_at", None)),
            website=getattr(row, "url", ""),
            **_codes(row),
            **lists,
            figures=[self._number(one) for one in _loaded(row, "figures")],
            sources=self._origins(row),
            pictures=list(self._pictures(row)),
            sections=list(self._sections(row, targets)) if self._texts else [],
        )

    def _links(self, row: Any, names: Iterable[str]) -> list[Link]:
        """The host of a meeting stands before those who came."""
        rows = [one for name in names for one in _loaded(row, name)]
        return [
            Link(
                name=str(one),
                address=self._absolute(one.get_absolute_url()),
                **_codes(one),
            )
            for one in dict.fromkeys(rows)
        ]

    def _origins(self, row: Any) -> list[Origin]:
        sources: list[Source] = _loaded(row, "sources")
        return [Origin(one.title, one.url) for one in sources]

    def _number(self, figure: Any) -> Number:
        return Number(
            words=figure.display,
            label=figure.label,
            value=str(figure.value),
            qualifier=figure.qualifier,
            unit=figure.unit,
            scope=figure.scope,
            as_of=_date(figure.as_of),
            sources=self._origins(figure),
        )

    def _pictures(self, row: Model) -> Iterator[Image]:
        for name, _part in _parts(type(row), PhotoUse):
            for use in getattr(row, name).all():
                picture = use.photo.picture
                yield Image(
                    address=self._absolute(picture.src) if picture else "",
                    width=picture.src_width if picture else None,
                    height=picture.src_height if picture else None,
                    description=use.alt,
                    caption=use.photo.caption,
                    credit=use.photo.credit_line,
                    licence=use.photo.licence_name,
                )

    def _sections(self, row: Any, targets: _Targets) -> Iterator[Section]:
        targets.explain_again()
        for title, text in _texts_of(row):
            html = self._absolute.in_html(as_html(text, targets))
            yield Section(title, html, as_words(text, targets))


def _codes(row: Model) -> dict[str, Any]:
    return {name: getattr(row, name, "") for name in CODES}


def type_of(model: type[Model]) -> str:
    name = model._meta.model_name or ""
    return TYPES.get(name, name)


def first_public(row: Any) -> Any:
    """Since when the page has been public; None of what is no page of its own."""
    return getattr(row, "first_published_at", None) or getattr(row, "published_at", None)


def _moment(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _loaded(row: Model, name: str) -> list[Any]:
    """What a relation holds that the public may see; nothing where the kind has none such."""
    relation = _relation(type(row), name)
    if isinstance(relation, ManyToManyField):
        return list(getattr(row, name).all())
    one = getattr(row, name) if isinstance(relation, ForeignKey) else None
    return [one] if one and (not isinstance(one, Publishable) or one.is_public()) else []


def _date_of(row: Any) -> Date | None:
    return next(filter(None, (_date(getattr(row, name, None)) for name in DATES)), None)


def _date(date: Any) -> Date | None:
    if date is None:
        return None
    if hasattr(date, "isoformat"):
        return Date(date.isoformat(), "day", str(Point(date.year, date.month, date.day)))
    if date.is_interval:
        return Date(date.machine, "period", str(date))
    precision = "day" if date.start.day else "month" if date.start.month else "year"
    return Date(date.machine, precision, str(date))


def _texts_of(row: Model) -> Iterator[tuple[str, str]]:
    """Title and rich text of each part of the page; its first text opens it and has no title."""
    for number, one in enumerate(rich_fields(type(row))):
        if text := getattr(row, one.attname):
            yield (capfirst(str(one.verbose_name)) if number else "", text)
    for name, part in _parts(type(row), Part):
        for one in getattr(row, name).all() if rich_fields(part) else ():
            heading = capfirst(str(part._meta.verbose_name))
            said = f"{heading}: {one.title}" if getattr(one, "title", "") else heading
            yield said, "\n\n".join(getattr(one, field.attname) for field in rich_fields(part))
