"""What the rows of a form point to, read once for all of them.

Django asks for it row by row: to draw a choice, to say the name of a row, and twice to check it.
"""

from collections.abc import Iterable
from typing import Any

from iomsite.accounts.choices import KeySelect, KeySelectMultiple, may_be_key

from .offered import ChoiceField

Known = dict[str, Any]


class SharedChoiceField(ChoiceField):
    """Finds a row among those that are `known`, and elsewhere as ever."""

    known: Known = {}

    def know(self, known: Known) -> None:
        self.known = known
        select = getattr(self.widget, "widget", self.widget)
        if isinstance(select, SharedSelect):
            select.known = known

    def to_python(self, value: Any) -> Any:
        known = self.known.get(str(value))
        return super().to_python(value) if known is None else known


class SharedSelect(KeySelect):
    """Draws the chosen row without asking for it if it is `known`."""

    known: Known = {}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        chosen = [str(one) for one in value if str(one) in self.known]
        if len(chosen) != 1:
            return super().optgroups(name, value, attrs)
        label = self.choices.field.label_from_instance(self.known[chosen[0]])
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        option = self.create_option(name, chosen[0], label, True, len(empty))
        return [(None, [*empty, option], 0)]


class SharedSelectMultiple(KeySelectMultiple):
    """Draws the chosen rows without asking for them if all are `known`."""

    known: Known = {}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        chosen = {str(one) for one in value}
        if not chosen <= self.known.keys():
            return super().optgroups(name, value, attrs)
        label_of = self.choices.field.label_from_instance
        rows = [row for key, row in self.known.items() if key in chosen]
        options = [
            self.create_option(name, row.pk, label_of(row), True, place)
            for place, row in enumerate(rows)
        ]
        return [(None, options, 0)]


def read(field: SharedChoiceField, keys: Iterable[Any]) -> Known:
    """The rows of these keys that the field offers. One statement; none where there are no keys."""
    numbers = {str(key) for key in keys if may_be_key(key)}
    offered: Any = field.queryset
    return {str(row.pk): row for row in offered.filter(pk__in=numbers)}
