"""No way round the offices: forged ids, popups, bulk actions, previews, messages, lists."""

import json
from itertools import count

import pytest
from django.contrib import admin

from iomsite.accounts.models import Office, User
from iomsite.publishing import actions, audit, timetable
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.models import AuditEntry, Publishable, PublishingSet
from iomsite.publishing.querysets import ResponsibleQuerySet
from iomsite.publishing.states import State
from news.models import Campaign
from programmes.models import Programme
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import (
    CampaignFactory,
    NewsReleaseFactory,
    PublicationFactory,
    ReleasePhotoFactory,
)
from tests.factories.organisation import (
    FigureFactory,
    FrameworkFactory,
    HistoryEventFactory,
    PageFactory,
)
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    OutcomeDocumentFactory,
    ProgrammeFactory,
    RegionFactory,
)
from tests.factories.publishing import PublishingSetFactory
from tests.submission import (
    buttons_of,
    change_of,
    delete_of,
    errors_of,
    fields_of,
    say,
    submit,
    verb_of,
)

pytestmark = pytest.mark.django_db

SECRET = "Words of others"
NUMBERS = count()
FACTORIES = {
    factory._meta.model: factory
    for factory in (
        CampaignFactory,
        CountryFactory,
        EngagementFactory,
        FigureFactory,
        FrameworkFactory,
        HistoryEventFactory,
        NewsReleaseFactory,
        OutcomeDocumentFactory,
        PageFactory,
        PhotoFactory,
        ProgrammeFactory,
        PublicationFactory,
        RegionFactory,
    )
}


@pytest.fixture
def here():
    return OfficeFactory(name="Here")


@pytest.fixture
def there():
    return OfficeFactory(name=f"{SECRET}: there")


@pytest.fixture
def desk(client, here):
    """A browser of a publisher here."""
    person = UserFactory(role="publisher", role__office=here)
    client.force_login(person)
    client.person = person
    return client


def foreign(model, office):
    """What other offices must not see: a draft, a working copy, a set; or the office itself."""
    if model is Office:
        return [office]
    if model is PublishingSet:
        return [PublishingSetFactory(title=SECRET, responsible_office=office)]
    if not issubclass(model, Publishable):
        return []
    factory, words = FACTORIES[model], f"{SECRET} {next(NUMBERS)}"
    draft = factory(responsible_office=office, **{model.name_field: words})
    copy = actions.edit(factory(published=True, responsible_office=office), by=None)
    model.objects.filter(pk=copy.pk).update(**{model.name_field: words})
    return [draft, copy]


def is_placed(rows):
    return rows.model is Office or isinstance(rows, ResponsibleQuerySet)


def choosers(response):
    """The relations of a form and of its rows: name in the form, field, and model it is of."""
    context = response.context
    form = context["adminform"].form
    found = [(name, field, form._meta.model) for name, field in form.fields.items()]
    for inline in context["inline_admin_formsets"]:
        prefix, rows = inline.formset.prefix, inline.formset.empty_form.fields
        hidden = (inline.formset.fk.name, "id")
        found += [
            (f"{prefix}-0-{name}", field, inline.opts.model)
            for name, field in rows.items()
            if name not in hidden
        ]
    return [one for one in found if hasattr(one[1], "queryset")]


# Forms


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model.__name__)
def test_other_offices_rows_are_refused_in_every_relation_of_every_form(desk, here, there, model):
    page = FACTORIES[model](responsible_office=here)
    form = desk.get(change_of(page))
    asked = {
        key: field.queryset.model
        for key, field, _source in choosers(form)
        if is_placed(field.queryset)
    }
    forged = {target: foreign(target, there) for target in set(asked.values())}
    counts = {f"{key.partition('-0-')[0]}-TOTAL_FORMS": "1" for key in asked if "-0-" in key}
    for number in range(2):
        rows = {key: [forged[target][-number].pk] for key, target in asked.items()}
        answer = desk.post(change_of(page), {**fields_of(form), **counts, **rows})
        assert set(asked) <= set(errors_of(answer))
        assert SECRET not in answer.content.decode()
    assert "publishing_set" in asked


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model.__name__)
def test_other_offices_rows_are_found_by_no_search(desk, here, there, model):
    """What is public is offered, what is here as well, and nothing else of others."""
    page = FACTORIES[model](responsible_office=here)
    mine = {}
    for key, field, source in choosers(desk.get(change_of(page))):
        target = field.queryset.model
        if target in FACTORIES and target not in mine:
            foreign(target, there)
            mine[target] = FACTORIES[target](responsible_office=here)
        found = search(desk, source, key.rpartition("-0-")[2])
        assert SECRET not in str(found)
        assert target not in mine or str(mine[target].pk) in [one["id"] for one in found]


