"""What other sites and messengers show where a page is shared."""

from django import template

from iomsite.images import cards

register = template.Library()


@register.inclusion_tag("includes/share.html", takes_context=True)
def share(context):
    """Of the page at hand, unless it is a preview: that is nobody's to share."""
    page, request = context.get("object") or context.get("page"), context.get("request")
    if request is None or context.get("is_preview") or not hasattr(page, "is_public"):
        return {}
    if not cards.has_card(page) or not page.is_public():
        return {}
    return {
        "title": str(page),
        "card": request.build_absolute_uri(cards.url_of(page)),
        "address": request.build_absolute_uri(page.get_absolute_url()),
    }
