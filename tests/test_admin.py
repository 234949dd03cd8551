"""What holds for every list and form of the administration, whichever model it edits."""

import pytest
from django.contrib import admin
from django.urls import reverse

from iomsite.accounts.models import Office, User
from iomsite.images.models import Photo
from iomsite.organisation.models import Figure, Framework, HistoryEvent, Page
from iomsite.partialdate import PartialDate
from iomsite.publishing.models import AuditEntry, Publishable, PublishingSet, Redirect, Source
from iomsite.publishing.states import State
from iomsite.richtext.models import ExternalLink
from news.models import Campaign, NewsRelease, Publication
from programmes.models import (
    Country,
    Goal,
    OutcomeDocument,
    Partner,
    Programme,
    Region,
    RegionalEngagement,
    RegionalOffice,
    Topic,
)
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import (
    FigureFactory,
    FrameworkFactory,
    HistoryEventFactory,
    PageFactory,
)
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    GoalFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionalOfficeFactory,
    RegionFactory,
    TopicFactory,
)
from tests.factories.publishing import PublishingSetFactory, RedirectFactory, SourceFactory
from tests.submission import buttons_of, errors_of, fields_of, say, submit

FACTORIES = {
    factory._meta.model: factory
    for factory in (
        CampaignFactory,
        CountryFactory,
        EngagementFactory,
        FigureFactory,
        FrameworkFactory,
        GoalFactory,
        HistoryEventFactory,
        NewsReleaseFactory,
        OfficeFactory,
        OutcomeDocumentFactory,
        PageFactory,
        PartnerFactory,
        PhotoFactory,
        ProgrammeFactory,
        PublicationFactory,
        PublishingSetFactory,
        RedirectFactory,
        RegionFactory,
        RegionalOfficeFactory,
        SourceFactory,
        TopicFactory,
        UserFactory,
    )
}
# Nobody edits the audit trail, or what a command found out about links.
REPORTS = (AuditEntry, ExternalLink)
MODELS = [model for model in admin.site._registry if model not in REPORTS]
PAGES = [model for model in MODELS if issubclass(model, Publishable)]

# Statements of a list, sign-in included. A new filter costs one or two more.
STATEMENTS = {
    User: 6,
    Office: 6,
    PublishingSet: 6,
    Redirect: 6,
    Source: 6,
    Photo: 7,
    Figure: 7,
    Framework: 6,
    HistoryEvent: 7,
    Page: 7,
    Campaign: 9,
    NewsRelease: 10,
    Publication: 9,
    Country: 7,
    Goal: 5,
    OutcomeDocument: 7,
    Partner: 6,
    Programme: 9,
    Region: 6,
    RegionalEngagement: 9,
    RegionalOffice: 6,
    Topic: 5,
}

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
every_page = pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)


def address(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def related(model):
    """What a column or filter of the list may follow, filled for each row."""
    names = {field.name for field in model._meta.get_fields()}
    values = {"updated_by": UserFactory, "region": RegionFactory, "country": CountryFactory}
    fields = {name: make() for name, make in values.items() if name in names}
    if model is Programme:
        fields["kind"] = Programme.Kind.COUNTRY_PROGRAMME
    if model is OutcomeDocument:
        fields["engagement"] = EngagementFactory()
    if model in (Page, Goal):
        fields["parent"] = FACTORIES[model]()
    for name in {"date", "taken"} & names:
        fields[name] = PartialDate.parse("2018-10")
    return fields


def rows(model, count):
    for factory in FACTORIES.values():
        factory.reset_sequence()  # codes of countries are short
    countries = CountryFactory.create_batch(2)
    for row in FACTORIES[model].create_batch(count, **related(model)):
        if any(field.name == "countries" for field in model._meta.many_to_many):
            row.countries.set(countries)


def test_every_model_of_the_registry_has_a_literal_count():
    assert set(STATEMENTS) == set(MODELS)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [20, 200])
@every_model
def test_list_costs_the_same_for_any_number_of_rows(
    admin_client, django_assert_num_queries, model, count
):
    rows(model, count)
    with django_assert_num_queries(STATEMENTS[model]):
        response = admin_client.get(address(model))
    assert len(response.context["cl"].result_list) >= 20


@pytest.mark.django_db
@every_model
def test_list_counts_what_each_filter_would_leave(admin_client, model):
    rows(model, 3)
    response = admin_client.get(address(model), {"_facets": "True"})
    assert response.status_code == 200
    assert len(response.context["cl"].result_list) >= 3


@every_model
def test_list_has_few_columns(rf, admin_user, model):
    request = rf.get("/")
    request.user = admin_user
    assert len(admin.site.get_model_admin(model).get_list_display(request)) <= 6


@pytest.mark.django_db
@every_model
def test_list_finds_a_row_by_words(admin_client, model):
    row = FACTORIES[model]()
    name = next(
        getattr(row, field)
        for field in ("title", "name", "city", "label", "code", "username", "old_path")
        if hasattr(row, field)
    )
    for words, found in ((name, 1), ("no such words", 0)):
        response = admin_client.get(address(model), {"q": words})
        assert (row in response.context["cl"].result_list) == bool(found), words


