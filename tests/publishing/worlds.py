"""A site full of public and hidden things, each with words that nothing else has.

Everything is read from the models: a new kind of page, field or relation is in the world without
a line here.
"""

import datetime
import re
from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from itertools import chain, count, cycle

from django.db import models
from django.urls import get_resolver
from django.utils import timezone

from iomsite.organisation.models import SECTIONS, Figure, Page
from iomsite.partialdate import PartialDate, PartialDateField
from iomsite.publishing import editions
from iomsite.publishing.models import Publishable, PublishingSet
from iomsite.publishing.states import State, Withdrawal
from iomsite.richtext.fields import rich_fields
from iomsite.richtext.sanitise import reference
from programmes.map import world as map_of_the_world
from programmes.models import Goal, Partner, Programme, Region, RegionalOffice, Topic

# Where the views expect the pages of the second level.
BELOW = {
    "frameworks": "who-we-are",
    "history": "who-we-are",
    "highlights": "our-work",
    "partnerships": "our-work",
    "what-we-do": "our-work",
}
DAY = datetime.timedelta(days=1)
REFERENCES = (Topic, Goal, Partner)
# Of the topics, goals and partners, those that are for what is hidden alone.
RESERVED = (2, 3)
MEASURES = 4
BARE = 8
MARKER = re.compile(r"zq[a-z]{4}[xw]")
NUMBERS = count()
M49S = sorted(map_of_the_world().countries)


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
    "held by its set": lambda: (
        course(State.PUBLISHED, published_at=-9)
        | {"publishing_set": PublishingSet.objects.get_or_create(slug="together")[0]}
    ),
}
HIDDEN = GONE | NEVER_SEEN
EDITIONS = {
    "working copy": lambda: course(State.DRAFT),
    "copy in review": lambda: course(State.IN_REVIEW, published_at=-9),
    "waiting copy": lambda: course(State.PUBLISHED, published_at=9),
}


def new_marker():
    """A word in letters only, so that it survives in slugs; a later one sorts later."""
    number, letters = next(NUMBERS), ""
    for _place in range(4):
        number, digit = divmod(number, 26)
        letters = chr(ord("a") + digit) + letters
    return f"zq{letters}x"


def mention(page):
    """As a text refers to it. The words in it are the same for all."""
    kind = page._meta.label_lower
    if hasattr(page, "value_in_text"):
        return f'<p><data value="{kind}/{page.uid}">1</data></p>'
    source = reference(kind, page.uid)
    if hasattr(page, "picture_in_text"):
        return f'<figure><img src="{source}" alt=""><figcaption>x</figcaption></figure>'
    return f'<p><a href="{source}">x</a></p>'


