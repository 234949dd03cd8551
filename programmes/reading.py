"""Short lists of one page, several in one statement.

A page has a budget of statements, and a programme has more lists than any other page.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from iomsite.partialdate import PartialDate

from .models import AreaOfIntervention, Country, Goal, KeyResult, Objective, Programme, Topic

# What each model needs to name itself and to be linked to or drawn.
TAG_FIELDS = {
    Topic: ("slug", "name"),
    Goal: ("slug", "name", "framework", "code"),
    Country: ("slug", "name", "m49"),
}
WIDEST = max(map(len, TAG_FIELDS.values()))

Rows = dict[str, list[tuple[Any, ...]]]


def _rows(**lists: QuerySet[Any]) -> Rows:
    """Read lists of the same columns by one UNION; their rows, by the name of the list."""
    first, *rest = (
        rows.order_by().annotate(in_list=Value(name, CharField())) for name, rows in lists.items()
    )
    found = defaultdict(list)
    for *row, name in first.union(*rest, all=True):
        found[name].append(tuple(row))
    return found


def tags_of(page: Any, *relations: str) -> dict[str, list[Any]]:
    """What the page's relations to topics, goals or countries may show, each list in its order.

    One statement. The rows hold the fields of TAG_FIELDS only.
    """
    return _tags(page, relations, _rows(**_tag_lists(page, relations)))


def programme_lists(programme: Programme) -> dict[str, list[Any]]:
    """The tags of a programme, its objectives, key results and areas of intervention.

    One statement for all of them; each list in its order.
    """
    relations = ("topics", "goals", "countries")
    found = _rows(**_tag_lists(programme, relations), **_text_lists(programme))
    return {**_tags(programme, relations, found), **_texts(found)}


def _tag_lists(page: Any, relations: Iterable[str]) -> dict[str, QuerySet[Any]]:
    lists = {}
    for relation in relations:
        rows = getattr(page, relation).all()
        fields = TAG_FIELDS[rows.model]
        public = rows.published() if rows.model is Country else rows
        padding = [Value("", CharField())] * (WIDEST - len(fields))
        lists[relation] = public.values_list(*fields, *padding)
    return lists


def _tags(page: Any, relations: Iterable[str], found: Rows) -> dict[str, list[Any]]:
    return {name: _tag_rows(getattr(page, name).model, found[name]) for name in relations}


def _tag_rows(model: type[Any], rows: list[tuple[Any, ...]]) -> list[Any]:
    tags = [model(**dict(zip(TAG_FIELDS[model], row, strict=False))) for row in rows]
    return sorted(tags, key=lambda tag: tag.position if model is Goal else tag.name.casefold())


def _text_lists(programme: Programme) -> dict[str, QuerySet[Any]]:
    order = Cast("order", CharField())
    nothing = (Value("", CharField()), Value("", CharField()))
    return {
        "areas": programme.areaofintervention_set.values_list(
            order, "text", "title", Cast("date", CharField())
        ),
        "objectives": programme.objective_set.values_list(order, "text", *nothing),
        "key_results": programme.keyresult_set.values_list(order, "text", *nothing),
    }


def _texts(found: Rows) -> dict[str, list[Any]]:
    def ordered(name: str) -> list[tuple[Any, ...]]:
        return sorted(found[name], key=lambda row: int(row[0]))

    return {
        "areas": [
            AreaOfIntervention(
                order=int(order), text=text, title=title, date=date and PartialDate.parse(date)
            )
            for order, text, title, date in ordered("areas")
        ],
        "objectives": [Objective(text=row[1]) for row in ordered("objectives")],
        "key_results": [KeyResult(text=row[1]) for row in ordered("key_results")],
    }
