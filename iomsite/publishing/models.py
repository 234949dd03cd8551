"""How anything becomes public: the state of a page."""

import datetime
import uuid
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import rules
from .natural_keys import NaturalKeyModel, Part
from .querysets import HELD, PublishableQuerySet, ResponsibleQuerySet
from .records import AuditEntry, Autosave, Ledger, Presence, PreviewLink
from .sourced import Source, Sourced
from .states import UNFINISHED, WORKING, State, Withdrawal
from .targets import is_target

__all__ = [
    "APPROVED",
    "FIRST_PUBLIC",
    "AuditEntry",
    "Autosave",
    "Ledger",
    "NaturalKeyModel",
    "Part",
    "Presence",
    "PreviewLink",
    "Publishable",
    "PublishingSet",
    "Redirect",
    "Source",
    "Sourced",
    "complete",
    "of_what_waits",
    "one_page_per",
]


# Since when a page has been public: no later edition changes it.
FIRST_PUBLIC = Coalesce("first_published_at", "published_at")
# What comes and goes by time alone, as indexes of what is public have it.
APPROVED = Q(edition_of=None, state=State.PUBLISHED)


def of_what_waits() -> list[models.Index]:
    """For tables that grow long: the few rows that `inbox` lists. The first column of each is one
    that is asked for, as SQLite takes an index only for a column.
    """
    return [
        models.Index(
            fields=["state"],
            condition=Q(state=State.IN_REVIEW),
            name="%(class)s_in_review",
        ),
        models.Index(
            fields=["state"],
            condition=Q(state=State.DRAFT) & ~Q(remark=""),
            name="%(class)s_sent_back",
        ),
        models.Index(
            fields=["edition_of"],
            condition=Q(edition_of=None) & ~Q(emergency_reason=""),
            name="%(class)s_flagged",
        ),
        models.Index(
            fields=["state", "published_at"],
            condition=HELD & Q(state=State.PUBLISHED),
            name="%(class)s_held",
        ),
        models.Index(
            fields=["edition_of", "review_by"],
            condition=APPROVED & Q(review_by__isnull=False),
            name="%(class)s_to_check",
        ),
    ]


def one_page_per(field: str) -> models.UniqueConstraint:
    """No two pages share this value; editions of one page do."""
    return models.UniqueConstraint(
        fields=[field],
        condition=Q(edition_of=None),
        name=f"%(app_label)s_%(class)s_one_{field}",
        violation_error_code=field,
        violation_error_message=_("Another page has this value already."),
    )


def complete(field: str) -> models.CheckConstraint:
    """A draft may lack this column, what is public may not."""
    return models.CheckConstraint(
        condition=Q(state__in=UNFINISHED) | Q(**{f"{field}__isnull": False}),
        name=f"%(app_label)s_%(class)s_{field}_complete",
        violation_error_message=_("This is needed before the page can be published."),
    )


def responsible_office() -> models.ForeignKey:
    """The office whose staff a row belongs to. None is headquarters; `accounts.rights` asks it."""
    return models.ForeignKey(
        "accounts.Office",
        verbose_name=_("responsible office"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "Its staff, and those of the offices above, work on this. Empty: headquarters."
        ),
    )


