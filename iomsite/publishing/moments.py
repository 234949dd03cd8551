"""Moments: as staff type them, and as they read them, to the second, with the time zone."""

import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class MomentInput(forms.SplitDateTimeWidget):
    """A day and a time to the second, in the browser's own fields."""

    def __init__(self, attrs: Any = None) -> None:
        day: Any = _("Day")
        time: Any = _("Time")
        super().__init__(
            attrs=attrs,
            date_attrs={"type": "date", "aria-label": day},
            time_attrs={"type": "time", "step": "1", "aria-label": time},
            date_format="%Y-%m-%d",
            time_format="%H:%M:%S",
        )

    def name(self, label: Any) -> None:
        """Let those who hear the form know which moment this is."""
        for widget in self.widgets:
            widget.attrs["aria-label"] = f"{label}: {widget.attrs['aria-label']}"


DAY_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# For `formfield_overrides`: the same fields everywhere, and no script in them.
MOMENT_FIELDS: dict[Any, Any] = {
    models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": MomentInput},
    models.DateField: {"widget": DAY_INPUT},
}


def in_words(moment: datetime.datetime) -> str:
    """For what happens at that second: 2 Jun 2026, 08:30:15 UTC."""
    local = timezone.localtime(moment)
    zone = timezone.get_current_timezone_name()
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S} {zone}"


def in_short(moment: datetime.datetime) -> str:
    """For lists of what has been done; the foot of every page names the time zone."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"


def name_of(user: Any) -> str:
    return str(user.get_full_name() or user.get_username()) if user else ""
