"""What `manage.py seed` leaves: every fact of the documents, with its source and its precision."""

import io
import json
import re
import shutil
from functools import reduce
from operator import add

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.models import Count

from iomsite.images import cards
from iomsite.images.models import Photo
from iomsite.management.commands import seed
from iomsite.organisation.models import Figure, Framework, HistoryEvent, Page
from iomsite.partialdate import PartialDate, overlaps
from iomsite.publishing import actions
from iomsite.publishing.models import Ledger, Publishable, Sourced
from iomsite.publishing.records import Stamp
from iomsite.publishing.uses import mentioned_by
from iomsite.richtext.words import as_text
from news.models import NewsRelease, Publication
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
from tests.factories.accounts import UserFactory

FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))
SOURCED = [model for model in apps.get_models() if issubclass(model, Sourced)]
PUBLISHABLE = [model for model in SOURCED if issubclass(model, Publishable)]
STAFF_ONLY = {"source_text", "editor_note", "slug", "url", "state"}


@pytest.fixture(scope="module")
def _seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(_seeded, db):
    """The seed, loaded once for this file; each test may change it."""


pytestmark = pytest.mark.usefixtures("seeded")


def public(model):
    """What visitors may read of a model; rows without a state are reference data."""
    return model.objects.published() if model in PUBLISHABLE else model.objects.all()


def texts(row):
    """The text that pages may print, field by field."""
    fields = (
        field
        for field in row._meta.fields
        if isinstance(field, models.CharField | models.TextField)
    )
    return {
        field.name: getattr(row, field.name) for field in fields if field.name not in STAFF_ONLY
    }


def slugs(queryset):
    return set(queryset.values_list("slug", flat=True))


def count_by(queryset, lookup):
    return dict(queryset.order_by().values_list(lookup).annotate(Count("pk", distinct=True)))


# The files


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_dump_of_a_seeded_database_gives_the_fixture_back(file):
    out = io.StringIO()
    options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True, "indent": 2}
    call_command("dumpdata", file.stem, stdout=out, **options)
    if connection.vendor == "sqlite":
        assert out.getvalue() == file.read_text()
    assert in_any_order(json.loads(out.getvalue())) == in_any_order(json.loads(file.read_text()))


def in_any_order(objects):
    """PostgreSQL lists related rows as its language orders words, SQLite by character."""
    for item in objects:
        for name, value in item["fields"].items():
            if isinstance(value, list):
                item["fields"][name] = sorted(value, key=str)
    return objects


def test_every_model_with_content_has_a_fixture():
    filled = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in {"iomsite", "programmes", "news"}
        and model not in (Ledger, Stamp)  # the lock, which loading takes, and what it moves on
        and model._meta.app_label != "search"  # made of the rest
        and model.objects.exists()
    }
    assert {file.stem for file in FIXTURES} == filled


# Where it comes from


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_everything_names_its_source(model):
    assert not model.objects.filter(sources=None).exists()


@pytest.mark.parametrize("model", PUBLISHABLE, ids=lambda model: model.__name__)
def test_every_draft_says_why(model):
    assert not model.objects.drafts().filter(editor_note="").exists()


def test_wording_is_that_of_the_source_or_a_note_says_what_was_changed():
    passages = words(
        " ".join(
            reduce(
                add,
                [
                    list(model.objects.values_list("source_text", flat=True))
                    for model in PUBLISHABLE
                ],
            )
        )
    )
    changed = [
        (row._meta.label, row.slug, sentence)
        for model in PUBLISHABLE
        for row in public(model).filter(correction_note="")
        for name in ("lead", "body", "contribution", "outcome", "caption")
        for sentence in re.split(r"(?<=[.!?])\s+", as_text(getattr(row, name, "")))
        if words(sentence) not in passages
    ]
    # The marker of a photograph stands in the middle of this one.
    marked = "side-event-on-the-un-common-position"
    assert [row for row in changed if row[1] != marked] == []


def words(text):
    """The text without what typesetting changes."""
    return " ".join(re.sub(r"[’']", "", text).lower().split()).strip(".")