@pytest.mark.django_db
@every_model
def test_change_form_saves_what_it_shows(admin_client, model):
    row = FACTORIES[model]()
    before = model.objects.filter(pk=row.pk).values().get()

    form = admin_client.get(address(model, "change", row.pk))
    response = admin_client.post(address(model, "change", row.pk), fields_of(form))

    assert response.status_code == 302, errors_of(response)
    after = model.objects.filter(pk=row.pk).values().get()
    stamps = {"updated_at", "updated_by_id", "version"}
    assert {key for key in before if before[key] != after[key]} <= stamps


@pytest.mark.django_db
@every_model
def test_empty_form_is_refused_beside_its_fields(admin_client, model):
    before = model.objects.count()
    form = admin_client.get(address(model, "add"))
    response = admin_client.post(address(model, "add"), {**fields_of(form), "_submit": "on"})

    assert response.status_code == 200
    required = "This field is required."
    unfilled = {name for name, messages in errors_of(response).items() if required in messages}
    assert unfilled
    assert required in response.content.decode()
    assert model.objects.count() == before


@pytest.mark.django_db
@every_page
def test_taken_slug_is_refused_beside_its_field(admin_client, model):
    taken, row = FACTORIES[model].create_batch(2)
    form = admin_client.get(address(model, "change", row.pk))

    response = admin_client.post(
        address(model, "change", row.pk), {**fields_of(form), "slug": taken.slug}
    )

    assert list(errors_of(response)) == ["slug"]


@pytest.mark.django_db
@every_page
def test_page_goes_from_one_person_over_another_to_the_public(client, admin_client, model):
    row = FACTORIES[model]()
    form = admin_client.get(address(model, "change", row.pk))
    assert buttons_of(form) == {"_save", "_submit", "_continue"}
    admin_client.post(address(model, "change", row.pk), {**fields_of(form), "_submit": "on"})
    row.refresh_from_db()
    assert (row.state, row.is_public()) == (State.IN_REVIEW, False)

    reviewer = UserFactory(is_superuser=True)
    client.force_login(reviewer)
    say(client, "publish", row)

    row.refresh_from_db()
    assert row.is_public()
    assert row.updated_by == reviewer


@pytest.mark.django_db
@every_page
def test_public_page_is_edited_in_a_copy(admin_client, model):
    row = FACTORIES[model](published=True)
    before = model.objects.filter(pk=row.pk).values().get()
    form = admin_client.get(address(model, "change", row.pk))
    assert buttons_of(form) == set()
    assert admin_client.post(address(model, "change", row.pk), {}).status_code == 403

    answer = say(admin_client, "edit", row)

    copy = model.objects.get(edition_of=row)
    assert answer.url == address(model, "change", copy.pk)
    assert submit(admin_client, copy, slug="another", _submit="on").status_code == 302
    copy.refresh_from_db()
    assert (copy.slug, copy.state) == ("another", State.IN_REVIEW)
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.any_database
@pytest.mark.django_db
@every_page
def test_draft_may_lack_everything_but_what_it_is_found_by(admin_client, model):
    form = admin_client.get(address(model, "add"))
    needed = {
        name
        for name, field in form.context["adminform"].form.fields.items()
        if field.required and name not in ("order", "value")
    }
    assert needed <= {"slug", "title", "name", "label", "measure"}
    blank = {
        name: value if name.endswith("_FORMS") or name in ("order",) else ""
        for name, value in fields_of(form).items()
    }
    said = dict.fromkeys(needed, "draft") | {"seen_version": "1"}
    if model is Figure:
        said["value"] = "1"
    response = admin_client.post(address(model, "add"), {**blank, **said})
    assert response.status_code == 302, errors_of(response)
    draft = model.objects.get(slug="draft")

    again = submit(admin_client, draft, _continue="on")
    assert again.status_code == 302, errors_of(again)
    assert admin_client.get(address(model, "change", draft.pk)).status_code == 200
    assert admin_client.get(address(model, "history", draft.pk)).status_code == 200


@pytest.mark.django_db
@every_page
def test_viewer_sees_and_changes_nothing_else(client, model):
    row = FACTORIES[model]()
    client.force_login(UserFactory(role="administrator"))

    listing = client.get(address(model))
    form = client.get(address(model, "change", row.pk))
    answer = client.post(address(model, "change", row.pk), {"_submit": "on"})

    assert "Publish selected" not in listing.content.decode()
    assert form.status_code == 200
    assert buttons_of(form) == set()
    assert answer.status_code == 403
    assert client.get(address(model, "add")).status_code == 403
    row.refresh_from_db()
    assert not row.is_public()


@pytest.mark.django_db
@every_model
def test_relations_are_found_by_typing(admin_client, model):
    FACTORIES[model]()
    form = admin_client.get(address(model, "add")).context["adminform"].form
    choosers = {
        name: type(field.widget.widget).__name__
        for name, field in form.fields.items()
        if hasattr(field, "queryset")
    }
    assert set(choosers.values()) <= {"KeySelect", "SharedSelectMultiple"}
    assert not any(
        getattr(field.widget, "can_delete_related", False) for field in form.fields.values()
    )


@pytest.mark.django_db
def test_first_page_shows_the_parts_in_order_and_the_way_to_the_site(admin_client):
    page = admin_client.get("/admin/")
    labels = [app["app_label"] for app in page.context["app_list"]]
    assert labels == [
        "programmes", "news", "organisation", "images", "richtext", "publishing", "accounts",
    ]  # fmt: skip
    content = page.content.decode()
    assert "iomsite: staff" in content
    assert '<a href="/">View site</a>' in content
    assert "css/admin.css" in content
