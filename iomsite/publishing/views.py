"""What every public page of a publishable thing shares."""

from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import DetailView

from . import preview
from .models import Publishable
from .querysets import PublishableQuerySet
from .uses import users_of


class Gone(Exception):
    """The page was public once and is no longer: the answer is 410. `reason` is for visitors."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


def published_or_gone(queryset: PublishableQuerySet, **lookup: Any) -> Any:
    """Return what the address shows: the public row, or one withdrawn with a notice.

    Raises `Gone` where there was one once, and Http404 otherwise. `queryset` carries the
    `select_related` and `prefetch_related` of the page. The row is asked itself what it is: one
    statement, and those of the prefetches.
    """
    page: Publishable | None = queryset.pages().filter(**lookup).order_by().first()
    if page and page.is_readable():
        return page
    if page and page.was_public():
        raise Gone(page.withdrawal_note)
    raise Http404


def gone(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "410.html", {"reason": reason}, status=410)


class EditionMixin:
    """Shows what is public at an address, or the edition that somebody may preview there.

    The row is the `object` of the context. Stands before a view of Django's.
    """

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Gone as was:
            return gone(request, was.reason)

    @property
    def is_preview(self) -> bool:
        return preview.is_asked(self.request)

    def find(self, queryset: PublishableQuerySet, **lookup: Any) -> Any:
        if self.is_preview:
            return preview.edition_for(self.request, queryset, **lookup)
        return published_or_gone(queryset, **lookup)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(  # type: ignore[misc]
            is_preview=self.is_preview, **kwargs
        )
        return context

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        if self.is_preview:
            return preview.mark(response)
        if getattr(context.get("object"), "withdrawal", ""):
            response["X-Robots-Tag"] = "noindex"
        return response


class PublishedDetailView(EditionMixin, DetailView):
    """The page of one row, found by its slug."""

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Model:
        found = cast(PublishableQuerySet, self.get_queryset() if queryset is None else queryset)
        page: Model = self.find(found, **self.lookup())
        return page

    def lookup(self) -> dict[str, Any]:
        return {"slug": self.kwargs["slug"]}


class PreviewOnlyView(PublishedDetailView):
    """Of what shows on pages and has none itself: its editions, for those who may preview them."""

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Model:
        if not self.is_preview:
            raise Http404
        return super().get_object(queryset)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        users = {user for _row, user in users_of([self.object.page])}
        shown_on = [user for user in users if isinstance(user, Publishable) and user.is_public()]
        return super().get_context_data(shown_on=sorted(shown_on, key=str), **kwargs)
