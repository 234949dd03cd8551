"""What other sites and messengers show where a page is shared."""

from functools import lru_cache

from django import template
from django.core.exceptions import DisallowedHost
from django.template.loader import get_template
from django.utils.translation import get_language, to_locale

from iomsite.formats.absolute import Absolute
from iomsite.images import cards
from iomsite.organisation.models import Page
from iomsite.sharing.linked_data import published_on
from news.models import Campaign, NewsRelease, Publication

ARTICLES = (Campaign, NewsRelease, Publication)

register = template.Library()


@register.simple_tag(takes_context=True)
def share(context):
    """Of the page at hand, which its view has found readable; of the site, where there is none.

    A preview is nobody's to share, and neither is what has been withdrawn.
    """
    page, request = _page_in(context), context.get("request")
    if request is None or context.get("is_preview") or not _is_ours(request):
        return _drawn()
    absolute = Absolute(request)
    if page is None:
        return _of_site(absolute("/"), get_language())
    if getattr(page, "withdrawal", ""):
        return _drawn()
    # The pages of the menu are few, and lists and home stand at them.
    draw = _drawn if isinstance(page, Page) else _drawn.__wrapped__
    return draw(
        locale=to_locale(get_language()),
        is_article=isinstance(page, ARTICLES),
        title=str(page),
        card=absolute(cards.url_of(cards.words_of(page))),
        address=absolute(page.get_absolute_url()),
        lead=getattr(page, "lead", ""),
        published=published_on(page),
        changed=getattr(page, "published_at", None),
    )


@lru_cache(100)
def _of_site(root, language):
    card = cards.url_of(cards.words_of_site())
    return _drawn(card=root.removesuffix("/") + card, locale=to_locale(language))


@lru_cache(200)
def _drawn(**said):
    return get_template("includes/share.html").render(said)


def _is_ours(request):
    """Whether the visitor asked for this site: the error page for others has no address."""
    try:
        return bool(request.get_host())
    except DisallowedHost:
        return False


def _page_in(context):
    """What a template is about. The home page shows a page of the menu."""
    found = (context.get(name) for name in ("object", "page", "home"))
    return next((row for row in found if cards.has_card(row)), None)
