"""What is drawn in Python for the pages of staff is what Django's templates would have drawn."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.template import Context, Engine
from django.urls import reverse

from news.models import NewsRelease
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.submission import change_of

pytestmark = pytest.mark.django_db
DJANGO = Engine(
    dirs=[Path(admin.__file__).parent / "templates"],
    libraries={"i18n": "django.templatetags.i18n"},
)
OURS = Engine.get_default()


def both(name, context):
    """A template of Django's and ours of the same name, without the space between elements."""
    drawn = [engine.get_template(name).render(Context(context)) for engine in (OURS, DJANGO)]
    return [re.sub(r"\s*([<>])\s*", r"\1", html).strip() for html in drawn]


def forms_of(client, page, **sent):
    """The form of a page, as the admin draws it or draws it again."""
    answer = client.post(change_of(page), sent) if sent else client.get(change_of(page))
    return answer.context_data["adminform"]


@pytest.fixture
def page():
    return NewsReleaseFactory(title="“A & <b>”")


@pytest.mark.parametrize("sent", [{}, {"title": "", "slug": "?", "seen_version": "1"}])
def test_fieldsets_are_drawn_as_by_their_template(page, admin_client, sent):
    for number, fieldset in enumerate(forms_of(admin_client, page, **sent)):
        context = {"fieldset": fieldset, "prefix": "f", "id_prefix": 0, "id_suffix": number}
        drawn, asked = both("admin/includes/fieldset.html", context)
        assert drawn == asked
        assert "<label" in drawn


def test_what_is_only_read_is_drawn_as_by_its_template(client):
    page = NewsReleaseFactory(published=True, title="“A & <b>”")
    client.force_login(UserFactory(role="contributor"))
    form = forms_of(client, page)
    shown = AdminForm(form.form, form.fieldsets, {}, form.readonly_fields, form.model_admin)
    for fieldset in shown:
        drawn, asked = both("admin/includes/fieldset.html", {"fieldset": fieldset})
        assert drawn == asked
        assert "readonly" in drawn


def test_fields_beside_each_other_and_boxes_are_drawn_as_by_their_template(admin_client):
    answer = admin_client.get(reverse("admin:images_photo_add"))
    found = list(answer.context_data["adminform"])
    figures = admin_client.get(reverse("admin:organisation_figure_add"))
    found += list(figures.context_data["adminform"])
    drawn = ""
    for fieldset in found:
        fieldset.description, fieldset.classes = "<b>Said</b> before.", "collapse"
        ours, asked = both("admin/includes/fieldset.html", {"fieldset": fieldset})
        assert ours == asked
        drawn += ours
    assert "form-multiline" in drawn
    assert "checkbox-row" in drawn


@pytest.mark.parametrize("shows_links", [True, False])
@pytest.mark.parametrize("role", ["contributor", "administrator"])
def test_list_of_tables_is_drawn_as_by_its_template(client, rf, role, shows_links):
    client.force_login(UserFactory(role=role))
    found = client.get(reverse("admin:index"))
    request = rf.get(reverse("admin:news_newsrelease_changelist"))
    context = {
        "app_list": found.context_data["app_list"],
        "request": request,
        "show_changelinks": shows_links,
    }
    drawn, asked = both("admin/app_list.html", context)
    assert drawn == asked
    assert NewsRelease._meta.verbose_name_plural.capitalize() in drawn


def test_nobody_is_offered_a_table_that_another_may_see(client):
    """The list of tables is kept for all who have the same rights, and for nobody else."""
    for _again in range(2):
        for role, is_shown in (("administrator", True), ("contributor", False)):
            client.force_login(UserFactory(role=role))
            html = client.get(reverse("admin:index")).content.decode()
            assert (reverse("admin:accounts_user_add") in html) == is_shown


def test_somebody_without_rights_reads_so(rf):
    drawn, asked = both("admin/app_list.html", {"app_list": [], "request": rf.get("/")})
    assert drawn == asked


def test_list_of_tables_is_each_persons_own_and_marks_where_one_is(client, rf):
    """It is drawn once for all who have the same of it."""

    def drawn(role, path, **others):
        client.force_login(UserFactory(role=role))
        apps = client.get("/admin/").context_data["app_list"]
        context = {"app_list": apps, "request": rf.get(path), **others}
        ours, asked = both("admin/app_list.html", context)
        assert ours == asked
        return ours

    asked = [
        (role, path, others)
        for role in ("administrator", "contributor")
        for path in ("/admin/news/newsrelease/", "/admin/news/newsrelease/1/change/", "/admin/")
        for others in ({}, {"show_changelinks": True})
    ]
    first = [drawn(role, path, **others) for role, path, others in asked]
    again = [drawn(role, path, **others) for role, path, others in asked]
    assert first == again
    assert len(set(first)) == 8, "the two pages of one table have the same list"
