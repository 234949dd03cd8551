"""Keeps the entries as the public pages are, in the transaction of every change of them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import BigIntegerField, CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONArray

from iomsite.prepared import Given, Prepared, columns_of, made_of
from iomsite.publishing import changes
from iomsite.publishing.changes import Row, pages_naming
from iomsite.publishing.ledger import held, locked_ledger
from programmes.models import Country, Region, RegionalOffice

from .documents import (
    FACETS,
    REFERENCES,
    SOURCES,
    Document,
    documents,
    documents_in_use,
    has_usual_targets,
    public,
)
from .engines import engine
from .engines.base import SAID
from .fields import fields_of
from .gathering import Tie, gatherers
from .models import RELATING, Entry, Related, Tag, Together, Word
from .related import KINDS, relate, relate_all
from .words import vocabulary

AT_ONCE = 500
# What says which topics and their like a page uses.
USED = {FACETS[model] for model in REFERENCES}
# The last is its date.
TagSaid = tuple[str, str, str, str | None]


class Saved(NamedTuple):
    """What a change of entries brings with it."""

    # The rows with another name now.
    renamed: set[Row]
    # The pages whose related ones were found anew, and those that lead on to a row.
    related: set[Row]
    leading: set[Row]
    # The rows after whose change a topic may have no page any more.
    loosened: set[Row]
    # What news is tied to, or was: the pages of those gather it.
    gathered: set[Tie]


def listen(rows: Collection[Row] | None) -> Collection[Row]:
    """What `publishing.changes` tells; the caller holds the transaction."""
    found: Collection[Row] = ()
    if rows is not None:
        found = refresh(rows)
    else:
        rebuild()
    if ledger := held():
        engine().keep_up(ledger.generation)
    return found


def rebuild(progress: Callable[[str, int], None] = lambda kind, number: None) -> int:
    """Make everything anew; visitors search in what was there until it is done."""
    with locked_ledger():
        engine().forget(None)
        for model in (Tag, Entry, Word):
            model.objects.all().delete()
        words: Counter[str] = Counter()
        for model in SOURCES:
            number = 0
            for keys in _in_batches(_keys_of(model)):
                found = list(documents(model, keys))
                _put(found)
                _insert_tags(found)
                for one in found:
                    words.update(_words_of(one.entry))
                number += len(found)
            progress(str(model._meta.verbose_name_plural), number)
        engine().count(words)
        relate_all()
        return Entry.objects.count()


def _keys_of(model: type[Any]) -> list[int]:
    """The oldest first: of very many that fit, those that came last are weighed."""
    date = SOURCES[model].date
    columns = [field.name for field in model._meta.concrete_fields]
    order = [date] if date else ["published_at"] if "published_at" in columns else []
    return list(public(model).order_by(*order, "pk").values_list("pk", flat=True))


def refresh(rows: Collection[Row]) -> set[Row]:
    """Read these rows anew, and the pages that hold their names where those are others now.

    Returns the pages whose related ones were found anew, or show another name or picture now,
    and those that gather news of which some has changed.
    """
    told = rows if isinstance(rows, dict) else dict.fromkeys(rows)
    known = {row: told[row] for row in told if row[0] in SOURCES or row[0] is RegionalOffice}
    saved = _save(known)
    renamed = saved.renamed | {row for row in known if row[0] is RegionalOffice}
    naming = pages_naming(renamed)
    if any(model is Region for model, _key in renamed):
        naming |= pages_naming(row for row in naming if row[0] is Country)
    naming |= _references_naming(renamed | {row for row in naming if row[0] is Country})
    if saved.loosened or any(_may_loosen(model) for model, _key in told.keys() - known.keys()):
        naming |= _references_that_came_or_went()
    others = _save(dict.fromkeys(naming - known.keys()))
    found = gatherers(saved.gathered)
    related = saved.related | others.related
    return found | related | saved.leading | others.leading


@cache
def _may_loosen(model: Any) -> bool:
    """Whether rows of this kind refer to topics and their like, or are such."""
    return model in REFERENCES or bool(_referring(model))


@cache
def _referring(model: Any) -> frozenset[str]:
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return frozenset(one.name for one in fields if one.related_model in REFERENCES)


@cache
def _tells_all(model: Any) -> bool:
    """Whether the entry of a row, or that it has none, says all topics that the row has in use."""
    source = SOURCES[model]
    is_said = _referring(model) <= {*source.single, *source.several}
    return model not in REFERENCES and is_said and has_usual_targets(model)


def _references_naming(rows: set[Row]) -> set[Row]:
    """The partners and their like that name one of these rows. One statement for each way."""
    found: set[Row] = set()
    for model in REFERENCES:
        for name in SOURCES[model].single:
            named: Any = model._meta.get_field(name).related_model
            if keys := [key for kind, key in rows if kind is named]:
                naming = model._default_manager.filter(**{f"{name}__in": keys})
                found |= {(model, key) for key in naming.values_list("pk", flat=True)}
    return found


def _references_that_came_or_went() -> set[Row]:
    """A topic has a page, and so an entry, while a public page uses it. One statement."""
    labels = {model._meta.label_lower: model for model in REFERENCES}
    known = Entry.objects.filter(model__in=labels).values_list("model", "row_id")
    used = (
        public(model).order_by().values_list(Value(label), "pk") for label, model in labels.items()
    )
    found = Counter(known.union(*used, all=True))
    return {(labels[label], key) for (label, key), times in found.items() if times == 1}


def _save(rows: dict[Row, Any]) -> Saved:
    """Put the rows as they are now in place of their entries; some are at hand."""
    indexed = [row for row in rows if row[0] in SOURCES]
    indexed.sort(key=lambda row: (row[0]._meta.label, row[1]))
    saved = Saved(set(), set(), set(), set(), set())
    for batch in _in_batches(indexed):
        _save_batch({row: rows[row] for row in batch}, saved)
    return saved


class Pair(NamedTuple):
    """The entry of a row as it was, and as it is to be; one of them may be missing."""

    row: Row
    old: Entry | None
    old_tags: set[TagSaid]
    new: Document | None

    @property
    def differs(self) -> bool:
        """Whether its words do."""
        if not self.old or not self.new:
            return (self.old is None) != (self.new is None)
        return _columns(self.old) != _columns(self.new.entry)

    @property
    def is_retagged(self) -> bool:
        """Whether its tags are others, or say another date."""
        return self.old_tags != (_said(self.new.tags) if self.new else set())

    @property
    def is_moved(self) -> bool:
        """Whether it may belong with other pages than before."""
        if not self.old or not self.new:
            return (self.old is None) != (self.new is None)
        new = _said(self.new.tags)
        return any(one[0] in RELATING for one in self.old_tags ^ new)

    @property
    def ties(self) -> set[Tie]:
        """What it is tied to, and what it was tied to."""
        new = _said(self.new.tags) if self.new else set()
        return {(facet, value) for facet, value, *_said in self.old_tags | new}

    @property
    def is_loosened(self) -> bool:
        """Whether it may use a topic no more, or another one that nobody else tells of."""
        if not _may_loosen(self.row[0]):
            return False
        return not _tells_all(self.row[0]) or bool(self._used_before - self._used)

    @property
    def used(self) -> dict[Row, Any]:
        """The topics and their like that it uses, if there are some that it did not use before."""
        if not self.new or not _tells_all(self.row[0]) or not self._used - self._used_before:
            return {}
        return {changes.row_of(one): one for one in self.new.ties if type(one) in REFERENCES}

    @property
    def _used_before(self) -> set[tuple[str, str]]:
        return _uses(self.old_tags)

    @property
    def is_renamed(self) -> bool:
        """Whether others name it in another way: by a name, an address, or a country's region."""
        if not (self.old and self.new):
            return (self.old and self.old.called) != (self.new and self.new.entry.called)
        new = self.new.entry
        is_moved = self.row[0] is Country and self.is_retagged
        return is_moved or (self.old.called, self.old.address) != (new.called, new.address)

    @property
    def _used(self) -> set[tuple[str, str]]:
        return _uses(_said(self.new.tags)) if self.new else set()


