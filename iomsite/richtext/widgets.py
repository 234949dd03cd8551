"""The editor of rich text in forms of staff: a text area, which a script replaces.

Without the script the area holds the text as HTML and works as it is. The library that the script
uses is loaded by address, so that no inline script (such as an import map) is needed for it.
"""

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.templatetags.static import static
from django.urls import reverse

MODULES = ("schema", "markup", "pasting", "views", "picker", "dialogs", "tools", "toolbar")
LIBRARY = "django_prose_editor/editor.js"


class RichTextWidget(forms.Textarea):
    def __init__(self, attrs: Any = None) -> None:
        super().__init__(
            {"class": "vLargeTextField", "rows": 12, "data-richtext": "", **(attrs or {})}
        )

    @property
    def media(self) -> forms.Media:
        """Once on a page, however many texts it has."""
        addresses = {f"data-{name}": static(f"js/richtext/{name}.js") for name in MODULES}
        addresses |= {"data-library": static(LIBRARY)}
        addresses |= {f"data-{name}": reverse(f"admin:text_{name}") for name in ("find", "name")}
        start: Any = Script("js/richtext/start.js", type="module", id="richtext", **addresses)
        return forms.Media(css={"all": ["css/editor.css"]}, js=[start])

    def use_required_attribute(self, initial: Any) -> bool:
        """A browser cannot lead to an area that the editor has replaced; the server asks for it."""
        return False