def search(browser, model, name):
    asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
    answer = browser.get("/admin/autocomplete/", {**asked, "field_name": name, "term": ""})
    assert answer.status_code == 200
    return json.loads(answer.content)["results"]


def test_page_begins_in_an_office_of_whoever_begins_it(desk, here, there):
    form = desk.get("/admin/news/campaign/add/")
    said = {**fields_of(form), "title": "New", "slug": "new"}
    assert said["responsible_office"] == [str(here.pk)]
    for forged in (there.pk, "", 999_999):
        answer = desk.post("/admin/news/campaign/add/", {**said, "responsible_office": forged})
        assert list(errors_of(answer)) == ["responsible_office"]
        assert SECRET not in answer.content.decode()
    assert desk.post("/admin/news/campaign/add/", said).status_code == 302
    assert Campaign.objects.get().responsible_office == here


def test_headquarters_begins_pages_of_its_own(client):
    client.force_login(UserFactory(role="contributor"))
    said = fields_of(client.get("/admin/news/campaign/add/"))
    client.post("/admin/news/campaign/add/", {**said, "title": "New", "slug": "new"})
    assert Campaign.objects.get().responsible_office is None


def test_country_of_a_programme_is_one_of_ones_own(desk, here, there):
    ours = CountryFactory(published=True, responsible_office=here)
    theirs = CountryFactory(published=True, responsible_office=there)
    page = ProgrammeFactory(responsible_office=here)
    country = {"kind": Programme.Kind.COUNTRY_PROGRAMME}
    assert "country" in errors_of(submit(desk, page, **country, country=theirs.pk))
    assert submit(desk, page, **country, country=ours.pk).status_code == 302
    assert submit(desk, page, countries=[theirs.pk]).status_code == 302
    assert [one["id"] for one in search(desk, Programme, "country")] == [str(ours.pk)]


def test_what_a_page_refers_to_already_stays_without_its_name(desk, here, there):
    page = NewsReleaseFactory(responsible_office=here)
    release = foreign(Campaign, there)[0]
    type(page).objects.filter(pk=page.pk).update(campaign=release)
    ReleasePhotoFactory(release=page, photo=foreign(PhotoFactory._meta.model, there)[0], order=1)
    country = foreign(CountryFactory._meta.model, there)[0]
    page.countries.add(country)

    form = desk.get(change_of(page))
    assert SECRET not in form.content.decode()
    assert "A page of another office" in form.content.decode()
    assert submit(desk, page, title="New title").status_code == 302

    page.refresh_from_db()
    assert (page.title, page.campaign, list(page.countries.all())) == (
        "New title", release, [country],
    )  # fmt: skip
    assert page.photos.count() == 1


def test_address_of_a_form_proposes_nothing_of_others(desk, there):
    secret = foreign(CountryFactory._meta.model, there)[0]
    for query in ({"countries": secret.pk}, {"countries": secret.pk, "plain": ""}):
        form = desk.get("/admin/news/campaign/add/", query)
        assert SECRET not in form.content.decode()
        assert "A page of another office" not in form.content.decode()  # nor that there is one
    said = {**fields_of(form), "title": "New", "slug": "new", "countries": [secret.pk]}
    answer = desk.post(f"/admin/news/campaign/add/?countries={secret.pk}", said)
    assert list(errors_of(answer)) == ["countries"]


