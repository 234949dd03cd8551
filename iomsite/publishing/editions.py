"""Editions of a page: copy one with all its parts, and put one in the page's place.

Everything here works for every publishable model: what belongs to a page is read from the model.
Rows that cascade with the page are its parts; tables of many-to-many fields are its links. Both
are copied and moved by one or two statements a table, however many rows there are.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from copy import copy as copy_of
from functools import cache, reduce
from itertools import chain
from operator import or_
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, models
from django.db.models import Max, Q, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from iomsite.prepared import Given, Prepared, columns_of, made_of

from . import advice, rules
from .models import AuditEntry, Part, Publishable, PublishingSet
from .states import WORKING, State
from .veil import StaffOf, named

P = TypeVar("P", bound=Publishable)

# What says which edition a row is; everything else is what an edition says.
IDENTITY = {
    "id",
    "uid",
    "edition_of",
    "edition",
    "version",
    "created_at",
    "first_published_at",
    "responsible_office",
}
# What says how an edition came about; a copy begins without it.
COURSE = {
    "state",
    "published_at",
    "superseded_at",
    "change_note",
    "remark",
    "emergency_reason",
    "withdrawal",
    "withdrawal_note",
    "moved_to",
    "publishing_set",
    "updated_at",
    "updated_by",
}


def publishable_models() -> list[type[Publishable]]:
    """Every model whose rows are pages, in a lasting order: locks are taken in it."""
    found = [model for model in apps.get_models() if issubclass(model, Publishable)]
    return sorted(found, key=lambda model: model._meta.label)


class Belonging(NamedTuple):
    """A table whose rows belong to an edition through the foreign key `owner`."""

    model: type[models.Model]
    owner: models.ForeignKey

    def copy(self, source: Publishable, target: Publishable) -> None:
        """Two statements."""
        rows = list(self.model._default_manager.filter(**{self.owner.name: source}))
        for row in rows:
            row.pk = None
            row._state.adding = True
            setattr(row, self.owner.attname, target.pk)
        self.model._default_manager.bulk_create(rows)

    def move(self, source: Publishable, target: Publishable) -> None:
        """One statement; for Django to word it takes longer than to execute it."""
        quote = connection.ops.quote_name
        table, owner = quote(self.model._meta.db_table), quote(self.owner.column)
        with connection.cursor() as cursor:
            said = f"UPDATE {table} SET {owner} = %s WHERE {owner} = %s"
            cursor.execute(said, [target.pk, source.pk])

    def said_by(self, editions: Collection[Any], number: int) -> Any:
        """The number, the key of the edition and what the row says, for each row of these."""
        own = (self.model._meta.pk, self.owner)
        columns = [field for field in self.model._meta.concrete_fields if field not in own]
        said = JSONObject(**{field.attname: field.attname for field in columns})
        is_theirs = reduce(or_, (Q(**{self.owner.name: edition}) for edition in editions))
        rows = self.model._default_manager.filter(is_theirs)
        words = Cast(said, models.TextField())
        return rows.order_by().values_list(Value(number), self.owner.attname, words)


@cache
def belongings(model: type[Publishable]) -> tuple[Belonging, ...]:
    """The parts of a page, then the links of its many-to-many fields."""
    return (*_parts(model), *_links(model))


def _parts(model: type[Publishable]) -> Iterator[Belonging]:
    relations: Any = model._meta.related_objects
    for relation in relations:
        cascades = getattr(relation, "on_delete", None) is models.CASCADE
        if cascades and not issubclass(relation.related_model, Publishable):
            yield Belonging(relation.related_model, relation.field)


def _links(model: type[Publishable]) -> Iterator[Belonging]:
    fields: Any = model._meta.many_to_many
    for field in fields:
        through = field.remote_field.through
        if through._meta.auto_created:
            yield Belonging(through, through._meta.get_field(field.m2m_field_name()))


def content_fields(model: type[Publishable]) -> list[Any]:
    """The columns that hold what an edition says."""
    without = IDENTITY | COURSE
    return [field for field in model._meta.concrete_fields if field.name not in without]


def assign(source: Publishable, target: Publishable, *, course: bool = False) -> None:
    """Give `target` the content of `source`, and how that came about as well if `course`."""
    fields = content_fields(type(source))
    if course:
        fields += [source._meta.get_field(name) for name in sorted(COURSE)]
    for field in fields:
        setattr(target, field.attname, getattr(source, field.attname))


def copy(source: P, **fields: Any) -> P:
    """Save a new edition of the page of `source` that says the same, parts and links included."""
    page: Any = source.page
    model: Any = type(source)
    edition: P = model(uid=page.uid, edition_of=page, edition=_next_number(page), **fields)
    assign(source, edition)
    edition.save(force_insert=True)
    for belonging in belongings(type(source)):
        belonging.copy(source, edition)
    return edition


def _next_number(page: Publishable) -> int:
    """No number comes twice, not even that of a copy that was discarded: the trail still names it.

    Two statements.
    """
    model: Any = type(page)
    written = AuditEntry.objects.filter(model=model._meta.label_lower, page_id=page.pk)
    others = model.objects.filter(edition_of=page)
    last = (rows.aggregate(last=Max("edition"))["last"] or 0 for rows in (written, others))
    return max(page.edition, *last) + 1


def replace(page: Publishable, edition: Publishable, at: datetime.datetime) -> Publishable:
    """Put the working copy `edition` in the place of `page`; return what the page said before.

    The page keeps its row, and with it its key and every link to it. What it said moves to a new,
    superseded row, the working copy's content moves to the page, and the empty row goes. Where both
    have the same parts or links, the page keeps those as well. The caller holds the lock and the
    transaction, and has read both rows in it. Four statements, and one or two for each kind of part
    that there is.
    """
    model: Any = type(page)
    archived: Publishable = model(uid=page.uid, edition_of=page, edition=page.edition)
    assign(page, archived, course=True)
    archived.state, archived.superseded_at = State.SUPERSEDED, public_until(page, at)
    archived.withdrawal, archived.publishing_set = "", None
    archived.save(force_insert=True)
    _exchange(page, edition, archived)
    number = edition.edition
    first = min(page.first_published_at or page.published_at or at, at)
    assign(edition, page, course=True)
    # All that belonged to it has another place now: there is nothing to look for.
    model.objects.filter(pk=edition.pk)._raw_delete(using=page._state.db)
    edition.pk = None
    page.edition, page.version, page.publishing_set = number, page.version + 1, None
    page.first_published_at = first
    page.save()
    return archived


def _exchange(page: Publishable, edition: Publishable, archived: Publishable) -> None:
    """Move the parts and links of a page to `archived`, and those of `edition` to the page."""
    kinds = belongings(type(page))
    said: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for place, owner, words in _said_in(type(page))(page=page.pk, edition=edition.pk):
        said[place, owner][words] += 1
    fields: Any = page._meta.many_to_many
    page.known_empty = {
        field.name: field.related_model._default_manager.none()
        for place, kind in enumerate(kinds)
        for field in fields
        if field.remote_field.through is kind.model and not said[place, edition.pk]
    }
    for place, kind in enumerate(kinds):
        old, new = said[place, page.pk], said[place, edition.pk]
        if old and old == new:
            kind.move(edition, archived)
            continue
        if old:
            kind.move(page, archived)
        if new:
            kind.move(edition, page)


@cache
def _said_in(model: type[Publishable]) -> Prepared:
    """All that `said_by` tells of a page and an edition of it."""
    key = model._meta.pk
    both = Given("page", key), Given("edition", key)

    def rows() -> Any:
        kinds = enumerate(belongings(model))
        first, *others = (kind.said_by(both, place) for place, kind in kinds)
        return first.union(*others, all=True)

    return Prepared(rows)


def public_until(page: Publishable, at: datetime.datetime) -> datetime.datetime:
    """When the public saw this last, if it is replaced or withdrawn at a moment."""
    return min(filter(None, [page.superseded_at, page.expires_at, at]))


def working_copy(page: P) -> P | None:
    model: Any = type(page)
    found: P | None = model.objects.filter(edition_of=page, state__in=WORKING).first()
    return found


def members(chosen: PublishingSet) -> list[Publishable]:
    """The editions in a set, in a lasting order. One statement a kind of page."""
    return [
        edition
        for model in publishable_models()
        for edition in model.objects.filter(publishing_set=chosen)
        .select_related("edition_of", "updated_by")
        .order_by("pk")
    ]


def read_links(edition: Publishable) -> None:
    """Read what a saved edition is linked to, once. One statement for each kind of link."""
    fields: Any = type(edition)._meta.many_to_many
    for field in fields:
        if edition.pk and field.remote_field.through._meta.auto_created:
            read_link(edition, field)


def read_link(edition: Publishable, field: Any, beside: str = "") -> None:
    """As `prefetch_related` would, in a fifth of the time; `beside` names what each row there
    refers to, if that is to be read with it. One statement.
    """
    found = _linked(field, beside)(edition=edition.pk)
    rows: Any = getattr(edition, field.name).get_queryset()
    rows._result_cache = [made_of(field.related_model, row) for row in found]
    if beside:
        target, behind = _target(field, beside), len(columns_of(field.related_model))
        for one, row in zip(rows._result_cache, found, strict=True):
            is_there = row[behind] is not None
            setattr(one, beside, made_of(target, row[behind:]) if is_there else None)
    rows._prefetch_done = True
    held: Any = edition.__dict__.setdefault("_prefetched_objects_cache", {})
    held[field.name] = rows


@cache
def _linked(field: Any, beside: str) -> Prepared:
    """What one edition is linked to by this field, as its manager would read it."""
    edition = Given("edition", field.model._meta.pk)
    columns = columns_of(field.related_model)
    if beside:
        columns += [f"{beside}__{name}" for name in columns_of(_target(field, beside))]
    rows: Any = field.related_model._default_manager
    asked = rows.filter(**{field.related_query_name(): edition})
    return Prepared(lambda: asked.values_list(*columns))


def _target(field: Any, beside: str) -> Any:
    return field.related_model._meta.get_field(beside).related_model


def as_read(row: Any) -> Any:
    """A row as it is now, whatever a form makes of it."""
    kept = copy_of(row)
    kept._prefetched_objects_cache = {**getattr(row, "_prefetched_objects_cache", {})}
    return kept


def publication_errors(
    edition: Publishable,
    together: Collection[Publishable] = (),
    *,
    parts: bool = True,
    typed: Collection[str] = (),
) -> dict[str, list[str]]:
    """What still keeps this edition from being published, by field; empty when nothing does.

    The rules are those of the page whose place it takes: a slug is free if only the page has it.
    `together` are the editions that go public with it. A form, which has other rows of parts than
    the database, asks these itself, and names the columns that are `typed` and not saved yet.
    """
    candidate = _as_published(edition)
    errors: dict[str, list[str]] = {}
    try:
        candidate.full_clean(validate_constraints=False)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            errors["" if name == NON_FIELD_ERRORS else name] = messages
    wrong = set(errors) | {"uid"}  # nobody types that one
    page = edition.page

    def is_as_on_page(names: Collection[str]) -> bool:
        if edition is page:  # with what a form says, perhaps
            return page.pk is not None and not set(names) & {*typed, "state", "published_at"}
        return all(_said(page, name) == _said(candidate, name) for name in names)

    for constraint in candidate._meta.constraints:
        try:
            rules.validate(constraint, candidate, exclude=wrong, is_as_saved=is_as_on_page)
        except ValidationError as error:
            fields: Any = getattr(constraint, "fields", ())
            name = fields[0] if len(fields) == 1 else ""
            errors.setdefault(name, []).extend(error.messages)
    if _would_be_part_of_itself(edition, together):
        errors["parent"] = [
            _("The page would be part of itself. Choose another one, or change “%s” first.")
            % named(edition.parent, StaffOf(edition.page))  # type: ignore[attr-defined]
        ]
    for name, reasons in edition.lacks().items():
        errors.setdefault(name, []).extend(reasons)
    for name, reasons in advice.harm_of(edition, parts=parts).items():
        errors.setdefault(name, []).extend(reasons)
    if parts and (missing := _lacking_parts(edition)):
        errors.setdefault("", []).extend(missing)
    return errors


def _said(row: Publishable, name: str) -> Any:
    field: Any = row._meta.get_field(name)
    return getattr(row, field.attname)


def _lacking_parts(edition: Publishable) -> list[str]:
    """One statement for each kind of part that has such rules."""
    found: list[str] = []
    for model, owner in belongings(type(edition)):
        if not issubclass(model, Part) or model.lacks is Part.lacks:
            continue
        relations = [one for one in model._meta.concrete_fields if one.is_relation and one != owner]
        rows = model.objects.filter(**{owner.name: edition})
        for row in rows.select_related(*(one.name for one in relations)):
            owner.set_cached_value(row, edition)
            found += chain.from_iterable(row.lacks().values())
    return found


def _as_published(edition: Publishable) -> Any:
    """The page as it would be with this edition in its place; not saved."""
    page = edition.page
    model: Any = type(edition)
    candidate = model(pk=page.pk, uid=page.uid, edition=edition.edition, created_at=page.created_at)
    candidate._state.adding = page._state.adding
    assign(edition, candidate)
    candidate.state = State.PUBLISHED
    candidate.published_at = edition.published_at or timezone.now()
    return candidate


def _would_be_part_of_itself(edition: Publishable, together: Collection[Publishable]) -> bool:
    """Follow `parent` from page to page: each form alone may be right, two of them a circle.

    One statement for each page above the first.
    """
    model: Any = type(edition)
    changed = {
        one.page.pk: one.parent_id
        for one in together
        if isinstance(one, model) and hasattr(one, "parent_id")
    }
    way, above = [edition.page.pk], getattr(edition, "parent_id", None)
    while above is not None and above not in way:
        way.append(above)
        if above in changed:
            above = changed[above]
        else:
            parents = model.objects.filter(pk=above).values_list("parent_id", flat=True)
            above = parents.first()
    return above is not None