FORBIDDEN = [
    "enable JavaScript",
    "already have an account",
    "newsletter",
    "Access here",
    "About About",
    "WebThe",
    "WHO WE ARE",
    "(photo)",
    "Procurement Unit",
    "IOM Units",
    "Department of Economic and Social Affairs",
    "High-level Political Forum",
    "Second Committee",
    "International Conference on Small Island",
    "Multidimensional Vulnerability Index",
    "voluntary commitments",
    "Nobel Prize",
    "Environment and Planning",
    "48th Floor",
    "UN System, Member States",
    "Human Rights Watch",
    "Manus",
    "Thai fishing",
    "[10]",
    "covid19-response/inst",
    "uploaded-files/IOM",
    "C-112-8",
    "iom-flod-an",
    "socio-econ,",
    "sentiment-towards",
    "iom-undp-seed",
    "power-digitalization",
    # Errors of the documents that are put right.
    "IOMs ",
    "20152030",
    "36month",
    "8states",
    "it engagements",
    "a institution",
    "Afghans population",
    "access to health insurance",
    "case- by- case",
    "nrollment",
    "services'",
]


def test_nothing_that_must_not_be_published_is():
    printed = "\n".join(
        text
        for model in SOURCED
        for row in public(model)
        for name, text in texts(row).items()
        if name != "correction_note"
    )
    assert [word for word in FORBIDDEN if word in printed] == []


def test_published_pages_lead_to_published_pages_only():
    leaks = [
        (row, field.name)
        for model in PUBLISHABLE
        for row in public(model)
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.is_relation and issubclass(field.related_model, Publishable)
        for target in related(row, field)
        if not target.is_public()
    ]
    assert leaks == []


def related(row, field):
    value = getattr(row, field.name)
    return value.all() if field.many_to_many else filter(None, [value])


def test_every_topic_and_every_partner_but_that_of_a_draft_has_something_to_show():
    assert slugs(Topic.objects.all()) == slugs(Topic.objects.in_use())
    assert slugs(Partner.objects.all()) - slugs(Partner.objects.in_use()) == {"undp"}


def test_every_figure_stands_on_a_page():
    uses = Figure._meta.related_objects
    used = {
        pk
        for use in uses
        for pk in use.related_model.objects.values_list(use.field.name, flat=True)
    }
    assert [figure.slug for figure in Figure.objects.all() if figure.pk not in used] == []


# Engagements: page on global health


def test_engagements_by_region():
    assert count_by(RegionalEngagement.objects.published(), "region__name") == {
        "South-East Europe, East Europe and Central Asia": 4,
        "West and Central Africa": 1,
        "Southern Africa": 3,
        "East Africa and the Horn of Africa": 1,
        "Middle East and North Africa": 1,
    }


@pytest.mark.parametrize(("year", "number"), [("2017", 0), ("2018", 5), ("2019", 2)])
def test_engagements_by_year(year, number):
    found = RegionalEngagement.objects.filter(overlaps("date", PartialDate.parse(year)))
    assert found.count() == number


def test_engagements_stand_newest_first_and_undated_last():
    dates = [str(each.date or "") for each in RegionalEngagement.objects.all()]
    assert dates == [
        "June 2019",
        "February 2019",
        "October 2018",
        "October 2018",
        "September 2018",
        "September 2018",
        "April 2018",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("lookups", "number"),
    [
        ({"office": None}, 5),
        ({"office__city": "Vienna"}, 1),
        ({"partner_roles__partner__acronym": "WHO"}, 2),
        ({"partner_roles__partner__acronym": "SADC"}, 2),
        ({"partner_roles__partner__slug": "world-food-programme"}, 1),
        ({"partner_roles__partner__slug": "government-of-slovakia"}, 1),
        ({"topics__slug": "hiv"}, 3),
        ({"topics__slug": "tuberculosis"}, 2),
        ({"topics__slug": "universal-health-coverage"}, 2),
        ({"topics__slug": "primary-health-care"}, 1),
        ({"topics__slug": "health-security"}, 1),
        ({"roles__role__in": ["organised", "co-organised"]}, 2),
        ({"roles__role": "member"}, 1),
        ({"country__slug": "oman", "city": ""}, 1),
        ({"city": "New York", "country": None}, 1),
    ],
)
def test_engagements_by_what_visitors_ask_for(lookups, number):
    assert RegionalEngagement.objects.published().filter(**lookups).count() == number


