"""`{% alert_address as address %}`: where the list that is shown can be asked for by e-mail."""

from typing import Any
from urllib.parse import urlencode

from django import template

from iomsite.alerts.questions import LONGEST, address_to_subscribe
from iomsite.publishing.models import Publishable
from iomsite.search.models import Entry

register = template.Library()


@register.simple_tag(takes_context=True)
def alert_address(context: Any) -> str:
    """Empty where there is no list of pages that become public. No statement."""
    filterset = context.get("filter")
    if filterset is None:
        return ""
    model, typed = filterset.queryset.model, context.get("typed")
    is_list = issubclass(model, Publishable) and context.get("forms")
    if not (is_list or (model is Entry and typed)):
        return ""
    found = context.get("found")
    if found and found.is_corrected:
        typed = found.query.typed  # what is shown
    asked = urlencode({"q": typed, **filterset.accepted}) if typed else filterset.query
    path = context["request"].path
    address = f"{path}?{asked}" if asked else path
    return address_to_subscribe(address) if len(address) <= LONGEST else ""
