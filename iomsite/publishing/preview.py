"""Editions shown at the real address, to those who may see them.

`?edition=12` shows one edition to staff who may read it in the admin, `?as-of=2026-05-31` the
page as it stood at the end of that day, and `?preview=…` the one edition that a link was made for
to whoever has the link, until it expires, is revoked, or the edition is public.
"""

import datetime
import hashlib
import secrets
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from iomsite.accounts.factor import is_verified
from iomsite.accounts.roles import name_of

from .editions import belongings
from .models import PreviewLink, Publishable
from .states import State, Withdrawal

PARAMETERS = ("edition", "as-of", "preview")
LIFETIME = datetime.timedelta(days=7)


def is_asked(request: HttpRequest) -> bool:
    return any(name in request.GET for name in PARAMETERS)


def edition_for(request: HttpRequest, queryset: QuerySet[Any], **lookup: Any) -> Publishable:
    """Return the edition that the request asks for; Http404 for whoever may not see it.

    `lookup` finds the page whose address this is, so that no edition shows at another address.
    """
    page = queryset.model.objects.pages().filter(**lookup).first()
    if page is None:
        raise Http404
    if "preview" in request.GET:
        key = _linked(page, request.GET["preview"])
    elif is_verified(request) and _may_read(request.user, page):
        key = _chosen(page, request.GET)
    else:
        raise Http404
    found = {row.pk: row for row in queryset.filter(pk__in={key, page.pk})}
    if key not in found:
        raise Http404
    edition = found[key]
    if edition.pk != page.pk:
        edition.edition_of = page
        _lend_lists(found.get(page.pk, page), edition)
    return edition


def _lend_lists(page: Publishable, edition: Publishable) -> None:
    """Give the edition the lists of what points to its page: such rows know the page only."""
    own = {belonging.owner for belonging in belongings(type(page))}
    held: Any = getattr(page, "_prefetched_objects_cache", {})
    lent: Any = edition.__dict__.setdefault("_prefetched_objects_cache", {})
    for relation in type(page)._meta.related_objects:
        name = relation.get_accessor_name()
        if relation.field not in own and name in held:
            lent[name] = held[name]


def _may_read(user: Any, page: Publishable) -> bool:
    return bool(user.has_perm(name_of(page, "view"), page))


def _chosen(page: Publishable, asked: Any) -> int:
    rows: Any = type(page).objects.filter(Q(pk=page.pk) | Q(edition_of=page))
    if asked.get("edition", "").isascii() and asked.get("edition", "").isdecimal():
        found = rows.filter(pk=min(int(asked["edition"]), 2**62))
    else:
        found = _as_of(rows, asked.get("as-of", ""))
    row = found.values_list("pk", flat=True).first()
    if row is None:
        raise Http404
    return row


def _as_of(rows: QuerySet[Any], day: str) -> QuerySet[Any]:
    """What was public at the end of the day, in the site's time zone."""
    try:
        end = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time.max)
        moment = timezone.make_aware(end).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    return rows.filter(
        Q(superseded_at=None) | Q(superseded_at__gt=moment),
        Q(expires_at=None) | Q(expires_at__gt=moment) | Q(withdrawal=Withdrawal.NOTICE),
        state__in=[State.PUBLISHED, State.WITHDRAWN, State.SUPERSEDED],
        published_at__lte=moment,
    ).order_by("-published_at")


def make_link(edition: Publishable, *, by: Any, lifetime: datetime.timedelta = LIFETIME) -> str:
    """Return the secret of a new link. It is shown once: the database keeps only its hash."""
    secret = secrets.token_urlsafe(32)
    PreviewLink.objects.create(
        digest=_digest(secret),
        model=edition._meta.label_lower,
        edition_id=edition.pk,
        expires_at=timezone.now() + lifetime,
        created_by=by,
    )
    return secret


def _linked(page: Publishable, secret: str) -> int:
    """The edition of a link that holds; it shows nothing that its maker may not read any more."""
    links = PreviewLink.objects.filter(
        digest=_digest(secret),
        model=page._meta.label_lower,
        expires_at__gt=timezone.now(),
        revoked_at=None,
    )
    link = links.select_related("created_by").first()
    if link is None or link.created_by is None or not _may_read(link.created_by, page):
        raise Http404
    waits = Q(state=State.PUBLISHED, published_at__gt=timezone.now())
    edition = type(page).objects.filter(
        Q(pk=page.pk) | Q(edition_of=page),
        Q(state__in=[State.DRAFT, State.IN_REVIEW]) | waits,
        pk=link.edition_id,
    )
    if not edition.exists():
        raise Http404
    return link.edition_id


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def mark(response: Any) -> Any:
    """A preview is never kept, never indexed, and tells no other site where it was read."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def revoke(edition: Publishable, link: str) -> None:
    """Make a link useless at once; `link` is its number as the form sends it."""
    if link.isascii() and link.isdecimal():
        PreviewLink.objects.filter(
            pk=min(int(link), 2**62), model=edition._meta.label_lower, edition_id=edition.pk
        ).update(revoked_at=timezone.now())
