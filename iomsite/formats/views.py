"""What a view says of itself so that its address has other forms besides the page."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils.http import urlencode
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from iomsite import listing
from iomsite.faceted import FacetedFilterSet, narrowed_title
from iomsite.listed import Listed
from iomsite.publishing import changes, preview
from iomsite.publishing.keeping import keep
from iomsite.publishing.models import Publishable
from iomsite.publishing.views import Gone
from iomsite.richtext.fields import RichTextField
from iomsite.richtext.render import mentions

from . import paging
from .absolute import Absolute
from .addresses import FORMS, Form, with_ending
from .answers import Answer, problem, response_of
from .records import Record, Records, first_public, for_records

AFTER, PAGE = "after", "page"
# What was never published by itself has no moment that a feed could give.
WITHOUT_MOMENTS = ("json", "csv", "md")


if TYPE_CHECKING:

    class DjangoView:
        """What these mixins expect of the view of Django's that they stand before."""

        def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any: ...
        def get_context_data(self, **kwargs: Any) -> dict[str, Any]: ...
        def get_queryset(self) -> QuerySet[Any]: ...
        def get_object(self, queryset: QuerySet[Any]) -> Any: ...
        def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]: ...
else:
    DjangoView = object


class FormsMixin(DjangoView):
    """Answers in the form that is asked for. Stands before a view of Django's."""

    request: HttpRequest
    kwargs: Any
    forms: ClassVar[tuple[str, ...]] = tuple(FORMS)
    filterset_class: ClassVar[type[FacetedFilterSet] | None] = None
    # What the description of the data calls it.
    is_list: ClassVar[bool] = False
    # Whether the page cache may keep what it answers, and search engines may have it.
    is_kept: ClassVar[bool] = True
    is_indexed: ClassVar[bool] = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Form | None = getattr(request, "form", None)
        if form is None:
            return self._kept(super().get(request, *args, **kwargs))
        if preview.is_asked(request):
            raise Http404  # nobody's programs read what is not public
        try:
            answer = response_of(self.answer(form), form, request.method == "HEAD")
        except Gone as was:
            return problem(410, was.reason, form.ending)
        return keep(answer, self.known_names(), self.own_page()) if self.is_kept else answer

    def _kept(self, page: Any) -> Any:
        """Not where the page repeats what nobody offers: there is no end of that."""
        filterset = (getattr(page, "context_data", None) or {}).get("filter")
        is_odd = filterset is not None and bool(filterset.notices)
        if is_odd or not self.is_kept or preview.is_asked(self.request):
            return page
        parts = {PAGE} if getattr(self, "paginate_by", None) else set()
        return keep(page, self.known_names() - {AFTER} | parts, self.own_page())

    def own_page(self) -> Model | None:
        """The row that alone makes this address another answer (see `publishing.keeping`)."""
        return None

    def answer(self, form: Form) -> Answer:
        raise NotImplementedError

    @classmethod
    def known_names(cls) -> set[str]:
        """The names that the query of the address may have."""
        return set()

    def refuse_unknown(self) -> None:
        """A program is told of a mistake; what is left out silently would be a wrong answer."""
        known = self.known_names()
        for name, values in self.request.GET.lists():
            if name not in known:
                raise BadRequest(_unknown_name(name, known))
            if len(values) > 1:
                raise BadRequest(_("“%s” is given more than once.") % name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        filterset = context.get("filter")
        query = filterset.query if filterset else ""
        address = f"{self.request.path}?{query}" if query else self.request.path
        is_shown = not preview.is_asked(self.request) and not _is_withdrawn(context.get("object"))
        offered = [FORMS[ending] for ending in self.forms] if is_shown else []
        context["forms"] = tuple((form, with_ending(address, form.ending)) for form in offered)
        return context


def _unknown_name(name: str, known: Iterable[str]) -> str:
    words = {"name": Truncator(name).chars(60), "known": ", ".join(sorted(known)) or _("nothing")}
    return _("“%(name)s” cannot be asked for here. What can: %(known)s.") % words


def _is_withdrawn(row: Any) -> bool:
    return bool(getattr(row, "withdrawal", ""))


class RecordMixin(FormsMixin):
    """Of one row: its page in words."""

    # Whether it shows nothing of the news but what names it or is related to it, so that a
    # publication there leaves it as it is (see `changes.seen_where_named`).
    has_own_stamp: ClassVar[bool] = False

    def own_page(self) -> Model | None:
        """Not of texts that refer to what is seen where it is named: they show it as it is now.

        What else they refer to moves everything on. Nor of one that stays under a notice: what it
        shows is not noted with it, as it is not public.
        """
        row = getattr(self, "object", None) if self.has_own_stamp else None
        if row is None or _is_withdrawn(row):
            return None
        texts = [field.name for field in row._meta.fields if isinstance(field, RichTextField)]
        named = {kind for name in texts for kind, _uid in mentions(getattr(row, name))}
        followed = {model._meta.label_lower for model in changes.seen_where_named}
        return None if named & followed else row

    def answer(self, form: Form) -> Answer:
        row = self.object = self.row()
        self.refuse_unknown()  # an old address leads on, whatever it asks for
        if _is_withdrawn(row):
            raise Gone(row.withdrawal_note)  # a form has no place for a notice that all would see
        absolute = Absolute(self.request)
        record = Records(absolute).of([row])[0]
        return Answer(
            title=record.title,
            address=record.address,
            own_address=absolute(with_ending(self.request.path, form.ending)),
            records=iter([record]),
            is_list=False,
        )

    def row(self) -> Any:
        """What the page shows, read as records need it."""
        return self.get_object(for_records(self.get_queryset()))


class SectionRecordMixin(RecordMixin):
    """Of an overview that stands at a page of the menu: the words of that page."""

    page: Any
    page_slug: str
    find: Callable[..., Any]

    def row(self) -> Any:
        pages = for_records(type(self.page).objects.all())
        return self.find(pages, slug=self.page_slug)


class RecordListMixin(FormsMixin):
    """Of a list, with its filters and in parts."""

    is_list = True
    forms_title: ClassVar[Any] = ""
    # Of a list that may get very long: all that its listing holds, whatever part of it this is.
    listed: ClassVar[Listed | None] = None
    template_name: str
    # What the page prints of each row; all, where nothing is said. A long list has to say.
    list_columns: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def known_names(cls) -> set[str]:
        filters = cls.filterset_class.base_filters if cls.filterset_class else {}
        return {*filters, AFTER}

    def list_is_within(self) -> dict[str, str]:
        """The choices that all of this list has."""
        return {}

    @cached_property
    def narrowing(self) -> listing.Narrowing | None:
        """None where the list is short enough to be asked of the database."""
        known = listing.kept(self.listed) if self.listed else None
        return listing.Narrowing(known, self.list_is_within()) if known else None

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        if self.listed and self.narrowing:
            given = {"data": self.request.GET or None, "queryset": self.listed.unread}
            return {**given, "request": self.request, "counting": self.narrowing}
        return super().get_filterset_kwargs(filterset_class)

    def get_template_names(self) -> list[str]:
        """Django would ask the rows for their model, and make a queryset of them for that."""
        return [self.template_name]

    def get_paginator(self, rows: QuerySet[Any], length: int, **how: Any) -> Any:
        filterset = getattr(self, "filterset", None)
        if filterset is not None and self.narrowing:
            found = self.narrowing.found(filterset.accepted)
            read = listing.reader(self.listed, self.list_columns, length)
            return listing.ListingPaginator(read, length, self.narrowing.listing, found, **how)
        if self.list_columns:
            rows = rows.only(*self.list_columns)
        accepted = sorted(filterset.accepted.items()) if filterset is not None else ()
        return paging.CountedPaginator(rows, length, (self.request.path, *accepted), **how)

    def answer(self, form: Form) -> Answer:
        self.refuse_unknown()
        title = self.title_of_forms()
        rows = for_records(self.rows(), texts=form.ending != "csv")
        choices = self.filterset_of_forms.given_in_words if self.filterset_of_forms else ""
        after = self.request.GET.get(AFTER, "")
        paging.check(rows.model, after)
        absolute = Absolute(self.request)
        records = Records(absolute, texts=form.ending != "csv")
        given = self.request.GET.items()
        own = {name: str(value) for name, value in given if value and name != AFTER}
        found: Iterator[Record]
        if form.ending == "csv":
            parts = paging.whole(rows, after)
            found, following = chain.from_iterable(map(records.of, parts)), ""
        else:
            part = paging.part(rows, after)
            found, following = iter(records.of(part.rows)), part.after
        here = absolute(with_ending(self.request.path, form.ending))
        return Answer(
            title=narrowed_title(title, choices),
            address=_asked(absolute(self.request.path), own),
            own_address=_asked(here, {**own, AFTER: after}),
            following=_asked(here, {**own, AFTER: following}) if following else "",
            records=found,
        )

    def title_of_forms(self) -> str:
        """Of the page that the list stands at, which must be public itself."""
        page = getattr(self, "page", None)
        if page is not None and _is_withdrawn(page):
            raise Gone(page.withdrawal_note)
        named = page or self.forms_title
        if named:
            return str(named)
        rows = self.get_queryset()
        return str(capfirst(rows.model._meta.verbose_name_plural))

    def rows(self) -> QuerySet[Any]:
        """Those that the page would list, under the same filters."""
        filterset = self.filterset_of_forms
        if filterset is None:
            return self.get_queryset()
        if refused := filterset.refused():
            raise BadRequest(" ".join(refused))
        return filterset.narrowed()

    @cached_property
    def filterset_of_forms(self) -> FacetedFilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(
            self.request.GET,
            queryset=self.get_queryset(),
            request=self.request,
            counting=self.narrowing,
        )


class NewestMixin(RecordListMixin):
    """Of an overview of several kinds: the newest of each together, without more parts."""

    @classmethod
    def known_names(cls) -> set[str]:
        return set()

    def newest(self) -> list[QuerySet[Any]]:
        raise NotImplementedError

    def answer(self, form: Form) -> Answer:
        self.refuse_unknown()
        title = self.title_of_forms()
        absolute = Absolute(self.request)
        texts = form.ending != "csv"
        rows: list[Publishable] = [
            row
            for kind in self.newest()
            for row in paging.in_order(for_records(kind, texts=texts))[: paging.PART]
        ]
        rows.sort(key=lambda row: first_public(row) or row.created_at, reverse=True)
        return Answer(
            title=title,
            address=absolute(self.request.path),
            own_address=absolute(with_ending(self.request.path, form.ending)),
            records=iter(Records(absolute, texts=texts).of(rows[: paging.PART])),
        )


def _asked(address: str, values: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{address}?{query}" if query else address
