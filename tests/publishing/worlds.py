"""A site full of public and hidden things, each with words that nothing else has.

Everything is read from the models: a new kind of page, field or relation is in the world without
a line here.
"""

import datetime
import itertools
import random
import re

from django.db import models, transaction
from django.db.models import ProtectedError
from django.urls import get_resolver
from django.utils import timezone

from iomsite.organisation.models import Page
from iomsite.organisation.views import SECTIONS
from iomsite.partialdate import PartialDate, PartialDateField
from iomsite.publishing import editions
from iomsite.publishing.states import State, Withdrawal
from programmes.models import Goal, Partner, Region, RegionalOffice, Topic

# Where the views expect the pages of the second level.
BELOW = {
    "frameworks": "who-we-are",
    "history": "who-we-are",
    "highlights": "our-work",
    "partnerships": "our-work",
    "what-we-do": "our-work",
}
DAY = datetime.timedelta(days=1)
REFERENCES = (Topic, Goal, Partner, RegionalOffice)
MARKER = re.compile(r"zq[a-z]+x")
NUMBERS = itertools.count()


def course(state, **moments):
    """Fields of a row in this state; moments are days from now."""
    now = timezone.now()
    return {"state": state} | {name: now + days * DAY for name, days in moments.items()}


PUBLIC = {
    "published": lambda: course(State.PUBLISHED, published_at=-9),
    "until later": lambda: course(State.PUBLISHED, published_at=-9, expires_at=9),
}
GONE = {
    "expired": lambda: course(State.PUBLISHED, published_at=-9, expires_at=-1),
    "gone": lambda: course(State.WITHDRAWN, published_at=-9) | {"withdrawal": Withdrawal.GONE},
    "moved": lambda: (
        course(State.WITHDRAWN, published_at=-9)
        | {"withdrawal": Withdrawal.MOVED, "moved_to": "/news/"}
    ),
    "notice": lambda: course(State.WITHDRAWN, published_at=-9) | {"withdrawal": Withdrawal.NOTICE},
}
NEVER_SEEN = {
    "draft": lambda: course(State.DRAFT),
    "draft with a moment": lambda: course(State.DRAFT, published_at=-9),
    "in review": lambda: course(State.IN_REVIEW, published_at=-9),
    "binned": lambda: course(State.BINNED, published_at=-9),
    "scheduled": lambda: course(State.PUBLISHED, published_at=9),
    "scheduled for a while": lambda: course(State.PUBLISHED, published_at=9, expires_at=10),
}
HIDDEN = GONE | NEVER_SEEN
EDITIONS = {
    "working copy": lambda: course(State.DRAFT),
    "copy in review": lambda: course(State.IN_REVIEW, published_at=-9),
    "waiting copy": lambda: course(State.PUBLISHED, published_at=9),
}


def new_marker():
    """A word in letters only, so that it survives in slugs, titles and addresses."""
    number, letters = next(NUMBERS), ""
    for _place in range(4):
        number, digit = divmod(number, 26)
        letters += chr(ord("a") + digit)
    return f"zq{letters}x"


