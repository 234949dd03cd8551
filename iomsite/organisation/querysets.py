"""Questions that pages ask of the figures."""

from typing import Self

from iomsite.publishing.querysets import PublishableQuerySet


class FigureQuerySet(PublishableQuerySet):
    def answering_like(self, figures: Self) -> Self:
        """All values of the measures that these figures belong to."""
        return self.filter(measure__in=figures.values("measure"))