def test_host_countries():
    hosts = RegionalEngagement.objects.exclude(country=None).values_list("country__name", flat=True)
    assert sorted(hosts) == ["Kazakhstan", "Kenya", "Namibia", "Oman", "Senegal", "Turkey"]


def test_outcome_documents_belong_to_the_meetings_that_adopted_them():
    adopted = OutcomeDocument.objects.published().values_list("title", "engagement__city", "date")
    assert {(title, city, date.machine) for title, city, date in adopted} == {
        ("Declaration of Astana", "Astana", "2018-10"),
        ("Salalah Declaration on Universal Health Coverage", "", "2018-09"),
        (
            "Recommendations for action by SADC countries in the next five years",
            "Windhoek",
            "2019-06",
        ),
    }


def test_each_region_has_the_office_that_the_document_names():
    assert dict(Region.objects.values_list("name", "offices__city")) == {
        "South-East Europe, East Europe and Central Asia": "Vienna",
        "West and Central Africa": "Dakar",
        "Southern Africa": "Pretoria",
        "East Africa and the Horn of Africa": "Nairobi",
        "Middle East and North Africa": "Cairo",
    }
    assert RegionalOffice.objects.get(city="Vienna").country is None


# News: listing of 2016


def test_releases_stand_newest_first():
    assert [release.released_on.isoformat() for release in NewsRelease.objects.published()] == [
        "2016-04-25",
        "2016-04-19",
        "2016-03-24",
        "2016-03-08",
        "2016-03-04",
    ]


@pytest.mark.parametrize(
    ("lookups", "number"),
    [
        ({"released_on__month": 4}, 2),
        ({"released_on__month": 3}, 3),
        ({"campaign__isnull": False}, 3),
        ({"countries__slug": "france"}, 1),
        ({"photos__isnull": False}, 1),
        ({"kind": "message"}, 1),
        ({"publication__slug": "global-migration-trends-factsheet-2015"}, 1),
    ],
)
def test_releases_by_what_visitors_ask_for(lookups, number):
    assert NewsRelease.objects.published().filter(**lookups).count() == number


def test_releases_keep_their_headlines_and_lose_their_datelines():
    malaria = NewsRelease.objects.get(topics__slug="malaria")
    assert malaria.title == "IOM, Partners Unite to ‘End Malaria For Good’"
    assert malaria.lead.startswith("Today, World Malaria Day 2016, IOM joins")


def test_photograph_keeps_its_credit_and_waits_for_its_file():
    photo = Photo.objects.get()
    assert (photo.credit_line, str(photo.taken)) == ("© IOM/Amanda Nero 2015", "August 2015")
    assert not photo.file
    assert NewsRelease.objects.get(photos__photo=photo).countries.get().name == "France"


# Countries and programmes


def test_country_programmes_have_the_parts_of_their_pages():
    parts = {
        programme.country.name: (
            programme.country.presence_since,
            programme.objective_set.count(),
            programme.keyresult_set.count(),
            programme.areaofintervention_set.count(),
        )
        for programme in Programme.objects.published().filter(kind="country-programme")
    }
    assert parts == {"Mozambique": (1994, 1, 4, 0), "Iran": (1991, 3, 0, 2)}


def test_iran_has_no_region_since_no_document_names_one():
    assert Country.objects.get(slug="iran").region is None
    assert Country.objects.get(slug="mozambique").region.name == "Southern Africa"


def test_mobile_units_in_iran_add_up():
    total, *allotted = Figure.objects.filter(
        slug__startswith="iran-health-mobile-units"
    ).values_list("value", flat=True)
    assert (total, sum(allotted)) == (3, 3)
    figures = Programme.objects.get(country__slug="iran").figures.values_list("value", flat=True)
    assert sorted(map(int, figures)) == [1, 2, 3, 20, 600, 1200]


