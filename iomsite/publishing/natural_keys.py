"""Rows that fixtures name by words, and those among them that belong to an edition of a page."""

from typing import Any, ClassVar

from django.db import models

from .querysets import NaturalKeyQuerySet, PartQuerySet


class NaturalKeyModel(models.Model):
    """A row that fixtures name by words, so that they load beside whatever ids are there already.

    `natural_key_fields` may follow one foreign key (`programme__slug`).
    """

    natural_key_fields: ClassVar[tuple[str, ...]] = ("slug",)

    objects: ClassVar[models.Manager[Any]] = NaturalKeyQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(self._follow(name) for name in self.natural_key_fields)

    def _follow(self, lookup: str) -> Any:
        value: Any = self
        for name in lookup.split("__"):
            value = getattr(value, name)
        return value


class Part(NaturalKeyModel):
    """A row that belongs to one edition of a page: copied, moved and deleted with it.

    `owner_field` names the foreign key to the page, which cascades.
    """

    owner_field: ClassVar[str]

    objects: ClassVar[models.Manager[Any]] = PartQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return (*getattr(self, self.owner_field).natural_key(), *super().natural_key())

    def lacks(self) -> dict[str, list[str]]:
        """What this row needs before its page can be published, by field. No statement of its own:
        what it points to is loaded with it."""
        return {}
