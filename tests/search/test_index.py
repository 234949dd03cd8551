"""The index is what the public sees, after whatever changed that, and knows no word more."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from iomsite.publishing import actions
from iomsite.publishing.states import Withdrawal
from iomsite.search import filters
from iomsite.search.documents import documents
from iomsite.search.engines import engine
from iomsite.search.finding import find, suggestions
from iomsite.search.index import rebuild
from iomsite.search.models import Entry, Tag, Word
from news.models import NewsRelease
from programmes.models import Country, Topic
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import (
    CountryFactory,
    GoalFactory,
    PartnerFactory,
    RegionFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def titles(typed):
    found = find(typed, exact=True)
    entries = found.entries().in_bulk()
    return [entries[key].title for key in found.keys if key in entries]


def kept():
    """All that is in the index, but for the numbers of rows."""
    entries = Entry.objects.values_list("model", "row_id", "title", "lead", "text", "names")
    return (
        sorted(entries),
        sorted(Tag.objects.values_list("entry__title", "facet", "value", "label")),
        sorted(Word.objects.values_list("word", "pages")),
    )


def test_one_page_at_hand_is_read_as_any_and_in_three_statements(django_assert_num_queries):
    """What it is tied to, with the regions of its countries; one country has none."""
    release = NewsReleaseFactory(published=True)
    regions = [RegionFactory(published=True), RegionFactory(), None]
    release.countries.set([CountryFactory(published=True, region=one) for one in regions])
    release.topics.set([TopicFactory(), TopicFactory()])
    release.partners.set([PartnerFactory()])
    (as_any,) = documents(NewsRelease, [release.pk])
    with django_assert_num_queries(3):
        (at_hand,) = documents(NewsRelease, [release.pk], {(NewsRelease, release.pk): release})
    assert at_hand.ties == as_any.ties
    assert len(at_hand.ties) == 7
    assert at_hand.entry.names == as_any.entry.names
    said = [[(tag.facet, tag.value, tag.date) for tag in one.tags] for one in (at_hand, as_any)]
    assert said[0] == said[1]


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="Only its sequence moves on for a row that was there."
)
def test_entry_that_is_written_anew_takes_no_number(writer, reviewer):
    """Searches among very many look at the last numbers first."""
    first = NewsReleaseFactory(in_review=True)
    actions.publish(first, by=reviewer)
    for title in "One", "Two", "Three":
        copy = actions.edit(first, by=writer)
        copy.title = title
        copy.save()
        actions.submit(copy, by=writer)
        actions.publish(copy, by=reviewer)
        first.refresh_from_db()
    second = NewsReleaseFactory(in_review=True)
    actions.publish(second, by=reviewer)
    keys = Entry.objects.filter(model="news.newsrelease").order_by("pk").values_list("pk", "title")
    (one, title), (two, _title) = keys
    assert title == "Three"
    assert two == one + 1


@pytest.fixture
def writer():
    return UserFactory()


@pytest.fixture
def reviewer():
    return UserFactory()


@pytest.fixture
def country():
    region = RegionFactory(published=True, name="Middle Land")
    return CountryFactory(published=True, name="Iran", aliases="Persia", region=region)


@pytest.fixture
def release(country):
    row = NewsReleaseFactory(title="Clinics at the border", lead="Opened.", body="<p>Cholera.</p>")
    row.countries.set([country])
    row.topics.set([TopicFactory(name="Border health")])
    rebuild()
    return row


@pytest.fixture
def publish(writer, reviewer):
    def approve(edition, **how):
        actions.submit(edition, by=writer)
        return actions.publish(edition, by=reviewer, **how)

    return approve


def test_index_follows_a_page_through_its_life(release, publish, writer, reviewer):
    assert titles("cholera") == []
    publish(release)
    assert titles("cholera") == titles("clinic") == ["Clinics at the border"]
    assert "Border health" in titles("border")  # a topic has a page while a public page uses it
    copy = actions.edit(release, by=writer)
    NewsRelease.objects.filter(pk=copy.pk).update(body="<p>Measles.</p>")
    assert titles("measles") == []
    publish(copy)
    assert (titles("measles"), titles("cholera")) == (["Clinics at the border"], [])
    assert not Word.objects.filter(word="cholera").exists()
    by_hand = kept()
    rebuild()
    assert kept() == by_hand
    page = NewsRelease.objects.get(pk=release.pk)
    actions.withdraw(page, by=reviewer, kind=Withdrawal.GONE, note="Wrong.")
    assert titles("measles") == titles("border") == []
    assert not Word.objects.filter(word="measles").exists()


def test_what_comes_into_use_is_in_the_index_as_if_all_were_made_anew(publish, country):
    """A topic, a partner and goals that nobody used, and one of each that somebody did."""
    above = GoalFactory(framework="gcm", code="7")
    goals = above, GoalFactory(framework="gcm", code="7.1", parent=above), GoalFactory()
    topics = TopicFactory.create_batch(2)
    partners = PartnerFactory(country=country), PartnerFactory(), PartnerFactory()
    before, new = PublicationFactory(published=True), PublicationFactory()
    before.topics.set(topics[:1])
    before.partners.set(partners[:1])
    rebuild()
    assert Entry.objects.filter(model="programmes.topic").count() == 1
    new.topics.set(topics)
    new.partners.set(partners)
    new.goals.set(goals)
    publish(new)
    at_once = kept()
    assert {topics[1].name, partners[1].name, str(goals[1])} <= {row[2] for row in at_once[0]}
    rebuild()
    assert kept() == at_once


def _addresses_and_tags():
    said = ("model", "row_id", "title", "address", "names", "text")
    entries = {*Entry.objects.values_list(*said)}
    tags = Tag.objects.values_list("entry__model", "entry__row_id", "facet", "value", "label")
    return entries, {*tags}


@pytest.mark.parametrize("changed", ["country", "region of it", "its region", "page above"])
def test_what_moves_is_found_where_it_is_now(release, publish, writer, country, changed):
    above = PageFactory(slug="above", published=True)
    PageFactory(slug="below", parent=above, published=True)
    other = RegionFactory(published=True, name="Other Land")
    publish(release)
    rebuild()
    rows = {"country": country, "its region": country.region, "page above": above}
    copy = actions.edit(rows.get(changed, country), by=writer)
    if changed == "region of it":
        copy.region = other
    else:
        copy.slug = "elsewhere"
    copy.save()
    publish(copy)
    found = _addresses_and_tags()
    rebuild()
    assert found == _addresses_and_tags()


def test_topic_goes_where_another_comes(release, publish, writer):
    publish(release)
    copy = actions.edit(release, by=writer)
    copy.topics.set([TopicFactory(name="Winter")])
    publish(copy)
    assert [*Entry.objects.filter(kind="topic").values_list("title", flat=True)] == ["Winter"]
    assert titles("border") == ["Clinics at the border"]


def test_page_is_found_from_its_moment_to_its_last(release, publish, client):
    now = timezone.now()
    NewsRelease.objects.filter(pk=release.pk).update(expires_at=now + 2 * HOUR)
    publish(NewsRelease.objects.get(), at=now + HOUR)
    assert titles("cholera") == []
    with time_machine.travel(now + HOUR, tick=False):
        assert "Clinics" in client.get("/search/?q=cholera").content.decode()
        assert titles("cholera") == ["Clinics at the border"]
    with time_machine.travel(now + 2 * HOUR, tick=False):
        # Nobody has swept yet, and the second has come.
        assert (titles("cholera"), suggestions("clin")[1]) == ([], [])
        assert "Clinics" not in client.get("/search/?q=cholera").content.decode()
    assert not Entry.objects.filter(kind="news").exists()
    assert not Word.objects.filter(word="cholera").exists()


def test_name_of_a_country_reaches_the_pages_tied_to_it(release, publish, writer):
    publish(release)
    assert titles("persia") == ["Iran", "Clinics at the border"]
    assert len(titles('"middle land"')) == 3
    copy = actions.edit(Country.objects.get(), by=writer)
    Country.objects.filter(pk=copy.pk).update(name="New Iran", aliases="")
    publish(copy)
    assert (titles("persia"), len(titles('"new iran"'))) == ([], 2)
    by_hand = kept()
    rebuild()
    assert kept() == by_hand


def test_withdrawn_country_leaves_the_pages_tied_to_it(release, publish, reviewer):
    publish(release)
    actions.withdraw(Country.objects.get(), by=reviewer, kind=Withdrawal.GONE, note="Wrong.")
    assert titles("persia") == titles("iran") == []
    assert not Tag.objects.filter(facet="country").exists()
    assert titles("clinics") == ["Clinics at the border"]


def test_topic_renamed_in_its_form_is_found_by_the_new_name(release, publish, admin_client):
    publish(release)
    topic = Topic.objects.get()
    fields = {"slug": topic.slug, "name": "Frontier fevers", "kind": topic.kind}
    admin_client.post(reverse("admin:programmes_topic_change", args=[topic.pk]), fields)
    assert sorted(titles("frontier")) == ["Clinics at the border", "Frontier fevers"]


def test_loaded_fixture_is_found_at_once(tmp_path, release, publish):
    publish(release)
    file = tmp_path / "news.newsrelease.json"
    call_command("dumpdata", "news.newsrelease", natural_foreign=True, output=str(file))
    file.write_text(file.read_text().replace("Cholera", "Measles"))
    call_command("loaddata", str(file), verbosity=0)
    assert (titles("measles"), titles("cholera")) == (["Clinics at the border"], [])


def test_reindex_says_how_much_there_is(release, capsys):
    partner = PartnerFactory(name="Nobody yet")
    Entry.objects.all().delete()
    call_command("reindex")
    assert "countries: 1\n" in (said := capsys.readouterr().out)
    assert said.endswith("Indexed: 2.\n")
    assert titles(partner.name) == []


@pytest.mark.any_database
@pytest.mark.parametrize("kind", ["country", "region"])
def test_withdrawn_country_or_region_is_named_by_no_partner(client, country, reviewer, kind):
    partner = PartnerFactory(country=country, name="Helpers")
    page = NewsReleaseFactory(published=True)
    page.partners.set([partner])
    rebuild()
    row = country if kind == "country" else country.region
    assert Tag.objects.filter(label=row.name, entry__title="Helpers").exists()
    actions.withdraw(row, by=reviewer, kind=Withdrawal.GONE, note="Wrong.")
    assert not Tag.objects.filter(label=row.name).exists()
    assert row.name not in client.get("/search/?q=Helpers").content.decode()


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL knows how often a tag is there"
)
def test_tags_of_what_was_found_are_looked_for_by_their_entries():
    plan = filters._narrowing(engine().among([1, 2])).explain()
    assert "(entry_id=?)" in plan