def test_diseases_join_the_documents():
    assert slugs(Programme.objects.filter(topics__slug="malaria")) == {"health-of-migrants-in-iran"}
    assert NewsRelease.objects.filter(topics__slug="malaria").count() == 1
    tuberculosis = Topic.objects.get(slug="tuberculosis")
    assert [tuberculosis.programmes.count(), tuberculosis.engagements.count()] == [1, 2]
    assert tuberculosis.releases.count() == 1


def test_mozambique_leads_to_southern_africa_and_its_engagements():
    mozambique = Country.objects.get(slug="mozambique")
    assert slugs(mozambique.engagements) == {"mosaswa-cross-border-initiative"}
    assert mozambique.region.engagements.count() == 3


def test_goals_are_those_that_the_documents_name():
    assert Programme.objects.get(country__slug="mozambique").all_goals
    services = Programme.objects.get(slug="equitable-access-to-services")
    named = services.goals.filter(framework="sdg").values_list("code", flat=True)
    assert sorted(map(int, named)) == [1, 2, 3, 4, 5, 6, 8, 10]


# The organisation


def test_figures_that_differ_both_stay_and_one_is_the_default():
    presence = Figure.objects.published().filter(measure="countries-with-presence")
    assert {(figure.display, figure.is_default) for figure in presence} == {
        ("over 100", True),
        ("171", False),
    }
    assert set(presence.get(is_default=False).pages.values_list("slug", flat=True)) == {
        "partnerships"
    }


@pytest.mark.parametrize(
    ("slug", "display"),
    [
        ("member-states", "175"),
        ("observer-states", "8"),
        ("people-uprooted-by-the-war", "an estimated 11 million"),
        ("migrants-transported-in-the-1950s", "nearly 1 million"),
        ("migrants-hosted-by-europe", "around 87 million"),
        ("migrant-stock-in-europe-and-asia", "61%"),
        ("dtm-countries", "over 86"),
        ("online-certificate-students", "more than 200"),
        ("iran-gift-cards", "1,200"),
    ],
)
def test_figures_read_as_the_documents_put_them(slug, display):
    assert Figure.objects.get(slug=slug).display == display


def test_history_runs_from_1951_to_2022():
    dates = [event.date.machine for event in HistoryEvent.objects.published()]
    assert dates == [
        "1951",
        "1952",
        "1953-10-19",
        "1954",
        "1954-11-30",
        "1980",
        "1989",
        "2000/..",
        "2007",
        "2014/..",
        "2015",
        "2016-09",
        "2019/2023",
        "2020",
        "2020",
        "2021",
        "2021",
        "2021-10-14/2021-10-15",
        "2022",
    ]


def test_menu_is_that_of_the_document():
    menu = Page.objects.published().filter(in_menu=True, parent=None)
    tree = {
        page.slug: [child.slug for child in page.children.filter(in_menu=True)] for page in menu
    }
    assert list(tree.items()) == [
        ("who-we-are", []),
        ("our-work", ["what-we-do", "partnerships", "highlights"]),
        ("where-we-work", []),
        ("take-action", ["work-with-us", "get-involved"]),
        ("data-and-research", []),
        ("2030-agenda", []),
    ]


def test_plan_of_2021_builds_on_that_of_2020():
    plan = Framework.objects.get(slug="strategic-response-and-recovery-plan-2021")
    assert str(plan.builds_on.get().period) == "2020"


def test_no_year_is_invented():
    assert Publication.objects.get(slug="the-future-of-diasporas").date is None
    assert Figure.objects.get(slug="migrants-hosted-by-asia").as_of is None


# The command


def test_seeding_again_changes_nothing():
    before = {model: list(model.objects.values_list("pk", flat=True)) for model in SOURCED}
    out = io.StringIO()
    call_command("seed", stdout=out)
    assert {model: list(model.objects.values_list("pk", flat=True)) for model in SOURCED} == before
    assert re.fullmatch(r"Installed \d+ objects from \d+ fixtures\.\n", out.getvalue())


