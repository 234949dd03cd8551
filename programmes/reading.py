"""Short lists of one page, several in one statement.

A page has a budget of statements, and a programme has more lists than any other page.
"""

from collections import defaultdict
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


def _rows(**lists: QuerySet[Any]) -> dict[str, list[tuple[Any, ...]]]:
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

    The rows hold the fields of TAG_FIELDS only.
    """
    lists = {}
    for relation in relations:
        rows = getattr(page, relation).all()
        fields = TAG_FIELDS[rows.model]
        public = rows.published() if rows.model is Country else rows
        padding = [Value("", CharField())] * (WIDEST - len(fields))
        lists[relation] = public.values_list(*fields, *padding)
    found = _rows(**lists)
    return {relation: _tags(getattr(page, relation).model, found[relation]) for relation in lists}


def _tags(model: type[Any], rows: list[tuple[str, ...]]) -> list[Any]:
    tags = [model(**dict(zip(TAG_FIELDS[model], row, strict=False))) for row in rows]
    return sorted(tags, key=lambda tag: tag.position if model is Goal else tag.name.casefold())


def programme_texts(programme: Programme) -> dict[str, list[Any]]:
    """The objectives, key results and areas of intervention, each in their order."""
    nothing = (Value("", CharField()), Value(None, CharField()))
    found = _rows(
        areas=programme.areaofintervention_set.values_list(
            "order", "text", "title", Cast("date", CharField())
        ),
        objectives=programme.objective_set.values_list("order", "text", *nothing),
        key_results=programme.keyresult_set.values_list("order", "text", *nothing),
    )
    areas = [
        AreaOfIntervention(
            order=order, text=text, title=title, date=date and PartialDate.parse(date)
        )
        for order, text, title, date in sorted(found["areas"])
    ]
    return {
        "areas": areas,
        "objectives": [Objective(text=text) for _order, text, *_ in sorted(found["objectives"])],
        "key_results": [KeyResult(text=text) for _order, text, *_ in sorted(found["key_results"])],
    }
