"""What pages of staff repeat most, drawn in Python: a form of fifty parts has thousands of it.

The HTML is that of Django's templates of the same names, but for the space between elements.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from iomsite.widgets import escaped

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_fieldset(context: Any) -> SafeString:
    """In place of `admin/includes/fieldset.html`, with what that is given."""
    fieldset, key = context["fieldset"], _key(context)
    named = f' aria-labelledby="{key}"' if fieldset.name else ""
    drawn = [f'<fieldset class="module aligned {escaped(fieldset.classes)}"{named}>']
    folds = fieldset.name and fieldset.is_collapsible
    if fieldset.name:
        level = escaped(context.get("heading_level") or 2)
        heading = (
            f'<h{level} id="{key}" class="fieldset-heading">{escaped(fieldset.name)}</h{level}>'
        )
        drawn.append(f"<details><summary>{heading}</summary>" if folds else heading)
    if fieldset.description:
        drawn.append(f'<div class="description">{fieldset.description}</div>')
    drawn += [_line(line) for line in fieldset]
    return SafeString("".join([*drawn, "</details>" if folds else "", "</fieldset>"]))


def _key(context: Any) -> str:
    parts = (context.get(name, "") for name in ("prefix", "id_prefix", "id_suffix"))
    return "-".join([*map(escaped, parts), "heading"])


def _line(line: Any) -> str:
    fields = list(line)
    is_one = len(fields) == 1
    errors = line.errors() if is_one and line.form.errors else ""
    names = "".join(f" field-{escaped(name)}" for name in map(_name, fields) if name)
    kind = f"form-row{' errors' if errors else ''}{'' if line.has_visible_field else ' hidden'}"
    inner = "".join(_field(field, is_one) for field in fields)
    if not is_one:
        inner = f'<div class="flex-container form-multiline">{inner}</div>'
    return f'<div class="{kind}{names}">{errors}{inner}</div>'


def _field(field: Any, is_one: bool) -> str:
    errors = "" if is_one or field.is_readonly else field.errors()
    box = "flex-container"
    if not is_one:
        name = _name(field)
        box += f" fieldBox{f' field-{escaped(name)}' if name else ''}{' errors' if errors else ''}"
        box += " hidden" if _said(field, "is_hidden") else ""
    if getattr(field, "is_checkbox", False):
        inner, box = f"{field.field}{field.label_tag()}", f"{box} checkbox-row"
    elif field.is_readonly:
        shown = escaped(field.contents())
        inner = f'{field.label_tag()}<div class="readonly">{shown}</div>'
    else:
        inner = f"{field.label_tag()}{field.field}"
    return f'<div>{errors}<div class="{box}">{inner}</div>{_help(field)}</div>'


def _help(field: Any) -> str:
    words = _said(field, "help_text")
    if not words:
        return ""
    key = _said(field, "id_for_label")
    of_field = f' id="{escaped(key)}_helptext"' if key else ""
    hidden = " hidden" if _said(field, "is_hidden") else ""
    return f'<div class="help{hidden}"{of_field}><div>{words}</div></div>'


def _said(field: Any, name: str) -> Any:
    """Of a field that is only read, Django has a dictionary."""
    bound = field.field
    return bound.get(name, "") if isinstance(bound, dict) else getattr(bound, name, "")


def _name(field: Any) -> Any:
    return _said(field, "name")


@register.simple_tag
def staff_rows(formset: Any) -> SafeString:
    """The rows of `admin/publishing/rows.html`; the last is the empty one that a script copies."""
    rows, prefix = list(formset), escaped(formset.formset.prefix)
    adds = formset.has_add_permission
    drawn = []
    labels: dict[Any, str] = {}  # the same in each row
    for number, row in enumerate(rows):
        is_empty = adds and number == len(rows) - 1
        kind = (
            f"form-row{' has_original' if row.original else ''}{' empty-form' if is_empty else ''}"
        )
        key = "empty" if is_empty else number
        cells = list(_cells(row, labels))
        if errors := row.form.non_field_errors():
            width = len(cells) + 1
            drawn.append(f'<tr class="row-form-errors"><td colspan="{width}">{errors}</td></tr>')
        if adds or formset.has_delete_permission:
            cells.append(_last_cell(formset, row))
        drawn.append(f'<tr class="{kind}" id="{prefix}-{key}">{"".join(cells)}</tr>')
    return SafeString("".join(drawn))


def _cells(row: Any, labels: dict[Any, str]) -> Iterator[str]:
    for fieldset in row:
        for line in fieldset:
            for field in line:
                name = _name(field)
                if name not in labels:
                    labels[name] = escaped(capfirst(str(_said(field, "label"))))
                label = labels[name]
                if field.is_readonly:
                    inner = f'<span class="rows__label">{label}</span> {escaped(field.contents())}'
                else:
                    of = escaped(field.field.id_for_label)
                    errors = field.field.errors if row.form.errors else ""
                    inner = (
                        f"{errors}"
                        f'<label class="visually-hidden" for="{of}">{label}</label>{field.field}'
                    )
                yield f'<td class="field-{escaped(name)}">{inner}</td>'


def _last_cell(formset: Any, row: Any) -> str:
    """Which row it is, and whether it is to be deleted."""
    inner = ""
    if row.needs_explicit_pk_field():
        inner += str(row.pk_field().field)
    if row.fk_field():
        inner += str(row.fk_field().field)
    if formset.formset.can_delete and row.original:
        box = row.deletion_field().field
        words = escaped(_("Delete"))
        inner += f'<label class="visually-hidden" for="{escaped(box.id_for_label)}">{words}</label>'
        inner += str(box)
    return f'<td class="delete">{inner}</td>'


@register.simple_tag(takes_context=True)
def staff_apps(context: Any) -> SafeString:
    """In place of `admin/app_list.html`: it stands beside every page."""
    apps = context["app_list"]
    if not apps:
        words = escaped(_("You don’t have permission to view or edit anything."))
        return SafeString(f"<p>{words}</p>")
    here, shows_links = escape(context["request"].path), bool(context.get("show_changelinks"))
    key = (*_said_of(apps, here), shows_links, get_language())
    if (found := _drawn.get(key)) is None:
        found = _apps(apps, here, shows_links)
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        _drawn[key] = found
    return found


# All that is drawn follows from its key.
_drawn: dict[Any, SafeString] = {}
MOST_DRAWN = 30


def _said_of(apps: Any, here: str) -> Iterator[Any]:
    """What tables there are, what is offered for each, and in which of them one is."""
    for app in apps:
        yield app["app_label"], app["app_url"], escaped(app["app_url"]) in here
        for model in app["models"]:
            address = model["admin_url"]
            is_here = bool(address) and escaped(address) in here
            yield model["object_name"], address, model["add_url"], model["view_only"], is_here


def _apps(apps: Any, here: str, shows_links: bool) -> SafeString:
    words = {name: escaped(_(name)) for name in ("Add", "View", "Change")}
    head = "".join(
        f'<th scope="col">{escaped(_(name))}</th>'
        for name in ("Model name", "Add link", "Change or view list link")
    )
    head = f'<thead class="visually-hidden"><tr>{head}</tr></thead>'
    return SafeString("".join(_app(app, here, head, words, shows_links) for app in apps))


def _app(app: Any, here: str, head: str, words: dict[str, str], shows_links: bool) -> str:
    label, name, address = escaped(app["app_label"]), escaped(app["name"]), escaped(app["app_url"])
    is_here = " current-app" if address in here else ""
    title = escaped(_("Models in the %(name)s application") % {"name": app["name"]})
    caption = f'<caption><a href="{address}" class="section" title="{title}">{name}</a></caption>'
    rows = "".join(_model(model, label, here, words, shows_links) for model in app["models"])
    table = f"<table>{caption}{head}{rows}</table>"
    return f'<div class="app-{label} module{is_here}">{table}</div>'


def _model(model: Any, app: str, here: str, words: dict[str, str], shows_links: bool) -> str:
    kind, name, address = model["object_name"].lower(), escaped(model["name"]), model["admin_url"]
    key, is_here = f"{app}-{kind}", bool(address) and escaped(address) in here

    def link(to: str, css: str, text: str) -> str:
        return f'<td><a href="{escaped(to)}" class="{css}" aria-describedby="{key}">{text}</a></td>'

    current = ' aria-current="page"' if is_here else ""
    head = f'<a href="{escaped(address)}"{current}>{name}</a>' if address else name
    cells = link(model["add_url"], "addlink", words["Add"]) if model["add_url"] else "<td></td>"
    if shows_links and address:
        how = "View" if model["view_only"] else "Change"
        cells += link(address, f"{how.lower()}link", words[how])
    elif shows_links:
        cells += "<td></td>"
    row = f'<th scope="row" id="{key}">{head}</th>{cells}'
    return f'<tr class="model-{kind}{" current-model" if is_here else ""}">{row}</tr>'
