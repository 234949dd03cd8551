"""What programs can ask for (OpenAPI 3.1), made of what the views and the records say."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, get_resolver
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import condition, require_safe

from iomsite.facets import ChoiceFacet, MonthFacet, PresenceFacet

from . import paging
from .addresses import FORMS
from .answers import opened
from .records import Record
from .views import AFTER, PAGE

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
WORD = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 200}
YEAR = {"type": "integer", "minimum": 1000, "maximum": 9999}
PLAIN: dict[Any, dict[str, str]] = {str: {"type": "string"}, int: {"type": "integer"}}
# What a search takes besides filters.
OTHERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "q": (
        gettext_lazy("The words to look for"),
        {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["malaria"]},
    ),
    "exact": (
        gettext_lazy("Given, with any value: in no other spelling"),
        {"type": "string"},
    ),
    PAGE: (
        gettext_lazy("Which part of the results, from 1 on"),
        {"type": "integer", "minimum": 1},
    ),
}
PROBLEMS = {
    "400": gettext_lazy("Something is asked for that is not known"),
    "404": gettext_lazy("Nothing is there"),
    "410": gettext_lazy("It was public once and has been taken down"),
}
PROBLEM = {
    "type": "object",
    "required": ["type", "status", "title"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
    },
}


@cache
def _content() -> bytes:
    return json.dumps(described(), ensure_ascii=False).encode()


def _etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_content()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_etag)
def description(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_content(), content_type="application/json; charset=utf-8")
    return opened(response)


def described() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Public pages and lists as data"),
            "version": "1",
            "description": _(
                "Every public page and list comes in other forms by the ending of its address. "
                "A list answers in parts; “next” leads to the part that follows. "
                "Names are added over time, and none is taken away or given another meaning."
            ),
        },
        "servers": [{"url": "/"}],
        "paths": dict(_paths()),
        "components": {
            "schemas": {**_schemas(Record), "List": _list(), "Problem": PROBLEM},
            "responses": {
                f"{status}_{ending}": _problem(str(words), ending)
                for status, words in PROBLEMS.items()
                for ending in FORMS
            },
        },
    }


def pages() -> Iterator[tuple[str, Any]]:
    """The address of each view that answers in other forms, as a template, with the view."""
    known = set()
    for route, view in _views(get_resolver().url_patterns):
        template = PLACE.sub(r"{\2}", route)
        if template not in known and getattr(view, "forms", None):
            known.add(template)
            yield template, view


def _views(patterns: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            # The one regular expression is that of the pages of the menu.
            route = "<slug:path>/" if "(?P<path>" in route else route
            yield route, getattr(entry.callback, "view_class", None)
        else:
            yield from _views(entry.url_patterns, route)


def _paths() -> Iterator[tuple[str, Any]]:
    for template, view in pages():
        path = template.removesuffix("/") or "index"
        for ending in view.forms:
            yield f"/{path}.{ending}", {"get": _operation(path, view, ending)}


def _operation(path: str, view: Any, ending: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{'List' if view.is_list else 'Record'}"}
    content = {FORMS[ending].media: {"schema": schema if ending == "json" else PLAIN[str]}}
    return {
        "operationId": re.sub(r"\W+", "_", f"{path}_{ending}"),
        "summary": (view.__doc__ or view.__name__).splitlines()[0],
        "parameters": [*_places(path), *_filters(view)],
        "responses": {
            "200": {"description": _("The page or list"), "content": content},
            **{
                status: {"$ref": f"#/components/responses/{status}_{ending}"} for status in PROBLEMS
            },
        },
    }


def _problem(words: str, ending: str) -> dict[str, Any]:
    media = {"json": "application/problem+json", "md": "text/markdown"}.get(ending, "text/plain")
    schema = {"$ref": "#/components/schemas/Problem"} if ending == "json" else PLAIN[str]
    return {"description": words, "content": {media: {"schema": schema}}}


def _places(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        schema = YEAR if name == "year" else WORD
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _filters(view: Any) -> Iterator[dict[str, Any]]:
    filterset = view.filterset_class
    for name, facet in filterset.base_filters.items() if filterset else ():
        schema: dict[str, Any] = {"type": "string", "maxLength": 200}
        if values := _values(facet):
            schema["enum"] = values
        yield {"name": name, "in": "query", "description": str(facet.label), "schema": schema}
    for name in sorted(view.known_names() & OTHERS.keys()):
        words, schema = OTHERS[name]
        yield {
            **{"name": name, "in": "query", "required": name == "q"},
            **{"description": str(words), "schema": schema},
        }
    if view.is_list and AFTER in view.known_names():
        words = _("Where the part before ended: as its “next” says")
        schema = {"type": "string", "maxLength": paging.LONGEST_MARK}
        yield {"name": AFTER, "in": "query", "description": words, "schema": schema}


def _values(facet: Any) -> list[str]:
    """All that it can ever offer, where that does not depend on what is there."""
    if isinstance(facet, ChoiceFacet):
        return list(facet.names)
    if isinstance(facet, MonthFacet):
        return [str(month) for month in MONTHS]
    return ["yes"] if isinstance(facet, PresenceFacet) else []


def _list() -> dict[str, Any]:
    properties = {
        "title": PLAIN[str],
        "address": PLAIN[str],
        "next": {"type": ["string", "null"]},
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
    }
    return _object(properties, _("A part of a list; “next” is null at its end."))


def _object(properties: dict[str, Any], words: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": words,
        "required": list(properties),
        "properties": properties,
    }


def _schemas(kind: Any) -> dict[str, Any]:
    """The dataclass and those it holds."""
    hints = get_type_hints(kind)
    found: dict[str, Any] = {}
    for inner in (one for hint in hints.values() for one in (hint, *get_args(hint))):
        if is_dataclass(inner):
            found |= _schemas(inner)
    properties = {one.name: _schema(hints[one.name]) for one in fields(kind)}
    return {**found, kind.__name__: _object(properties, (kind.__doc__ or "").splitlines()[0])}


def _schema(hint: Any) -> dict[str, Any]:
    if isinstance(hint, type) and is_dataclass(hint):
        return {"$ref": f"#/components/schemas/{hint.__name__}"}
    if get_origin(hint) is list:
        return {"type": "array", "items": _schema(get_args(hint)[0])}
    if get_origin(hint) is UnionType:
        inner = next(one for one in get_args(hint) if one is not NoneType)
        return {"anyOf": [_schema(inner), {"type": "null"}]}
    return PLAIN[hint]
