"""An organisation of offices with pages of every kind in each, for whoever asks who sees what.

Each text of each row has a word of its own, so that an answer shows what it was made of.
"""

import datetime
from collections import defaultdict
from itertools import chain, count

from django.utils import timezone

from iomsite.accounts.models import Office, User
from iomsite.organisation.models import Page
from iomsite.publishing import audit, editions
from iomsite.publishing.models import (
    AuditEntry,
    Autosave,
    Publishable,
    PublishingSet,
    Redirect,
    Source,
)
from iomsite.publishing.states import State
from news.models import Campaign
from programmes.models import Region, RegionalOffice
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory, headquarters
from tests.factories.publishing import RedirectFactory
from tests.publishing.worlds import REFERENCES, World, course, set_state

# Where pages belong, and where people work. Pages of headquarters have no office.
PLACES = ("headquarters", "regional", "country", "sibling", "elsewhere")
# The places that rights reach: one's own, and those below.
REACH = {
    "headquarters": set(PLACES),
    "regional": {"regional", "country", "sibling"},
    "country": {"country"},
    "sibling": {"sibling"},
}
ROLES = ("contributor", "editor", "publisher")
ASSIGNED = [
    ("administrator", "headquarters"),
    *((role, place) for place in ("headquarters", "regional", "country") for role in ROLES),
]
# Somebody who has another role in another office: what they may do differs from row to row.
BOTH = (("publisher", "country"), ("contributor", "sibling"))
# Whoever has no business here today, whatever they were or are to be.
OUTSIDERS = ("nobody", "assignment over", "assignment to come", "account closed")
DAY = datetime.timedelta(days=1)

# What there is of each kind of page in each place.
STATES = {
    "draft": lambda: course(State.DRAFT),
    "public": lambda: course(State.PUBLISHED, published_at=-9),
    "binned": lambda: course(State.BINNED),
}
EDITIONS = {
    "past": lambda: course(State.SUPERSEDED, published_at=-20, superseded_at=-9),
    "copy": lambda: course(State.IN_REVIEW),
}


class Organisation(World):
    """Ties the rows of each place to rows of the other places, hidden ones first."""

    references_of_a_kind = 1

    def __init__(self):
        super().__init__()
        self.offices = _offices()
        self.turns = defaultdict(count)
        self.places = {}  # row -> its place
        self.keys = {}  # model, place, name of the state -> key
        self.people = {}

    def put(self, model, place, name, **fields):
        """A row of this place; of a page, in this state."""
        office = self.offices[place]
        state = name if name in STATES else ""
        row = self.add(model, state=state, is_public=False, responsible_office=office, **fields)
        if name == "public":
            self.public.add(row)
        self._note(row, place, name)
        return row

    def put_edition(self, page, number, name):
        place = self.places[page]
        row = self._add(type(page), edition_of=page, edition=number)
        self._note(row, place, name)
        self.tie(row)
        set_state(row, EDITIONS[name]())

    def _note(self, row, place, name):
        self.places[row] = place
        self.keys[type(row), place, name] = row.pk

    def choose(self, row, field, targets):
        """Something hidden in another place, as headquarters may have tied it there."""
        others = self._of_others(row, targets)
        return others[next(self.turns[type(row), field.name]) % len(others)]

    def some(self, row, targets):
        return self._of_others(row, targets)[:3]

    def _of_others(self, row, targets):
        place = self.places.get(getattr(row, "page", row))
        hidden = [
            one
            for one in targets
            if self.places.get(one) not in (None, place) and self.states.get(one) == "draft"
        ]
        return hidden or targets

    def is_open_to(self, row, reach):
        """Whether people whose rights reach these places may read the words of this row."""
        place = self.places.get(row)
        return place is None or place in reach or row in self.public


