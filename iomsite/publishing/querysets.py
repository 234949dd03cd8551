"""What the public may see: the one predicate of the site."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .states import State


class NaturalKeyQuerySet(models.QuerySet[Any]):
    """Rows that fixtures name by the model's `natural_key_fields` instead of by number."""

    def get_by_natural_key(self, *key: Any) -> Any:
        return self.get(**dict(zip(self.model.natural_key_fields, key, strict=True)))


class PublishableQuerySet(NaturalKeyQuerySet):
    """`at` is the moment that is asked about; now by default. Scheduling needs no job."""

    def published(self, at: datetime.datetime | None = None) -> Self:
        """What everybody may see: every public list, count, choice and link starts here."""
        at = at or timezone.now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=at),
            state=State.PUBLISHED,
            published_at__lte=at,
        )

    def scheduled(self, at: datetime.datetime | None = None) -> Self:
        return self.filter(state=State.PUBLISHED, published_at__gt=at or timezone.now())

    def gone(self, at: datetime.datetime | None = None) -> Self:
        """What everybody could see once: withdrawn or expired. Its address answers 410."""
        at = at or timezone.now()
        return self.filter(
            Q(state=State.WITHDRAWN) | Q(state=State.PUBLISHED, expires_at__lte=at),
            published_at__lte=at,
        )

    def drafts(self) -> Self:
        return self.filter(state=State.DRAFT)
