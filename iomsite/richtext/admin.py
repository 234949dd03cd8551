"""The report on links to other sites: to read, and to go from there to the pages that have them."""

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.editions import publishable_models
from iomsite.publishing.moments import in_short
from iomsite.publishing.rows import RowsMixin

from .models import ExternalLink, LinkUse

State = ExternalLink.State
# Of the pages that use a link, as many are named in the list.
MOST_NAMED = 5


def seen_by(user: Any, model: Any) -> QuerySet[Any]:
    """The public pages of this kind that are this person's to look after."""
    found: QuerySet[Any] = model.objects.published().visible_to(user)
    return found


class ReportFilter(admin.SimpleListFilter):
    title = _("how it is")
    parameter_name = "how"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("broken", _("broken")),
            *((one.value, one.label) for one in State if one != State.REFUSED),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "broken":
            return queryset.filter(pk__in=ExternalLink.objects.broken().values("pk"))
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset


class ReportList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """With the pages of each link: one statement, and one for each kind of page in the list."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        links = {link.pk: link for link in self.result_list}
        uses: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for use in LinkUse.objects.filter(link__in=list(links)).order_by("pk"):
            uses[use.model][use.page_id].append(use.link_id)
        for link in links.values():
            link.pages = []
        for model in publishable_models():
            if keys := uses.get(model._meta.label_lower):
                for page in seen_by(request.user, model).filter(pk__in=list(keys)):
                    for key in keys[page.pk]:
                        links[key].pages.append(page)


@admin.register(ExternalLink)
class ExternalLinkAdmin(RowsMixin, admin.ModelAdmin):
    """A list and nothing else: `check_links` writes it, and pages are where a link is mended."""

    list_display = ("open", "how", "used_by", "since", "seen_well", "asked")
    list_display_links = None
    list_filter = (ReportFilter,)
    list_per_page = 50
    search_fields = ("address",)
    actions = None
    change_list_template = "admin/richtext/links.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name=f"{self.opts.app_label}_{self.opts.model_name}_changelist")]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ReportList

    def get_queryset(self, request: HttpRequest) -> Any:
        """Links of pages that this person looks after."""
        uses = LinkUse.objects.filter(link=OuterRef("pk"))
        of_pages = Q()
        for model in publishable_models():
            pages = seen_by(request.user, model).order_by().values("pk")
            of_pages |= Q(model=model._meta.label_lower, page_id__in=pages)
        return super().get_queryset(request).filter(Exists(uses.filter(of_pages)))

    def get_ordering(self, request: HttpRequest) -> Any:
        """What is to be mended comes first."""
        broken = When(pk__in=ExternalLink.objects.broken().values("pk"), then=0)
        failing = When(state=State.FAILING, then=1)
        urgency = Case(broken, failing, default=Value(2), output_field=IntegerField())
        return (urgency.asc(), "address")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=_("address"), ordering="address")
    def open(self, link: ExternalLink) -> str:
        """An address that nobody should follow is shown, not linked."""
        if link.state == State.REFUSED:
            return link.address
        return format_html(
            '<a href="{}" rel="noopener noreferrer">{}</a>', link.address, link.address
        )

    @admin.display(description=_("how it is"))
    def how(self, link: ExternalLink) -> str:
        kind = "expired" if link.is_broken else "published" if link.state == State.WELL else "draft"
        return format_html(
            '<span class="status status--{}">{}</span>', kind, capfirst(link.in_words)
        )

    @admin.display(description=_("on pages"))
    def used_by(self, link: Any) -> str:
        named = format_html_join(", ", '<a href="{}">{}</a>', map(_named, link.pages[:MOST_NAMED]))
        more = len(link.pages) - MOST_NAMED
        return named if more <= 0 else format_html("{} + {}", named, more)

    @admin.display(description=_("failing since"), ordering="failing_since")
    def since(self, link: ExternalLink) -> str:
        return in_short(link.failing_since) if link.failing_since else ""

    @admin.display(description=_("last seen well"), ordering="well_at")
    def seen_well(self, link: ExternalLink) -> str:
        return in_short(link.well_at) if link.well_at else ""

    @admin.display(description=_("checked"), ordering="checked_at")
    def asked(self, link: ExternalLink) -> str:
        return in_short(link.checked_at) if link.checked_at else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _named(page: Any) -> tuple[str, str]:
    options = page._meta
    name = f"admin:{options.app_label}_{options.model_name}_change"
    return reverse(name, args=[page.pk]), str(page)
