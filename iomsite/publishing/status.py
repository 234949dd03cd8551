"""What staff read about a page: its state and what time has made of it."""

import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Publishable
from .querysets import PublishableQuerySet
from .states import State


class Status(models.TextChoices):
    """Each page has exactly one of these at any moment."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in-review", _("In review")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")
    BINNED = "binned", _("In the bin")


def status_of(page: Publishable, at: datetime.datetime | None = None) -> Status:
    """The status of one row at hand: no query."""
    at = at or timezone.now()
    if page.state != State.PUBLISHED:
        return Status(page.state)
    if page.is_scheduled(at):
        return Status.SCHEDULED
    expired = page.expires_at and page.expires_at <= at
    return Status.EXPIRED if expired else Status.PUBLISHED


def with_status(pages: PublishableQuerySet, status: Status) -> PublishableQuerySet:
    """The rows whose `status_of` is this one."""
    match status:
        case Status.SCHEDULED:
            return pages.scheduled()
        case Status.PUBLISHED:
            return pages.published()
        case Status.EXPIRED:
            return pages.gone().filter(state=State.PUBLISHED)
        case _:
            return pages.filter(state=status.value)