def test_popups_open_nothing_of_others(desk, there):
    page = foreign(Campaign, there)[0]
    for query in ({"_popup": "1"}, {"_popup": "1", "_to_field": "id"}):
        assert desk.get(change_of(page), query).status_code == 404
        assert desk.post(change_of(page), {**query, "title": "Mine"}).status_code == 404
        assert desk.get(delete_of(page), query).status_code in (403, 404)
    answer = desk.get("/admin/news/campaign/", {"_popup": "1", "_to_field": "id"})
    assert SECRET not in answer.content.decode()
    listed = desk.get("/admin/news/campaign/", {"_popup": "1", "_to_field": "editor_note"})
    assert listed.status_code == 400


def test_rows_of_a_form_that_is_not_ones_own_are_not_written(client, here):
    """Whoever only reads is sent no rows, and those that are sent all the same are refused."""
    page = ProgrammeFactory(responsible_office=here)
    rows = {
        "objective_set-TOTAL_FORMS": "1",
        "objective_set-INITIAL_FORMS": "0",
        "objective_set-0-text": "Forged",
    }
    client.force_login(UserFactory(role="contributor", role__office=here))
    assert client.post(change_of(page), rows).status_code == 403
    client.force_login(UserFactory(role="administrator"))
    assert client.post(change_of(page), rows).status_code == 403
    assert not page.objective_set.exists()


# Who wrote it


def test_contributor_writes_in_own_words_only(client, here):
    writer, colleague = (UserFactory(role="contributor", role__office=here) for _ in range(2))
    page = CampaignFactory(published=True, responsible_office=here)
    draft = CampaignFactory(responsible_office=here)
    client.force_login(colleague)
    assert client.post(change_of(draft), {"title": "Mine"}).status_code == 403

    say(client, "edit", page)
    copy = Campaign.objects.get(edition_of=page)
    assert submit(client, copy, title="Better").status_code == 302

    client.force_login(writer)
    assert buttons_of(client.get(change_of(copy))) == set()
    for name in ("discard", "send-back", "restore", "publish", "bin", "preview-link"):
        assert client.get(verb_of(name, copy)).status_code == 403, name
    client.post(
        "/admin/news/campaign/",
        {"action": "submit_selected", "_selected_action": [draft.pk, page.pk], "confirmed": "1"},
    )
    assert not Campaign.objects.in_review().exists()
    client.force_login(colleague)
    assert submit(client, copy, _submit="on").status_code == 302
    assert Campaign.objects.in_review().get() == copy


def test_editor_changes_what_others_wrote_here_and_not_there(client, here, there):
    client.force_login(UserFactory(role="editor", role__office=here))
    ours, theirs = CampaignFactory(responsible_office=here), foreign(Campaign, there)[0]
    public = CampaignFactory(published=True, responsible_office=there)
    assert submit(client, ours, title="Better").status_code == 302
    assert client.post(change_of(theirs), {"title": "Worse"}).status_code == 404
    assert client.post(verb_of("edit", public)).status_code == 404
    assert not Campaign.objects.filter(edition_of=public).exists()


# Lists, bulk actions, downloads


def test_lists_searches_and_downloads_hold_ones_own_pages_only(desk, here, there):
    ours = CampaignFactory(responsible_office=here, title="Words of ours")
    foreign(Campaign, there)
    FigureFactory(label=SECRET)
    for path in ("", "csv/", "?q=Words", "csv/?q=Words", "?status=published", "?status=binned"):
        assert SECRET not in desk.get(f"/admin/news/campaign/{path}").content.decode()
    assert ours.title in desk.get("/admin/news/campaign/csv/?q=Words").content.decode()
    assert SECRET not in desk.get("/admin/organisation/figure/").content.decode()