def _offices():
    regional = OfficeFactory(kind="regional", name="Regional office")
    headquarters()
    return {
        "headquarters": None,
        "regional": regional,
        "country": OfficeFactory(parent=regional, name="Country office"),
        "sibling": OfficeFactory(parent=regional, name="Office beside it"),
        "elsewhere": OfficeFactory(name="Office elsewhere"),
    }


def build():
    world = Organisation()
    for model in (*REFERENCES, Source):
        row = world.add(model)
        world.keys[model, None, "row"] = row.pk
    for model in editions.publishable_models():
        for place in PLACES:
            for name in STATES:
                # The address of a page begins with that of the page above, so that one is public.
                above = "public" if model is Page else "draft"
                world.put(model, place, name, is_top=(place, name) == ("elsewhere", above))
    office = world.add(RegionalOffice, region=world.rows[Region][0])
    world.keys[RegionalOffice, None, "row"] = office.pk
    for row in chain(*world.rows.values()):
        world.tie(row)
    _add_sets(world)
    world.save_lists()
    for row, name in world.states.items():
        set_state(row, STATES[name]())
    for page in [row for row, name in world.states.items() if name == "public"]:
        for number, name in enumerate(EDITIONS, 2):
            world.put_edition(page, number, name)
    world.save_lists()
    _add_records(world)
    _add_people(world)
    return world


def _add_sets(world):
    """A set in each place with a page of that place; in another, a page of the next as well."""
    for place, following in zip(PLACES, (*PLACES[1:], PLACES[0]), strict=True):
        for name, places in (("set", [place]), ("mixed", [place, following])):
            chosen = world.put(PublishingSet, place, name)
            for belongs in places:
                office = world.offices[belongs]
                member = world.add(
                    Campaign, is_public=False, publishing_set=chosen, responsible_office=office
                )
                world.places[member] = belongs
                if belongs != place:
                    world.keys[Campaign, belongs, "member"] = member.pk
                world.tie(member)
                set_state(member, course(State.IN_REVIEW))


def _add_records(world):
    """Of each draft, an entry in the trail and what a colleague has typed and not saved."""
    colleague = UserFactory()
    typing = []
    for row, name in world.states.items():
        place = world.places[row]
        if name == "draft":
            row.refresh_from_db()
            entry = audit.record(row, AuditEntry.Action.CREATED, by=None)
            world.keys[AuditEntry, place, "row"] = entry.pk
            typing.append(_typed(world, row, colleague))
    Autosave.objects.bulk_create(typing)
    for model, factory in ((Redirect, RedirectFactory), (Office, OfficeFactory)):
        world.keys[model, None, "row"] = factory().pk
    world.keys[User, None, "row"] = colleague.pk


def _typed(world, row, colleague):
    """Nobody but the colleague reads it, wherever they work."""
    words = f"typed-{type(row).__name__}-{row.pk}-by-a-colleague"
    return Autosave(
        user=colleague,
        model=row._meta.label_lower,
        edition_id=row.pk,
        typed=f"{row.name_field}={words}",
        saved_at=timezone.now(),
    )


def _add_people(world):
    for role, place in ASSIGNED:
        office = world.offices[place] or headquarters()
        world.people[role, place] = UserFactory(role=role, role__office=office)
    world.people["both"] = UserFactory()
    for role, place in BOTH:
        office = world.offices[place]
        AssignmentFactory(person=world.people["both"], role=role, office=office)
    today = timezone.localdate()
    over, to_come, closed = (UserFactory() for _each in range(3))
    AssignmentFactory(person=over, ends_on=today - DAY)
    AssignmentFactory(person=to_come, starts_on=today + DAY)
    AssignmentFactory(person=closed)
    closed.is_active = False
    closed.save()
    outsiders = (UserFactory(), over, to_come, closed)
    world.people |= dict(zip(OUTSIDERS, outsiders, strict=True))


def is_placed(model):
    """Whether rows of this model belong to offices."""
    return model is not None and issubclass(model, Publishable | PublishingSet | AuditEntry)
