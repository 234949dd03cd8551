"""The commonest pieces of a form, drawn without a template: the HTML of Django, byte by byte.

A page with fifty rows has a thousand of them, and each took two templates.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


class Renderer(DjangoTemplates):
    """`FORM_RENDERER`. What it does not know is drawn by its template, as ever."""

    def render(self, template_name: str, context: Mapping[str, Any], request: Any = None) -> Any:
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return SafeString(draw(context).strip())


def escaped(value: Any) -> str:
    """As `conditional_escape`, which takes a way round for each plain string."""
    return escape(value) if type(value) is str else str(conditional_escape(value))


def attributes(attrs: Mapping[str, Any] | None) -> str:
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
        for name, value in (attrs or {}).items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    kind, name = escaped(widget["type"]), escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{attributes(widget["attrs"])}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    words = escaped(widget["value"]) if widget["value"] else ""
    begin = f'<textarea name="{escaped(widget["name"])}"{attributes(widget["attrs"])}>'
    return f"{begin}\n{words}</textarea>"


def _select(widget: Mapping[str, Any]) -> str:
    groups = "".join(_group(name, options) for name, options, _place in widget["optgroups"])
    begin = f'<select name="{escaped(widget["name"])}"{attributes(widget["attrs"])}>'
    return f"{begin}{groups}\n</select>"


def _group(name: Any, options: list[Mapping[str, Any]]) -> str:
    drawn = "".join(f"\n  {_option(one)}\n" for one in options)
    return f'\n  <optgroup label="{escaped(name)}">{drawn}\n  </optgroup>' if name else drawn


def _option(widget: Mapping[str, Any]) -> str:
    begin = f'<option value="{escaped(widget["value"])}"{attributes(widget["attrs"])}>'
    return f"{begin}{escaped(widget['label'])}</option>"


def _hidden(widget: Mapping[str, Any]) -> str:
    return "".join(map(_input, widget["subwidgets"]))


def _errors(context: Mapping[str, Any]) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    key = f' id="{escaped(errors.field_id)}_error"' if errors.field_id else ""
    said = "".join(f"<li>{escaped(error)}</li>" for error in errors)
    return f'<ul class="{escaped(context["error_class"])}"{key}>{said}</ul>'


def _label(context: Mapping[str, Any]) -> str:
    words = escaped(context["label"])
    if not context["use_tag"]:
        return words
    tag = escaped(context["tag"])
    return f"<{tag}{attributes(context['attrs'])}>{words}</{tag}>"


def _related(context: Mapping[str, Any]) -> str:
    """A choice with links to what is chosen; nothing is deleted from there."""
    limited = "" if context["model_has_limit_choices_to"] else _ref(context)
    links = "" if context["is_hidden"] else "".join(_links(context))
    widget = context["rendered_widget"]
    return f'<div class="related-widget-wrapper"{limited}>{widget}{links}</div>'


def _ref(context: Mapping[str, Any]) -> str:
    return f' data-model-ref="{escaped(context["model_name"])}"'


def _links(context: Mapping[str, Any]) -> Iterator[str]:
    asked = escaped(context["url_params"])
    if context["can_change_related"]:
        to = f"{escaped(context['change_related_template_url'])}?{asked}"
        where = f'data-href-template="{to}" data-popup="yes"'
        yield _link(context, "change", where, _("Change selected %(model)s"))
    if context["can_add_related"]:
        where = f'data-popup="yes" href="{escaped(context["add_related_url"])}?{asked}"'
        yield _link(context, "add", where, _("Add another %(model)s"))
    if context["can_view_related"]:
        asked = escaped(context["view_related_url_params"])
        to = f"{escaped(context['change_related_template_url'])}?{asked}"
        where = f'data-href-template="{to}"'
        yield _link(context, "view", where, _("View selected %(model)s"))


def _link(context: Mapping[str, Any], what: str, where: str, title: str) -> str:
    key = f"{what}_id_{escaped(context['name'])}"
    words = escaped(title) % {"model": escaped(context["model"])}
    icon = static(f"admin/img/icon-{what}link.svg")
    return (
        f'<a class="related-widget-wrapper-link {what}-related" id="{key}" {where} title="{words}">'
        f'<img src="{escaped(icon)}" alt="" width="24" height="24"></a>'
    )


def _of_widget(draw: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: draw(context["widget"])


INPUTS = ("checkbox", "date", "email", "hidden", "number", "password", "text", "time", "url")
# Other templates (`select_date.html` …) and other widgets keep their own.
DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"django/forms/widgets/{name}.html": _of_widget(_input) for name in INPUTS},
    "django/forms/widgets/textarea.html": _of_widget(_textarea),
    "django/forms/widgets/select.html": _of_widget(_select),
    "django/forms/widgets/multiple_hidden.html": _of_widget(_hidden),
    "admin/widgets/related_widget_wrapper.html": _related,
    "django/forms/errors/list/default.html": _errors,
    "django/forms/label.html": _label,
}
