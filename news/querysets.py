"""Questions that pages ask of releases, campaigns and publications alike."""

from collections.abc import Iterable
from typing import Any, Self

from django.db.models import Count

from iomsite.publishing.querysets import PublishableQuerySet


class NewsQuerySet(PublishableQuerySet):
    """All three kinds know topics, countries and partners."""

    def about(self, topics: Iterable[Any]) -> Self:
        """What shares one of these topics at least; most in common first."""
        found = self.filter(topics__in=topics).annotate(shared=Count("topics"))
        return found.order_by("-shared", *self.model._meta.ordering)
