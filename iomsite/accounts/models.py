"""Who staff are, the offices they work for, and what they do there."""

import datetime
from typing import Any, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import roles


class PersonManager(UserManager):
    use_in_migrations = False

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """People sign in by it, however they spell it."""
        return (email or "").lower()


class User(AbstractUser):
    """A member of staff. The site's own table from the start: swapping it later is not possible.

    What somebody may do comes from assignments alone, so Django's groups and single permissions
    have no columns here.
    """

    groups = None
    user_permissions = None

    objects = PersonManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email=""),
                name="%(app_label)s_%(class)s_one_an_address",
                violation_error_message=_("Another account has this e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))),
                name="%(app_label)s_%(class)s_small_letters",
                violation_error_message=_("Write the e-mail address in small letters."),
            ),
        ]


class OfficeQuerySet(models.QuerySet[Any]):
    def get_by_natural_key(self, code: str) -> Any:
        return self.get(code=code)


class Office(models.Model):
    """Where staff work, and what is responsible for pages: a tree with headquarters at its top."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters", _("Headquarters")
        REGIONAL = "regional", _("Regional office")
        COUNTRY = "country", _("Country office")

    natural_key_fields = ("code",)

    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("Short and lasting. Example: pretoria.")
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        unique=True,
        help_text=_("As staff call it. Example: Regional Office in Pretoria."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="below",
        help_text=_("The office above. People there may do here whatever they may do there."),
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="headquarters"),
                name="%(app_label)s_%(class)s_one_headquarters",
                violation_error_message=_("There is an office of this kind already, and one only."),
            ),
            models.CheckConstraint(
                condition=Q(kind="headquarters", parent=None)
                | Q(kind__in=["regional", "country"], parent__isnull=False),
                name="%(app_label)s_%(class)s_place_in_tree",
                violation_error_message=_(
                    "Every office belongs to another one; headquarters to none."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What one row cannot tell: only the kinds above may be above, so no circle can arise."""
        kinds = self.Kind.values
        if self.kind not in kinds:
            return  # the field itself says so
        rank, above = kinds.index(self.kind), self.parent
        if above and kinds.index(above.kind) >= rank:
            raise ValidationError(
                {"parent": _("A country office belongs to a regional office or headquarters, a "
                             "regional office to headquarters.")},
                code="order_of_kinds",
            )  # fmt: skip
        if self.pk and self.below.filter(kind__in=kinds[: rank + 1]).exists():
            raise ValidationError(
                {"kind": _("Offices below this one would be above their kind: move them first.")},
                code="order_below",
            )

    def natural_key(self) -> tuple[str]:
        return (self.code,)


def holding(path: str = "", day: Any = None) -> Q:
    """Assignments that hold on this day, today by default; the last day counts."""
    day = day or timezone.localdate()
    has_not_ended = Q(**{f"{path}ends_on": None}) | Q(**{f"{path}ends_on__gte": day})
    return has_not_ended & Q(**{f"{path}starts_on__lte": day})


class AssignmentQuerySet(models.QuerySet[Any]):
    def on(self, day: datetime.date | None = None) -> Self:
        """See `holding`."""
        return self.filter(holding(day=day))


class Assignment(models.Model):
    """Somebody has a role in an office, from one day to another, both included."""

    person = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("role"), max_length=20, choices=roles.CHOICES)
    office = models.ForeignKey(
        Office,
        verbose_name=_("office"),
        on_delete=models.PROTECT,
        related_name="assignments",
        help_text=_("The role holds there and in all offices below."),
    )
    starts_on = models.DateField(_("first day"), default=timezone.localdate)
    ends_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=list(roles.ROLES)),
                name="%(app_label)s_%(class)s_known_role",
                violation_error_message=_("There is no such role."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="%(app_label)s_%(class)s_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.UniqueConstraint(
                fields=["person", "role", "office", "starts_on"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This person has this role there from that day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}, {self.office}"

    def clean(self) -> None:
        """What one row cannot tell: the kind of the office."""
        office = Office.objects.filter(pk=self.office_id).first()
        only_at_headquarters = self.role == roles.ADMINISTRATOR.code
        if office and only_at_headquarters and office.kind != Office.Kind.HEADQUARTERS:
            raise ValidationError(
                {"role": _("Administrators work at headquarters.")}, code="headquarters"
            )

    @property
    def has_begun(self) -> bool:
        return self.starts_on <= timezone.localdate()
