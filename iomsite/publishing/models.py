"""How anything becomes public: the state of a page, and the source of what it says."""

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .querysets import NaturalKeyQuerySet, PublishableQuerySet
from .states import State


class NaturalKeyModel(models.Model):
    """A row that fixtures name by words, so that they load beside whatever ids are there already.

    `natural_key_fields` may follow one foreign key (`programme__slug`).
    """

    natural_key_fields: ClassVar[tuple[str, ...]] = ("slug",)

    objects: ClassVar[models.Manager[Any]] = NaturalKeyQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(self._follow(name) for name in self.natural_key_fields)

    def _follow(self, lookup: str) -> Any:
        value: Any = self
        for name in lookup.split("__"):
            value = getattr(value, name)
        return value


class Source(NaturalKeyModel):
    """A document that facts were taken from, or a standard that reference data follows."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        REFERENCE = "reference", _("Reference data")

    natural_key_fields = ("code",)

    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("Short and lasting. Example: seed-000.")
    )
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("As visitors read it under “Sources”. Example: ISO 3166-1 country codes."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.DOCUMENT)
    url = models.URLField(_("address"), blank=True, default="")
    note = models.TextField(_("note for editors"), blank=True, default="")

    class Meta:
        verbose_name = _("source")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class Sourced(models.Model):
    """Says where its facts come from and what was changed on the way."""

    sources = models.ManyToManyField(
        Source,
        verbose_name=_("sources"),
        related_name="+",
        blank=True,
        help_text=_("Every document that holds one of these facts."),
    )
    source_text = models.TextField(
        _("passage in the source"),
        blank=True,
        default="",
        help_text=_("Word for word, errors included. Staff only."),
    )
    correction_note = models.TextField(
        _("editing note"),
        blank=True,
        default="",
        help_text=_(
            "What was corrected in the wording of the source; visitors read it. "
            "Example: “heath session” was corrected to “health session”."
        ),
    )
    editor_note = models.TextField(
        _("note for editors"),
        blank=True,
        default="",
        help_text=_("Doubts and decisions. Staff only."),
    )

    class Meta:
        abstract = True


class Publishable(Sourced, NaturalKeyModel):
    """A page in its own words, which is a draft until somebody publishes it."""

    slug = models.SlugField(
        _("slug"),
        max_length=120,
        unique=True,
        help_text=_(
            "The last part of the address: small letters, digits and hyphens. "
            "Example: end-malaria-for-good."
        ),
    )
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

    objects: ClassVar[models.Manager[Any]] = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        # Who may change words may not therefore publish them: `publish_<model>` is asked for that.
        default_permissions = ["add", "change", "delete", "view", "publish"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(published_at__isnull=False),
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
        ]

    def publish(self, *, by: Any, at: datetime.datetime | None = None) -> None:
        """Make this public from `at` on: now by default, a future moment schedules it.

        A page that was public before and comes back keeps no memory of its first publication yet.
        """
        now = timezone.now()
        self.state = State.PUBLISHED
        self.published_at = at or now
        if self.expires_at and self.expires_at <= self.published_at:
            self.expires_at = None
        self._save_state(by, now)

    def withdraw(self, *, by: Any) -> None:
        """Take this off the site. What the public never saw becomes a draft again."""
        now = timezone.now()
        seen = bool(self.published_at and self.published_at <= now)
        self.state = State.WITHDRAWN if seen else State.DRAFT
        if not seen:
            self.published_at = None
            self.expires_at = None
        self._save_state(by, now)

    def _save_state(self, by: Any, now: datetime.datetime) -> None:
        self.updated_by, self.updated_at = by, now
        self.save(update_fields=["state", "published_at", "expires_at", "updated_by", "updated_at"])

    def is_public(self, at: datetime.datetime | None = None) -> bool:
        """The twin of `published()` for one row at hand: no query."""
        at = at or timezone.now()
        return bool(
            self.state == State.PUBLISHED
            and self.published_at
            and self.published_at <= at
            and (self.expires_at is None or self.expires_at > at)
        )