class World:
    """Rows with words of their own, and what they are tied to."""

    references_of_a_kind = 3

    def __init__(self):
        self.markers = {}  # word -> row that it belongs to
        self.rows = defaultdict(list)  # model -> what others may be tied to
        self.tops = defaultdict(list)  # model -> what others may be part of
        self.lists = defaultdict(list)  # model of a part or of a link -> rows to be saved
        self.states = {}  # page -> name of its state
        self.public = set()  # pages that everybody may see, and rows that public pages may use

    def choose(self, row, field, targets):
        """What a foreign key of the row points to."""
        raise NotImplementedError

    def some(self, row, targets):
        """What a list of the row holds."""
        raise NotImplementedError

    def mentioned(self, row, targets):
        """What the texts of the row refer to, of a kind of page."""
        return self.some(row, targets)

    def add(self, model, *, state="", is_public=True, is_top=False, **fields):
        """A row that others may be tied to; of a page, its state is set after all is tied."""
        row = self._add(model, **fields)
        self.rows[model].append(row)
        if state:
            self.states[row] = state
            is_public = state in PUBLIC
        if is_public:
            self.public.add(row)
        if is_top:
            self.tops[model].append(row)
        return row

    def edition(self, page, number, state, **fields):
        """Another edition, which says something else and is tied to something else.

        `save_lists` saves its parts.
        """
        row = self._add(type(page), uid=page.uid, edition_of=page, edition=number, **fields)
        self.tie(row)
        set_state(row, state)

    def _add(self, model, **fields):
        row, marker = self._new(model, **fields)
        row.save()
        self.markers[marker] = row
        return row

    def _new(self, model, **fields):
        """Some rows say no more than they must."""
        marker = new_marker()
        is_bare = len(self.rows[model]) % BARE == BARE // 2
        values = {
            field.name: self._value(field, marker)
            for field in model._meta.concrete_fields
            if field.name not in editions.IDENTITY | editions.COURSE | set(fields)
            if not (is_bare and field.blank and "credit" not in field.name)
        }
        known = {name: value for name, value in values.items() if value is not None}
        return model(**known | fields), marker

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
                return Decimal(175)
            case models.DateField() if field.null and field.name == "released_on":
                return datetime.date(2016, 4, 25)
            case models.CharField() | models.TextField() if (field.max_length or 99) > 3:
                return marker[: field.max_length]
            case models.CharField():  # a code of a country
                return self._code(field)
        return None

    def _code(self, field):
        number = len(self.rows[field.model])
        if field.name == "m49":
            return M49S[number]
        letters = chr(65 + number // 26 % 26) + chr(65 + number % 26)
        return letters if field.max_length == 2 else f"{letters}Z"

    def tie(self, row):
        """Point every relation of the row to something, and give it a part of each kind."""
        for field in row._meta.concrete_fields:
            if field.is_relation and getattr(row, field.attname) is None:
                targets = self._targets(field, row)
                if targets:
                    setattr(row, field.name, self.choose(row, field, targets))
        self._meet_rules(row)
        self._mention(row, getattr(row, "page", row))
        row.save()
        if isinstance(row, Publishable):
            self._tie_lists(row)

    def _mention(self, row, page):
        """Let its rich texts link to pages, quote figures and show photographs of every kind."""
        for field in rich_fields(type(row)):
            html = "".join(
                mention(target)
                for model in editions.publishable_models()
                for target in self.mentioned(page, [one for one in self.rows[model] if one != page])
            )
            setattr(row, field.attname, f"<p>{getattr(row, field.attname)}</p>{html}")

    def _meet_rules(self, row):
        """What its kind asks for; and some rows that are said to be about everything."""
        place = self._place(row)
        if isinstance(row, Programme):
            row.kind = row.kind if row.country else Programme.Kind.PROGRAMME
            row.all_goals = place % 2 == 1
        if isinstance(row, Figure):
            row.measure = f"measure-{place % MEASURES}"

    def _place(self, row):
        """Its number among the rows of its kind; of an edition, that of its page."""
        page = getattr(row, "page", row)
        return self.rows[type(row)].index(page)

    def _targets(self, field, row):
        if field.name in editions.IDENTITY | editions.COURSE:
            return []
        page = getattr(row, "page", row)
        if field.name == "parent":
            tops = self.tops[type(row)]
            return [] if page in tops or page.slug in SECTIONS else tops
        return [one for one in self.rows[field.related_model] if one != page]

    def _tie_lists(self, row):
        """The rows of its parts and of its lists; `save_lists` writes them all at once."""
        for belonging in editions.belongings(type(row)):
            others = [
                field
                for field in belonging.model._meta.concrete_fields
                if field.is_relation and field is not belonging.owner
            ]
            if others and others[0].related_model is Goal and getattr(row, "all_goals", False):
                continue  # it names none
            targets = self.some(row, self._targets(others[0], row)) if others else [None]
            for order, target in enumerate(targets, 1):
                fields = {others[0].name: target} if others else {}
                fields[belonging.owner.name] = row
                self._add_part(belonging.model, row, order, fields)

    def _add_part(self, model, row, order, fields):
        if any(field.name == "order" for field in model._meta.fields):
            fields["order"] = order
        part, marker = self._new(model, **fields)
        self._mention(part, getattr(row, "page", row))
        self.markers[marker] = row
        self.lists[model].append(part)

    def save_lists(self):
        for model, rows in self.lists.items():
            model.objects.bulk_create(rows)
        self.lists.clear()


class Dense(World):
    """Ties what is public to everything, hidden things first, but keeps some of it apart.

    The last public page of each kind is for hidden pages alone: a page that shows it, or counts
    it, has listened to what is hidden.
    """

    references_of_a_kind = 6

    def __init__(self):
        super().__init__()
        self.turns = defaultdict(count)

    @cached_property
    def apart(self):
        """The last public page of each kind, and of references what no public page uses."""
        last = {type(row): row for row in self.states if row in self.public}
        used = {row for model in REFERENCES for row in self.rows[model]} & self.public
        return {*last.values(), *(row for model in REFERENCES for row in self.rows[model])} - used

    def choose(self, row, field, targets):
        """What is public points to something hidden and to something public by turns.

        Of four rows, any two of their relations are hidden and public in all four ways.
        """
        kind = type(row), row in self.public
        turn = next(self.turns[*kind, field.name])
        fields = [name for *known, name in self.turns if known == [*kind]]
        way = (turn, turn >> 1, turn ^ turn >> 1)[fields.index(field.name) % 3] & 1
        hidden = [one for one in targets if one not in self.public]
        public = [one for one in targets if one in self.public and one not in self.apart]
        if row not in self.public:
            apart = [one for one in targets if one in self.apart]
            pool = [*apart, *public]
            return pool[turn % len(pool)]
        pool = public if way else hidden or public
        return pool[turn % len(pool)]

    def some(self, row, targets):
        if row not in self.public:
            return [one for one in targets if one in self.apart or one in self.public]
        return [one for one in targets if one not in self.apart]


class Random(World):
    """Ties everything to anything; `dice` is a random.Random."""

    def __init__(self, dice):
        super().__init__()
        self.dice = dice

    def choose(self, row, field, targets):
        return self.dice.choice(targets)

    def some(self, row, targets):
        return self.dice.sample(targets, k=min(len(targets), 3))


def build(world, states):
    """`states` gives the names of the states to make, in their order, for each kind of page."""
    _sections(world)
    for model in REFERENCES:
        for place in range(world.references_of_a_kind):
            _reference(world, model, place)
    for model in editions.publishable_models():
        alternates = {True: cycle((True, False)), False: cycle((True, False))}
        for name in states(model):
            world.add(model, state=name, is_top=next(alternates[name in PUBLIC]))
    for region in world.rows[Region]:
        world.add(RegionalOffice, is_public=region in world.public, region=region)
    for row in chain(*world.rows.values()):
        world.tie(row)
    world.save_lists()
    for row, name in world.states.items():
        set_state(row, (PUBLIC | HIDDEN)[name]())


def set_state(row, state):
    type(row).objects.filter(pk=row.pk).update(**state)
    for name, value in state.items():
        setattr(row, name, value)


def _sections(world):
    """The pages of the menu at which lists and overviews stand."""
    assert get_resolver().url_patterns  # views say which sections there are when they are loaded
    pages = {}
    for slug in [*sorted(SECTIONS - set(BELOW)), *BELOW]:
        pages[slug] = world.add(
            Page,
            state="published",
            is_top=slug in BELOW.values(),
            slug=slug,
            parent=pages.get(BELOW.get(slug)),
        )


def _reference(world, model, place):
    frameworks = {"framework": Goal.Framework.GCM if place else Goal.Framework.SDG}
    world.add(
        model,
        is_public=place not in RESERVED,
        is_top=place % 2 == 0,
        **(frameworks if model is Goal else {}),
    )


def dense():
    """Each kind of page in every state, hidden ones first, with editions beside them."""
    world = Dense()
    names = [*HIDDEN, *PUBLIC, "published", "published"]
    build(world, lambda model: names)
    shown = [row for row, name in world.states.items() if name in PUBLIC or name == "notice"]
    add_editions(world, zip(shown, cycle(EDITIONS)))
    return world


def add_editions(world, copies):
    """A superseded edition and a working copy beside each page that may have been public.

    `copies` pairs pages with the name of the state of their working copy.
    """
    for row, name in copies:
        if row.state in (State.PUBLISHED, State.WITHDRAWN):
            world.edition(row, 2, course(State.SUPERSEDED, published_at=-20, superseded_at=-9))
            # A working copy may well have the slug of its page.
            world.edition(row, 3, EDITIONS[name](), slug=row.slug)
    world.save_lists()


def remove_hidden():
    """Delete what nobody may see; change the words of what something public is tied to.

    The words keep their order: a list may be sorted by the country of its entries.
    """
    kinds = editions.publishable_models()
    for model in kinds:
        model.objects.exclude(edition_of=None).delete()
    while any(_hidden(model).exclude(pk__in=_needed(model)).delete()[0] for model in kinds):
        pass
    for model in kinds:
        for row in _hidden(model):
            _rename(row)


def _hidden(model):
    return model.objects.exclude(pk__in=model.objects.published().values("pk"))


def _needed(model):
    """The keys that a foreign key keeps from being deleted."""
    return {
        key
        for relation in model._meta.get_fields(include_hidden=True)
        if getattr(relation, "on_delete", None) is models.PROTECT and relation.auto_created
        for key in relation.related_model.objects.exclude(
            **{relation.field.name: None}
        ).values_list(relation.field.attname, flat=True)
    }


def _rename(row):
    for field in editions.content_fields(type(row)):
        value = getattr(row, field.attname)
        if isinstance(value, str) and MARKER.fullmatch(value) and field.name != "slug":
            setattr(row, field.attname, f"{value[:-1]}w")
    row.save()