class World:
    """`choose` picks one of a list and `some` a few: what a relation points to."""

    def __init__(self, choose, some):
        self.choose, self.some = choose, some
        self.markers = {}  # word -> row that it belongs to

    def add(self, model, **fields):
        marker = new_marker()
        values = {
            field.name: self._value(field, marker)
            for field in model._meta.concrete_fields
            if field.name not in editions.IDENTITY | editions.COURSE | set(fields)
        }
        known = {name: value for name, value in values.items() if value is not None}
        row = model.objects.create(**known | fields)
        self.markers[marker] = row
        return row

    def _value(self, field, marker):
        if field.choices:
            return next(value for value, _label in field.choices if value)
        if field.is_relation or isinstance(field, models.FileField):
            return None
        match field:
            case PartialDateField():
                return PartialDate.parse("2016")
            case models.URLField():
                return f"https://{marker}.example/"
            case models.EmailField():
                return f"{marker}@site.example"
            case models.DecimalField():
                return 175
            case models.DateField() if field.null and field.name == "released_on":
                return datetime.date(2016, 4, 25)
            case models.CharField() | models.TextField() if (field.max_length or 99) > 3:
                return marker[: field.max_length]
            case models.CharField():  # a code of a country
                return self._code(field)
        return None

    def _code(self, field):
        number = field.model.objects.count()
        if field.name == "m49":
            return f"{number % 1000:03}"
        letters = chr(65 + number // 26 % 26) + chr(65 + number % 26)
        return letters if field.max_length == 2 else f"{letters}Z"

    def tie(self, row):
        """Point every relation of the row to something, and give it a part of each kind."""
        for field in row._meta.concrete_fields:
            targets = field.is_relation and self.targets(field, row)
            if targets and field.name not in editions.IDENTITY | editions.COURSE:
                setattr(row, field.name, self.choose(targets))
        if row._meta.label == "programmes.Programme" and not row.country:
            row.kind = "programme"
        row.save()
        for field in row._meta.many_to_many:
            if field.remote_field.through._meta.auto_created:
                getattr(row, field.name).set(self.some(self.targets(field, row)))
        for belonging in editions.belongings(type(row)):
            if not belonging.model._meta.auto_created:
                self.add_parts(belonging, row)

    def add_parts(self, belonging, row):
        related = [
            field
            for field in belonging.model._meta.concrete_fields
            if field.is_relation and field is not belonging.owner
        ]
        targets = self.some(self.targets(related[0], row)) if related else [None]
        for order, target in enumerate(targets, 1):
            own = {related[0].name: target} if related else {}
            if any(field.name == "order" for field in belonging.model._meta.fields):
                own["order"] = order
            part = self.add(belonging.model, **{belonging.owner.name: row}, **own)
            self.markers[next(reversed(self.markers))] = row
            assert part.pk

    def targets(self, field, row):
        model = field.related_model
        if not hasattr(model.objects, "pages"):
            return list(model.objects.all()) if model in REFERENCES else []
        pages = model.objects.pages()
        if field.name == "parent":
            # One level: what is part of something has no parts itself.
            pages = pages.filter(parent=None, pk__lt=row.pk).exclude(slug__in=SECTIONS)
        return list(pages.exclude(pk=row.pk))

    def copy(self, page, **fields):
        """Another edition with other words and the same relations."""
        marker = new_marker()
        edition = editions.copy(page)
        for name, value in {"expires_at": None, **fields}.items():
            setattr(edition, name, value)
        for field in editions.content_fields(type(page)):
            if isinstance(field, models.TextField | models.CharField) and not field.choices:
                value = self._value(field, marker)
                setattr(edition, field.attname, value or getattr(page, field.attname))
        edition.save()
        self.markers[marker] = edition
        return edition


def sections(world):
    """The pages of the menu at which lists and overviews stand."""
    assert get_resolver().url_patterns  # views say which sections there are when they are loaded
    slugs = [*sorted(SECTIONS - set(BELOW)), *BELOW]
    pages = {}
    for slug in slugs:
        parent = pages.get(BELOW.get(slug))
        pages[slug] = world.add(Page, slug=slug, parent=parent, **PUBLIC["published"]())


def build(world, states):
    """`states` gives the names of the states to make, for each kind of page."""
    sections(world)
    for model in REFERENCES[:3]:
        for _number in range(3):
            world.add(model, **({"framework": Goal.Framework.GCM} if model is Goal else {}))
    rows = []
    for model in editions.publishable_models():
        rows += [(world.add(model), (PUBLIC | HIDDEN)[name]()) for name in states(model)]
    for region in Region.objects.pages():
        world.add(RegionalOffice, region=region)
    for row, state in rows:
        world.tie(row)
        type(row).objects.filter(pk=row.pk).update(**state)
        row.refresh_from_db()
    return [row for row, _state in rows]


def add_editions(world, row, name):
    """A superseded edition and a working copy beside a page that has been public."""
    if row.first_published_at is None and row.state in (State.PUBLISHED, State.WITHDRAWN):
        world.copy(row, **course(State.SUPERSEDED, published_at=-20, superseded_at=-9))
        world.copy(row, **EDITIONS[name]())


def dense():
    """A world that ties everything to as much as it can."""
    return World(random.Random(7).choice, lambda targets: targets)


def remove_hidden():
    """Delete what nobody may see; change the words of what something public is tied to.

    The words keep their order: a list may be sorted by the country of its entries.
    """
    for model in editions.publishable_models():
        model.objects.exclude(edition_of=None).delete()
    for _again in range(4):
        for model in editions.publishable_models():
            public = set(model.objects.published().values_list("pk", flat=True))
            for row in model.objects.exclude(pk__in=public):
                _delete(row)


def _delete(row):
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        for field in editions.content_fields(type(row)):
            value = getattr(row, field.attname)
            if isinstance(value, str) and MARKER.fullmatch(value) and field.name != "slug":
                setattr(row, field.attname, f"{value[:-1]}w")
        row.save()
