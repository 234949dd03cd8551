"""`loaddata` takes fixtures in any order, and refuses a broken one by file, object and field."""

import io
import json
import random

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from iomsite.publishing.models import Source
from programmes.models import Country, Goal, Programme, Region, RegionalEngagement

FIXTURES = sorted(map(str, (settings.BASE_DIR / "fixtures").glob("*.json")))

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write objects as `name`, and work in the folder: errors name files as an operator would."""
    monkeypatch.chdir(tmp_path)

    def write(*objects, name="fixture.json"):
        (tmp_path / name).write_text(json.dumps(objects))
        return name

    return write


def item(model, **fields):
    return {"model": model, "fields": fields}


def source(**fields):
    return item("publishing.source", **{"code": "a-source", "title": "A source", **fields})


def region(**fields):
    return item(
        "programmes.region", **{"slug": "southern-africa", "name": "Southern Africa", **fields}
    )


PUBLIC = {"state": "published", "published_at": "2026-11-01T00:00:00Z"}


def country(**fields):
    values = {"slug": "oman", "name": "Oman", "iso2": "OM", "iso3": "OMN", "m49": "512"}
    return item("programmes.country", **{**values, **fields})


def engagement(**fields):
    values = {"slug": "a-meeting", "title": "A meeting", "kind": "session"}
    return item("programmes.regionalengagement", **{**values, **fields})


def programme(**fields):
    values = {"slug": "a-programme", "title": "A programme", "kind": "project"}
    return item("programmes.programme", **{**values, **fields})


# Any order


@pytest.mark.parametrize("seed", [0, 1, "reversed"])
def test_files_load_in_any_order_and_twice(seed):
    files = (
        FIXTURES[::-1]
        if seed == "reversed"
        else random.Random(seed).sample(FIXTURES, len(FIXTURES))
    )
    call_command("loaddata", *files, verbosity=0)
    first = dump()
    call_command("loaddata", *files[::-1], verbosity=0)
    assert dump() == first
    assert RegionalEngagement.objects.count() == 10


def dump():
    out = io.StringIO()
    call_command("dumpdata", "programmes", "news", "organisation", stdout=out)
    return out.getvalue()


def test_files_load_beside_rows_whose_ids_they_do_not_know():
    taken = Region.objects.create(slug="taken", name="Taken")
    for number in range(30):
        Source.objects.create(code=f"taken-{number}", title="Taken")
    call_command("loaddata", *FIXTURES, verbosity=0)
    taken.refresh_from_db()
    assert taken.name == "Taken"
    mozambique = Country.objects.get(slug="mozambique")
    assert mozambique.region.slug == "southern-africa"
    assert set(mozambique.sources.values_list("code", flat=True)) == {
        "iso-3166-1",
        "seed-000",
        "seed-001",
        "un-m49",
    }
    Region.objects.create(slug="next", name="The next id is free")


def test_objects_of_one_file_may_stand_in_any_order(write):
    later = write(country(region=["southern-africa"]), source(), name="1.json")
    earlier = write(region(sources=[["a-source"]]), name="2.json")
    call_command("loaddata", later, earlier, later, verbosity=0)
    assert Country.objects.get().region.sources.get().code == "a-source"


def test_object_may_come_before_its_parent(write):
    def goal(code, **fields):
        return item("programmes.goal", slug=code, framework="sdg", code=code, **fields)

    call_command("loaddata", write(goal("10-7", parent=["10"]), goal("10")), verbosity=0)
    assert Goal.objects.get(slug="10-7").parent.slug == "10"


def test_object_may_refer_to_what_the_database_holds(write):
    Region.objects.create(slug="southern-africa", name="Southern Africa")
    call_command("loaddata", write(country(region=["southern-africa"])), verbosity=0)
    assert Country.objects.get().region.slug == "southern-africa"


def test_plain_dump_with_numbers_loads(write):
    file = write({"pk": 7, **region()}, {"pk": 8, **country(region=7)})
    call_command("loaddata", file, verbosity=0)
    assert Country.objects.get(pk=8).region.pk == 7


def test_other_formats_load_as_django_loads_them(write, tmp_path):
    line = json.dumps(region())
    (tmp_path / "lines.jsonl").write_text(line)
    call_command("loaddata", "lines.jsonl", verbosity=0)
    assert Region.objects.get().name == "Southern Africa"


# Refused

COUNTRY = "fixture.json: programmes.country oman: "
REGION = "fixture.json: programmes.region southern-africa: "
MEETING = "fixture.json: programmes.regionalengagement a-meeting: "
PROGRAMME = "fixture.json: programmes.programme a-programme: "


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (country(region=["southern-afrika"]), COUNTRY + "region: no region “southern-afrika”."),
        (
            country(region="southern-africa"),
            COUNTRY + "region: “southern-africa” value must be an integer.",
        ),
        (
            country(region=["southern-africa", 1]),
            COUNTRY + "region: no region “southern-africa, 1”.",
        ),
        (country(region=99), COUNTRY + "region: no region “99”."),
        (country(sources=[["a-source"], ["other"]]), COUNTRY + "sources: no source “other”."),
        (country(sources="a-source"), COUNTRY + "sources: must be a list of natural keys."),
        (
            item("programmes.engagementrole", engagement=["gone"], role="member"),
            "fixture.json: programmes.engagementrole gone member: "
            "engagement: no regional engagement “gone”.",
        ),
        (engagement(date="2018-10-45"), MEETING + "date: “2018-10-45” is not a date."),
        (
            engagement(date={"date": "2018-10-05", "precision": "month"}),
            MEETING + 'date: “{"date": "2018-10-05", "precision": "month"}” is not a single value.',
        ),
        (engagement(order="first"), MEETING + "order: “first” value must be an integer."),
        (engagement(published_at=5), MEETING + "published_at: “5” is no value for this field."),
        (engagement(lead="\0"), MEETING + "lead: the text holds a NUL character."),
        (engagement(kind="party"), MEETING + "kind: Value 'party' is not a valid choice."),
        (country(iso2="om"), COUNTRY + "iso2: Two capital letters. Example: MZ."),
        (country(m49="5123"), COUNTRY + "m49: Three digits."),
        (country(name="", **PUBLIC), COUNTRY + "name: This field cannot be blank."),
        (country(name=None), COUNTRY + "name: This field cannot be null."),
        (country(presence_since=1900), COUNTRY + "The organisation was founded in 1951"),
        (
            country(iso2="om", presence_since=1900),
            COUNTRY + "iso2: Two capital letters. Example: MZ.; "
            "The organisation was founded in 1951",
        ),
        (country(state="published"), COUNTRY + "A published page needs the moment of publication."),
        (programme(country=["oman"]), PROGRAMME + "country: no country “oman”."),
        (
            programme(kind="country-programme", **PUBLIC),
            PROGRAMME + "A country programme has a country",
        ),
        (region(title="Southern Africa"), REGION + "title: there is no such field."),
        (region(countries=[]), REGION + "countries: there is no such field."),
        (
            item("programmes.continent"),
            "fixture.json: object 2: model: there is no model “programmes.continent”.",
        ),
        (item("continent"), "fixture.json: object 2: model: there is no model “continent”."),
        ({"model": "programmes.region"}, "fixture.json: object 2 needs a “model” and “fields”."),
        ("southern-africa", "fixture.json: object 2 needs a “model” and “fields”."),
    ],
)
def test_broken_object_is_refused_by_name_and_nothing_is_loaded(broken, message, write):
    with pytest.raises(CommandError) as error:
        call_command("loaddata", write(source(), broken), verbosity=0)
    assert str(error.value).startswith(message)
    assert not Source.objects.exists()


@pytest.mark.parametrize("text", ["[{", "", '[{"model": "a\udce9"}]'])
def test_file_that_is_not_json_is_refused(text, tmp_path):
    file = tmp_path / "broken.json"
    file.write_text(text, errors="surrogateescape")
    with pytest.raises(CommandError, match=f"^{file}: this is not JSON: "):
        call_command("loaddata", FIXTURES[0], str(file), verbosity=0)


def test_file_that_is_no_list_is_refused(write, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(region()))
    with pytest.raises(CommandError, match=r"^one\.json: a fixture is a list of objects\."):
        call_command("loaddata", "one.json", verbosity=0)


def test_object_that_stands_twice_is_refused(write):
    first = write(region(), name="first.json")
    second = write(region(name="South"), name="second.json")
    with pytest.raises(CommandError) as error:
        call_command("loaddata", first, second, verbosity=0)
    assert str(error.value) == (
        "second.json: programmes.region southern-africa: slug: stands twice; first.json has it too."
    )
    assert not Region.objects.exists()


def test_part_that_stands_twice_is_refused(write):
    part = item("programmes.objective", programme=["a-programme"], text="An objective.")
    with pytest.raises(CommandError) as error:
        call_command("loaddata", write(programme(), part, part), verbosity=0)
    assert str(error.value) == (
        "fixture.json: programmes.objective a-programme 1: programme, order: "
        "stands twice; fixture.json has it too."
    )
    assert not Programme.objects.exists()


def test_value_that_another_row_has_is_refused(write):
    Country.objects.create(slug="other", name="Other", iso2="OM", iso3="OTH", m49="999")
    with pytest.raises(CommandError) as error:
        call_command("loaddata", write(source(), country()), verbosity=0)
    assert str(error.value).startswith(COUNTRY + "iso2: ")
    assert not Source.objects.exists()


def test_page_below_the_second_level_is_refused(write):
    def page(slug, **fields):
        return item("organisation.page", slug=slug, title=slug, **fields)

    file = write(page("third", parent=["second"]), page("second", parent=["first"]), page("first"))
    with pytest.raises(CommandError, match=r"^fixture\.json: organisation\.page third: parent: "):
        call_command("loaddata", file, verbosity=0)


def test_unknown_field_is_skipped_when_asked_for(write):
    call_command("loaddata", write(region(old="value")), ignore=True, verbosity=0)
    assert Region.objects.exists()


def test_loading_says_how_much(write):
    out = io.StringIO()
    call_command("loaddata", write(source(), region()), stdout=out)
    assert out.getvalue() == "Installed 2 objects from 1 fixtures.\n"


# The first account


def test_first_account_is_made_once(settings):
    settings.DEBUG = True
    out = io.StringIO()
    call_command("first_account", stdout=out)
    call_command("first_account", stdout=out)
    account = get_user_model().objects.get()
    assert account.is_superuser
    password = out.getvalue().split("password ")[1].split(" (")[0]
    assert account.check_password(password)
    assert out.getvalue().count("password") == 1


def test_first_account_is_not_made_beside_another(settings):
    settings.DEBUG = True
    get_user_model().objects.create_user("editor", is_staff=True)
    out = io.StringIO()
    call_command("first_account", stdout=out)
    assert (out.getvalue(), get_user_model().objects.count()) == ("", 1)


def test_first_account_is_for_development_only():
    with pytest.raises(CommandError, match="createsuperuser"):
        call_command("first_account")
    assert not get_user_model().objects.exists()
