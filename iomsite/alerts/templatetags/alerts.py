"""`{% alert_address as address %}`: where the list that is shown can be asked for by e-mail."""

from typing import Any
from urllib.parse import urlencode

from django import template

from iomsite.alerts.questions import address_to_subscribe
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
    asked = urlencode({"q": typed, **filterset.accepted}) if typed else filterset.query
    path = context["request"].path
    return address_to_subscribe(f"{path}?{asked}" if asked else path)
