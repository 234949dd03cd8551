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
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What is on the site, or will be without anybody doing anything.
ON_ITS_WAY = frozenset({Status.SCHEDULED, Status.PUBLISHED})


def status_of(page: Publishable, at: datetime.datetime | None = None) -> Status:
    """The status of one row at hand: no query."""
    at = at or timezone.now()
    if page.state != State.PUBLISHED:
        return Status(page.state)
    if page.is_public(at):
        return Status.PUBLISHED
    return Status.SCHEDULED if page.published_at and page.published_at > at else Status.EXPIRED


def with_status(pages: PublishableQuerySet, status: Status) -> PublishableQuerySet:
    """The rows whose `status_of` is this one."""
    match status:
        case Status.DRAFT:
            return pages.drafts()
        case Status.SCHEDULED:
            return pages.scheduled()
        case Status.PUBLISHED:
            return pages.published()
        case Status.EXPIRED:
            return pages.gone().filter(state=State.PUBLISHED)
        case Status.WITHDRAWN:
            return pages.filter(state=State.WITHDRAWN)


def was_public(page: Publishable, at: datetime.datetime | None = None) -> bool:
    """Whether the public has seen this, so that its address must not vanish without a word."""
    at = at or timezone.now()
    return bool(page.state != State.DRAFT and page.published_at and page.published_at <= at)


def moment_of_publication(
    planned: datetime.datetime | None, now: datetime.datetime
) -> datetime.datetime:
    """When a page goes public that is published now: at the planned moment, if that is to come."""
    return planned if planned and planned > now else now
