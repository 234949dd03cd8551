"""What every public page of a publishable thing shares."""

from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import DetailView

from . import preview
from .querysets import PublishableQuerySet


class Gone(Exception):
    """The page was public once and is no longer: the answer is 410. `reason` is for visitors."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


def published_or_gone(queryset: PublishableQuerySet, **lookup: Any) -> Any:
    """Return what the address shows: the public row, or one withdrawn with a notice.

    Raises `Gone` where there was one once, and Http404 otherwise. `queryset` carries the
    `select_related` and `prefetch_related` of the page.
    """
    found = queryset.readable().filter(**lookup).first()
    if found:
        return found
    was = queryset.model.objects.gone().filter(**lookup).values_list("withdrawal_note", flat=True)
    if (reason := was.first()) is not None:
        raise Gone(reason)
    raise Http404


def gone(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "410.html", {"reason": reason}, status=410)


class GoneMixin:
    """Answers `Gone` with the page that says so."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Gone as was:
            return gone(request, was.reason)


class PublishedDetailView(GoneMixin, DetailView):
    """The page of one public row, found by its slug; or of an edition that staff ask for."""

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Model:
        found = cast(PublishableQuerySet, self.get_queryset() if queryset is None else queryset)
        choose = preview.edition_for if self.is_preview else _public
        page: Model = choose(self.request, found, **self.lookup())
        return page

    @property
    def is_preview(self) -> bool:
        return preview.is_asked(self.request)

    def lookup(self) -> dict[str, Any]:
        return {"slug": self.kwargs["slug"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_preview=self.is_preview, **kwargs)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.is_preview:
            return preview.mark(response)
        if getattr(self.object, "withdrawal", ""):
            response["X-Robots-Tag"] = "noindex"
        return response


def _public(request: HttpRequest, queryset: PublishableQuerySet, **lookup: Any) -> Any:
    return published_or_gone(queryset, **lookup)
