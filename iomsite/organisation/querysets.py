"""Questions that pages ask of the figures."""

from typing import Self

from iomsite.publishing.querysets import PublishableQuerySet


class FigureQuerySet(PublishableQuerySet):
    def defaults(self) -> Self:
        """Of each measure, the value that the site gives unless a page says which."""
        return self.filter(is_default=True)

    def answering_like(self, figures: Self) -> Self:
        """All values of the measures that these figures belong to."""
        return self.filter(measure__in=figures.values("measure"))
