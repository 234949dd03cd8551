"""Every form of the admin, filled as somebody fills it who wants to break the site.

The fields are those of the forms themselves: a new one is filled without a line here.
"""

import re
from collections import Counter
from html import escape
from html.parser import HTMLParser

from django import forms
from django.urls import reverse

from iomsite.accounts.models import Office, User
from iomsite.images.models import Photo
from iomsite.organisation.models import Figure, Framework, HistoryEvent, Page
from iomsite.partialdate import PartialDateFormField
from iomsite.publishing.models import PublishingSet, Redirect, Source
from iomsite.richtext.widgets import RichTextWidget
from news.models import Campaign, NewsRelease, Publication
from programmes.models import (
    Country,
    Goal,
    OutcomeDocument,
    Partner,
    Programme,
    Region,
    RegionalEngagement,
    RegionalOffice,
    Topic,
)
from tests.submission import fields_of

from . import hostile

# What is chosen by others comes before them.
MODELS = [
    *(Office, User, Source, PublishingSet, Redirect, Topic, Goal, Photo, Figure, Region, Country),
    *(Partner, RegionalOffice, Programme, RegionalEngagement, OutcomeDocument, Page),
    *(HistoryEvent, Framework, Campaign, Publication, NewsRelease),
]
# Values that no text can be, by the name of the field; dates are 2016 and numbers 1.
SOUND = {
    "username": "person",
    "code": "code",
    "slug": "slug",
    "measure": "measure",
    "iso2": "QQ",
    "iso3": "QQQ",
    "m49": "508",
    "released_on": "2016-04-25",
    "focus_x": "0.5",
    "focus_y": "0.5",
    "credit_year": "2016",
    "presence_since": "2016",
}
# Left as they are: a page in a set, or with an end, is not public at once.
LEFT = {
    "publishing_set",
    "expires_at",
    "review_by",
    "consent_until",
    "parent",
    "responsible_office",
}
PIECES = [*hostile.FORMULAS, *hostile.SCRIPTS, *hostile.WORDS, *hostile.PUBLISHED]
SPACES = re.compile(r"\s+")


# Enough for a dozen pieces: all of them in each field would take longer and show no more.
ROOM = 1_500


class Harmless:
    """A word of its own in each field, and another one when it is typed again."""

    turn = ""

    def plain(self, model, name, _field):
        return f"zq{self.turn}{model.__name__}{name.rpartition('-')[2].replace('_', '')}qz"

    def rich(self, model, name, field):
        """With a heading that the form has advice about."""
        return f"<h4>Heading</h4><p>{self.plain(model, name, field)}</p>"

    def address(self, *_field):
        return "https://harmless.example/"

    def mail(self, *_field):
        return "harmless@site.example"


class Hostile:
    """As much of all that is hostile as each field has room for, by turns."""

    def __init__(self):
        self.said = Counter({_printable(piece): 0 for piece in PIECES})

    def plain(self, _model, _name, field):
        room, chosen = min(field.max_length or ROOM, ROOM), []
        for piece in sorted(self.said, key=self.said.__getitem__):
            if len(piece) + 1 <= room:
                chosen.append(piece)
                room -= len(piece) + 1
        self.said.update(chosen)
        return " ".join(chosen).strip()

    def rich(self, *_field):
        words = "".join(f"<p>{escape(word, quote=False)}</p>" for word in hostile.WORDS)
        return words + "".join(map(_printable, (*hostile.SCRIPTS, *hostile.PUBLISHED)))

    def address(self, *_field):
        return "https://x.example/\"><script>alert(1)</script>?'onclick=alert(1)//"

    def mail(self, *_field):
        return '"<script>alert(1)</script>"@x.example'


def _printable(piece):
    """Line ends as forms keep them, and no NUL, which every field refuses."""
    return piece.replace("\r\n", "\n").replace("\0", "")


def _rows(response):
    context = response.context
    yield context["adminform"].form, context["adminform"].form._meta.model
    for formset in context["inline_admin_formsets"]:
        rows = formset.formset.initial_forms + formset.formset.extra_forms
        for row in rows[:1]:
            yield row, formset.formset.model


def fields_in(response):
    """Name, field and model of each field of the form, and of the first row of its parts."""
    for form, model in _rows(response):
        for name, field in form.fields.items():
            yield form.add_prefix(name), field, model


def is_text(field):
    """Whether anything may be typed into it."""
    return (
        isinstance(field, forms.CharField)
        and not isinstance(field, forms.SlugField | PartialDateFormField)
        and not field.disabled
    )


def filled(response, words, chosen, **sound):
    """What a browser would send with these words in every text field, and the rest filled."""
    data = fields_of(response)
    for name, field, model in fields_in(response):
        short = name.rpartition("-")[2]
        if short in LEFT or field.disabled or isinstance(field, forms.FileField):
            continue
        value = _value(short, field, model, words, chosen, sound)
        if value not in (None, "", []):
            data[name] = value
    return data


def _value(name, field, model, words, chosen, sound):
    if (known := {**SOUND, **sound}.get(name)) is not None and not hasattr(field, "queryset"):
        return known
    if hasattr(field, "queryset"):
        row = chosen.get(field.queryset.model)
        is_many = isinstance(field, forms.ModelMultipleChoiceField)
        return row and ([row.pk] if is_many else row.pk)
    match field:
        case forms.ChoiceField():
            return next((str(value) for value, _label in field.choices if value), None)
        case forms.BooleanField() | forms.MultiValueField():
            return None
        case PartialDateFormField() | forms.DateField():
            return "2016" if isinstance(field, PartialDateFormField) else None
        case forms.IntegerField() | forms.FloatField():
            return None if isinstance(field.widget, forms.HiddenInput) else "1"
        case forms.URLField():
            return words.address()
        case forms.EmailField():
            return words.mail()
        case forms.DecimalField():
            return "1"
        case forms.CharField() if isinstance(field.widget, RichTextWidget):
            return words.rich(model, name, field)
        case forms.CharField():
            before = "/" if name.endswith("_path") else ""
            return before + words.plain(model, name, field)[: (field.max_length or 1) - 1 or None]
    return None


def add_of(model):
    """With empty rows in it, as a browser without scripts has them."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_add"
    return f"{reverse(name)}?plain"


class Shape(HTMLParser):
    """Elements with the names of their attributes, where they lead, and all words in order."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.addresses, self.words = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.add((tag, frozenset(name for name, _value in attributes)))
        for name, value in attributes:
            self.words.append(value or "")
            if name in ("action", "formaction", "href", "src", "srcdoc", "srcset", "data"):
                self.addresses.add((value or "").strip().lower())

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return plainly(" ".join(self.words))


def plainly(words):
    """However spaces and line ends are shown."""
    return SPACES.sub("", words)