def test_seed_once_keeps_what_an_editor_changed():
    Country.objects.filter(slug="oman").update(lead="Changed by an editor.")
    call_command("seed", once=True, verbosity=0)
    assert Country.objects.get(slug="oman").lead == "Changed by an editor."
    call_command("seed", verbosity=0)
    assert Country.objects.get(slug="oman").lead == ""


@pytest.fixture
def fixtures(tmp_path, monkeypatch):
    """A copy of the fixtures that a test may spoil."""
    for file in FIXTURES:
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(seed, "FIXTURES", tmp_path)
    return tmp_path


def test_seed_with_a_broken_fixture_leaves_the_database_as_it_was(fixtures):
    Country.objects.filter(slug="oman").update(lead="Before.")
    file = fixtures / "programmes.regionalengagement.json"
    file.write_text(file.read_text().replace('"2019-06"', '"2019-06-31"'))
    with pytest.raises(CommandError) as error:
        call_command("seed", verbosity=0)
    assert str(error.value).startswith(
        f"{file}: programmes.regionalengagement preliminary-session-on-migration-health: date: "
        "“2019-06-31” is not a date."
    )
    assert Country.objects.get(slug="oman").lead == "Before."


@pytest.mark.any_database
def test_seed_stores_photographs_that_are_not_there_yet(fixtures, settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    (fixtures / "media" / "photos").mkdir(parents=True)
    (fixtures / "media" / "photos" / "calais.jpg").write_bytes(b"photograph")
    call_command("seed", verbosity=0)
    call_command("seed", verbosity=0)
    with default_storage.open("photos/calais.jpg") as file:
        assert file.read() == b"photograph"
    assert default_storage.listdir("photos") == ([], ["calais.jpg"])


@pytest.mark.any_database
def test_every_page_names_a_card_that_is_there_after_the_seed(
    client, monkeypatch, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(cards, "draw", lambda words: b"drawn")  # not what counts here
    with django_capture_on_commit_callbacks(execute=True):
        call_command("seed", verbosity=0)
    shown = {"/": "Home", "/news/": None}
    for model in cards.with_cards():
        rows = model.objects.in_use() if model in (Topic, Partner, Goal) else public(model)
        for row in rows:
            assert default_storage.exists(cards.name_of(cards.words_of(row))), row
        first = rows.first()
        shown |= {first.get_absolute_url(): str(first)} if first else {}
    assert len(shown) > 12
    for address, title in shown.items():
        html = client.get(address).content.decode()
        (digest,) = re.findall(
            r'<meta property="og:image" content="http://testserver/cards/(.*?)\.png">', html
        )
        card = cards.name_for(digest)
        assert default_storage.exists(card), address
        assert (card == cards.name_of(cards.words_of_site())) == (title is None), address


def test_figure_changed_through_approval_changes_every_page_that_quotes_it(client):
    """With the publishing actions, and for each figure that a text of the seed quotes."""
    writer, reviewer = UserFactory(is_superuser=True), UserFactory(is_superuser=True)
    shown = set()
    for figure in Figure.objects.pages():
        pages = [page for _figure, page in mentioned_by([figure])]
        if not pages:
            continue
        copy = actions.edit(figure, by=writer)
        Figure.objects.filter(pk=copy.pk).update(value=copy.value + 7777)
        copy.refresh_from_db()
        assert not any(copy.display in text_of(client, page) for page in pages)
        actions.submit(copy, by=writer)
        figure = actions.publish(copy, by=reviewer)
        for page in pages:
            text = text_of(client, page)
            assert f'href="#figure-{figure.uid}">{figure.display}</a>' in text
            assert f'id="figure-{figure.uid}"' in text
            shown.add((figure.display, str(page)))
    assert len(shown) == QUOTED_FIGURES


QUOTED_FIGURES = 9


def text_of(client, page):
    address = page.get_absolute_url().partition("#")[0]
    return client.get(address).content.decode()