def _columns(entry: Entry) -> list[Any]:
    return [getattr(entry, name) for name in SAID]


def _said(tags: Iterable[Tag]) -> set[TagSaid]:
    return {(one.facet, one.value, one.label, str(one.date) if one.date else None) for one in tags}


def _uses(tags: set[TagSaid]) -> set[tuple[str, str]]:
    return {(facet, value) for facet, value, *_said in tags if facet in USED}


def _save_batch(rows: dict[Row, Any], saved: Saved) -> None:
    """Four statements, those that read the rows, and some for what has changed."""
    own, leading = _pairs(rows)
    pairs = [*own, *_come_with(own)]
    changed = [pair for pair in pairs if pair.differs]
    gone = [pair.old.pk for pair in pairs if pair.old and not pair.new]
    if gone:
        engine().forget(gone)
        Entry.objects.filter(pk__in=gone).delete()
    _put([pair.new for pair in pairs if pair.new and (pair.differs or pair.is_retagged)])
    _tag([pair for pair in pairs if pair.is_retagged])
    _count([pair.old for pair in changed if pair.old], [p.new.entry for p in changed if p.new])
    _relate([pair for pair in pairs if pair.is_moved], leading, saved)
    for pair in own:
        if pair.old and not pair.is_moved:
            saved.leading.update(row for _entry, row in leading[pair.old.pk])
        if pair.is_renamed:
            saved.renamed.add(pair.row)
        if pair.is_loosened:
            saved.loosened.add(pair.row)
        if pair.row[0] in changes.seen_where_named:
            saved.gathered.update(pair.ties)


