"""What the public may see: the one predicate of the site."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from iomsite.accounts.rights import Scope, scope
from iomsite.accounts.roles import name_of

from . import lookups  # noqa: F401  registers what `published` asks with
from .states import WORKING, State

# What does not go public by time alone: replacements, and the members of a set.
HELD = Q(edition_of__isnull=False) | Q(publishing_set__isnull=False)


class NaturalKeyQuerySet(models.QuerySet[Any]):
    """Rows that fixtures name by the model's `natural_key_fields` instead of by number."""

    def get_by_natural_key(self, *key: Any) -> Any:
        return self.get(**dict(zip(self.model.natural_key_fields, key, strict=True)))


class PartQuerySet(NaturalKeyQuerySet):
    """Parts of a page: their key is that of the edition they belong to, and their own fields."""

    def get_by_natural_key(self, *key: Any) -> Any:
        own = len(self.model.natural_key_fields)
        owner = self.model._meta.get_field(self.model.owner_field).related_model
        fields = dict(zip(self.model.natural_key_fields, key[-own:], strict=True))
        edition = owner.objects.get_by_natural_key(*key[:-own])
        return self.get(**{self.model.owner_field: edition}, **fields)


class ResponsibleQuerySet(NaturalKeyQuerySet):
    """Rows that an office is responsible for: the one place where lists ask who may see them."""

    def visible_to(self, user: Any) -> Self:
        return self.where_may(user, "view")

    def where_may(self, user: Any, action: str) -> Self:
        """Rows over which this person has a right: to view, change, review, publish, delete."""
        where = self._where(user, action)
        return self.all() if where.everywhere else self.filter(self._of_offices(where.offices))

    def _where(self, user: Any, action: str) -> Scope:
        return scope(user, name_of(self.model, action))

    def _of_offices(self, offices: frozenset[int]) -> Q:
        return Q(responsible_office__in=offices)


class PublishableQuerySet(ResponsibleQuerySet):
    """`at` is the moment that is asked about; now by default. Scheduling needs no job."""

    def get_by_natural_key(self, slug: str, edition: int | None = None) -> Any:
        """A page by its slug, one of its other editions by slug and number."""
        if edition is None:
            return self.get(slug=slug, edition_of=None)
        return self.get(edition_of__slug=slug, edition_of__edition_of=None, edition=edition)

    def _of_offices(self, offices: frozenset[int]) -> Q:
        """An edition belongs to the office of its page."""
        return Q(responsible_office__in=offices) | Q(edition_of__responsible_office__in=offices)

    def to_refer_to(self, user: Any) -> Self:
        """What this person's pages may refer to: what is public, and what they may see."""
        pages = self.pages().exclude(state=State.BINNED)
        where = self._where(user, "view")
        if where.everywhere:
            return pages
        public = self.model.objects.published().values("pk")
        return pages.filter(self._of_offices(where.offices) | Q(pk__in=public))

    def pages(self) -> Self:
        """One row a page: neither working copies nor old editions. Links point to these only."""
        return self.filter(edition_of=None)

    def published(self, at: datetime.datetime | None = None) -> Self:
        """What everybody may see: every public list, count, choice and link starts here."""
        at = at or timezone.now()
        return self.pages().filter(
            Q(expires_at=None) | Q(expires_at__gt=at),
            state=State.PUBLISHED,
            published_at__already_at=at,
            publishing_set=None,  # a set lets go of its pages when all of them are in place
        )

    def scheduled(self, at: datetime.datetime | None = None) -> Self:
        """Pages and replacements of pages whose moment is still to come."""
        is_ahead = Q(published_at__gt=at or timezone.now())
        in_set = Q(publishing_set__isnull=False)
        pages = Q(edition_of=None, state=State.PUBLISHED) & is_ahead
        # In two parts, each of which has its index.
        held = HELD & Q(state=State.PUBLISHED) & (is_ahead | in_set)
        return self.filter(pages | held)

    def gone(self, at: datetime.datetime | None = None) -> Self:
        """What everybody could see once: withdrawn or expired. Its address answers 410."""
        at = at or timezone.now()
        return self.pages().filter(
            Q(state=State.WITHDRAWN) | Q(state=State.PUBLISHED, expires_at__lte=at),
            published_at__lte=at,
            publishing_set=None,
        )

    def drafts(self) -> Self:
        return self.filter(state=State.DRAFT)

    def in_review(self) -> Self:
        return self.filter(state=State.IN_REVIEW)

    def working_copies(self) -> Self:
        """What is to replace a page, including what is scheduled to."""
        return self.filter(edition_of__isnull=False, state__in=WORKING)

    def superseded(self) -> Self:
        """What pages said before, newest first."""
        return self.filter(state=State.SUPERSEDED).order_by("-superseded_at")

    def binned(self) -> Self:
        return self.filter(state=State.BINNED)
