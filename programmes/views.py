"""The pages of where we work and what we do there.

What these pages show of the news, the site adds to them: this app does not know the newsroom.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, ListView, TemplateView
from django_filters.views import FilterView

from iomsite.formats.views import (
    WITHOUT_MOMENTS,
    RecordListMixin,
    RecordMixin,
    SectionRecordMixin,
)
from iomsite.images.models import Photo
from iomsite.organisation.models import Figure
from iomsite.organisation.navigation import menu_of
from iomsite.organisation.views import SectionMixin
from iomsite.publishing.models import Publishable
from iomsite.publishing.views import PublishedDetailView

from .filters import EngagementFilter, ProgrammeFilter
from .map import Emphasis, Locator, MapPlace, locator, world_map
from .models import (
    Country,
    EngagementPartner,
    EngagementPhoto,
    Goal,
    OutcomeDocument,
    Partner,
    Programme,
    ProgrammePartner,
    Region,
    RegionalEngagement,
    RegionalOffice,
    Topic,
)
from .reading import programme_lists, tags_of

LIST_LENGTH = 20
GATHERED = 50  # on a page that gathers related work; the filtered list has them all
SOME = 6
RELATED = 4
LONG = 5  # parts of a page, from which on it opens with a list of them


def engagements() -> QuerySet[RegionalEngagement]:
    """What lists print of an engagement, in one statement."""
    return RegionalEngagement.objects.published().select_related("country")


def programmes() -> QuerySet[Programme]:
    return Programme.objects.published().select_related("country")


def programmes_by_country() -> QuerySet[Programme]:
    """Country programmes first, in the order of the countries' names."""
    return programmes().order_by(F("country__name").asc(nulls_last=True), "title")


def if_public(page: Publishable | None) -> list[Any]:
    """The related page, or nothing in its place."""
    return [page] if page and page.is_public() else []


def locator_of(*countries: Country) -> Locator | None:
    return locator([country.m49 for country in countries])


def by_role(
    uses: Iterable[ProgrammePartner | EngagementPartner],
) -> list[tuple[str, list[Partner]]]:
    """Partners under what they do, in the order that the editor gave them.

    Where all are partners and nothing else, the heading above them says so already.
    """
    uses = list(uses)
    groups: dict[str, list[Partner]] = {}
    for use in uses:
        groups.setdefault(use.get_role_display(), []).append(use.partner)
    if {use.role for use in uses} == {ProgrammePartner.Role.PARTNER}:
        return [("", partners) for partners in groups.values()]
    return list(groups.items())


def by_kind(rows: Iterable[Any], kinds: Any) -> list[tuple[str, list[Any]]]:
    """Rows under the words of their kind, in the order of the kinds."""
    groups = {kind: [row for row in rows if row.kind == kind] for kind in kinds}
    return [(kind.label, group) for kind, group in groups.items() if group]


