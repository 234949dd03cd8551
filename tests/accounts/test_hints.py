"""What a page refers to in another office is not guessed either: by search, order or message."""

import pytest
from django.contrib import admin

from iomsite.publishing import actions, changes, timetable
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import AuditEntry, PublishingSet
from iomsite.publishing.offered import may_be_named
from programmes.models import Country, OutcomeDocument, Partner, Programme, RegionalOffice
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory, ReleasePhotoFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    OutcomeDocumentFactory,
    PartnerFactory,
    ProgrammeFactory,
    RegionalOfficeFactory,
    RegionFactory,
)
from tests.factories.publishing import PublishingSetFactory
from tests.submission import ask_many, change_of, errors_of, list_of, submit, verb_of

pytestmark = pytest.mark.django_db

SECRET = "Unheard"


@pytest.fixture
def here():
    return OfficeFactory(name="Here")


@pytest.fixture
def there():
    return OfficeFactory(name="There")


@pytest.fixture
def desk(client, here):
    """A browser of a publisher here."""
    client.force_login(UserFactory(role="publisher", role__office=here))
    return client


def listed(browser, row, **query):
    return list(browser.get(list_of(row), query).context["cl"].queryset)


def of_engagement(country, **fields):
    same = {"responsible_office": country.responsible_office, "published": country.is_public()}
    return OutcomeDocumentFactory(
        engagement=EngagementFactory(title=country.name, **same), **fields
    )


def in_country(factory):
    return lambda country, **fields: factory(country=country, **fields)


REFERRING = {
    "programme": in_country(ProgrammeFactory),
    "engagement": in_country(EngagementFactory),
    "outcome": of_engagement,
    "office": lambda country, **_fields: RegionalOfficeFactory(country=country),
}


# Searching


@pytest.mark.parametrize("kind", REFERRING)
def test_search_finds_by_names_that_one_may_read_only(desk, here, there, kind):
    """Of one's own pages: whether they refer to something with a word is not told."""
    make = REFERRING[kind]
    hidden = make(CountryFactory(name=SECRET, responsible_office=there), responsible_office=here)
    own = make(CountryFactory(name="Wordly", responsible_office=here), responsible_office=here)
    country = CountryFactory(name="Wordly too", responsible_office=there, published=True)
    public = make(country, responsible_office=here)

    assert listed(desk, own, q=SECRET) == []
    assert set(listed(desk, own, q="wordly")) == {own, public}
    desk.force_login(UserFactory(role="editor"))
    assert listed(desk, own, q=SECRET) == [hidden]


def test_search_for_choices_finds_by_names_that_one_may_read_only(desk, here, there):
    for country in (
        CountryFactory(name=SECRET, responsible_office=there),
        CountryFactory(name="Wordly", responsible_office=here),
    ):
        ProgrammeFactory(country=country, responsible_office=here)
    asked = {"app_label": "programmes", "model_name": "programme", "field_name": "parent"}
    found = [
        len(desk.get("/admin/autocomplete/", {**asked, "term": term}).json()["results"])
        for term in (SECRET, "Wordly")
    ]
    assert found == [0, 1]


def test_no_list_is_searched_beyond_its_own_words(rf, here):
    request = rf.get("/")
    request.user = UserFactory(role="publisher", role__office=here)
    for one in admin.site._registry.values():
        assert not [path for path in one.get_search_fields(request) if "__" in path], one


# Order


@pytest.mark.parametrize(
    ("model", "factory", "field", "target", "column"),
    [
        (Programme, ProgrammeFactory, "country", CountryFactory, "where"),
        (Country, CountryFactory, "region", RegionFactory, "region"),
        (Partner, PartnerFactory, "country", CountryFactory, "country"),
        (RegionalOffice, RegionalOfficeFactory, "region", RegionFactory, "region"),
        (OutcomeDocument, OutcomeDocumentFactory, "engagement", EngagementFactory, "engagement"),
    ],
)  # fmt: skip
def test_order_of_a_list_tells_no_hidden_name(
    desk, here, there, model, factory, field, target, column
):
    def refer(word, office):
        related = target(responsible_office=office)
        type(related).objects.filter(pk=related.pk).update(**{related.name_field: word})
        placed = {"responsible_office": here} if hasattr(model, "responsible_office") else {}
        return factory(**{field: related}, **placed)

    names = ("A hidden", there), ("B hidden", there), ("Z ours", here), ("M ours", here)
    rows = [refer(*name) for name in names]
    number = desk.get(list_of(rows[0])).context["cl"].list_display.index(column)
    order = [rows.index(row) for row in listed(desk, rows[0], o=number) if row in rows]
    assert order[2:] == [3, 2]  # by name
    assert order[:2] == [1, 0]  # without one, by age alone