@pytest.mark.parametrize(
    "action",
    ["submit_selected", "publish_selected", "withdraw_selected", "bin_selected", "unbin_selected",
     "download_selected", "delete_selected"],
)  # fmt: skip
def test_bulk_actions_take_no_forged_rows(desk, there, action):
    page, copy = foreign(Campaign, there)
    before = list(Campaign.objects.order_by("pk").values())
    data = {
        "action": action,
        "_selected_action": [page.pk, copy.edition_of_id, copy.pk],
        "confirmed": "1",
    }
    for more in ({}, {"select_across": "1"}, {"post": "yes", "kind": "gone", "note": "Over."}):
        answer = desk.post("/admin/news/campaign/", {**data, **more}, follow=True)
        assert SECRET not in answer.content.decode()
    assert list(Campaign.objects.order_by("pk").values()) == before


def test_bulk_actions_ask_for_the_right_over_each_row(client, here, there):
    """Somebody publishes here and only writes there."""
    person = UserFactory(role="publisher", role__office=here)
    AssignmentFactory(person=person, role="contributor", office=there)
    client.force_login(person)
    ours = CampaignFactory(in_review=True, responsible_office=here)
    theirs = CampaignFactory(in_review=True, responsible_office=there)
    data = {"action": "publish_selected", "_selected_action": [ours.pk, theirs.pk]}
    asked = client.post("/admin/news/campaign/", data)
    assert "You do not have the right to do this." in asked.content.decode()
    seen = asked.context["seen"]
    client.post("/admin/news/campaign/", {**data, "confirmed": "1", "seen": seen})
    assert list(Campaign.objects.published()) == [ours]
    assert client.post(verb_of("publish", theirs)).status_code == 403


def test_first_page_names_what_waits_in_ones_own_office(desk, here, there):
    CampaignFactory(in_review=True, responsible_office=here, title="Ours")
    CampaignFactory(in_review=True, responsible_office=there, title=SECRET)
    audit.record(foreign(Campaign, there)[0], AuditEntry.Action.CREATED, by=desk.person)
    content = desk.get("/admin/").content.decode()
    assert "Ours" in content
    assert SECRET not in content


def test_audit_trail_holds_the_entries_of_ones_own_pages(desk, client, here, there):
    ours = CampaignFactory(responsible_office=here)
    entries = [
        audit.record(page, AuditEntry.Action.CREATED, by=None)
        for page in (ours, foreign(Campaign, there)[0])
    ]
    for path in ("", "csv/", "?q=others", "?page_id=1"):
        assert SECRET not in desk.get(f"/admin/publishing/auditentry/{path}").content.decode()
    assert ours.title in desk.get("/admin/publishing/auditentry/").content.decode()
    assert desk.get(change_of(entries[1])).status_code == 404
    desk.force_login(UserFactory(role="administrator"))
    assert SECRET in desk.get("/admin/publishing/auditentry/").content.decode()


# Editions


def test_editions_of_others_are_neither_previewed_nor_compared(desk, here, there):
    page = CampaignFactory(published=True, responsible_office=there)
    copy = actions.edit(page, by=UserFactory())
    Campaign.objects.filter(pk=copy.pk).update(title=SECRET)
    ours = CampaignFactory(published=True, responsible_office=here)
    address = page.get_absolute_url()
    assert desk.get(address).status_code == 200
    for query in ({"edition": copy.pk}, {"as-of": "2026-01-01"}, {"preview": "x"}):
        assert desk.get(address, query).status_code == 404
        assert SECRET not in desk.get(ours.get_absolute_url(), query).content.decode()
    for query in ({"with": copy.pk}, {"edition": copy.pk}):
        assert desk.get(verb_of("compare", ours), query).status_code == 404
    assert desk.get(verb_of("compare", copy)).status_code == 404


def test_preview_asks_for_a_second_factor(client, here):
    page = CampaignFactory(published=True, responsible_office=here)
    person = UserFactory(role="contributor", role__office=here)
    address = f"{page.get_absolute_url()}?edition={page.pk}"
    client.force_login(person, factor=False)
    assert client.get(address).status_code == 404
    client.force_login(person)
    assert client.get(address).status_code == 200


