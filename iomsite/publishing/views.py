"""What every public page of a publishable thing shares."""

from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import DetailView

from .querysets import PublishableQuerySet


class Gone(Exception):
    """The page was public once and is no longer: the answer is 410."""


def published_or_gone(queryset: PublishableQuerySet, **lookup: Any) -> Any:
    """Return the public row; raise `Gone` where there was one once, and Http404 otherwise.

    `queryset` carries the `select_related` and `prefetch_related` of the page.
    """
    found = queryset.published().filter(**lookup).first()
    if found:
        return found
    if queryset.model.objects.gone().filter(**lookup).exists():
        raise Gone
    raise Http404


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "410.html", status=410)


class GoneMixin:
    """Answers `Gone` with the page that says so."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Gone:
            return gone(request)


class PublishedDetailView(GoneMixin, DetailView):
    """The page of one public row, found by its slug."""

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Model:
        found = cast(PublishableQuerySet, self.get_queryset() if queryset is None else queryset)
        page: Model = published_or_gone(found, **self.lookup())
        return page

    def lookup(self) -> dict[str, Any]:
        return {"slug": self.kwargs["slug"]}
