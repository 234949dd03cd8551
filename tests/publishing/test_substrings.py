"""Staff find by any part of a word, however a page was written, and few rows are read for it."""

import random

import pytest
from django.contrib import admin
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from iomsite.publishing import actions, substrings
from iomsite.publishing.substrings import words_of
from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.submission import change_of, fields_of

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"
FIELDS = ("title", "slug", "lead", "dateline")
LETTERS = ["a", "A", "é", "É", "ß", "ſ", "K", "İ", "σ", "中", "文", "%", "_", "\\", "'", '"', "-"]
LETTERS += ["(", ")", "*", "\x1f", "b", "B", " ", "\U0010ffff"]


@pytest.fixture
def desk():
    return admin.site.get_model_admin(NewsRelease)


@pytest.fixture
def request_of_staff(rf):
    request = rf.get("/")
    request.user = UserFactory(role="publisher")
    return request


def naive(typed):
    """As Django's admin puts it."""
    rows = NewsRelease.objects.pages()
    for word in words_of(typed):
        rows = rows.filter(Q(*[(f"{name}__icontains", word) for name in FIELDS], _connector="OR"))
    return set(rows.values_list("pk", flat=True))


def looked_at(typed):
    """The rows in which the words are looked for: on PostgreSQL nobody sees them."""
    letters = admin.site.get_model_admin(NewsRelease).letters
    if not IS_SQLITE:
        return naive(typed)
    rows = letters.narrowed(NewsRelease.objects.pages(), typed, FIELDS)
    return set(rows.values_list("pk", flat=True))


def number_kept(word):
    """Rows with this word in the index, whether there are such pages or not."""
    if not IS_SQLITE:
        return len(naive(word))
    with connection.cursor() as cursor:
        name = "news_newsrelease_letters"
        cursor.execute(f"SELECT count(*) FROM {name} WHERE {name} MATCH %s", [word])
        return cursor.fetchone()[0]


def is_sound():
    """FTS5 compares what it keeps with itself; that it keeps the right rows, the tests do."""
    if IS_SQLITE:
        with connection.cursor() as cursor:
            name = "news_newsrelease_letters"
            cursor.execute(f"INSERT INTO {name}({name}) VALUES ('integrity-check')")
    return True


@pytest.mark.parametrize(("few", "many"), [(2_000, 20_000), (0, 20_000), (0, 0), (3, 9)])
def test_finds_what_reading_all_pages_finds(desk, request_of_staff, monkeypatch, few, many):
    monkeypatch.setattr(substrings, "FEW", few)
    monkeypatch.setattr(substrings, "MANY", many)
    chance = random.Random(7)
    texts = ["".join(chance.choices(LETTERS, k=chance.randrange(1, 9))) for _ in range(120)]
    for number, (title, lead, place) in enumerate(zip(texts, texts[40:], texts[80:], strict=False)):
        NewsReleaseFactory(title=title, lead=lead, dateline=place, slug=f"s-{number}")
    parts = [text[start : start + size] for text in texts for start in (0, 2) for size in (1, 2, 4)]
    pairs = [" ".join(chance.sample(parts, 2)) for _ in range(60)]
    odd = ['"', "''", "'a b", '"é b"', "A" * 200, "a " * 30, "S-1", "s-1 a", "", "AND", "a*", "a^"]
    rows = NewsRelease.objects.all()
    for typed in [*parts, *pairs, *texts, *odd]:
        found, _several = desk.get_search_results(request_of_staff, rows, typed)
        assert set(found.values_list("pk", flat=True)) == naive(typed), repr(typed)


@pytest.mark.any_database
def test_a_letter_that_no_database_keeps_is_left_to_it(desk, request_of_staff):
    NewsReleaseFactory(title="Dry")
    rows = NewsRelease.objects.all()
    assert desk.letters.narrowed(rows, "a\0b", FIELDS) is rows


def test_only_few_rows_are_looked_at():
    rare, other = NewsReleaseFactory(title="Zebra, Qatar"), NewsReleaseFactory(lead="Debris")
    assert looked_at("ebra qat") == looked_at("BRA") == looked_at("q") == {rare.pk}
    assert looked_at("eb") == {rare.pk, other.pk}
    assert looked_at("zebu") == looked_at("#") == set()


def test_a_page_is_found_by_its_new_words_however_it_was_written(client):
    page = NewsReleaseFactory(title="Aardvark", slug="gnu")
    client.force_login(UserFactory(role="publisher"))

    def becomes(new, old):
        assert looked_at(new) == {page.pk} == naive(new)
        assert looked_at(old) == set()
        return is_sound()

    form = fields_of(client.get(change_of(page))) | {"title": "Bandicoot"}
    assert client.post(change_of(page), form).status_code == 302
    assert becomes("bandicoot", "aardvark")
    NewsRelease.objects.filter(pk=page.pk).update(lead="Capybara")
    assert becomes("capybara", "lead.")
    page.refresh_from_db()
    page.dateline = "Dugong"
    NewsRelease.objects.bulk_update([page], ["dateline"])
    assert becomes("dugong", "aardvark")
    page.slug = "emu"
    page.save(update_fields=["slug"])
    assert becomes("emu", "gnu")
    assert number_kept("emu") == number_kept("bandicoot") == 1
    NewsRelease.objects.filter(pk=page.pk).delete()
    assert number_kept("emu") == number_kept("bandicoot") == 0
    assert is_sound()


