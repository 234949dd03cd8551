"""Whatever goes wrong is said in the look of the site, and never by the server falling over."""

import sqlite3

import pytest
from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import path

from iomsite import busy, urls
from programmes.models import Topic
from tests.factories.news import NewsReleaseFactory, PublicationFactory
from tests.factories.organisation import PageFactory
from tests.submission import fields_of

LISTS = (
    "/news/",
    "/news/2016/",
    "/news/campaigns/",
    "/data-and-research/publications/",
)
TOO_MANY = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1
FACETS = ("year", "month", "topic", "country", "campaign", "type", "kind", "series")
RUBBISH = (
    "abc",
    "-1",
    "0",
    "2016.5",
    "99999999999999999999",
    "0000",
    "2016-13",
    "../../etc/passwd",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%",
    "\\",
    "\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 10_000,
)


def refuse(request):
    raise PermissionDenied("Secret reason")


def fall_over(request):
    raise RuntimeError("Secret reason")


def accept(request):
    raise AssertionError("The form came without its token.")


class Patterns:
    """The site's addresses and three that go wrong."""

    handler400 = urls.handler400
    handler500 = urls.handler500
    urlpatterns = [
        path("refuse/", refuse),
        path("fall-over/", fall_over),
        path("accept/", accept),
        *urls.urlpatterns,
    ]


