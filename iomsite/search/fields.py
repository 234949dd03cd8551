"""What an engine is told of an entry: its stems, and what it can be narrowed by."""

from .documents import Document
from .engines.base import Fields, mark
from .models import NARROWING
from .words import stems


def fields_of(found: Document) -> Fields:
    entry = found.entry
    words = (entry.title, entry.names, entry.lead, entry.text)
    title, names, lead, text = map(stems, words)
    return Fields(title, names, lead, text, _marks(found))


def _marks(found: Document) -> list[str]:
    said = [(tag.facet, tag.value) for tag in found.tags if tag.facet in NARROWING]
    said += [("kind", found.entry.kind), ("year", found.entry.year)]
    return [mark(facet, value) for facet, value in said if value]