def _pairs(rows: dict[Row, Any]) -> tuple[list[Pair], dict[int, list[tuple[int, Row]]]]:
    """What is and what is to be, and by entry those that lead on to it."""
    keys = _by_model(rows)
    old = {(one.model, one.row_id): one for one in _entries(keys)}
    leading = {
        one.pk: [(key, (apps.get_model(label), row)) for key, label, row in one.leading or ()]
        for one in old.values()
    }
    new = {
        (one.entry.model, one.entry.row_id): one
        for model, some in keys.items()
        for one in documents(model, some, rows)
    }
    pairs = []
    for model, key in rows:
        name = model._meta.label_lower, key
        entry, found = old.get(name), new.get(name)
        if entry and found:
            found.entry.pk = entry.pk
        said = {tuple(tag) for tag in (entry and entry.own_tags) or ()}
        pairs.append(Pair((model, key), entry, said, found))
    return pairs, leading


def _come_with(pairs: list[Pair]) -> Iterator[Pair]:
    """The topics and their like that have a page now, because these public pages use them.

    One statement or none, and where some of them refer to other rows one for each kind of these.
    """
    used = {row: one for pair in pairs for row, one in pair.used.items()}
    for pair in pairs:
        used.pop(pair.row, None)
    keys = _by_model(used)
    known = Entry.objects.filter(_of(keys)).values_list("model", "row_id") if keys else ()
    labels = {model._meta.label_lower: model for model in keys}
    for label, key in known:
        del used[labels[label], key]
    for model, some in _by_model(used).items():
        for one in documents_in_use(model, [used[model, key] for key in some]):
            yield Pair((model, one.entry.row_id), None, set(), one)


def _by_model(rows: Iterable[Row]) -> dict[type[Any], list[int]]:
    keys: dict[type[Any], list[int]] = defaultdict(list)
    for model, key in rows:
        keys[model].append(key)
    return keys