def test_words_of_a_working_copy_are_found_when_it_is_published(client):
    """The list has no editions beside its pages, and so the index has none."""
    person = UserFactory(role="publisher")
    page = NewsReleaseFactory(title="Aardvark", published=True)
    copy = actions.edit(page, by=person)
    NewsRelease.objects.filter(pk=copy.pk).update(title="Bandicoot")
    copy.refresh_from_db()
    assert (looked_at("aardvark"), looked_at("bandicoot")) == ({page.pk}, set())
    assert number_kept("bandicoot") == 0
    actions.publish(copy, by=person, emergency_reason="At once.")
    assert (looked_at("aardvark"), looked_at("bandicoot")) == (set(), {page.pk})
    assert (number_kept("aardvark"), number_kept("bandicoot")) == (0, 1)
    assert is_sound()


def test_what_becomes_an_edition_or_a_page_goes_or_comes():
    """No form does it; whoever repairs a database may."""
    page, other = NewsReleaseFactory(title="Aardvark"), NewsReleaseFactory(title="Bandicoot")
    rows = NewsRelease.objects.filter(pk=other.pk)
    for owner, number in ((page, 0), (None, 1), (page, 0)):
        rows.update(edition_of=owner)
        assert number_kept("bandicoot") == number
    rows.delete()
    assert (number_kept("aardvark"), number_kept("bandicoot")) == (1, 0)
    assert is_sound()


def test_a_page_that_was_loaded_is_found(tmp_path):
    page = NewsReleaseFactory(title="Aardvark")
    said = tmp_path / "said.json"
    said.write_text(serializers.serialize("json", [page]).replace("Aardvark", "Bandicoot"))
    call_command("loaddata", said, verbosity=0)
    assert (looked_at("aardvark"), looked_at("bandicoot")) == (set(), {page.pk})
    NewsRelease.objects.all().delete()
    call_command("loaddata", said, verbosity=0)
    assert looked_at("bandicoot") == {NewsRelease.objects.get().pk}
    assert is_sound()


def test_a_change_that_was_taken_back_is_forgotten():
    page = NewsReleaseFactory(title="Aardvark")
    with transaction.atomic():
        NewsRelease.objects.update(title="Bandicoot")
        transaction.set_rollback(True)
    assert (looked_at("aardvark"), looked_at("bandicoot")) == ({page.pk}, set())


@pytest.mark.django_db(transaction=True)
def test_made_anew_it_knows_what_is_there():
    letters = admin.site.get_model_admin(NewsRelease).letters
    page = NewsReleaseFactory(title="Aardvark")
    with connection.schema_editor(atomic=False) as editor:
        letters.drop(editor)
    NewsRelease.objects.update(title="Bandicoot")
    for _time in range(2):
        with connection.schema_editor(atomic=False) as editor:
            letters.create(editor)
    assert (looked_at("aardvark"), looked_at("bandicoot")) == (set(), {page.pk})
    NewsRelease.objects.update(title="Capybara")
    assert (looked_at("bandicoot"), looked_at("capybara")) == (set(), {page.pk})
    assert is_sound()


def test_index_that_a_migration_has_cut_off_is_not_believed():
    page = NewsReleaseFactory(title="Aardvark")
    if IS_SQLITE:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER news_newsrelease_letters_changed")
    NewsRelease.objects.update(title="Bandicoot")
    assert page.pk in looked_at("bandicoot")


def test_only_columns_of_the_index_are_searched(desk):
    assert set(desk.search_fields) == set(FIELDS) == set(desk.letters.columns)
    rows = NewsRelease.objects.all()
    assert desk.letters.narrowed(rows, "nowhere", ["title", "body"]) is rows


def test_a_rare_word_is_counted_and_listed_by_the_index(client):
    plans = plans_of(client, "Aardvark 1717", among=2_000)
    if IS_SQLITE:
        assert "VIRTUAL TABLE INDEX" in plans.pop(0)
    looked_for, shown = plans
    assert ("USING INTEGER PRIMARY KEY" if IS_SQLITE else "news_newsrelease_letters") in looked_for
    assert ("USING INTEGER PRIMARY KEY" if IS_SQLITE else "news_newsrelease_pkey") in shown
    assert "SCAN news_newsrelease" not in looked_for + shown


@pytest.mark.skipif(IS_SQLITE, reason="SQLite counts the rows before it looks at them.")
def test_planner_knows_how_frequent_a_word_is(client):
    looked_for, _shown = plans_of(client, "words", among=200)
    assert "rows=200 " in looked_for


def plans_of(client, typed, *, among):
    """How the statements of the list that look for these words are carried out."""
    pages = NewsReleaseFactory.build_batch(among, lead="Words. " * 99)
    for number, page in enumerate(pages):
        page.slug, page.title = f"page-{number}", f"Aardvark {number}"
    NewsRelease.objects.bulk_create(pages)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_newsrelease")
    client.force_login(UserFactory(role="publisher"))
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/news/newsrelease/", {"q": typed})
    word = typed.split()[0].lower()
    return [_plan(one["sql"]) for one in queries if word in one["sql"].lower()]


def _plan(sql):
    with connection.cursor() as cursor:
        if IS_SQLITE:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())
