"""Which rows of this app a page shows."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db.models import Count, Exists, OuterRef, Q

from iomsite.publishing.models import Publishable
from iomsite.publishing.querysets import NaturalKeyQuerySet, PublishableQuerySet

if TYPE_CHECKING:
    from .models import Country


class ReferenceQuerySet(NaturalKeyQuerySet):
    """Rows that are no pages in their own words: they are public while a public page uses them."""

    def in_use(self) -> Self:
        """Every public list, count and link of such rows starts here.

        Any publishable model that points here counts, whichever app it belongs to. One that only
        drafts use stays out: its name would tell of them.
        """
        uses = [
            Exists(
                related.related_model.objects.published().filter(
                    **{related.field.name: OuterRef("pk")}
                )
            )
            for related in self.model._meta.related_objects
            if issubclass(related.related_model, Publishable)
        ]
        return self.filter(reduce(or_, uses, self._always_in_use()))

    def _always_in_use(self) -> Q:
        return Q(pk__in=[])


class GoalQuerySet(ReferenceQuerySet):
    def _always_in_use(self) -> Q:
        """The 17 goals stand together on their page, whichever of them the work names."""
        return Q(framework=self.model.Framework.SDG)


class ProgrammeQuerySet(PublishableQuerySet):
    def in_country(self, country: "Country") -> Self:
        """The country's own programmes and the initiatives that work there."""
        return self.filter(Q(country=country) | Q(pk__in=country.initiatives.values("pk")))

    def for_goals(self) -> Self:
        """Those that name a goal, or say that they are for all."""
        naming_some = self.model.goals.through.objects.filter(programme=OuterRef("pk"))
        return self.filter(Q(all_goals=True) | Exists(naming_some))


class EngagementQuerySet(PublishableQuerySet):
    def in_country(self, country: "Country") -> Self:
        """Those that it hosted and those that it took part in."""
        return self.filter(Q(country=country) | Q(pk__in=country.engagements.values("pk")))

    def sharing_topics_with(self, page: Publishable) -> Self:
        """Those about any topic of the page, the most in common first; `page` has `topics`."""
        found = self.filter(topics__in=page.topics.values("pk")).annotate(shared=Count("topics"))
        return found.order_by("-shared", *self.model._meta.ordering)
