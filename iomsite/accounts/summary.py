"""What somebody may do, in plain words."""

from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from . import roles
from .models import Assignment, Office


def sentences(person: Any, who: str = "") -> list[str]:
    """A sentence for each role and time, of today and later; the soonest first. Two statements."""
    together: dict[Any, list[Office]] = defaultdict(list)
    for one in _assignments(person):
        together[one.role, _when(one)].append(one.office)
    return [
        capfirst(said % {"who": who or _("you"), "what": _what(roles.ROLES[role], offices)})
        for (role, said), offices in together.items()
    ]


def rights_in_words(person: Any) -> list[tuple[str, str]]:
    """Pairs of what this person can do today and in which offices."""
    places: dict[roles.Right, list[Office]] = defaultdict(list)
    today = timezone.localdate()
    for one in _assignments(person):
        if one.starts_on <= today:
            for right in roles.ROLES[one.role].rights:
                if not right.only_at_headquarters or _is_top(one.office):
                    places[right].append(one.office)
    return [(capfirst(str(right.words)), _where(offices)) for right, offices in places.items()]


def _assignments(person: Any) -> Any:
    rows = Assignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()), person=person.pk
    )
    rows = rows.order_by("starts_on", "role", "office__name")
    return rows.select_related("office").prefetch_related("office__below")


def _when(one: Assignment) -> str:
    """The frame of a sentence, with the days already in it."""
    first, last = (day and date_format(day, "DATE_FORMAT") for day in (one.starts_on, one.ends_on))
    words = {"first": first, "last": last, "who": "%(who)s", "what": "%(what)s"}
    if one.has_begun:
        said = _("Until %(last)s %(who)s can %(what)s.") if last else _("%(who)s can %(what)s.")
    elif last:
        said = _("From %(first)s to %(last)s %(who)s can %(what)s.")
    else:
        said = _("From %(first)s on %(who)s can %(what)s.")
    return said % words


def _what(role: roles.Role, offices: list[Office]) -> str:
    return str(role.sentence) % {"offices": _where(offices)}


def _where(offices: list[Office]) -> str:
    if any(map(_is_top, offices)):
        return _("all offices")
    named = {office.name: None for office in offices}
    below = {one.name: None for office in offices for one in office.below.all()}
    return get_text_list([*named, *(name for name in below if name not in named)], _("and"))


def _is_top(office: Office) -> bool:
    return office.kind == Office.Kind.HEADQUARTERS
