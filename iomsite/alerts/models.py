"""Who wants to be told of what, what is to be told, and the mail that tells it.

Staff have no list of readers: addresses are nobody's business but the mail server's.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reader(models.Model):
    """An address that asked for mail. `root` is the site as it was asked for: scheme and host."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    root = models.CharField(max_length=300)
    bounces = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.uid)  # an address gets into no log this way


class Alert(models.Model):
    """A question that a reader wants answered again and again: a list with its filters.

    It is asked for once it is confirmed; what became public before that is not told.
    """

    class Frequency(models.TextChoices):
        AT_ONCE = "at-once", _("As it is published")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week, on Monday")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="alerts")
    question = models.CharField(max_length=600)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "question"], name="%(app_label)s_%(class)s_once"
            ),
        ]
        indexes = [
            models.Index(fields=["question"], name="%(app_label)s_%(class)s_question"),
        ]

    def __str__(self) -> str:
        return self.question


class Message(models.Model):
    """A mail. It is sent at most once: one that was begun and not finished is not begun again."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation"
        NEWS = "news"

    class Fate(models.TextChoices):
        """What became of it; `state` is publishing's word."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        EMPTY = "empty"  # all that it was to tell is gone again
        REFUSED = "refused"
        UNKNOWN = "unknown"  # begun, and nobody knows how it ended
        DELAYED = "delayed"  # sent, and another server has reported that it waits there
        RETURNED = "returned"  # sent, and another server has sent it back

    FAILED = (Fate.REFUSED, Fate.DELAYED, Fate.RETURNED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=Kind)
    # Of a confirmation, what it asks to confirm.
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True)
    fate = models.CharField(max_length=8, choices=Fate, default=Fate.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(fate="waiting"),
                name="%(app_label)s_%(class)s_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uid}: {self.fate}"


class Item(models.Model):
    """A page that an alert tells of, once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="items")
    model = models.CharField(max_length=100)
    row_id = models.BigIntegerField()
    found_at = models.DateTimeField()
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="items")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "model", "row_id"], name="%(app_label)s_%(class)s_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["alert", "found_at"],
                condition=Q(message=None),
                name="%(app_label)s_%(class)s_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"


class Progress(models.Model):
    """The one row that says up to which moment new pages have been looked for."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    looked_until = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="%(app_label)s_%(class)s_one_row"),
        ]

    def __str__(self) -> str:
        return self.looked_until.isoformat()