@pytest.fixture
def client():
    """Sees what a visitor sees where the test client would raise."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.fixture
def patterns_that_go_wrong(settings):
    settings.ROOT_URLCONF = Patterns


@pytest.fixture
def newsroom(db):
    NewsReleaseFactory(published=True)
    PublicationFactory(published=True)


def is_of_the_site(response):
    page = response.content.decode()
    return (
        response["Content-Type"] == "text/html; charset=utf-8"
        and '<html lang="en-gb"' in page
        and page.count("<h1") == 1
        and 'id="main"' in page
    )


def has_menu(response):
    return 'href="/take-action/"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/unknown/",
        "/unknown",
        "/unknown/unknown/unknown/",
        "/news/2016/unknown/",
        "/news/campaigns/unknown/",
        "/data-and-research/publications/unknown/",
        "/who-we-are/frameworks/unknown/",
        "/NEWS/",
        "/news//",
        "/news/?page=0",
        "/news/?page=-1",
        "/news/?page=999999",
        "/news/?page=abc",
        "/news/?page=" + "9" * 10_000,
        "/" + "x" * 10_000 + "/",
    ],
)
def test_what_is_not_there_is_answered_by_404(client, newsroom, address):
    PageFactory(slug="take-action", published=True)

    response = client.get(address, follow=True)

    assert response.status_code == 404
    assert is_of_the_site(response)
    assert has_menu(response)


@pytest.mark.django_db
def test_what_was_there_is_answered_by_410(client):
    PageFactory(slug="take-action", published=True)
    release = NewsReleaseFactory(withdrawn=True)

    response = client.get(release.get_absolute_url())

    assert response.status_code == 410
    assert is_of_the_site(response)
    assert has_menu(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/news/?year=a%00b", "/news/?a%00b=c", "/?x=%00", "/data-and-research/?%00"]
)
def test_nul_is_answered_by_400(client, address):
    PageFactory(slug="take-action", published=True)

    response = client.get(address)

    assert response.status_code == 400
    assert is_of_the_site(response)
    assert has_menu(response)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/%00/", "/news/2016/a%00b/", "/a%00b", "/static/a%00b.css"])
def test_nul_in_the_path_is_answered_by_400_or_404(client, address):
    response = client.get(address)

    assert response.status_code in (400, 404)
    assert is_of_the_site(response)


@pytest.mark.django_db
def test_strange_host_is_answered_by_400(client, settings):
    settings.ALLOWED_HOSTS = ["www.example.org"]

    response = client.get("/", headers={"host": "evil.example.com"})

    assert response.status_code == 400
    assert is_of_the_site(response)


@pytest.mark.django_db
@pytest.mark.usefixtures("patterns_that_go_wrong")
def test_refusal_is_answered_by_403(client):
    response = client.get("/refuse/")

    assert response.status_code == 403
    assert is_of_the_site(response)
    assert "Secret reason" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("patterns_that_go_wrong")
def test_form_without_its_token_is_answered_by_403(client):
    response = client.post("/accept/")

    assert response.status_code == 403
    assert is_of_the_site(response)


@pytest.mark.django_db
@pytest.mark.usefixtures("patterns_that_go_wrong")
def test_failure_is_answered_by_500(client):
    response = client.get("/fall-over/")

    assert response.status_code == 500
    assert is_of_the_site(response)
    assert "Secret reason" not in response.content.decode()


def fail(execute, sql, params, many, context):
    raise OperationalError("the database is gone")


@pytest.fixture
def broken_database(db):
    """Every statement fails, as when the server of the database is gone."""
    with connection.execute_wrapper(fail):
        yield


def says_try_again(response):
    return (
        response.status_code == 503
        and response["Retry-After"] == "30"
        and "no-store" in response["Cache-Control"]
        and is_of_the_site(response)
    )


@pytest.mark.parametrize("address", ["/", "/news/", "/unknown/", "/news/?x=%00"])
def test_database_that_is_gone_is_answered_by_503(client, broken_database, address):
    response = client.get(address)

    assert says_try_again(response)
    assert "Load it again in a minute" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "A long text"}, "What you typed is kept on this page"),
        ({ACTION_CHECKBOX_NAME: ["1", "2"]}, "some may be done already"),
    ],
)
def test_staff_read_what_became_of_what_they_sent(admin_client, typed, said):
    with connection.execute_wrapper(fail):
        response = admin_client.post("/admin/news/campaign/1/change/", typed)

    assert says_try_again(response)
    assert said in response.content.decode()
    # What was done to some of many pages is not done again without a look.
    assert ("held_form" in response.content.decode()) == ("title" in typed)


def fail_to_leave_a_message(execute, sql, params, many, context):
    if sql.startswith('UPDATE "django_session"'):
        raise OperationalError("the database is gone")
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_nobody_denies_what_was_saved_before_the_database_went(admin_client):
    admin_client.raise_request_exception = False
    typed = {"name": "Ice", "slug": "ice", "kind": "theme", "_save": "Save"}
    with connection.execute_wrapper(fail_to_leave_a_message):
        response = admin_client.post("/admin/programmes/topic/add/", typed)

    assert Topic.objects.filter(slug="ice").exists()
    assert says_try_again(response)
    assert "may have been saved or not" in response.content.decode()
    assert fields_of(response) == typed


def test_staff_are_given_back_what_they_sent(admin_client):
    typed = {"title": '"><script>x</script>', "lead": "Two\r\nlines", "_save": "Save"}
    with connection.execute_wrapper(fail):
        response = admin_client.post("/admin/news/campaign/1/change/?a=1&b=2", typed)
    page = response.content.decode()

    assert fields_of(response) == typed
    assert 'action="/admin/news/campaign/1/change/?a=1&amp;b=2"' in page
    assert "<script>x" not in page
    assert "asks for it again" not in page


def test_files_are_not_given_back_and_that_is_said(admin_client):
    typed = {"title": "Nets", "file": SimpleUploadedFile("a.jpg", b"x")}
    with connection.execute_wrapper(fail):
        response = admin_client.post("/admin/images/photo/add/", typed)

    assert fields_of(response) == {"title": "Nets"}
    assert "the form asks for it again" in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--y\r\nnothing of it"),
        ("multipart/form-data", b"no boundary"),
        (
            "application/x-www-form-urlencoded",
            b"a=1&" * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1),
        ),
    ],
)
def test_form_that_cannot_be_read_is_answered_all_the_same(admin_client, kind, body):
    with connection.execute_wrapper(fail):
        response = admin_client.generic("POST", "/admin/news/campaign/1/change/", body, kind)

    assert response.status_code in (400, 503)


def failure_of_sqlite(code, words):
    cause = sqlite3.OperationalError(words)
    cause.sqlite_errorcode = code
    error = OperationalError(words)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_busy"),
    [
        (OperationalError("canceling statement due to lock timeout"), True),
        (OperationalError("deadlock detected"), True),
        (InterfaceError("connection already closed"), True),
        (failure_of_sqlite(sqlite3.SQLITE_BUSY, "database is locked"), True),
        (failure_of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT, "database is locked"), True),
        (failure_of_sqlite(sqlite3.SQLITE_CANTOPEN, "unable to open database file"), True),
        (failure_of_sqlite(sqlite3.SQLITE_FULL, "database or disk is full"), True),
        (failure_of_sqlite(sqlite3.SQLITE_PROTOCOL, "locking protocol"), True),
        (failure_of_sqlite(sqlite3.SQLITE_ERROR, "no such table: news"), False),
        (DatabaseError("value too long"), False),
        (ValueError("no database at all"), False),
    ],
)
def test_only_what_passes_by_itself_is_called_busy(rf, error, is_busy):
    middleware = busy.BusyMiddleware(lambda request: None)

    answer = middleware.process_exception(rf.get("/"), error)

    assert (answer is not None) is is_busy


@pytest.mark.parametrize("value", RUBBISH)
@pytest.mark.parametrize("address", LISTS)
def test_rubbish_in_a_filter_is_left_out_with_a_notice(client, newsroom, address, value):
    response = client.get(address, dict.fromkeys(FACETS, value))

    assert response.status_code == 200
    assert response.context["filter"].notices
    assert response.context["filter"].selected == ()
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("address", LISTS)
def test_parameters_nobody_knows_are_ignored(client, newsroom, address):
    query = "&".join(f"{'y' * 50}{number}=z" for number in range(150))

    response = client.get(f"{address}?{query}&utm_source=x")

    assert response.status_code == 200
    assert response.context["filter"].notices == ()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pages_are_for_reading(client, method):
    assert getattr(client, method)("/news/").status_code in (403, 405)