class PublishingSet(NaturalKeyModel):
    """Pages that go live in one instant or not at all, and are approved together.

    It holds them until they are public: being in a set is what keeps an approved page waiting.
    """

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(
        _("title"), max_length=200, help_text=_("For staff. Example: World Malaria Day 2027.")
    )
    published_at = models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
        help_text=_("Empty: as soon as the set is approved."),
    )
    responsible_office = responsible_office()

    objects: ClassVar[Any] = ResponsibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("set of pages")
        verbose_name_plural = _("sets of pages")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Publishable(Sourced, NaturalKeyModel):
    """A page in its own words, which is a draft until somebody publishes it.

    One table holds all editions of a page. The row without `edition_of` is the page: what the
    public sees and what links point to. The others are its working copy and what it said before.
    """

    slug = models.SlugField(
        _("slug"),
        max_length=120,
        help_text=_(
            "The last part of the address: small letters, digits and hyphens. "
            "Example: end-malaria-for-good."
        ),
    )
    # What texts, the trail and feeds name a page by: the same in every edition and every database.
    uid = models.UUIDField(_("lasting number"), default=uuid.uuid4, editable=False)
    edition_of = models.ForeignKey(
        "self",
        verbose_name=_("edition of"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="editions",
        # Found by the numbers of editions. An index that holds pages as well, which are nobody's
        # edition, is the one that SQLite would take for every public list.
        db_index=False,
    )
    edition = models.PositiveIntegerField(_("edition"), default=1, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        help_text=_("Public from this moment. In the future: the page is scheduled."),
    )
    expires_at = models.DateTimeField(
        _("expires at"),
        null=True,
        blank=True,
        help_text=_("From this moment the page is gone. Empty: it stays."),
    )
    first_published_at = models.DateTimeField(
        _("first published at"), null=True, blank=True, editable=False
    )
    superseded_at = models.DateTimeField(_("public until"), null=True, blank=True, editable=False)
    change_note = models.TextField(
        _("change note"),
        blank=True,
        default="",
        editable=False,
        help_text=_("What changed, for visitors. Empty for a minor change."),
    )
    review_by = models.DateField(
        _("review by"),
        null=True,
        blank=True,
        help_text=_("When somebody should check that this still holds."),
    )
    remark = models.TextField(_("remark of the reviewer"), blank=True, default="", editable=False)
    emergency_reason = models.TextField(
        _("reason of the emergency"), blank=True, default="", editable=False
    )
    withdrawal = models.CharField(
        _("withdrawal"), max_length=10, choices=Withdrawal, blank=True, default="", editable=False
    )
    withdrawal_note = models.TextField(
        _("reason of the withdrawal"), blank=True, default="", editable=False
    )
    moved_to = models.CharField(
        _("moved to"), max_length=400, blank=True, default="", editable=False
    )
    publishing_set = models.ForeignKey(
        PublishingSet,
        verbose_name=_("set of pages"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Pages that go live together, or not at all."),
    )
    responsible_office = responsible_office()
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    # The column that holds what staff call the page.
    name_field: ClassVar[str] = "title"

    # The columns that a form has changed; None where there is no form.
    typed: set[str] | None = None
    # Links that it has none of, as its relation would say it: known where it was just replaced.
    known_empty: Mapping[str, Any] = {}

    edition_of_id: int | None
    updated_by_id: int | None
    publishing_set_id: int | None
    responsible_office_id: int | None
    get_absolute_url: ClassVar[Any]  # of those that have a page of their own

    objects: ClassVar[Any] = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        # Who may change words may not therefore publish them: `publish_<model>` is asked for that,
        # and `review_<model>` for changing or sending back what somebody else wrote.
        default_permissions = ["add", "change", "delete", "view", "publish", "review"]
        indexes = [
            models.Index(
                fields=["published_at"],
                condition=APPROVED,
                name="%(class)s_public",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(edition_of=None, state=State.PUBLISHED, expires_at__isnull=False),
                name="%(class)s_expiry",
            ),
            models.Index(
                FIRST_PUBLIC.desc(),
                F("id").desc(),
                condition=APPROVED,
                name="%(class)s_newest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(edition_of=None),
                name="%(app_label)s_%(class)s_one_address",
                violation_error_message=_(
                    "Another page (perhaps in the bin) has this slug. Choose another."
                ),
            ),
            models.UniqueConstraint(
                fields=["uid"],
                condition=Q(edition_of=None),
                name="%(app_label)s_%(class)s_one_uid",
            ),
            models.UniqueConstraint(
                fields=["edition_of"],
                condition=Q(state__in=WORKING),
                name="%(app_label)s_%(class)s_one_working_copy",
            ),
            models.UniqueConstraint(
                fields=["edition_of", "edition"],
                condition=Q(edition_of__isnull=False),
                name="%(app_label)s_%(class)s_edition_numbers",
            ),
            models.CheckConstraint(
                condition=Q(edition_of=None, state__in=[s for s in State if s != State.SUPERSEDED])
                | Q(edition_of__isnull=False, state__in=[*WORKING, State.SUPERSEDED]),
                name="%(app_label)s_%(class)s_state_of_edition",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED) | Q(published_at__isnull=False),
                name="%(app_label)s_%(class)s_public_since",
                violation_error_message=_("A published page needs the moment of publication."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("published_at")),
                name="%(app_label)s_%(class)s_expires_after_publication",
                violation_error_message=_(
                    "The page would expire before it is published. Choose a later “expires at”."
                ),
            ),
            models.CheckConstraint(
                condition=Q(first_published_at=None) | Q(first_published_at__lte=F("published_at")),
                name="%(app_label)s_%(class)s_first_published_first",
                violation_error_message=_(
                    "The first publication cannot be later than the publication. "
                    "Correct one of the two."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawal__in=Withdrawal.values)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawal="")),
                name="%(app_label)s_%(class)s_kind_of_withdrawal",
            ),
            models.CheckConstraint(
                condition=Q(edition_of=None) | Q(responsible_office=None),
                name="%(app_label)s_%(class)s_office_of_page",
            ),
        ]

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Nobody types which page an edition is of, so that page has not to be looked for."""
        super().clean_fields({*(exclude or ()), "edition_of"})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """As Django does, without a statement where the row tells (see `rules`)."""
        errors: dict[str, Any] = {}
        for constraint in self._meta.constraints:
            try:
                rules.validate(
                    constraint, self, exclude=exclude or (), is_as_saved=self._is_as_read
                )
            except ValidationError as error:
                fields: Any = getattr(constraint, "fields", ())
                if error.code == "unique" and len(fields) == 1:
                    errors.setdefault(fields[0], []).append(error)
                else:
                    errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _is_as_read(self, names: Collection[str]) -> bool:
        """Whether a form that has read this row has left these columns of it."""
        return not (self._state.adding or self.typed is None or self.typed & set(names))

    def natural_key(self) -> tuple[Any, ...]:
        if self.edition_of is None:
            return (self.slug,)
        return (self.edition_of.slug, self.edition)

    @property
    def change_notes(self) -> list[Self]:
        """Editions that say what changed, newest first. One query, from edition 2 on.

        A preview tells what its page tells, and then its own.
        """
        if self.edition < 2:
            return []
        page = self.edition_of_id or self.pk
        was_public = Q(pk=page) | Q(edition_of=page, state=State.SUPERSEDED)
        earlier = type(self).objects.filter(was_public, edition__lt=self.edition)
        noted = earlier.exclude(change_note="").only("change_note", "published_at")
        return [*([self] if self.change_note else []), *noted.order_by("-edition")]

    @classmethod
    def text_targets(cls, reader: Any) -> Any:
        """The pages that a text may name before this reader: of visitors (None), what is public."""
        return cls.objects.to_refer_to(reader) if reader else cls.objects.published()

    def text_address(self) -> str:
        """Where a link in a text leads; empty where there is no page to lead to."""
        if not hasattr(self, "get_absolute_url"):
            return ""
        address: str = self.get_absolute_url()
        return address if self.is_public() else f"{address.partition('#')[0]}?edition={self.pk}"

    def text_choice(self) -> dict[str, str]:
        """What whoever writes a text reads beside the name, before it is chosen. No statement."""
        return {}

    @property
    def page(self) -> Self:
        """The row that the public sees and links point to."""
        return cast(Self, self.edition_of or self)

    def lacks(self) -> dict[str, list[str]]:
        """What publication needs besides fields and constraints, by field."""
        return {}

    def is_public(self, at: datetime.datetime | None = None) -> bool:
        """The twin of `published()` for one row at hand: no query."""
        at = at or timezone.now()
        return bool(
            self.edition_of_id is None
            and self.state == State.PUBLISHED
            and self.published_at
            and self.published_at <= at
            and (self.expires_at is None or self.expires_at > at)
            and self.publishing_set_id is None
        )

    def was_public(self, at: datetime.datetime | None = None) -> bool:
        """The twin of `gone()` for one row at hand: no query."""
        at = at or timezone.now()
        is_over = self.state == State.WITHDRAWN or bool(
            self.state == State.PUBLISHED and self.expires_at and self.expires_at <= at
        )
        return bool(
            is_over
            and self.edition_of_id is None
            and self.published_at
            and self.published_at <= at
            and self.publishing_set_id is None
        )

    def is_readable(self, at: datetime.datetime | None = None) -> bool:
        """Whether its address shows it: it is public, or withdrawn and stays with a notice."""
        is_kept = self.state == State.WITHDRAWN and self.withdrawal == Withdrawal.NOTICE
        return self.is_public(at) or bool(is_kept and self.edition_of_id is None)

    def is_scheduled(self, at: datetime.datetime | None = None) -> bool:
        """The twin of `scheduled()` for one row at hand: no query."""
        is_ahead = bool(self.published_at and self.published_at > (at or timezone.now()))
        return self.state == State.PUBLISHED and (is_ahead or self.publishing_set_id is not None)


class Redirect(NaturalKeyModel):
    """Sends visitors from an address that a page had to the one it has."""

    natural_key_fields = ("old_path",)

    old_path = models.CharField(
        _("old address"),
        max_length=400,
        unique=True,
        help_text=_("From the first slash on. Example: /our-work/programmes/health-in-iran/."),
    )
    new_path = models.CharField(
        _("new address"),
        max_length=400,
        help_text=_("An address of this site, or a whole one that begins with https://."),
    )
    is_automatic = models.BooleanField(_("made by a changed slug"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("redirect")
        ordering = ["old_path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(old_path__startswith="/") & ~Q(old_path=F("new_path")),
                name="%(app_label)s_%(class)s_leads_elsewhere",
                violation_error_message=_(
                    "Begin the old address with a slash, and lead to another one than that."
                ),
            ),
            models.CheckConstraint(
                # Browsers take two slashes, also backwards, for another site.
                condition=Q(new_path__startswith="https://")
                | Q(new_path__startswith="/")
                & ~Q(new_path__startswith="//")
                & ~Q(new_path__startswith="/\\"),
                name="%(app_label)s_%(class)s_known_target",
                violation_error_message=_("Begin the new address with one slash, or https://."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.new_path}"

    def clean(self) -> None:
        if self.new_path and not is_target(self.new_path):
            said = _("No browser reads this address. Copy it from one that shows the page.")
            raise ValidationError({"new_path": said})