def test_copies_follow_the_office_of_their_page(here, there):
    page = CampaignFactory(published=True, responsible_office=here)
    copy = actions.edit(page, by=UserFactory())
    ours, theirs = (UserFactory(role="editor", role__office=one) for one in (here, there))
    assert list(Campaign.objects.visible_to(ours).order_by("pk")) == [page, copy]
    assert ours.has_perm("news.change_campaign", copy)
    actions.hand_over(page, by=ours, office=there)
    copy.refresh_from_db()
    assert not Campaign.objects.visible_to(ours).exists()
    assert set(Campaign.objects.visible_to(theirs)) == {page, copy}
    assert not ours.has_perm("news.change_campaign", copy)
    assert theirs.has_perm("news.change_campaign", copy)


# Giving a page to another office


def test_page_is_given_by_whoever_publishes_in_both_offices(client, here, there):
    page = CampaignFactory(published=True, responsible_office=here)
    person = UserFactory(role="publisher", role__office=here)
    client.force_login(person)
    assert client.get(verb_of("hand-over", page)).status_code == 403
    AssignmentFactory(person=person, role="editor", office=there)
    assert client.get(verb_of("hand-over", page)).status_code == 403
    AssignmentFactory(person=person, role="publisher", office=there)
    for forged in (OfficeFactory().pk, "", 999_999):
        assert say(client, "hand-over", page, office=forged).status_code == 200

    assert say(client, "hand-over", page, office=there.pk).status_code == 302

    page.refresh_from_db()
    assert page.responsible_office == there
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes[0]["to"]) == ("handed-over", str(there))


# Messages


def test_what_needs_a_page_is_counted_where_it_is_not_ones_own(desk, here, there):
    country = CountryFactory(responsible_office=here)
    ProgrammeFactory(
        title=SECRET, responsible_office=there, kind="country-programme", country=country
    )
    ProgrammeFactory(
        title="Ours", responsible_office=here, kind="country-programme", country=country
    )
    answer = say(desk, "bin", country).content.decode()
    assert "is needed by programme “Ours" in answer
    assert "A page of another office needs this." in answer
    country.state = State.BINNED
    country.save()
    answer = desk.get(delete_of(country)).content.decode()
    assert "A page of another office needs this." in answer
    assert SECRET not in answer


def test_set_counts_its_pages_of_other_offices(desk, here, there):
    chosen = PublishingSetFactory(responsible_office=here)
    CampaignFactory(in_review=True, publishing_set=chosen, responsible_office=here, title="Ours")
    CampaignFactory(in_review=True, publishing_set=chosen, responsible_office=there, title=SECRET)
    CampaignFactory(in_review=True, responsible_office=there, title=SECRET)
    address = change_of(chosen)
    form = desk.get(address).content.decode()
    assert "Ours" in form
    assert "A page of another office is in this set as well." in form
    assert desk.post(address.replace("change", "publish"), {}).status_code == 403
    members = desk.get(address.replace("change", "members")).content.decode()
    deleting = desk.post(delete_of(chosen), {"post": "yes"}).content.decode()
    assert SECRET not in form + members + deleting
    assert PublishingSet.objects.filter(pk=chosen.pk).exists()


def test_others_read_that_their_set_has_changed_but_not_by_what(here, there):
    chosen = PublishingSetFactory()
    waiting = {"scheduled": True, "publishing_set": chosen}
    ours, same, theirs = (
        CampaignFactory(**waiting, responsible_office=office) for office in (here, there, there)
    )
    changed = CampaignFactory(title=SECRET, responsible_office=there)
    timetable.reopen(chosen, by=None, changed=changed)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert ours.remark == "The set has changed, so it has to be approved again."
    assert SECRET in theirs.remark


def test_every_table_is_asked_about_by_office_or_belongs_to_all():
    """A new kind of row in the administration says here that it has no office."""
    shared = {"goal", "partner", "regionaloffice", "topic", "source", "redirect", "auditentry"}
    shared |= {"externallink"}  # its list asks for the pages that have it
    own = {Office, User}
    for model in admin.site._registry:
        placed = isinstance(model._default_manager.all(), ResponsibleQuerySet)
        assert placed or model in own or model._meta.model_name in shared