def test_edition_is_named_where_its_page_may_be_read(here, there):
    copy = actions.edit(CampaignFactory(published=True, responsible_office=here), by=None)
    ours, theirs = (UserFactory(role="contributor", role__office=one) for one in (here, there))
    assert may_be_named(copy, ours)
    assert not may_be_named(copy, theirs)


# The trail


@pytest.mark.parametrize("before", ["here", "headquarters"])
def test_trail_of_a_page_that_was_given_away_keeps_the_names_of_its_first_office(
    client, here, there, before
):
    """What it refers to was that office's to read, and is not the other one's."""
    office = here if before == "here" else None
    page = NewsReleaseFactory(title="Ours", responsible_office=office)
    page.countries.add(CountryFactory(name=SECRET, responsible_office=here))
    photo = PhotoFactory(title=SECRET, responsible_office=here)
    ReleasePhotoFactory(release=page, photo=photo, order=1)
    top = UserFactory(is_superuser=True)
    actions.note_edit(page, by=top, before={"Title": ["Old words"]})
    actions.hand_over(page, by=top, office=there)
    entry = AuditEntry.objects.get(action="edited")
    pages = verb_of("history", page), change_of(entry), "/admin/publishing/auditentry/csv/"

    client.force_login(UserFactory(role="publisher", role__office=there))
    for address in pages:
        said = client.get(address).content.decode()
        assert SECRET not in said
        assert "As another office named it" in said
        assert "Ours" in said
    client.force_login(UserFactory(role="administrator"))
    assert all(SECRET in client.get(address).content.decode() for address in pages)


# Messages


def test_message_about_a_photograph_of_others_does_not_name_it(desk, here, there):
    page = NewsReleaseFactory(responsible_office=here)
    photo = PhotoFactory(title=SECRET, file="photos/x.jpg", responsible_office=there)
    ReleasePhotoFactory(release=page, photo=photo, order=1)
    answer = submit(desk, page, _submit="on")
    said = "Say what “A page of another office” shows here, or mark it as decorative."
    assert errors_of(answer)["photos-0-alt_text"] == [said]
    many = ask_many(desk, "submit_selected", page).content.decode()
    assert said in many
    assert SECRET not in answer.content.decode() + many


def test_form_that_only_shows_a_set_of_others_does_not_name_it(client, here, there):
    chosen = PublishingSetFactory(title=SECRET, responsible_office=there)
    page = CampaignFactory(publishing_set=chosen, responsible_office=here)
    client.force_login(UserFactory(role="contributor", role__office=here))
    form = client.get(change_of(page)).content.decode()
    assert "A set of another office" in form
    assert SECRET not in form


def test_message_about_a_circle_names_no_page_of_others(desk, here, there):
    page = ProgrammeFactory(responsible_office=here, title="Ours")
    page.parent = ProgrammeFactory(responsible_office=there, title=SECRET, parent=page)
    page.save()
    answer = ask_many(desk, "submit_selected", page).content.decode()
    assert "or change “A page of another office” first" in answer
    assert SECRET not in answer


def test_remark_of_a_page_does_not_name_the_set_of_others(here, there):
    chosen = PublishingSetFactory(title=SECRET, responsible_office=there)
    page = CampaignFactory(scheduled=True, publishing_set=chosen, responsible_office=here)
    PublishingSet.objects.update(published_at=None)
    with locked_ledger():
        changes.settle(())
    timetable.replace_due(page.published_at)
    page.refresh_from_db()
    assert "was changed after" in page.remark
    assert SECRET not in page.remark