def _of(keys: dict[type[Any], list[int]]) -> Q:
    """Whatever is kept of these rows by their models and keys."""
    of_rows = (Q(model=one._meta.label_lower, row_id__in=some) for one, some in keys.items())
    return reduce(or_, of_rows)


def _entries(keys: dict[type[Any], list[int]]) -> list[Any]:
    """The entries of these rows, as `_with_ties` has them. Mostly it is one page that is published.

    One statement.
    """
    match [(model._meta.label_lower, key) for model, some in keys.items() for key in some]:
        case [(label, key)]:
            return [_entry(row) for row in _ONE(model=label, key=key)]
    return list(_with_ties(_of(keys)))


def _one() -> Any:
    model, key = Given("model", CharField()), Given("key", BigIntegerField())
    rows = _with_ties(Q(model=model, row_id=key))
    return rows.values_list(*columns_of(Entry), "own_tags", "leading")


_ONE = Prepared(_one)


def _entry(row: Any) -> Any:
    entry: Any = made_of(Entry, row)
    entry.own_tags, entry.leading = row[-2:]
    return entry


def _with_ties(rows: Q) -> Any:
    """Entries with their tags, and with the entries that lead on to them."""
    tags: Any = Tag.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    tags = tags.annotate(said=Together(JSONArray("facet", "value", "label", "date"))).values("said")
    others: Any = Related.objects.filter(other=OuterRef("pk")).order_by().values("other")
    leading = JSONArray("entry", "entry__model", "entry__row_id")
    others = others.annotate(said=Together(leading)).values("said")
    found = Entry.objects.filter(rows)
    return found.annotate(own_tags=Subquery(tags), leading=Subquery(others))


def _put(found: list[Document]) -> None:
    """In place of the entries of the same rows, to be found by their words and tags.

    One statement or two, or none.
    """
    keys = [one.entry.pk for one in found]
    if found:
        engine().save([(one.entry, fields_of(one)) for one in found])
    assert all(key in (None, one.entry.pk) for key, one in zip(keys, found, strict=True))


def _tag(pairs: list[Pair]) -> None:
    """Two statements, or none."""
    if old := [pair.old.pk for pair in pairs if pair.old and pair.new]:
        Tag.objects.filter(entry__in=old).delete()
    _insert_tags([pair.new for pair in pairs if pair.new])


def _insert_tags(found: list[Document]) -> None:
    for one in found:
        for tag in one.tags:
            tag.entry_id = one.entry.pk
    Tag.objects.bulk_create([tag for one in found for tag in one.tags])


def _relate(pairs: list[Pair], leading: dict[int, list[tuple[int, Row]]], saved: Saved) -> None:
    """Who led on to what has gone, or has moved, has lost it for now. Six statements, or none."""
    lost = {pair.old.pk for pair in pairs if pair.old}
    if moved := [pair.old.pk for pair in pairs if pair.old and pair.new]:
        Related.objects.filter(other__in=moved).delete()
    bereft = {entry: None for one in sorted(lost) for entry, _row in leading[one]}
    rows = {pair.new.entry.pk: pair.row for pair in pairs if pair.new}
    anew = [pair.new.entry.pk for pair in pairs if pair.new and pair.new.entry.kind in KINDS]
    found, near = relate(anew, [one for one in bereft if one not in lost])
    rows |= {entry: (apps.get_model(label), key) for entry, (label, key) in near.items()}
    rows |= {entry: row for some in leading.values() for entry, row in some}
    saved.related.update(rows[entry] for entry in found)


def _words_of(entry: Entry) -> set[str]:
    return vocabulary("\n".join((entry.title, entry.names, entry.lead, entry.text)))


def _count(before: list[Entry], after: list[Entry]) -> None:
    """How many pages use a word, after some entries have come and gone."""
    change: Counter[str] = Counter(word for entry in after for word in _words_of(entry))
    change.subtract(word for entry in before for word in _words_of(entry))
    engine().count(change)


def _in_batches(keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