class WorkSectionMixin(SectionMixin):
    """A section that quotes figures: adds those of its menu page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = self.page.figures.published().prefetch_related("sources")
        return super().get_context_data(figures=figures, **kwargs)


class WhereWeWorkView(RecordListMixin, WorkSectionMixin, TemplateView):
    """The map, the regions with their offices and countries, and all countries by name."""

    page_slug = "where-we-work"
    template_name = "programmes/where_we_work.html"

    def get_queryset(self) -> QuerySet[Country]:
        """What its forms list: each country tells its region."""
        return Country.objects.published()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offices = RegionalOffice.objects.select_related("country")
        regions = list(Region.objects.published().prefetch_related(Prefetch("offices", offices)))
        countries = list(countries_on_map())
        known = {region.pk for region in regions}
        return super().get_context_data(
            regions=[
                (region, [country for country in countries if country.region_id == region.pk])
                for region in regions
            ],
            elsewhere=[one for one in countries if one.region_id not in known],
            with_programme=[one for one in countries if one.has_programme],
            only_named=[one for one in countries if not one.has_programme],
            map=world_map(place_of(country) for country in countries),
            **kwargs,
        )


def countries_on_map() -> QuerySet[Country]:
    """All public countries, each knowing whether it has a programme of its own."""
    own = Programme.objects.published().filter(country=OuterRef("pk"))
    return Country.objects.published().annotate(has_programme=Exists(own))


def place_of(country: Country) -> MapPlace:
    emphasis: Emphasis = "programme" if country.has_programme else "mention"
    return MapPlace(country.m49, country.name, country.get_absolute_url(), emphasis)


class RegionView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "programmes/region_detail.html"
    context_object_name = "region"

    def get_queryset(self) -> QuerySet[Region]:
        return Region.objects.prefetch_related(
            Prefetch("offices", RegionalOffice.objects.select_related("country")),
            Prefetch("countries", Country.objects.published()),
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        countries = self.object.countries.all()
        return super().get_context_data(
            trail=menu_of(self.request).trail(WhereWeWorkView.page_slug),
            programmes=programmes().filter(country__in=countries)[:GATHERED],
            engagements=engagements().filter(region=self.object.page)[:GATHERED],
            locator=locator_of(*countries),
            **kwargs,
        )


class CountryView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "programmes/country_detail.html"
    context_object_name = "country"

    def get_queryset(self) -> QuerySet[Country]:
        offices = RegionalOffice.objects.filter(region__in=Region.objects.published())
        return Country.objects.select_related("region").prefetch_related(
            Prefetch("offices", offices),
            Prefetch("partners", Partner.objects.in_use()),
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        country = self.object
        work = programmes().in_country(country.page)[:GATHERED]
        above = [(region.name, region.get_absolute_url()) for region in if_public(country.region)]
        return super().get_context_data(
            trail=[*menu_of(self.request).trail(WhereWeWorkView.page_slug), *above],
            programmes=[one for one in work if one.country_id == country.page.pk],
            initiatives=[one for one in work if one.country_id != country.page.pk],
            engagements=engagements().in_country(country.page)[:GATHERED],
            locator=locator_of(country),
            **kwargs,
        )


class OurWorkView(SectionRecordMixin, WorkSectionMixin, TemplateView):
    """The pages of the section, the topics, and some of the work."""

    page_slug = "our-work"
    template_name = "programmes/our_work.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = menu_of(self.request).pages
        return super().get_context_data(
            children=[one for one in pages if one.parent and one.parent.slug == self.page_slug],
            topics=Topic.objects.in_use(),
            programmes=programmes_by_country()[:SOME],
            engagements=engagements()[:SOME],
            **kwargs,
        )


class ProgrammeListView(RecordListMixin, WorkSectionMixin, FilterView):
    """Country programmes and initiatives, by title."""

    page_slug = "what-we-do"
    filterset_class = ProgrammeFilter
    paginate_by = LIST_LENGTH
    template_name = "programmes/programme_list.html"

    def get_queryset(self) -> QuerySet[Programme]:
        return programmes()


class ProgrammeView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "programmes/programme_detail.html"
    context_object_name = "programme"

    def get_queryset(self) -> QuerySet[Programme]:
        return Programme.objects.select_related("country__region", "parent").prefetch_related(
            Prefetch("partner_roles", ProgrammePartner.objects.select_related("partner")),
            Prefetch("parts", Programme.objects.published()),
            Prefetch("figures", Figure.objects.published().prefetch_related("sources")),
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        programme = self.object
        lists = programme_lists(programme)
        context = super().get_context_data(
            trail=menu_of(self.request).trail(ProgrammeListView.page_slug),
            **lists,
            partners=by_role(programme.partner_roles.all()),
            engagements=engagements().sharing_topics_with(programme)[:RELATED],
            locator=locator_of(*if_public(programme.country), *lists["countries"]),
            **kwargs,
        )
        return {**context, "contents": self._contents(context)}

    def _contents(self, context: dict[str, Any]) -> list[tuple[str, str]]:
        """Where the parts of a long page begin, and their titles; nothing for a short one."""
        programme, found = self.object, context.get
        objectives = found("objectives")
        parts = (
            ("objectives", ngettext("Objective", "Objectives", len(objectives)), objectives),
            ("key-results", _("Key results"), found("key_results")),
            ("areas", _("Areas of intervention"), found("areas")),
            ("figures", _("Figures"), programme.figures.all()),
            ("goals", _("Goals"), programme.all_goals or found("goals")),
            ("partners", _("Partners"), found("partners")),
            ("topics", _("Topics"), found("topics")),
            ("parts", _("Parts of this programme"), programme.parts.all()),
            ("engagements", _("Engagements on the same topics"), found("engagements")),
            ("releases", _("News"), found("releases")),
            ("campaigns", _("Campaigns"), found("campaigns")),
            ("publications", _("Publications"), found("publications")),
        )
        shown = [(anchor, title) for anchor, title, rows in parts if rows]
        return shown if len(shown) >= LONG else []


class EngagementListView(RecordListMixin, WorkSectionMixin, FilterView):
    """Regional engagements, newest first; those without a date come last."""

    page_slug = "partnerships"
    filterset_class = EngagementFilter
    paginate_by = LIST_LENGTH
    template_name = "programmes/engagement_list.html"

    def get_queryset(self) -> QuerySet[RegionalEngagement]:
        return engagements()


class EngagementView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "programmes/engagement_detail.html"
    context_object_name = "engagement"

    def get_queryset(self) -> QuerySet[RegionalEngagement]:
        photos = EngagementPhoto.objects.filter(photo__in=Photo.objects.published())
        related = ("region", "office", "country", "parent")
        return RegionalEngagement.objects.select_related(*related).prefetch_related(
            Prefetch("partner_roles", EngagementPartner.objects.select_related("partner")),
            Prefetch("outcome_documents", OutcomeDocument.objects.published()),
            Prefetch("photos", photos.select_related("photo")),
            Prefetch("parts", engagements()),
            "roles",
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        engagement = self.object
        tags = tags_of(engagement, "topics", "countries")
        return super().get_context_data(
            trail=menu_of(self.request).trail(EngagementListView.page_slug),
            **tags,
            partners=by_role(engagement.partner_roles.all()),
            locator=locator_of(*if_public(engagement.country), *tags["countries"]),
            **kwargs,
        )


class OutcomeView(RecordMixin, PublishedDetailView):
    has_own_stamp = True
    template_name = "programmes/outcome_detail.html"
    context_object_name = "document"

    def get_queryset(self) -> QuerySet[OutcomeDocument]:
        found = OutcomeDocument.objects.select_related("engagement__country")
        return found.prefetch_related("sources")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = [(str(one), one.get_absolute_url()) for one in if_public(self.object.engagement)]
        return super().get_context_data(
            trail=[*menu_of(self.request).trail(EngagementListView.page_slug), *above], **kwargs
        )


class TopicListView(RecordListMixin, ListView):
    forms = WITHOUT_MOMENTS
    template_name = "programmes/topic_list.html"

    def get_queryset(self) -> QuerySet[Topic]:
        return Topic.objects.in_use()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            trail=menu_of(self.request).trail(OurWorkView.page_slug),
            groups=by_kind(self.object_list, Topic.Kind),
            **kwargs,
        )


class TopicView(RecordMixin, DetailView):
    """What the topic ties together."""

    forms = WITHOUT_MOMENTS
    has_own_stamp = True
    template_name = "programmes/topic_detail.html"
    context_object_name = "topic"

    def get_queryset(self) -> QuerySet[Topic]:
        return Topic.objects.in_use().prefetch_related("sources")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = (_("Topics"), reverse("programmes:topic-list"))
        return super().get_context_data(
            trail=[*menu_of(self.request).trail(OurWorkView.page_slug), above],
            programmes=programmes().filter(topics=self.object)[:GATHERED],
            engagements=engagements().filter(topics=self.object)[:GATHERED],
            **kwargs,
        )


class PartnerListView(RecordListMixin, ListView):
    forms = WITHOUT_MOMENTS
    template_name = "programmes/partner_list.html"

    def get_queryset(self) -> QuerySet[Partner]:
        return Partner.objects.in_use()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            trail=menu_of(self.request).trail(EngagementListView.page_slug),
            groups=by_kind(self.object_list, Partner.Kind),
            **kwargs,
        )


class PartnerView(RecordMixin, DetailView):
    """What is done with the partner, and what it does there."""

    forms = WITHOUT_MOMENTS
    has_own_stamp = True
    template_name = "programmes/partner_detail.html"
    context_object_name = "partner"

    def get_queryset(self) -> QuerySet[Partner]:
        return Partner.objects.in_use().select_related("country").prefetch_related("sources")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner = self.object
        above = (_("Partners"), reverse("programmes:partner-list"))
        newest_first = F("engagement__date").desc(nulls_last=True)
        return super().get_context_data(
            trail=[*menu_of(self.request).trail(EngagementListView.page_slug), above],
            country=next(iter(if_public(partner.country)), None),
            programme_roles=partner.programme_roles.filter(
                programme__in=Programme.objects.published()
            )
            .select_related("programme__country")
            .order_by("programme__title")[:GATHERED],
            engagement_roles=partner.engagement_roles.filter(
                engagement__in=RegionalEngagement.objects.published()
            )
            .select_related("engagement__country")
            .order_by(newest_first, "engagement__order", "engagement__slug")[:GATHERED],
            **kwargs,
        )


class AgendaView(RecordListMixin, WorkSectionMixin, TemplateView):
    """The 17 goals, what else of the frameworks the work names, and the programmes behind it."""

    page_slug = "2030-agenda"
    template_name = "programmes/agenda.html"
    forms = WITHOUT_MOMENTS

    def get_queryset(self) -> QuerySet[Goal]:
        return Goal.objects.in_use()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        goals = sorted(
            Goal.objects.in_use().select_related("parent"), key=lambda goal: goal.position
        )
        return super().get_context_data(
            goals=[goal for goal in goals if goal.framework == Goal.Framework.SDG],
            named=[goal for goal in goals if goal.framework != Goal.Framework.SDG],
            programmes=programmes().for_goals()[:GATHERED],
            **kwargs,
        )


class GoalView(RecordMixin, DetailView):
    """A goal with its parts, and the programmes that work towards it."""

    forms = WITHOUT_MOMENTS
    has_own_stamp = True
    template_name = "programmes/goal_detail.html"
    context_object_name = "goal"

    def get_queryset(self) -> QuerySet[Goal]:
        work = Prefetch("programmes", programmes())
        return Goal.objects.in_use().prefetch_related(
            Prefetch("parent", Goal.objects.in_use()),
            Prefetch("parts", Goal.objects.in_use().prefetch_related(work)),
            work,
            "sources",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        goal = self.object
        above = [(goal.parent.short_name, goal.parent.get_absolute_url())] if goal.parent else []
        for_all = programmes().filter(all_goals=True).exclude(goals=goal)
        return super().get_context_data(
            trail=[*menu_of(self.request).trail(AgendaView.page_slug), *above],
            programmes_for_all=for_all[:GATHERED]
            if goal.framework == Goal.Framework.SDG
            else for_all.none(),
            **kwargs,
        )
