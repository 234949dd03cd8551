"""Who may do what, and where: the one question that lists, forms and every other page ask.

Two forms of it, with one answer. For one row: `user.has_perm("news.change_campaign", page)`, which
`RightsMixin` answers; without a row it means: in any office. For many rows: `scope(user, name)`,
which `visible_to` and its like turn into a condition.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import DateField, FilteredRelation, QuerySet
from django.utils import timezone

from iomsite.prepared import Given, Prepared, columns_of, made_of

from . import roles
from .models import Assignment, Office, User, holding


@dataclass(frozen=True)
class Scope:
    """Where somebody has a right: everywhere, or in these offices. False where nowhere."""

    everywhere: bool = False
    offices: frozenset[int] = frozenset()

    def holds(self, office: int | None) -> bool:
        """Whether this office is among them; None is headquarters."""
        return self.everywhere or office in self.offices

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.offices)

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(self.everywhere or other.everywhere, self.offices | other.offices)


NOWHERE = Scope()
EVERYWHERE = Scope(everywhere=True)


def scope(user: Any, permission: str) -> Scope:
    """In which offices this person has this permission today."""
    if not user.is_active:
        return NOWHERE
    return EVERYWHERE if user.is_superuser else rights_of(user).get(permission, NOWHERE)


def rights_of(user: Any) -> dict[str, Scope]:
    """Every permission that assignments give today, with where. One statement a request."""
    found: dict[str, Scope] | None = getattr(user, "_rights", None)
    if found is None:
        found = user._rights = _read_rights(user) if user.is_active else {}
    return found


def _read_rights(user: Any) -> dict[str, Scope]:
    rows = Assignment.objects.on().filter(person=user.pk).order_by()
    return _rights(rows.values_list("role", "office", "office__kind", "office__below"))


def with_rights(key: Any) -> User | None:
    """The account of this number, with what its assignments give today. One statement."""
    rows = _ACCOUNT(key=key, day=timezone.localdate())
    if not rows:
        return None
    user = made_of(User, rows[0])
    held = [row[-len(HELD) :] for row in rows]
    user._rights = _rights(one for one in held if one[0]) if user.is_active else {}
    return user


HELD = [f"held__{column}" for column in ("role", "office", "office__kind", "office__below")]


def _account_and_held() -> QuerySet[User, Any]:
    key, day = Given("key", User._meta.pk), Given("day", DateField())
    held = FilteredRelation("assignments", condition=holding("assignments__", day))
    account = User.objects.filter(pk=key).annotate(held=held)
    return account.values_list(*columns_of(User), *HELD)


# Every page of staff begins with it.
_ACCOUNT = Prepared(_account_and_held)


def _rights(rows: Iterable[Any]) -> dict[str, Scope]:
    held: dict[tuple[str, bool], set[int]] = defaultdict(set)
    for role, office, kind, below in rows:
        held[role, kind == Office.Kind.HEADQUARTERS] |= {office, below} - {None}
    found: dict[str, Scope] = {}
    for (role, is_top), offices in held.items():
        where = EVERYWHERE if is_top else Scope(offices=frozenset(offices))
        for name in roles.permissions_of(role, at_headquarters=is_top):
            found[name] = found.get(name, NOWHERE) | where
    return found


def names_of(user: Any) -> frozenset[str]:
    """The permissions that this person has anywhere; "*" for all. What follows from them alone
    can be kept for all who have the same."""
    if not user.is_active:
        return frozenset()
    return frozenset("*") if user.is_superuser else frozenset(rights_of(user))


def works_here(user: Any) -> bool:
    """Whether this person has any business behind the scenes today."""
    return user.is_active and (user.is_superuser or bool(rights_of(user)))


def offices_for(user: Any, permission: str) -> QuerySet[Office]:
    """The offices in which this person has this permission, headquarters included."""
    where = scope(user, permission)
    return Office.objects.all() if where.everywhere else Office.objects.filter(pk__in=where.offices)


class RightsMixin:
    """Answers `has_perm` from assignments alone, for a backend that knows how people sign in."""

    user_can_authenticate: Any

    def get_user(self, user_id: Any) -> User | None:
        user = with_rights(user_id)
        return user if user and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        where = scope(user_obj, perm)
        page = getattr(obj, "page", obj)
        if hasattr(page, "responsible_office_id"):
            return where.holds(page.responsible_office_id)
        return bool(where)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(name.startswith(f"{app_label}.") for name in rights_of(user_obj))

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return {name for name in rights_of(user_obj) if self.has_perm(user_obj, name, obj)}

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()


class RoleBackend(RightsMixin, ModelBackend):
    """Signs in by password, and takes rights from assignments."""
