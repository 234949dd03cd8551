"""Keeps the entries as the public pages are, in the transaction of every change of them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Q, Value

from iomsite.publishing.changes import Row, pages_naming
from iomsite.publishing.ledger import locked_ledger
from programmes.models import Country, Region, RegionalOffice

from .documents import REFERENCES, SOURCES, Document, documents, public
from .engines import Fields, engine
from .engines.base import mark
from .models import NARROWING, Entry, Related, Tag, Word
from .related import KINDS, relate, relate_all
from .words import stems, vocabulary

AT_ONCE = 500


class Saved(NamedTuple):
    """The rows with another name now, and the entries whose related pages were found anew."""

    renamed: set[Row]
    related: set[int]


def listen(rows: Collection[Row] | None) -> Iterable[Row]:
    """What `publishing.changes` tells; the caller holds the transaction."""
    if rows is not None:
        return refresh(rows)
    rebuild()
    return ()


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
                for entry in _insert(found):
                    words.update(_words_of(entry))
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


def refresh(rows: Iterable[Row]) -> list[Row]:
    """Read these rows anew, and the pages that hold their names where those are others now.

    Returns the pages whose related ones were found anew.
    """
    rows = {row for row in rows if row[0] in SOURCES or row[0] is RegionalOffice}
    saved = _save(rows)
    renamed = saved.renamed | {row for row in rows if row[0] is RegionalOffice}
    naming = pages_naming(renamed)
    if any(model is Region for model, _key in renamed):
        naming |= pages_naming(row for row in naming if row[0] is Country)
    others = _save({*_references_that_came_or_went(), *naming} - rows)
    related = Entry.objects.filter(pk__in=saved.related | others.related)
    return [(apps.get_model(model), key) for model, key in related.values_list("model", "row_id")]


def _references_that_came_or_went() -> set[Row]:
    """A topic has a page while a public page uses it. Two statements."""
    labels = {model._meta.label_lower: model for model in REFERENCES}
    first, *others = (
        public(model).order_by().values_list(Value(label), "pk") for label, model in labels.items()
    )
    now = set(first.union(*others, all=True))
    known = Entry.objects.filter(model__in=labels).values_list("model", "row_id")
    return {(labels[label], key) for label, key in now ^ set(known)}


def _save(rows: Iterable[Row]) -> Saved:
    """Put the rows as they are now in place of their entries."""
    indexed = [row for row in rows if row[0] in SOURCES]
    indexed.sort(key=lambda row: (row[0]._meta.label, row[1]))
    saved = Saved(set(), set())
    for batch in _in_batches(indexed):
        _save_batch(batch, saved)
    return saved


def _save_batch(rows: list[Row], saved: Saved) -> None:
    """About twenty statements, and those that read the rows."""
    keys: dict[type[Any], list[int]] = defaultdict(list)
    for model, key in rows:
        keys[model].append(key)
    of_rows = (Q(model=one._meta.label_lower, row_id__in=some) for one, some in keys.items())
    before = list(Entry.objects.filter(reduce(or_, of_rows)))
    bereft: list[int] = []
    if before:
        numbers = [entry.pk for entry in before]
        naming = Related.objects.filter(other__in=numbers).exclude(entry__in=numbers)
        bereft = [*naming.values_list("entry", flat=True).distinct()]
        engine().forget(numbers)
        Entry.objects.filter(pk__in=numbers).delete()
    after = _insert([one for model, some in keys.items() for one in documents(model, some)])
    _count(before, after)
    saved.related.update(relate([entry.pk for entry in after if entry.kind in KINDS], bereft))
    names = [{(e.model, e.row_id): e.called for e in entries} for entries in (before, after)]
    for model, key in rows:
        name = model._meta.label_lower, key
        if names[0].get(name) != names[1].get(name):
            saved.renamed.add((model, key))


def _insert(found: list[Document]) -> list[Entry]:
    """Three statements, or none."""
    entries = Entry.objects.bulk_create([one.entry for one in found])
    for one in found:
        for tag in one.tags:
            tag.entry_id = one.entry.pk
    Tag.objects.bulk_create([tag for one in found for tag in one.tags])
    if entries:
        engine().index([(one.entry.pk, _fields(one)) for one in found])
    return entries


def _fields(found: Document) -> Fields:
    entry = found.entry
    words = (entry.title, entry.names, entry.lead, entry.text)
    return Fields(*map(stems, words), marks=_marks(found))


def _marks(found: Document) -> list[str]:
    said = [(tag.facet, tag.value) for tag in found.tags if tag.facet in NARROWING]
    said += [("kind", found.entry.kind), ("year", found.entry.year)]
    return [mark(facet, value) for facet, value in said if value]


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
