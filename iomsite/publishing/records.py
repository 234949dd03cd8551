"""What the site keeps beside its pages: who did what, who reads by a link, who types where.

These rows name pages by number, so they belong to one database and are in no fixture.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """What somebody did to an edition. Entries are added, never changed, and outlive the account.

    Names are copied, not referred to. `digest` covers the entry and the digest before it, so that
    `manage.py verify_audit` notices an entry that was changed or taken away.
    """

    class Action(models.TextChoices):
        CREATED = "created", _("created")
        EDITED = "edited", _("edited")
        SUBMITTED = "submitted", _("submitted for review")
        SENT_BACK = "sent-back", _("sent back")
        PUBLISHED = "published", _("published")
        SCHEDULED = "scheduled", _("scheduled")
        UNSCHEDULED = "unscheduled", _("taken off the schedule")
        EMERGENCY = "emergency", _("published in an emergency")
        APPROVED = "approved", _("approved afterwards")
        DISCARDED = "discarded", _("discarded")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RESTORED = "restored", _("restored")
        BINNED = "binned", _("moved to the bin")
        UNBINNED = "unbinned", _("taken out of the bin")
        DELETED = "deleted", _("deleted")
        GROUPED = "grouped", _("moved to another set")
        HANDED_OVER = "handed-over", _("given to another office")

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=20, choices=Action)
    actor_id = models.BigIntegerField(_("account number"), null=True)
    actor_name = models.CharField(_("who"), max_length=200)
    model = models.CharField(_("kind of page"), max_length=100)
    page_id = models.BigIntegerField(_("page number"))
    edition = models.PositiveIntegerField(_("edition"))
    title = models.CharField(_("title"), max_length=300)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    reason = models.TextField(_("reason"), blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["model", "page_id"], name="auditentry_page")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_action_display()} {self.title}"


class Ledger(models.Model):
    """The one row that whoever changes the state of a page locks first.

    One lock for all, so no two people can wait for each other. It holds the end of the audit chain,
    the next moment at which something public comes, goes or is replaced, up to which moment that
    has been told (see `changes`), how often what the public sees has changed, and since when
    and why nothing may be changed (see `readonly`).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64, blank=True, default="")
    entries = models.PositiveBigIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    told_until = models.DateTimeField(null=True)
    generation = models.PositiveBigIntegerField(default=0)
    read_only_since = models.DateTimeField(null=True, blank=True)
    read_only_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="%(app_label)s_%(class)s_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.entries}: {self.digest}"


class Stamp(models.Model):
    """The generation in which a row last changed, or in which its page came to look different.

    `EVERYTHING` stands for every page: one without a stamp of its own was moved on by that last.
    `ANY_ROW` stands for every row, as after a whole database was loaded.
    """

    EVERYTHING = ("all", 0)
    ANY_ROW = ("any", 0)

    model = models.CharField(max_length=100)
    row_id = models.BigIntegerField()
    generation = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["model", "row_id"], name="%(app_label)s_%(class)s_row"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}: {self.generation}"


class PreviewLink(models.Model):
    """Lets somebody without an account read one edition for a while."""

    digest = models.CharField(_("digest of the secret"), max_length=64, unique=True)
    model = models.CharField(_("kind of page"), max_length=100)
    edition_id = models.BigIntegerField(_("edition"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("preview link")
        ordering = ["-created_at"]
        default_permissions = ("view", "delete")
        indexes = [models.Index(fields=["model", "edition_id"], name="previewlink_edition")]

    def __str__(self) -> str:
        return f"{self.model} {self.edition_id}"


class Presence(models.Model):
    """Somebody has the form of a page open."""

    model = models.CharField(max_length=100)
    page_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["model", "page_id", "user"], name="%(app_label)s_%(class)s_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} since {self.since}"


class Autosave(models.Model):
    """What somebody typed into a form and did not save yet; one a person and edition."""

    model = models.CharField(max_length=100)
    edition_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    typed = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["model", "edition_id", "user"], name="%(app_label)s_%(class)s_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.edition_id}, {self.user}"
